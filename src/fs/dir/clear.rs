//! Removing what a folder holds, on Unix by handles all the way down.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};

use super::{Dir, unless_gone};
use crate::error::{Error, Result};

/// How often an entry is looked at anew that somebody turns from a file into a folder and back, and folders that
/// somebody fills again.
const ATTEMPTS: u32 = 64;

/// A folder that is being emptied: its name in the one above, and which names are still to do there.
struct Level {
    folder: Dir,
    name: OsString,
    rest_above: Vec<OsString>,
}

impl Dir {
    /// Removes all that this folder holds. Links are removed, not followed; what is mounted below is an error. What
    /// others remove meanwhile is fine; what they put there goes too, but not endlessly.
    ///
    /// `interrupted` is asked before each entry; if it says so, the rest is left: [`Error::Interrupted`].
    pub fn clear(&self, interrupted: &mut dyn FnMut() -> bool) -> Result<()> {
        self.remove_all(self.names()?, interrupted)
    }

    /// Removes the folder or file of that name with all it holds, as [`Dir::clear`] does. Nothing there is fine.
    pub fn remove_tree(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> Result<()> {
        self.remove_all(vec![name.as_ref().to_owned()], &mut || false)
    }

    fn remove_all(&self, mut names: Vec<OsString>, interrupted: &mut dyn FnMut() -> bool) -> Result<()> {
        // Not by recursion: whoever fills an environment decides how deep it is, and the stack has an end.
        let mut levels: Vec<Level> = Vec::new();
        let mut refilled = 0;
        loop {
            if interrupted() {
                return Err(Error::Interrupted);
            }
            let here = levels.last().map_or(self, |level| &level.folder);
            if let Some(name) = names.pop() {
                if let Some(folder) = here.remove_unless_folder(&name)? {
                    let rest_above = std::mem::replace(&mut names, folder.names_left()?);
                    levels.push(Level { folder, name, rest_above });
                }
            } else if let Some(emptied) = levels.pop() {
                let above = levels.last().map_or(self, |level| &level.folder);
                match unless_gone(above.remove_folder(&emptied.name)) {
                    Err(Error::Io { source, .. })
                        if source.kind() == ErrorKind::DirectoryNotEmpty && refilled < ATTEMPTS =>
                    {
                        refilled += 1;
                        names = emptied.folder.names_left()?;
                        levels.push(emptied);
                    }
                    removed => {
                        removed?;
                        names = emptied.rest_above;
                    }
                }
            } else {
                return Ok(());
            }
        }
    }

    /// The names in this folder; none if it is gone.
    fn names_left(&self) -> Result<Vec<OsString>> {
        Ok(unless_gone(self.names())?.unwrap_or_default())
    }

    /// Removes what has that name, or opens it if it is a folder. What is gone already is fine.
    fn remove_unless_folder(&self, name: &OsStr) -> Result<Option<Self>> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let refused = match unless_gone(self.remove_file(name)) {
                Err(Error::Io { source, .. }) => source,
                done => return done.map(|_| None),
            };
            // POSIX says EPERM of a folder, Linux EISDIR, Windows that access is denied: the next call knows better.
            match self.open_unmounted(name) {
                Ok(folder) => return Ok(Some(folder)),
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                Err(error) if error.kind() != ErrorKind::NotADirectory => {
                    return Err(self.unremoved(name, error));
                }
                // It was a folder a moment ago, and no longer is.
                Err(_) if refused.kind() == ErrorKind::IsADirectory && attempt < ATTEMPTS => {}
                Err(_) => return Err(self.unremoved(name, refused)),
            }
        }
    }

    fn unremoved(&self, name: &OsStr, source: io::Error) -> Error {
        Error::io("remove", self.path().join(name), source)
    }
}
