use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io;

use super::Dir;
use crate::error::Result;

/// A lock, held until it is dropped or its process ends, however it ends.
///
/// It is let go in so many words: to close its handle isn't enough where another thread has forked meanwhile, since the
/// child has the handle too. `None` where the file system can't lock, so that everybody gets the lock and nobody holds
/// it: NFS and Lustre without their lock services (`ENOLCK`, `EBADF`), FUSE (`ENOSYS`, `EOPNOTSUPP`), Windows directories.
#[derive(Debug)]
pub struct Lock(Option<File>);

impl Lock {
    /// Takes the lock that an open file stands for; `None` if another handle of it holds it.
    fn take(file: File) -> Option<Self> {
        match file.try_lock() {
            Ok(()) => Some(Self(Some(file))),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => None,
            Err(TryLockError::Error(_)) => Some(Self(None)),
        }
    }

    /// Whether others are kept out. If not, only the caller's care keeps what they do apart.
    pub fn is_held(&self) -> bool {
        self.0.is_some()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // What can't be let go so goes with the handle.
        let _ = self.0.take().map(|file| file.unlock());
    }
}

impl Dir {
    /// Takes the lock that the file of that name stands for, made if missing; `None` if another holder has it, or has
    /// just removed the file, which only its holder may. Where files can't be locked, everybody gets it: see
    /// [`Lock::is_held`].
    pub fn try_lock(&self, name: impl AsRef<OsStr>) -> Result<Option<Lock>> {
        let file = self.lock_file(name.as_ref())?;
        Ok(self.try_lock_file(name.as_ref(), file))
    }

    /// Takes the lock on the directory itself; `None` if another handle of it holds it. Where directories can't be locked,
    /// everybody gets it.
    pub fn try_lock_itself(&self) -> Option<Lock> {
        self.handle.itself().map_or(Some(Lock(None)), Lock::take)
    }

    pub(super) fn lock_file(&self, name: &OsStr) -> Result<File> {
        self.done("open", name, |name| self.handle.lock_file(name))
    }

    /// A file that was removed since it was opened locks nobody out: others make a new one.
    pub(super) fn try_lock_file(&self, name: &OsStr, file: File) -> Option<Lock> {
        Lock::take(file).filter(|lock| lock.0.as_ref().is_none_or(|file| !self.handle.is_removed(name, file)))
    }
}
