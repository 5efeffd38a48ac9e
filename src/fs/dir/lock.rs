use std::fs::File;

/// A lock, held until it is dropped or its process ends, however it ends.
///
/// It is let go in so many words: to close its handle isn't enough where another thread has forked meanwhile, since the
/// child has the handle too. `None` where there is nothing to hold it by.
#[derive(Debug)]
pub struct Lock(pub(super) Option<File>);

impl Drop for Lock {
    fn drop(&mut self) {
        // What can't be let go so goes with the handle.
        let _ = self.0.take().map(|file| file.unlock());
    }
}
