//! Folders, and what is done to what stands in them. On Unix they are held open by a handle: what is done below one
//! needs no second walk along its path, and no link that somebody swaps in on the way is followed. On Windows they are
//! known by their paths: links are told before they are followed, but not one that is swapped in between.

use std::ffi::OsStr;
use std::fs::File;
use std::io;

use crate::error::{Error, Result};

mod clear;
mod lock;
#[cfg(any(not(unix), test))]
#[cfg_attr(unix, allow(dead_code))]
mod portable;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
mod unix_files;

#[cfg(not(unix))]
use portable as form;
#[cfg(unix)]
use unix as form;

pub use form::{Dir, Inherited, current_user, facts_at};
pub(in crate::fs) use form::{clone_content, close, finish, is_damage, mode_of, open_in_place, rename_new};
pub use lock::Lock;

/// What kind of thing a name stands for, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A link, a device, a socket...
    Other,
}

/// What the file system knows of a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// File, folder or something else.
    pub kind: Kind,
    /// In bytes.
    pub size: u64,
    /// When the content changed: nanoseconds since 1970.
    pub modified: i64,
    /// When content, mode, owner or number of links changed: nanoseconds since 1970; 0 where unknown.
    pub changed: i64,
    /// The permission bits; `0o644` where there are none.
    pub mode: u32,
    /// The user id of the owner; 0 where there is none.
    pub owner: u32,
    /// The file system it is on; 0 where unknown.
    pub device: u64,
    /// Its number there; 0 where unknown.
    pub inode: u64,
}

/// How [`Dir::create`] makes a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewFile {
    /// The time of modification, in nanoseconds since 1970; now if `None`.
    pub modified: Option<i64>,
    /// Permission bits to add to those that the umask leaves of `0o666`.
    pub add_mode: u32,
}

/// Whom a new folder lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whom the umask lets in.
    Umask,
    /// The owner alone: mode `0o700`.
    Owner,
}

impl Dir {
    /// Opens the folder of that name in this one, made first if nothing is there. A link is not followed.
    pub fn enter(&self, name: &(impl AsRef<OsStr> + ?Sized), access: Access) -> Result<Self> {
        self.make_folder(name, access)?;
        self.open_folder(name)
    }

    /// Writes a file anew: whatever file or link has the name is removed first, never written through.
    /// Returns the permission bits that the umask left.
    pub fn replace(&self, name: &(impl AsRef<OsStr> + ?Sized), content: &[u8], how: NewFile) -> Result<u32> {
        match self.create(name, content, how) {
            Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {
                self.remove_file(name)?;
                self.create(name, content, how)
            }
            outcome => outcome,
        }
    }

    /// Takes the lock that the file of that name stands for, made if missing; `None` if another holder has it, or has
    /// just removed the file, which only its holder may. Where files can't be locked, everybody gets it: see
    /// [`Lock::is_held`].
    pub fn try_lock(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> Result<Option<Lock>> {
        Ok(self.try_lock_file(name, self.lock_file(name)?))
    }

    /// A file that was removed since it was opened locks nobody out: others make a new one.
    fn try_lock_file(&self, name: &(impl AsRef<OsStr> + ?Sized), file: File) -> Option<Lock> {
        Lock::take(file).filter(|lock| lock.file().is_none_or(|file| !self.is_removed(name, file)))
    }
}

/// What was done, or `None` where the file or folder that it was to be done to is gone: another process removed it.
pub fn unless_gone<T>(done: Result<T>) -> Result<Option<T>> {
    match done {
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        done => done.map(Some),
    }
}

#[cfg(test)]
mod tests;
