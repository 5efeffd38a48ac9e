//! The environment's `python`: which names it has and whether they are links or copies.

pub mod found;
pub mod nt;

use std::path::Path;

use crate::base::{Base, Version};
use crate::error::{Error, Result, quoted};
use crate::fs;
use crate::fs::dir::unless_gone;

/// A name that Python 3.14 adds as an Easter egg (gh-119535). Not every file system can store it.
pub const OPTIONAL_NAME: &str = "𝜋thon";

/// The names that stand in `bin` beside the executable's own, in the order in which they are made.
///
/// Python 3.14 has one more, [`OPTIONAL_NAME`], where file names are UTF-8.
pub fn posix_names(base: &Base) -> Vec<String> {
    let Version { major, minor, .. } = base.version;
    let mut names = vec!["python".to_owned(), "python3".to_owned(), format!("python3.{minor}")];
    if (major, minor) == (3, 14) && base.utf8_file_names {
        names.push(OPTIONAL_NAME.to_owned());
    }
    names
}

/// What to say where a copy may not be executed.
pub const MAY_BE_NOEXEC: &str = "Is its file system mounted with the option noexec?";

/// How a file came to stand where it was to stand.
#[derive(Debug)]
pub enum Placed {
    /// As a link, made now or before.
    Linked,
    /// As a copy, since that was asked for.
    Copied,
    /// As a copy, since linking failed: why.
    CopiedInstead(Error),
}

/// What a link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkText {
    /// The whole path of the source.
    Whole,
    /// The source's file name alone: source and link must stand in one folder.
    NameAlone,
}

/// Links `destination` to `source`, and copies the content if that can't be done.
///
/// A link that stands at `destination` already is left as it is.
pub fn link_or_copy(source: &Path, destination: &Path, text: LinkText) -> Result<Placed> {
    match link(source, destination, text) {
        Ok(()) => Ok(Placed::Linked),
        Err(_) if fs::is_link(destination) => Ok(Placed::Linked),
        Err(why) => fs::copy_contents(source, destination).map(|()| Placed::CopiedInstead(why)),
    }
}

/// As [`link_or_copy`], but in the place of the file or link at `destination`, in one step: there is no moment without
/// either.
pub fn link_or_copy_over(source: &Path, destination: &Path, text: LinkText) -> Result<Placed> {
    match target(source, destination, text).and_then(|target| fs::symlink_over(target, destination)) {
        Ok(()) => Ok(Placed::Linked),
        Err(why) => fs::copy_contents(source, destination).map(|()| Placed::CopiedInstead(why)),
    }
}

/// Completes a copy of the executable that a killed run left before it could be executed. Whatever else stands there
/// is left as it is.
pub fn finish_copy(executable: &Path, path: &Path) -> Result<()> {
    if fs::is_inexecutable_copy(executable, path) { fs::make_executable(path) } else { Ok(()) }
}

/// Removes a file or link, which another process may have removed by now.
pub fn remove(path: &Path) -> Result<()> {
    unless_gone(fs::remove_file(path)).map(drop)
}

/// Links `destination` to `source`; an error if anything has that name.
pub fn link(source: &Path, destination: &Path, text: LinkText) -> Result<()> {
    fs::symlink(target(source, destination, text)?, destination)
}

/// The text of the link.
fn target<'a>(source: &'a Path, destination: &Path, text: LinkText) -> Result<&'a Path> {
    match (text, source.file_name()) {
        (LinkText::Whole, _) => Ok(source),
        (LinkText::NameAlone, Some(name)) if source.parent() == destination.parent() => Ok(Path::new(name)),
        (LinkText::NameAlone, _) => Err(Error::Refused(format!(
            "{} and {} do not stand in one folder",
            quoted(source),
            quoted(destination)
        ))),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::base::Platform;

    #[test]
    fn the_extra_name_is_of_3_14_alone() {
        let names = |minor, utf8_file_names| {
            posix_names(&Base {
                platform: Platform::Posix,
                version: Version { major: 3, minor, micro: 0 },
                macos: false,
                is_64bit: true,
                utf8_file_names,
                abiflags: String::new(),
                platlibdir: "lib".into(),
            })
        };
        assert_eq!(names(13, true), ["python", "python3", "python3.13"]);
        assert_eq!(names(14, true), ["python", "python3", "python3.14", "𝜋thon"]);
        assert_eq!(names(14, false).len(), 3);
        assert_eq!(names(15, true).len(), 3);
    }

    #[test]
    fn a_relative_link_across_folders_becomes_a_copy() {
        let temp = tempfile::tempdir().unwrap();
        let (source, destination) = (temp.path().join("python"), temp.path().join("bin/python"));
        fs::write(&source, b"binary").unwrap();
        fs::create_folder(&temp.path().join("bin")).unwrap();
        let placed = link_or_copy(&source, &destination, LinkText::NameAlone).unwrap();
        assert!(matches!(placed, Placed::CopiedInstead(Error::Refused(_))));
        assert_eq!(fs::read(&destination).unwrap(), b"binary");
    }

    #[test]
    fn a_file_in_the_way_of_a_link_is_overwritten() {
        let temp = tempfile::tempdir().unwrap();
        let (source, destination) = (temp.path().join("new"), temp.path().join("old"));
        fs::write(&source, b"new").unwrap();
        fs::write(&destination, b"old").unwrap();
        let placed = link_or_copy(&source, &destination, LinkText::Whole).unwrap();
        assert!(matches!(placed, Placed::CopiedInstead(Error::Io { .. })));
        assert_eq!(fs::read(&destination).unwrap(), b"new");
    }
}
