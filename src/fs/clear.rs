//! Emptying a folder: only what stands in it, and only a folder that nobody can have meant otherwise.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result, quoted};

/// Removes everything in a folder, not the folder itself. Links are removed, never followed.
///
/// The standard library works by directory handles on POSIX, so a folder that is swapped for a link meanwhile
/// leads nowhere.
pub fn clear_folder(path: &Path) -> Result<()> {
    let failed = |source| Error::io("list", path, source);
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let found = entry.path();
        let is_folder = entry.file_type().map_err(|source| Error::io("look at", &found, source))?.is_dir();
        let removed = if is_folder { fs::remove_dir_all(&found) } else { remove_entry(&found) };
        removed.map_err(|source| Error::io("remove", &found, source))?;
    }
    Ok(())
}

#[cfg(unix)]
fn remove_entry(path: &Path) -> std::io::Result<()> {
    fs::remove_file(path)
}

/// On Windows a link to a folder is itself removed as a folder.
#[cfg(windows)]
fn remove_entry(path: &Path) -> std::io::Result<()> {
    fs::remove_file(path).or_else(|_| fs::remove_dir(path))
}

/// Refuses a folder whose clearing would take with it what no environment holds: `precious` are the folders
/// that must survive, each with what to call it in the message ("the home folder").
///
/// A link is refused too: `clear` must not empty what it points to.
pub fn check_clearable(path: &Path, precious: &[(&str, &Path)]) -> Result<()> {
    if super::is_link(path) {
        return Err(Error::not_a_folder(path));
    }
    let real = super::real_path(path);
    if real.parent().is_none() {
        return Err(refusal(path, "it is the root of the file system"));
    }
    for (what, kept) in precious {
        if super::real_path(kept).starts_with(&real) {
            return Err(refusal(path, &format!("it holds {what}, {}", quoted(kept))));
        }
    }
    Ok(())
}

fn refusal(path: &Path, why: &str) -> Error {
    Error::Refused(format!(
        "Refusing to clear {}: {why}. Nothing was deleted. Choose a folder that holds nothing else.",
        quoted(path)
    ))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_inside_are_removed_and_not_followed() {
        let temp = tempfile::tempdir().unwrap();
        let (outside, env) = (temp.path().join("outside"), temp.path().join("env"));
        fs::create_dir_all(outside.join("kept")).unwrap();
        fs::create_dir_all(env.join("deep/er")).unwrap();
        symlink(&outside, env.join("link")).unwrap();
        symlink(&outside, env.join("deep/er/link")).unwrap();
        fs::write(env.join(".hidden"), "").unwrap();
        clear_folder(&env).unwrap();
        assert_eq!(fs::read_dir(&env).unwrap().count(), 0);
        assert!(outside.join("kept").is_dir());
    }

    #[test]
    fn what_nobody_can_have_meant_is_refused() {
        let temp = tempfile::tempdir().unwrap();
        let home = temp.path().join("home");
        let link = temp.path().join("link");
        fs::create_dir(&home).unwrap();
        symlink(&home, &link).unwrap();
        let precious = [("the home folder", home.as_path())];
        for path in [Path::new("/"), &home, temp.path(), &link] {
            assert!(matches!(check_clearable(path, &precious), Err(Error::Refused(_))), "{path:?}");
        }
        assert!(check_clearable(&home.join("env"), &precious).is_ok());
    }
}
