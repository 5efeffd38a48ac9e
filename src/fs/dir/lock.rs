use std::fs::{File, TryLockError};
use std::io;

/// A lock, held until it is dropped or its process ends, however it ends.
///
/// It is let go in so many words: to close its handle isn't enough where another thread has forked meanwhile, since the
/// child has the handle too. `None` where the file system can't lock, so that everybody gets the lock and nobody holds
/// it: NFS and Lustre without their lock services (`ENOLCK`, `EBADF`), FUSE (`ENOSYS`, `EOPNOTSUPP`), Windows folders.
#[derive(Debug)]
pub struct Lock(pub(super) Option<File>);

impl Lock {
    /// Takes the lock that an open file stands for; `None` if another handle of it holds it.
    pub(super) fn take(file: File) -> Option<Self> {
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

    /// The file it is held by.
    pub(super) fn file(&self) -> Option<&File> {
        self.0.as_ref()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // What can't be let go so goes with the handle.
        let _ = self.0.take().map(|file| file.unlock());
    }
}
