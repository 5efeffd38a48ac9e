//! File system access. Only this module uses `std::fs`, and only `sys` uses `#[cfg(unix)]` and `#[cfg(windows)]`. Its
//! functions return an [`Error`] that names the operation and the path.

mod attributes;
mod calendar;
mod clear;
mod copy;
pub mod dir;
mod identity;
mod inside;
mod junction;
mod mounts;
mod permissions;
mod seen;
mod sys;
mod time;
mod whole;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

pub use std::fs::File;

pub use attributes::{attributes_refused, lacks_attributes};
pub use calendar::Calendar;
pub use clear::{check_clearable, clear_directory, remains};
pub use copy::{
    Template, copy_contents, copy_with_mode, is_inexecutable_copy, make_executable, read_template, write_like,
};
pub use identity::{
    Entry, check_presence, entry, have_same_content, is_one_file, is_same_file, is_text, passes_through,
    running_program,
};
pub use inside::{OddLinks, check_directories, is_own_lib64, odd_links};
pub use junction::{is_junction, is_link};
pub use seen::Seen;
pub use sys::{
    ended, ignores_interrupts, is_damage, is_lacking, is_too_many_open_files, kill_group, lead_group,
    may_execute, os_string,
};
pub use time::Timestamp;
pub use whole::{UNFINISHED, remove_unfinished};

use crate::error::{Error, Result};

/// When a directory was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// By this call.
    Now,
    /// Before this call.
    Before,
}

/// Creates the directory at `path` and its missing parents, unless it exists. The umask decides their mode.
///
/// A file or a link at `path`, even a link to a directory, is refused as in `venv`. A junction is fine. A dangling link is an error
/// ([`io::ErrorKind::AlreadyExists`]), as for `os.makedirs`.
pub fn ensure_directory(path: &Path) -> Result<Made> {
    match make_directory(path) {
        Ok(()) => Ok(Made::Now),
        Err(source) => match fs::symlink_metadata(path) {
            Ok(found) if found.is_dir() || is_junction(path) => Ok(Made::Before),
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

/// Does the same as [`ensure_directory`], for a new `base`. There, starting at the top takes fewer calls.
pub fn ensure_directory_in_new(base: &Path, path: &Path) -> Result<Made> {
    if let Some(parents) = path.strip_prefix(base).ok().and_then(Path::parent) {
        let mut parent = base.to_owned();
        for name in parents {
            parent.push(name);
            // If a parent fails, so will the last directory.
            let _ = fs::create_dir(&parent);
        }
    }
    ensure_directory(path)
}

/// Creates a directory and its missing parents. An existing directory, or a link to one, is fine.
pub fn create_directory(path: &Path) -> Result<()> {
    match make_directory(path) {
        Err(source) if !path.is_dir() => Err(Error::io("create the directory", path, source)),
        _ => Ok(()),
    }
}

/// Calls `mkdir`, and creates missing parents first. The caller must check whether a failure matters: the system may
/// report a missing permission, a read-only file system or a drive's root although the directory exists.
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

/// The content of a regular file, links followed. Anything else, and a file of more than `most` bytes, is refused, so
/// that no pipe or device is waited for.
pub fn read_regular(path: &Path, most: u64) -> Result<Vec<u8>> {
    let failed = |source| Error::io("read", path, source);
    let found = fs::metadata(path).map_err(failed)?;
    if !found.is_file() {
        return Err(failed(io::Error::other("not a regular file")));
    }
    let mut content = Vec::with_capacity(usize::try_from(found.len().min(most)).unwrap_or(0) + 1);
    File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut content)).map_err(failed)?;
    if content.len() as u64 > most {
        return Err(failed(io::Error::other("too large")));
    }
    Ok(content)
}

/// The first bytes of an open file, at most that many.
pub fn read_start(file: File, most: u64) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    file.take(most).read_to_end(&mut start)?;
    Ok(start)
}

/// Writes a file, whole or not at all. An existing file keeps its mode.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    whole::write_whole(path, None, |file| file.write_all(content))
        .map_err(|source| Error::io("write", path, source))
}

/// Removes a file or link.
pub fn remove_file(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(|source| Error::io("remove", path, source))
}

/// Removes a directory if it is empty. Returns false if it still exists.
pub fn remove_if_empty(path: &Path) -> bool {
    fs::remove_dir(path).is_ok() || !fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// Reports whether something is there, links followed (`os.path.exists`). On Windows, so is a program of the Store's,
/// whose file can be started and not opened.
pub fn exists(path: &Path) -> bool {
    path.try_exists().unwrap_or(false)
}

/// Reports whether a regular file is there, links followed.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Reports whether a directory is there, links followed.
pub fn is_directory(path: &Path) -> bool {
    path.is_dir()
}

/// The text of the symbolic link at that path; `None` if there is none.
pub fn link_target(path: &Path) -> Option<PathBuf> {
    fs::read_link(path).ok()
}

/// Reports whether following the links at that path never ends.
pub fn is_loop(path: &Path) -> bool {
    fs::metadata(path).is_err_and(|error| sys::is_loop(&error))
}

/// The path with all links resolved, on Windows in its simplest form. If it can't be resolved, the path itself, as
/// from `os.path.realpath`.
pub fn real_path(path: &Path) -> PathBuf {
    sys::resolve(path).unwrap_or_else(|_| path.to_owned())
}

/// The path without short names such as `PROGRA~1`, or the path itself if it is not on Windows, or nothing is there.
pub fn long_path(path: &Path) -> PathBuf {
    sys::long_path(path).unwrap_or_else(|_| path.to_owned())
}

/// The absolute path, which keeps its meaning when the process changes its directory.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// `os.path.abspath`: absolute, without `.`, `..` and repeated separators. Links are not looked at.
pub fn normal(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let mut normal = PathBuf::new();
    for part in absolute(path).components() {
        match part {
            Component::ParentDir => drop(normal.pop()),
            part => normal.push(part),
        }
    }
    normal
}

/// Creates the symbolic link `link` with the text `target`.
pub fn symlink(target: &Path, link: &Path) -> Result<()> {
    sys::symlink_file(target, link).map_err(|source| Error::io2("link", target, link, source))
}

/// Creates the symbolic link `link` with the text `target`, and replaces a file or link of that name.
pub fn symlink_over(target: &Path, link: &Path) -> Result<()> {
    whole::link_over(target, link).map_err(|source| Error::io2("link", target, link, source))
}

/// The entries of a directory.
#[derive(Debug, Default)]
pub struct Listing {
    /// Names of directories, without links to directories.
    pub directories: Vec<OsString>,
    /// Names of everything else that leads to a file.
    pub files: Vec<OsString>,
    /// Names of the rest: links to directories or to nothing, pipes, devices.
    pub others: Vec<OsString>,
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
        } else {
            listing.others.push(entry.file_name());
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
        assert_eq!(listing.others, ["link-to-folder"]);
    }
}
