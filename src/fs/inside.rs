//! Directories inside an environment. None is used or created through a link, which may lead anywhere.

use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::{Entry, ensure_directory, entry};
use crate::error::Result;

/// Refuses a file or link in place of any directory between `base` and each of `paths`. `base` itself is not checked.
/// Nothing is created. The caller must check paths that are not below `base`.
///
/// # Errors
/// As from [`ensure_directory`].
pub fn check_directories<'a>(base: &Path, paths: impl IntoIterator<Item = &'a Path>) -> Result<()> {
    for path in paths {
        let Ok(below) = path.strip_prefix(base) else { continue };
        let mut directory = base.to_owned();
        for name in below {
            directory.push(name);
            match fs::symlink_metadata(&directory) {
                Ok(found) if found.is_dir() => {}
                Ok(found) if found.is_symlink() && is_own_lib64(base, &directory) => {}
                Ok(_) => drop(ensure_directory(&directory)?),
                // Nothing is below a missing directory. What can't be examined can't be created either.
                Err(_) => break,
            }
        }
    }
    Ok(())
}

/// Reports whether `link` is the environment's own link from `lib64` to `lib`. Environments had it before Python 3.15
/// and keep it when upgraded.
pub fn is_own_lib64(base: &Path, link: &Path) -> bool {
    link.file_name() == Some(OsStr::new("lib64"))
        && link.parent() == Some(base)
        && fs::read_link(link).is_ok_and(|target| {
            target
                .components()
                .filter(|part| *part != Component::CurDir)
                .eq([Component::Normal("lib".as_ref())])
        })
}

/// Links in a tree that would lead a program out of it.
#[derive(Debug, Default)]
pub struct OddLinks {
    /// Links that lead to a directory.
    pub to_directories: Vec<PathBuf>,
    /// Links that dangle or loop.
    pub dead: Vec<PathBuf>,
}

/// Finds such links in `tree`, including `tree` itself, without following any. Directories that can't be listed are
/// skipped.
pub fn odd_links(tree: &Path) -> OddLinks {
    let (mut links, mut rest) = (OddLinks::default(), vec![tree.to_owned()]);
    while let Some(path) = rest.pop() {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_dir() => {
                rest.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
            }
            Ok(found) if !found.is_symlink() => {}
            Ok(_) if path.is_dir() => links.to_directories.push(path),
            Ok(_) if entry(&path) == Entry::DeadLink => links.dead.push(path),
            _ => {}
        }
    }
    links
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::super::symlink;
    use super::*;
    use crate::error::Error;

    #[test]
    fn a_link_on_the_way_is_refused_and_the_way_to_the_base_is_free() {
        let temp = tempfile::tempdir().unwrap();
        let (base, outside) = (temp.path().join("link/env"), temp.path().join("outside"));
        fs::create_dir_all(temp.path().join("real/env/lib/sub")).unwrap();
        fs::create_dir(&outside).unwrap();
        symlink(Path::new("real"), &temp.path().join("link")).unwrap();
        let check = |path: &str| check_directories(&base, [base.join(path).as_path()]);
        for fine in ["", "lib", "lib/sub/missing/more", "bin"] {
            check(fine).unwrap();
        }
        symlink(&outside, &base.join("bin")).unwrap();
        symlink(&outside, &base.join("lib/sub/link")).unwrap();
        fs::write(base.join("file"), "").unwrap();
        for (path, refused) in [("bin", "bin"), ("lib/sub/link/a/b", "lib/sub/link"), ("file/below", "file")]
        {
            assert!(matches!(check(path), Err(Error::NotADirectory(found)) if found == base.join(refused)));
        }
        check_directories(&base, [outside.as_path()]).unwrap();
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    }

    #[test]
    fn lib64_may_lead_to_lib_and_nowhere_else() {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir_all(temp.path().join("env/lib/lib64")).unwrap();
        let base = temp.path().join("env");
        for (text, link, is_fine) in [
            ("lib", "lib64", true),
            ("./lib", "lib64", true),
            ("../lib", "lib64", false),
            ("/lib", "lib64", false),
            ("lib/lib64", "lib64", false),
            ("lib", "other", false),
        ] {
            symlink(Path::new(text), &base.join(link)).unwrap();
            let checked = check_directories(&base, [base.join(link).join("sub").as_path()]);
            assert_eq!(checked.is_ok(), is_fine, "{link} -> {text}");
            fs::remove_file(base.join(link)).unwrap();
        }
    }
}
