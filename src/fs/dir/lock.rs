use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io;

use super::Dir;
use crate::error::Result;

/// A lock, held until it is dropped or its process ends in any way.
///
/// It is unlocked explicitly. Closing the descriptor is not enough: if another thread has forked in the meantime, the
/// child still holds a copy. It is `None` if the file system can't lock. Then every caller gets the lock and none
/// holds it. Examples are NFS and Lustre without their lock services (`ENOLCK`, `EBADF`), FUSE (`ENOSYS`,
/// `EOPNOTSUPP`), and directories on Windows.
#[derive(Debug)]
pub struct Lock(Option<File>);

impl Lock {
    /// Locks an open file. Returns `None` if another descriptor of the file holds the lock.
    fn take(file: File) -> Option<Self> {
        match file.try_lock() {
            Ok(()) => Some(Self(Some(file))),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => None,
            Err(TryLockError::Error(_)) => Some(Self(None)),
        }
    }

    /// Reports whether the lock excludes other processes. If not, the caller must avoid conflicts on its own.
    pub fn is_held(&self) -> bool {
        self.0.is_some()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // If unlocking fails, closing the descriptor may still release the lock.
        let _ = self.0.take().map(|file| file.unlock());
    }
}

impl Dir {
    /// Locks the file of that name and creates it if missing. Returns `None` if another holder has the lock, or has
    /// just removed the file, which only the holder may do. If files can't be locked, every caller gets the lock: see
    /// [`Lock::is_held`].
    pub fn try_lock(&self, name: impl AsRef<OsStr>) -> Result<Option<Lock>> {
        let file = self.lock_file(name.as_ref())?;
        Ok(self.try_lock_file(name.as_ref(), file))
    }

    /// Locks the directory itself. Returns `None` if another descriptor of it holds the lock. If directories can't be
    /// locked, every caller gets the lock.
    pub fn try_lock_itself(&self) -> Option<Lock> {
        self.handle.itself().map_or(Some(Lock(None)), Lock::take)
    }

    pub(super) fn lock_file(&self, name: &OsStr) -> Result<File> {
        self.done("open", name, |name| self.handle.lock_file(name))
    }

    /// Locks the file unless it has been removed since it was opened. A removed file excludes no one: other processes
    /// create a new one.
    pub(super) fn try_lock_file(&self, name: &OsStr, file: File) -> Option<Lock> {
        Lock::take(file).filter(|lock| lock.0.as_ref().is_none_or(|file| !self.handle.is_removed(name, file)))
    }
}
