//! Empties a directory, and refuses directories that the user can't have meant.

use std::path::{Path, PathBuf};

use super::dir::Dir;
use super::identity::is_same_file;
use super::mounts;
use crate::error::{Error, Result};
use crate::text::quoted;

/// Removes everything in a directory, but keeps the directory itself. Links are removed, not followed.
/// On Unix the work goes through directory descriptors, so a directory that another process swaps for a link leads
/// nowhere. Anything mounted below stays and is an error. On Windows the work goes by paths. Each directory is
/// examined just before it is entered, but one that becomes a link in between is followed. A mount on Windows is a
/// link.
///
/// `interrupted` is called before each entry. If it returns true, the rest stays: [`Error::Interrupted`].
///
/// # Errors
/// The error of the first entry, by name, that can't be removed. All other entries are still removed. A link in place
/// of the directory is [`Error::NotADirectory`]. Read-only entries are not made writable first: their owner may want
/// them so.
pub fn clear_directory(path: &Path, interrupted: &mut dyn FnMut() -> bool) -> Result<()> {
    let path = &without_slash(path);
    let opened = if super::is_junction(path) { Dir::open(path) } else { Dir::open_itself(path) };
    match opened {
        Ok(directory) => directory.clear(interrupted),
        Err(_) if super::is_link(path) => Err(Error::NotADirectory(path.to_owned())),
        Err(error) => Err(error),
    }
}

/// Refuses a directory if clearing it would delete more than an environment. `precious` are the directories that must
/// survive, each with its name for the message ("the home directory").
///
/// A link is refused too: `clear` must not empty its target. If the directory can't be resolved, the system's error is
/// returned.
pub fn check_clearable(path: &Path, precious: &[(&str, &Path)]) -> Result<()> {
    let path = &without_slash(path);
    if super::is_link(path) {
        return Err(Error::NotADirectory(path.to_owned()));
    }
    let real = real_place(path)?.unwrap_or_else(|| path.to_owned());
    if real.parent().is_none() {
        return Err(refusal(path, "it is the root of the file system"));
    }
    for (what, kept) in precious {
        // If its real path can't be found, its given path counts.
        let place = real_place(kept).unwrap_or_else(|_| Some(kept.to_path_buf()));
        if place.is_some_and(|place| holds(&real, &place)) {
            return Err(refusal(path, &format!("it contains {what}, {}", quoted(kept))));
        }
    }
    Ok(())
}

/// Reports whether `place` is this directory or is in it. A directory may have two real paths: through a bind mount on
/// Linux, or through a firmlink or different case on macOS.
fn holds(directory: &Path, place: &Path) -> bool {
    place.starts_with(directory)
        || place.ancestors().any(|ancestor| is_same_file(ancestor, directory))
        || mounts::comes_from(place, directory)
}

/// The path without a trailing separator, which would make the system follow a link.
fn without_slash(path: &Path) -> PathBuf {
    path.components().collect()
}

/// The path with all links resolved; `None` if nothing is there.
fn real_place(path: &Path) -> Result<Option<PathBuf>> {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    match dunce::canonicalize(path) {
        Ok(real) => Ok(Some(real)),
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => Ok(None),
        Err(source) => Err(Error::io("resolve", path, source)),
    }
}

fn refusal(path: &Path, why: &str) -> Error {
    Error::Refused(format!(
        "Refusing to clear {}: {why}. Nothing was deleted. Choose a directory that contains nothing else.",
        quoted(path)
    ))
}

/// The names that remain in a directory after a clearing was cut short, sorted. Empty if they can't be listed.
pub fn remains(path: &Path) -> Vec<PathBuf> {
    let opened = if super::is_junction(path) { Dir::open(path) } else { Dir::open_itself(path) };
    let names = opened.and_then(|directory| directory.names()).unwrap_or_default();
    let mut names: Vec<_> = names.into_iter().map(PathBuf::from).collect();
    names.sort();
    names
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::fs;
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
        clear_directory(&env, &mut || false).unwrap();
        assert_eq!(fs::read_dir(&env).unwrap().count(), 0);
        assert!(outside.join("kept").is_dir());
    }

    #[test]
    fn a_link_in_the_place_of_the_directory_is_refused() {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir_all(temp.path().join("outside/kept")).unwrap();
        symlink("outside", temp.path().join("env")).unwrap();
        let cleared = clear_directory(&temp.path().join("env"), &mut || false);
        assert!(matches!(cleared, Err(Error::NotADirectory(_))));
        assert!(temp.path().join("outside/kept").is_dir());
    }

    #[test]
    fn an_interrupt_leaves_the_rest() {
        let temp = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            fs::create_dir_all(temp.path().join(name).join("deep")).unwrap();
        }
        let mut asked = 0;
        let cleared = clear_directory(temp.path(), &mut || {
            asked += 1;
            asked > 3
        });
        assert!(matches!(cleared, Err(Error::Interrupted)));
        assert!(!remains(temp.path()).is_empty());
    }

    #[test]
    fn depth_is_no_matter() {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir_all(temp.path().join(vec!["d"; 100].join("/"))).unwrap();
        clear_directory(temp.path(), &mut || false).unwrap();
        assert!(remains(temp.path()).is_empty());
    }

    #[test]
    fn what_nobody_can_have_meant_is_refused() {
        let temp = tempfile::tempdir().unwrap();
        let home = temp.path().join("home");
        let link = temp.path().join("link");
        fs::create_dir(&home).unwrap();
        symlink(&home, &link).unwrap();
        let precious = [("the home directory", home.as_path()), ("nothing", Path::new("/nowhere/at/all"))];
        for path in [Path::new("/"), &home, temp.path(), &link, &temp.path().join("link/")] {
            let refused = check_clearable(path, &precious);
            assert!(matches!(refused, Err(Error::Refused(_) | Error::NotADirectory(_))), "{path:?}");
        }
        assert!(check_clearable(&home.join("env"), &precious).is_ok());
    }
}
