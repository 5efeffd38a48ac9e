//! The script templates of a directory, read once and kept until they change.
//!
//! Listing and reading fastvenv's own templates takes as long as writing the scripts.

use std::io::ErrorKind::{NotADirectory, NotFound};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::base::Platform;
use crate::environment::scripts::templates::{Script, is_launcher};
use crate::error::Result;
use crate::fs::dir::{Metadata, metadata_at};
use crate::fs::{self, Template};

/// Templates and their destinations.
type Templates = Arc<Vec<(Template, Script)>>;

/// Templates that were read, and the metadata that would reveal a change.
struct Kept {
    path: PathBuf,
    platform: Platform,
    seen: Vec<(PathBuf, Metadata)>,
    templates: Templates,
}

static KEPT: Mutex<Option<Kept>> = Mutex::new(None);

/// The templates for a platform in this directory.
///
/// # Errors
/// An I/O error if a directory can't be listed or a template can't be read: an environment without scripts would seem
/// complete.
pub fn read(path: &Path, platform: Platform) -> Result<Templates> {
    // Don't wait for the lock: after a fork, the thread that held it may not exist.
    let mut kept = KEPT.try_lock();
    if let Ok(Some(kept)) = kept.as_deref()
        && (kept.path.as_path(), kept.platform) == (path, platform)
        && kept.seen.iter().all(|(path, metadata)| metadata_at(path).is_ok_and(|now| now == *metadata))
    {
        return Ok(Arc::clone(&kept.templates));
    }
    let mut directories = Vec::new();
    let scripts = scripts_in(path, platform, &mut directories)?;
    let seen = seen(directories.iter().chain(scripts.iter().map(|script| &script.source)));
    let read = scripts.into_iter().map(|script| Ok((fs::read_template(&script.source)?, script)));
    let templates = Arc::new(read.collect::<Result<Vec<_>>>()?);
    if let (Ok(kept), Some(seen)) = (kept.as_deref_mut(), seen) {
        *kept = Some(Kept { path: path.to_owned(), platform, seen, templates: Arc::clone(&templates) });
    }
    Ok(templates)
}

/// The metadata of these paths, if it is old enough to reveal every later change.
fn seen<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> Option<Vec<(PathBuf, Metadata)>> {
    let metadata = paths.map(|path| {
        metadata_at(path).ok().filter(Metadata::is_settled).map(|metadata| (path.clone(), metadata))
    });
    metadata.collect()
}

/// Lists the templates in the directories `common` and the platform's name below `path`, and in their subdirectories.
/// Files beside these two directories are not templates. Links to directories are not followed.
///
/// A missing directory counts as empty, as for `os.walk`. A directory that can't be listed is an error: an environment
/// without scripts would seem complete.
fn scripts_in(path: &Path, platform: Platform, directories: &mut Vec<PathBuf>) -> Result<Vec<Script>> {
    let mut found = Vec::new();
    for name in ["common", platform.name()] {
        let directory = path.join(name);
        if !fs::is_link(&directory) {
            collect(&directory, Path::new(""), platform, (&mut found, directories))?;
        }
    }
    Ok(found)
}

fn collect(
    directory: &Path,
    relative: &Path,
    platform: Platform,
    (found, directories): (&mut Vec<Script>, &mut Vec<PathBuf>),
) -> Result<()> {
    let listing = match fs::list(directory) {
        Err(error) if matches!(error.kind(), Some(NotFound | NotADirectory)) => return Ok(()),
        listing => listing?,
    };
    directories.push(directory.to_owned());
    for name in listing.files {
        if !is_launcher(&name.to_string_lossy(), platform) {
            found.push(Script { source: directory.join(name), directory: relative.to_owned() });
        }
    }
    for name in listing.directories {
        collect(&directory.join(&name), &relative.join(&name), platform, (found, directories))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let temp = tempfile::tempdir().unwrap();
        for file in files {
            let path = temp.path().join(file);
            fs::create_directory(path.parent().unwrap()).unwrap();
            fs::write(&path, b"").unwrap();
        }
        temp
    }

    #[test]
    fn each_platform_has_its_own_and_the_common_ones() {
        let temp =
            tree(&["top", "common/a", "posix/b", "posix/sub/c", "nt/d.bat", "nt/python.exe", "else/e"]);
        let names = |platform| -> Vec<_> {
            let templates = read(temp.path(), platform).unwrap();
            templates.iter().map(|(_, s)| s.directory.join(s.source.file_name().unwrap())).collect()
        };
        assert_eq!(names(Platform::Posix), ["a", "b", "sub/c"].map(PathBuf::from));
        assert_eq!(names(Platform::Nt), ["a", "d.bat"].map(PathBuf::from));
    }

    #[test]
    fn a_change_of_any_template_shows() {
        let temp = tree(&["common/a"]);
        let contents = || -> Vec<_> {
            let templates = read(temp.path(), Platform::Posix).unwrap();
            templates.iter().map(|(template, _)| template.content.clone()).collect()
        };
        assert_eq!(contents(), [b""]);
        fs::write(&temp.path().join("common/a"), b"new").unwrap();
        assert_eq!(contents(), [b"new"]);
        fs::write(&temp.path().join("common/b"), b"more").unwrap();
        assert_eq!(contents(), [b"new".as_slice(), b"more"]);
    }
}
