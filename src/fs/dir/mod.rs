//! Folders, and what is done to what stands in them. On Unix they are held open by a handle: what is done below one
//! needs no second walk along its path, and no link that somebody swaps in on the way is followed. On Windows they are
//! known by their paths: links are told before they are followed, but not one that is swapped in between.

use std::ffi::OsStr;
use std::fs::File;
use std::io;

use crate::error::{Error, Result};

mod clear;
mod lock;

pub use super::sys::{Access, Dir, Facts, Inherited, Kind, NewFile, current_user, facts_at};
pub use lock::Lock;

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

    /// Takes the lock on the folder itself; `None` if another handle of it holds it. Where folders can't be locked,
    /// everybody gets it.
    pub fn try_lock_itself(&self) -> Option<Lock> {
        self.itself().map_or(Some(Lock(None)), Lock::take)
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
