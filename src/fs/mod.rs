//! The only home of `std::fs`; `sys` is that of `#[cfg(unix)]` and `#[cfg(windows)]`. Everything else says what it wants
//! done and gets an [`Error`] that names the operation and the path.

mod attributes;
mod clear;
mod copy;
pub mod dir;
mod identity;
mod inside;
mod mounts;
mod permissions;
mod sys;
mod time;
mod whole;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use std::fs::File;

pub use attributes::{attributes_refused, lacks_attributes};
pub use clear::{check_clearable, clear_directory, remains};
pub use copy::{
    Template, copy_contents, copy_with_mode, is_inexecutable_copy, make_executable, read_template, write_like,
};
pub use identity::{
    Entry, check_presence, entry, have_same_content, is_one_file, is_same_file, is_text, passes_through,
    running_program,
};
pub use inside::{OddLinks, check_directories, odd_links};
pub use sys::{is_damage, is_lacking, is_too_many_open_files, may_execute};
pub use time::{Timestamp, is_settled};
pub use whole::{UNFINISHED, remove_unfinished};

use crate::error::{Error, Result};

/// When a directory was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// By this call.
    Now,
    /// It stood already.
    Before,
}

/// Makes sure that a directory stands at `path`, with its missing parents, in the mode that the umask leaves.
///
/// A file there, or a link, even one to a directory, is refused as `venv` refuses it. A link that leads nowhere is in the way
/// of the directory ([`io::ErrorKind::AlreadyExists`]), as it is for `os.makedirs`.
pub fn ensure_directory(path: &Path) -> Result<Made> {
    match make_directory(path) {
        Ok(()) => Ok(Made::Now),
        Err(source) => match fs::symlink_metadata(path) {
            Ok(found) if found.is_dir() => Ok(Made::Before),
            Ok(_) if path.exists() => Err(Error::NotADirectory(path.to_owned())),
            Err(unseen)
                if source.kind() == io::ErrorKind::AlreadyExists
                    && unseen.kind() != io::ErrorKind::NotFound =>
            {
                Err(Error::io("examine the directory", path, unseen))
            }
            _ => Err(Error::io("create the directory", path, source)),
        },
    }
}

/// Does what [`ensure_directory`] does in a directory that is new, where it takes fewer calls to begin at the top.
pub fn ensure_directory_in_new(base: &Path, path: &Path) -> Result<Made> {
    if let Some(parents) = path.strip_prefix(base).ok().and_then(Path::parent) {
        let mut parent = base.to_owned();
        for name in parents {
            parent.push(name);
            // What is wrong with one shows in the last.
            let _ = fs::create_dir(&parent);
        }
    }
    ensure_directory(path)
}

/// Creates a directory with its missing parents; one that stands there, or a link to one, will do.
pub fn create_directory(path: &Path) -> Result<()> {
    match make_directory(path) {
        Err(source) if !path.is_dir() => Err(Error::io("create the directory", path, source)),
        _ => Ok(()),
    }
}

/// `mkdir`, after that of the parents if one is missing. Whether a failure matters depends on what stands there:
/// the system may look at permissions, a read-only file system or a drive's root before it sees the directory.
fn make_directory(path: &Path) -> io::Result<()> {
    match (fs::create_dir(path), path.parent()) {
        (Err(error), Some(parent)) if error.kind() == io::ErrorKind::NotFound => {
            make_directory(parent).or_else(|error| if parent.is_dir() { Ok(()) } else { Err(error) })?;
            fs::create_dir(path)
        }
        (done, _) => done,
    }
}

/// The content of a file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|source| Error::io("read", path, source))
}

/// Writes a file anew, whole or not at all, keeping the mode of one that stands there.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    whole::write_whole(path, None, |file| file.write_all(content))
        .map_err(|source| Error::io("write", path, source))
}

/// Removes a file or link.
pub fn remove_file(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(|source| Error::io("remove", path, source))
}

/// Removes a directory if it is empty. False if a directory is there still.
pub fn remove_if_empty(path: &Path) -> bool {
    fs::remove_dir(path).is_ok() || !fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// Whether something is there, links followed (`os.path.exists`).
pub fn exists(path: &Path) -> bool {
    path.exists()
}

/// Whether a symbolic link is there (`os.path.islink`).
pub fn is_link(path: &Path) -> bool {
    path.is_symlink()
}

/// The path with all links resolved, in its simplest form on Windows; as it is where that can't be told, as
/// `os.path.realpath` leaves it.
pub fn real_path(path: &Path) -> PathBuf {
    sys::resolve(path).unwrap_or_else(|_| path.to_owned())
}

/// The path from the root on, so that it means one place whatever directory the process changes to.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Makes `link` a symbolic link whose text is `target`.
pub fn symlink(target: &Path, link: &Path) -> Result<()> {
    sys::symlink_file(target, link).map_err(|source| Error::io2("link", target, link, source))
}

/// Makes `link` a symbolic link whose text is `target`, in the place of the file or link that has the name.
pub fn symlink_over(target: &Path, link: &Path) -> Result<()> {
    whole::link_over(target, link).map_err(|source| Error::io2("link", target, link, source))
}

/// What stands in a directory.
#[derive(Debug, Default)]
pub struct Listing {
    /// Names of directories; links to directories are not among them.
    pub directories: Vec<OsString>,
    /// Names of everything else that is a file once links are followed.
    pub files: Vec<OsString>,
}

/// Lists a directory, sorted by name.
pub fn list(path: &Path) -> Result<Listing> {
    let failed = |source| Error::io("list", path, source);
    let mut listing = Listing::default();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            listing.directories.push(entry.file_name());
        } else if kind.is_file() || entry.path().is_file() {
            listing.files.push(entry.file_name());
        }
    }
    listing.directories.sort();
    listing.files.sort();
    Ok(listing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_made_with_its_parents_and_may_stand_already() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("a/b/c");
        assert_eq!(ensure_directory(&path).unwrap(), Made::Now);
        assert_eq!(ensure_directory(&path).unwrap(), Made::Before);
        let path = temp.path().join("d/e/f");
        assert_eq!(ensure_directory_in_new(temp.path(), &path).unwrap(), Made::Now);
        assert_eq!(ensure_directory_in_new(temp.path(), &path).unwrap(), Made::Before);
        assert!(path.is_dir());
        assert!(path.is_dir());
    }

    #[test]
    fn a_file_or_link_where_a_directory_must_be_is_refused() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("file");
        write(&file, b"").unwrap();
        assert!(matches!(ensure_directory(&file), Err(Error::NotADirectory(_))));
        assert!(matches!(ensure_directory(&file.join("below")), Err(Error::Io { .. })));

        let link = temp.path().join("link");
        symlink(temp.path(), &link).unwrap();
        assert!(matches!(ensure_directory(&link), Err(Error::NotADirectory(_))));
        symlink(Path::new("nowhere"), &temp.path().join("dangling")).unwrap();
        let dangling = ensure_directory(&temp.path().join("dangling")).unwrap_err();
        assert_eq!(dangling.kind(), Some(io::ErrorKind::AlreadyExists));
    }

    #[test]
    fn listing_tells_directories_from_files_and_follows_links_to_files_alone() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        create_directory(&at("folder")).unwrap();
        write(&at("file"), b"").unwrap();
        symlink(Path::new("file"), &at("link-to-file")).unwrap();
        symlink(Path::new("folder"), &at("link-to-folder")).unwrap();
        let listing = list(temp.path()).unwrap();
        assert_eq!(listing.directories, ["folder"]);
        assert_eq!(listing.files, ["file", "link-to-file"]);
    }
}
