//! Removing what a directory holds, on Unix by handles all the way down.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;

use super::{Dir, unless_gone};
use crate::error::{Error, Result};

/// How often an entry is looked at anew that somebody turns from a file into a directory and back, and directories that
/// somebody fills again.
const ATTEMPTS: u32 = 64;

/// A directory that is being emptied: its name in the one above, and which names are still to do there.
struct Level {
    directory: Dir,
    name: OsString,
    rest_above: Vec<OsString>,
    /// Something in it could not be removed, so neither can it.
    resists: bool,
}

impl Dir {
    /// Removes all that this directory holds. Links are removed, not followed; what is mounted below is an error. What
    /// others remove meanwhile is fine; what they put there goes too, but not endlessly.
    ///
    /// `interrupted` is asked before each entry; if it says so, the rest is left: [`Error::Interrupted`].
    ///
    /// # Errors
    /// That of the first entry, by name, that can't be removed. All others are removed all the same.
    pub fn clear(&self, interrupted: &mut dyn FnMut() -> bool) -> Result<()> {
        Clearing::new(self, self.names()?).run(interrupted)
    }

    /// Removes the directory or file of that name with all it holds, as [`Dir::clear`] does. Nothing there is fine.
    pub fn remove_tree(&self, name: impl AsRef<OsStr>) -> Result<()> {
        Clearing::new(self, vec![name.as_ref().to_owned()]).run(&mut || false)
    }

    /// Removes what has that name, or opens it if it is a directory, and lists it.
    fn enter_or_remove(&self, name: &OsStr) -> Result<Option<(Self, Vec<OsString>)>> {
        let Some(directory) = self.remove_unless_directory(name)? else { return Ok(None) };
        let names = directory.names_left()?;
        Ok(Some((directory, names)))
    }

    /// The names in this directory; none if it is gone.
    fn names_left(&self) -> Result<Vec<OsString>> {
        Ok(unless_gone(self.names())?.unwrap_or_default())
    }

    /// Removes what has that name, or opens it if it is a directory. What is gone already is fine.
    fn remove_unless_directory(&self, name: &OsStr) -> Result<Option<Self>> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let refused = match unless_gone(self.remove_file(name)) {
                Err(error) => error,
                done => return done.map(|_| None),
            };
            // POSIX says EPERM of a directory, Linux EISDIR, Windows that access is denied: the next call knows better.
            match self.open_to_clear(name) {
                Ok(directory) => return Ok(Some(directory)),
                Err(error) if error.is_not_found() => return Ok(None),
                Err(error) if error.kind() != Some(ErrorKind::NotADirectory) => return Err(error),
                // It was a directory a moment ago, and no longer is.
                Err(_) if refused.kind() == Some(ErrorKind::IsADirectory) && attempt < ATTEMPTS => {}
                Err(_) => return Err(refused),
            }
        }
    }

    /// Opens the directory of that name as a step of its removal; a link and a mount point are refused.
    fn open_to_clear(&self, name: &OsStr) -> Result<Self> {
        let handle = self.done("remove", name, |name| self.handle.open_unmounted(name))?;
        Ok(Self { handle, path: self.path.join(name) })
    }
}

/// One removal of many names. It is no recursion: whoever fills an environment decides how deep it is, and the stack has
/// an end.
struct Clearing<'a> {
    top: &'a Dir,
    levels: Vec<Level>,
    /// What is still to be removed in the innermost directory, the first name last.
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

    /// Removes a directory that is empty, or tries again if it has been filled meanwhile.
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

    /// The names that are in the directory by now, if it is to be emptied again.
    fn remove_emptied(&mut self, emptied: &Level) -> Result<Option<Vec<OsString>>> {
        match unless_gone(self.here().remove_directory(&emptied.name)) {
            Err(error) if error.kind() == Some(ErrorKind::DirectoryNotEmpty) && self.refilled < ATTEMPTS => {
                self.refilled += 1;
                emptied.directory.names_left().map(Some)
            }
            removed => removed.map(|_| None),
        }
    }

    /// Goes on with the others, so that what is left doesn't depend on the order of the names.
    fn resisted(&mut self, error: Option<Error>) {
        self.failure = self.failure.take().or(error);
        if let Some(level) = self.levels.last_mut() {
            level.resists = true;
        }
    }
}

/// In the order in which they are taken from the end.
fn in_order(mut names: Vec<OsString>) -> Vec<OsString> {
    names.sort_unstable_by(|one, other| other.cmp(one));
    names
}
