//! Walking through the directories of a tree by handles, each opened once.

use crate::error::Result;
use crate::fs::dir::Dir;

/// The handles from a root down to the current directory.
#[derive(Debug)]
pub struct Walk<'a> {
    root: &'a Dir,
    below: Vec<(String, Dir)>,
}

impl<'a> Walk<'a> {
    /// Starts at the root.
    pub fn new(root: &'a Dir) -> Self {
        Self { root, below: Vec::new() }
    }

    /// Goes to a directory by its path from the root, with `/` between the parts. `step` opens one part in its parent.
    /// Handles of directories that the old and the new path share are kept.
    pub fn go(&mut self, path: &str, step: impl Fn(&Dir, &str) -> Result<Dir>) -> Result<&Dir> {
        let mut parts = path.split('/').filter(|part| !part.is_empty()).peekable();
        let mut shared = 0;
        while let (Some((open, _)), Some(part)) = (self.below.get(shared), parts.peek()) {
            if open != part {
                break;
            }
            parts.next();
            shared += 1;
        }
        self.below.truncate(shared);
        for part in parts {
            let next = step(self.here(), part)?;
            self.below.push((part.to_owned(), next));
        }
        Ok(self.here())
    }

    fn here(&self) -> &Dir {
        self.below.last().map_or(self.root, |(_, dir)| dir)
    }
}
