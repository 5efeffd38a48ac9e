//! The environment's `python`, made: links to the base interpreter, or copies of it.

pub mod found;
pub mod nt;
mod posix;

use std::path::Path;

pub use self::posix::{Own, Placer, set_up};
use crate::error::{Error, Result, quoted};
use crate::fs;
use crate::fs::dir::unless_gone;
use crate::observer::Observer;

/// What to say where a copy may not be executed.
pub const MAY_BE_NOEXEC: &str = "Is its file system mounted with noexec?";

/// `EnvBuilder.symlink_or_copy`: links `destination` to `source` if links are asked for, and copies where that can't be
/// done.
///
/// # Errors
/// That of the copy; [`Error::SameFile`] for a copy of a file over itself.
pub fn symlink_or_copy(
    source: &Path,
    destination: &Path,
    symlinks: bool,
    text: LinkText,
    observer: &mut dyn Observer,
) -> Result<()> {
    Own { symlinks }
        .place(source, destination, false, text)
        .map(|placed| report(source, destination, &placed, observer))
}

/// Says that a link could not be made.
fn report(source: &Path, destination: &Path, placed: &Placed, observer: &mut dyn Observer) {
    if let Placed::CopiedInstead(why) = placed {
        observer.warning(&format!("Unable to symlink {} to {}", quoted(source), quoted(destination)));
        observer.debug(&format!("copied instead: {why}"));
    }
}

/// How an executable came to its place.
#[derive(Debug)]
pub enum Placed {
    /// As a link, made now or before.
    Linked,
    /// As a copy, since that was asked for.
    Copied,
    /// As a copy, since linking failed: why.
    CopiedInstead(Error),
    /// As an overridden `symlink_or_copy` does it.
    Otherwise,
}

/// What a link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkText {
    /// The whole path of the source.
    Whole,
    /// The source's file name alone: source and link must stand in one directory.
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
            "{} and {} are not in the same directory",
            quoted(source),
            quoted(destination)
        ))),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_link_across_directories_becomes_a_copy() {
        let temp = tempfile::tempdir().unwrap();
        let (source, destination) = (temp.path().join("python"), temp.path().join("bin/python"));
        fs::write(&source, b"binary").unwrap();
        fs::create_directory(&temp.path().join("bin")).unwrap();
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
