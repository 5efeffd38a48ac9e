//! A directory known by its path, as on Windows. Links are recognised before they are followed, except one that is
//! swapped in at the last moment. The tests run on Unix too.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

#[cfg(unix)]
use super::unix::{metadata_at, metadata_of, metadata_of_file};
#[cfg(windows)]
use super::windows::{create_private, descriptor, metadata_at, metadata_of, metadata_of_file};
use super::{Access, Kind, Metadata};
use crate::fs::time::Timestamp;

/// The owner and the access list of a file, which new files inherit from their directory and a hard link has from its
/// source: a security descriptor.
#[derive(Debug, PartialEq, Eq)]
pub struct Inherited(Vec<u8>);

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

/// On Unix no file has one.
#[cfg(unix)]
fn descriptor(_path: &Path) -> io::Result<Vec<u8>> {
    Ok(Vec::new())
}

/// A directory known by its path.
#[derive(Debug)]
pub struct Handle(PathBuf);

/// The system's own error, with its code, from which Python creates a NotADirectoryError.
fn not_a_directory() -> io::Error {
    const ERROR_DIRECTORY: i32 = 267;
    if cfg!(windows) {
        io::Error::from_raw_os_error(ERROR_DIRECTORY)
    } else {
        io::ErrorKind::NotADirectory.into()
    }
}

impl Handle {
    /// Opens a directory by its path and follows links.
    pub fn open(path: &Path) -> io::Result<Self> {
        match fs::metadata(path)?.is_dir() {
            true => Ok(Self(path.to_owned())),
            false => Err(not_a_directory()),
        }
    }

    /// Opens a directory by its path. Links on the way are followed, but the last component must not be a link.
    pub fn open_itself(path: &Path) -> io::Result<Self> {
        match fs::symlink_metadata(path) {
            Ok(found) if !found.is_dir() => Err(not_a_directory()),
            _ => Self::open(path),
        }
    }

    /// Metadata of the directory itself.
    pub fn metadata(&self) -> io::Result<Metadata> {
        metadata_at(&self.0)
    }

    /// Metadata of the entry of that name. A link is not followed.
    pub fn metadata_of(&self, name: &OsStr) -> io::Result<Metadata> {
        metadata_of(&self.0.join(name))
    }

    /// Opens the directory of that name in this one, unless it is a link ([`io::ErrorKind::NotADirectory`]).
    pub fn open_directory(&self, name: &OsStr) -> io::Result<Self> {
        match self.metadata_of(name)?.kind {
            Kind::Directory => Ok(Self(self.0.join(name))),
            _ => Err(not_a_directory()),
        }
    }

    /// Does the same as [`Handle::open_directory`]: every mount on Windows is a link.
    pub fn open_unmounted(&self, name: &OsStr) -> io::Result<Self> {
        self.open_directory(name)
    }

    /// Creates a directory. Fails if the name is taken.
    pub fn make_directory(&self, name: &OsStr, access: Access) -> io::Result<()> {
        let path = self.0.join(name);
        match access {
            Access::Umask | Access::Owner => fs::create_dir(path),
            Access::OwnerAlone => create_private(&path),
        }
    }

