//! Removes the contents of a directory. On Unix every step goes through a directory descriptor.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;

use super::{Dir, unless_gone};
use crate::error::{Error, Result};

/// The maximum number of retries for an entry that other processes keep switching between file and directory, and for
/// directories that they keep refilling.
const ATTEMPTS: u32 = 64;

/// A directory that is being emptied, its name in its parent, and the names still to remove from the parent.
struct Level {
    directory: Dir,
    name: OsString,
    rest_above: Vec<OsString>,
    /// An entry could not be removed, so neither can this directory.
    resists: bool,
}

impl Dir {
    /// Removes everything in this directory. Links are removed, not followed. Anything mounted below is an error.
    /// Other processes may remove entries meanwhile. Entries that they add are removed too, up to a limit.
    ///
    /// `interrupted` is called before each entry. If it returns true, the rest stays: [`Error::Interrupted`].
    ///
    /// # Errors
    /// The error of the first entry, by name, that can't be removed. All other entries are still removed.
    pub fn clear(&self, interrupted: &mut dyn FnMut() -> bool) -> Result<()> {
        Clearing::new(self, self.names()?).run(interrupted)
    }

    /// Removes the file or directory of that name and everything in it, as [`Dir::clear`] does. It may be missing.
    pub fn remove_tree(&self, name: impl AsRef<OsStr>) -> Result<()> {
        Clearing::new(self, vec![name.as_ref().to_owned()]).run(&mut || false)
    }

    /// Removes the entry of that name. A directory is opened and listed instead.
    fn enter_or_remove(&self, name: &OsStr) -> Result<Option<(Self, Vec<OsString>)>> {
        let Some(directory) = self.remove_unless_directory(name)? else { return Ok(None) };
        let names = directory.names_left()?;
        Ok(Some((directory, names)))
    }

    /// The names in this directory. Empty if the directory is gone.
    fn names_left(&self) -> Result<Vec<OsString>> {
        Ok(unless_gone(self.names())?.unwrap_or_default())
    }

    /// Removes the entry of that name. A directory is opened instead. The entry may be gone already.
    fn remove_unless_directory(&self, name: &OsStr) -> Result<Option<Self>> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let refused = match unless_gone(self.remove_file(name)) {
                Err(error) => error,
                done => return done.map(|_| None),
            };
            // For a directory, POSIX reports EPERM, Linux EISDIR, and Windows denied access. The next call finds out.
            match self.open_to_clear(name) {
                Ok(directory) => return Ok(Some(directory)),
                Err(error) if error.is_not_found() => return Ok(None),
                Err(error) if error.kind() != Some(ErrorKind::NotADirectory) => return Err(error),
                // It was a directory a moment ago, but no longer is.
                Err(_) if refused.kind() == Some(ErrorKind::IsADirectory) && attempt < ATTEMPTS => {}
                Err(_) => return Err(refused),
            }
        }
    }

    /// Opens the directory of that name in order to remove it. A link and a mount point are refused.
    fn open_to_clear(&self, name: &OsStr) -> Result<Self> {
        let handle = self.done("remove", name, |name| self.handle.open_unmounted(name))?;
        Ok(Self { handle, path: self.path.join(name) })
    }
}

/// The removal of many names. It does not recurse, because a deep tree could overflow the stack.
struct Clearing<'a> {
    top: &'a Dir,
    levels: Vec<Level>,
    /// The names still to remove from the innermost directory. The first name is last.
    names: Vec<OsString>,
    refilled: u32,
    failure: Option<Error>,
}

impl<'a> Clearing<'a> {
    fn new(top: &'a Dir, names: Vec<OsString>) -> Self {
        Self { top, levels: Vec::new(), names: in_order(names), refilled: 0, failure: None }
    }

    fn run(mut self, interrupted: &mut dyn FnMut() -> bool) -> Result<()> {
        loop {
            if interrupted() {
                return Err(Error::Interrupted);
            }
            if let Some(name) = self.names.pop() {
                self.enter_or_remove(name);
            } else if let Some(emptied) = self.levels.pop() {
                self.leave(emptied);
            } else {
                return self.failure.map_or(Ok(()), Err);
            }
        }
    }

    fn here(&self) -> &Dir {
        self.levels.last().map_or(self.top, |level| &level.directory)
    }

    fn enter_or_remove(&mut self, name: OsString) {
        match self.here().enter_or_remove(&name) {
            Ok(None) => {}
            Ok(Some((directory, names))) => {
                let rest_above = std::mem::replace(&mut self.names, in_order(names));
                self.levels.push(Level { directory, name, rest_above, resists: false });
            }
            Err(error) => self.resisted(Some(error)),
        }
    }

    /// Removes an emptied directory, or tries again if another process has refilled it.
    fn leave(&mut self, emptied: Level) {
        let left = if emptied.resists { Err(None) } else { self.remove_emptied(&emptied).map_err(Some) };
        match left {
            Ok(Some(names)) => {
                self.names = in_order(names);
                self.levels.push(emptied);
            }
            Ok(None) => self.names = emptied.rest_above,
            Err(error) => {
                self.names = emptied.rest_above;
                self.resisted(error);
            }
        }
    }

    /// Removes the directory. If it must be emptied again, returns the names that are in it now.
    fn remove_emptied(&mut self, emptied: &Level) -> Result<Option<Vec<OsString>>> {
        match unless_gone(self.here().remove_directory(&emptied.name)) {
            Err(error) if error.kind() == Some(ErrorKind::DirectoryNotEmpty) && self.refilled < ATTEMPTS => {
                self.refilled += 1;
                emptied.directory.names_left().map(Some)
            }
            removed => removed.map(|_| None),
        }
    }

    /// Records a failure. The other names are still removed, so that the result does not depend on their order.
    fn resisted(&mut self, error: Option<Error>) {
        self.failure = self.failure.take().or(error);
        if let Some(level) = self.levels.last_mut() {
            level.resists = true;
        }
    }
}

/// Sorts the names in reverse, since they are taken from the end.
fn in_order(mut names: Vec<OsString>) -> Vec<OsString> {
    names.sort_unstable_by(|one, other| other.cmp(one));
    names
}
