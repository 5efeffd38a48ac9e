//! Creates the environment's `python`: links to the base interpreter, or copies of it.

pub mod found;
pub mod nt;
mod posix;

use std::path::Path;

pub use self::posix::{Own, Placer, set_up};
use crate::error::{Error, Result};
use crate::fs;
use crate::fs::dir::unless_gone;
use crate::observer::Observer;
use crate::text::quoted;

/// The hint for a copy that can't be executed.
pub const MAY_BE_NOEXEC: &str = "Is its file system mounted with noexec?";

/// Links `destination` to `source` if `symlinks` is set, and copies it otherwise or if linking fails
/// (`EnvBuilder.symlink_or_copy`).
///
/// # Errors
/// The error of the copy; [`Error::SameFile`] for a copy of a file over itself.
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

/// Reports that a link could not be created.
fn report(source: &Path, destination: &Path, placed: &Placed, observer: &mut dyn Observer) {
    if let Placed::CopiedInstead(why) = placed {
        observer.warning(&format!("Unable to symlink {} to {}", quoted(source), quoted(destination)));
        observer.debug(&format!("copied instead: {why}"));
    }
}

/// How an executable was placed.
#[derive(Debug)]
pub enum Placed {
    /// As a link, created now or earlier.
    Linked,
    /// As a copy, as requested.
    Copied,
    /// As a copy, because linking failed with this error.
    CopiedInstead(Error),
    /// By an overridden `symlink_or_copy`.
    Otherwise,
}

/// The text of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkText {
    /// The whole path of the source.
    Whole,
    /// Only the source's file name: source and link must be in the same directory.
    NameAlone,
}

/// Links `destination` to `source`, or copies the content if linking fails.
///
/// An existing link at `destination` is kept.
pub fn link_or_copy(source: &Path, destination: &Path, text: LinkText) -> Result<Placed> {
    match link(source, destination, text) {
        Ok(()) => Ok(Placed::Linked),
        Err(_) if fs::is_link(destination) => Ok(Placed::Linked),
        Err(why) => fs::copy_contents(source, destination).map(|()| Placed::CopiedInstead(why)),
    }
}

/// Does the same as [`link_or_copy`], but replaces the file or link at `destination` in one step. The name is never
/// missing.
pub fn link_or_copy_over(source: &Path, destination: &Path, text: LinkText) -> Result<Placed> {
    match target(source, destination, text).and_then(|target| fs::symlink_over(target, destination)) {
        Ok(()) => Ok(Placed::Linked),
        Err(why) => fs::copy_contents(source, destination).map(|()| Placed::CopiedInstead(why)),
    }
}

/// Makes a copy executable if a killed run left it without that permission. Anything else at `path` is left alone.
pub fn finish_copy(executable: &Path, path: &Path) -> Result<()> {
    if fs::is_inexecutable_copy(executable, path) { fs::make_executable(path) } else { Ok(()) }
}

/// Removes a file or link. Another process may already have removed it.
pub fn remove(path: &Path) -> Result<()> {
    unless_gone(fs::remove_file(path)).map(drop)
}

/// Links `destination` to `source`. Fails if the name is taken.
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