    /// Opens a regular file for reading, with its metadata. Links and everything else are refused.
    pub fn open_file(&self, name: &OsStr) -> io::Result<(File, Metadata)> {
        if self.metadata_of(name)?.kind != Kind::File {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let file = patiently(|| File::open(self.0.join(name)))?;
        let metadata = metadata_of_file(&file)?;
        Ok((file, metadata))
    }

    /// The access rules of the file of that name that new files inherit from their directory.
    pub fn inherited(&self, name: &OsStr) -> io::Result<Inherited> {
        descriptor(&self.0.join(name)).map(Inherited)
    }

    /// Creates an empty file. Fails if the name is taken.
    pub fn create_file(&self, name: &OsStr) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.0.join(name))
    }

    /// Creates an empty file, for which the system has no mode. Fails if the name is taken.
    pub fn create_own_file(&self, name: &OsStr) -> io::Result<File> {
        self.create_file(name)
    }

    /// Sharing content between files is not supported here.
    pub fn create_clone(&self, _name: &OsStr, _source: &File) -> io::Result<File> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Creates a hard link to the file of that name, under the same name in `other`.
    pub fn link(&self, name: &OsStr, other: &Self) -> io::Result<()> {
        fs::hard_link(self.0.join(name), other.0.join(name)).map_err(|error| match error.raw_os_error() {
            // ERROR_INVALID_FUNCTION and ERROR_NOT_SUPPORTED, from file systems without such links. `std` names no kind.
            Some(1 | 50) if cfg!(windows) => io::ErrorKind::Unsupported.into(),
            _ => error,
        })
    }

    /// Renames `from` to `to` in this directory. A file or an empty directory named `to` is replaced.
    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        patiently(|| fs::rename(self.0.join(from), self.0.join(to)))
    }

    /// The names in this directory, in no particular order.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        fs::read_dir(&self.0)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    /// Removes the file or link of that name.
    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        let path = self.0.join(name);
        // On Windows `std` removes read-only files. CPython keeps them, and so does fastvenv.
        const ERROR_ACCESS_DENIED: i32 = 5;
        if cfg!(windows) && fs::symlink_metadata(&path).is_ok_and(|found| found.permissions().readonly()) {
            return Err(io::Error::from_raw_os_error(ERROR_ACCESS_DENIED));
        }
        match fs::symlink_metadata(&path) {
            // On Windows a link to a directory must be removed as a directory.
            Ok(found) if found.is_symlink() => {
                fs::remove_file(&path).or_else(|error| fs::remove_dir(&path).map_err(|_| error))
            }
            Ok(found) if found.is_file() => patiently(|| fs::remove_file(&path)),
            // Access to a directory is denied, and that doesn't pass.
            _ => fs::remove_file(&path),
        }
    }

    /// Removes the empty directory of that name.
    pub fn remove_directory(&self, name: &OsStr) -> io::Result<()> {
        patiently(|| fs::remove_dir(self.0.join(name)))
    }

    /// Sets the modification time of the file of that name.
    pub fn set_modified(&self, name: &OsStr, modified: Timestamp) -> io::Result<()> {
        OpenOptions::new().write(true).open(self.0.join(name))?.set_modified(modified.into())
    }

    /// The directory itself as an open file. `None`: it can't be locked here.
    pub fn itself(&self) -> Option<File> {
        None
    }

    /// Opens the lock file of that name and creates it if missing.
    pub fn lock_file(&self, name: &OsStr) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(self.0.join(name))
    }

    /// Reports whether an open file has lost this name.
    pub fn is_removed(&self, name: &OsStr, file: &File) -> bool {
        let Ok(open) = metadata_of_file(file) else { return false };
        !self.metadata_of(name).is_ok_and(|named| (named.device, named.inode) == (open.device, open.inode))
    }
}

/// Retries for half a second while another program may only have the file open for a moment, as virus scanners do.
fn patiently<T>(mut run: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    const ATTEMPTS: u32 = 50;
    const PAUSE: Duration = Duration::from_millis(10);
    for _ in 0..ATTEMPTS {
        match run() {
            Err(error) if cfg!(windows) && error.raw_os_error().is_some_and(may_pass) => sleep(PAUSE),
            done => return done,
        }
    }
    run()
}

/// Reports whether an error of Windows may come from a file that another program has open.
fn may_pass(code: i32) -> bool {
    const ERROR_ACCESS_DENIED: i32 = 5;
    const ERROR_SHARING_VIOLATION: i32 = 32;
    const ERROR_LOCK_VIOLATION: i32 = 33;
    [ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION].contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_errors_that_may_pass_are_retried() {
        const ERROR_FILE_NOT_FOUND: i32 = 2;
        const ERROR_DISK_FULL: i32 = 112;
        assert!([5, 32, 33].into_iter().all(may_pass));
        assert!(!may_pass(ERROR_FILE_NOT_FOUND) && !may_pass(ERROR_DISK_FULL));
        let mut runs = 0;
        let failed = patiently(|| -> io::Result<()> {
            runs += 1;
            Err(io::ErrorKind::NotFound.into())
        });
        assert!(failed.is_err() && runs == 1);
    }

    #[cfg(windows)]
    #[test]
    fn a_file_that_another_program_has_open_for_a_moment_is_removed() {
        use std::os::windows::fs::OpenOptionsExt;
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("file");
        let mut scanner =
            Some(OpenOptions::new().write(true).create(true).share_mode(0).open(&path).unwrap());
        let mut runs = 0;
        patiently(|| {
            runs += 1;
            if runs == 3 {
                scanner = None;
            }
            fs::remove_file(&path)
        })
        .unwrap();
        assert!(runs == 3 && !path.exists());
    }
}
