//! Directories and operations on their entries. On Unix a directory is held open by a descriptor. Operations below it
//! need not resolve its path again, and they follow no link that another process swaps in. On Windows a directory is
//! known by its path. Links are recognised before they are followed, except one that is swapped in at the last moment.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::attributes_refused;
use super::sys::{self, Handle};
use super::time::Timestamp;
use crate::error::{Error, Result};

mod clear;
mod draft;
mod lock;

pub use super::sys::{
    Access, CLONES_HAVE_MODES, DIRECTORIES_ARE_HELD, Inherited, Kind, Metadata, NewFile, Protection,
    current_user, protection,
};
pub use draft::Draft;
pub use lock::Lock;

/// A directory, held open if the system supports that.
#[derive(Debug)]
pub struct Dir {
    handle: Handle,
    path: PathBuf,
}

impl Dir {
    /// Opens a directory by its path and follows links.
    pub fn open(path: &Path) -> Result<Self> {
        Self::opened(Handle::open(path), path.to_owned())
    }

    /// Opens a directory by its path. Links on the way are followed, but the last component must not be a link.
    pub fn open_itself(path: &Path) -> Result<Self> {
        Self::opened(Handle::open_itself(path), path.to_owned())
    }

    /// Opens the directory of that name in this one. A link is refused.
    pub fn open_directory(&self, name: impl AsRef<OsStr>) -> Result<Self> {
        let name = name.as_ref();
        Self::opened(self.handle.open_directory(name), self.path.join(name))
    }

    fn opened(handle: io::Result<Handle>, path: PathBuf) -> Result<Self> {
        match handle {
            Ok(handle) => Ok(Self { handle, path }),
            Err(source) => Err(Error::io("open the directory", path, source)),
        }
    }

    /// Opens the directory of that name in this one, and creates it if missing. A link is not followed.
    pub fn enter(&self, name: impl AsRef<OsStr>, access: Access) -> Result<Self> {
        self.make_directory(&name, access)?;
        self.open_directory(name)
    }

    /// The path by which it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Metadata of the directory itself.
    pub fn metadata(&self) -> Result<Metadata> {
        self.handle.metadata().map_err(|source| Error::io("examine", &self.path, source))
    }

    /// Metadata of the entry of that name. A link is not followed.
    pub fn metadata_of(&self, name: impl AsRef<OsStr>) -> Result<Metadata> {
        self.done("examine", name.as_ref(), |name| self.handle.metadata_of(name))
    }

    /// The access rules of the file of that name that new files inherit from their directory.
    pub fn inherited(&self, name: &str) -> Result<Inherited> {
        self.done("examine", name.as_ref(), |name| self.handle.inherited(name))
    }

    /// The names in this directory, in no particular order.
    pub fn names(&self) -> Result<Vec<OsString>> {
        self.handle.names().map_err(|source| Error::io("list the directory", &self.path, source))
    }

    /// Creates a directory. Returns false if the name is taken.
    pub fn make_directory(&self, name: impl AsRef<OsStr>, access: Access) -> Result<bool> {
        self.done("create the directory", name.as_ref(), |name| {
            match self.handle.make_directory(name, access) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
                made => made.map(|()| true),
            }
        })
    }

    /// Opens a regular file for reading, with its metadata. Links and everything else are refused.
    pub fn open_file(&self, name: impl AsRef<OsStr>) -> Result<(File, Metadata)> {
        self.done("read", name.as_ref(), |name| self.handle.open_file(name))
    }

    /// The content of a regular file, and its metadata.
    pub fn read(&self, name: impl AsRef<OsStr>) -> Result<(Vec<u8>, Metadata)> {
        self.done("read", name.as_ref(), |name| {
            let (mut file, metadata) = self.handle.open_file(name)?;
            let mut content =
                Vec::with_capacity(usize::try_from(metadata.size).unwrap_or(0).saturating_add(1));
            file.read_to_end(&mut content)?;
            Ok((content, metadata))
        })
    }

    /// Creates an empty file. Fails if the name is taken.
    pub fn create_file(&self, name: impl AsRef<OsStr>) -> Result<File> {
        self.done("write", name.as_ref(), |name| self.handle.create_file(name))
    }

    /// Creates a file. Fails if the name is taken. Returns the permission bits that the umask left.
    pub fn create(&self, name: impl AsRef<OsStr>, content: &[u8], how: NewFile) -> Result<u32> {
        let mut file = self.begin(name.as_ref())?;
        file.write(content)?;
        let mode = file.mode()?;
        file.finish(how)?;
        Ok(mode)
    }

    /// Replaces a file. An existing file or link of that name is removed first, never written through. Returns the
    /// permission bits that the umask left.
    ///
    /// On Windows a program that is running can't be removed, only renamed. It then gets the name that pip gives it,
    /// which ends with `.deleteme`, and stays.
    pub fn replace(&self, name: impl AsRef<OsStr>, content: &[u8], how: NewFile) -> Result<u32> {
        match self.create(&name, content, how) {
            Err(error) if error.kind() == Some(ErrorKind::AlreadyExists) => {
                self.remove_or_rename(name.as_ref())?;
                self.create(name, content, how)
            }
            outcome => outcome,
        }
    }

    fn remove_or_rename(&self, name: &OsStr) -> Result<()> {
        let Err(error) = self.remove_file(name) else { return Ok(()) };
        if !sys::RUNNING_PROGRAMS_STAY {
            return Err(error);
        }
        let mut aside = name.to_owned();
        aside.push(".deleteme");
        // Of an earlier program, which has ended or else keeps this one from being renamed.
        let _ = self.remove_file(&aside);
        self.rename(name, &aside).map_err(|_| error)
    }

    /// Writes a file by one rename, so that other processes see all of it or nothing. Only its owner may write to it.
    /// Its temporary name is its own name, a dot and a suffix.
    pub fn write_whole(&self, name: &str, content: &[u8]) -> Result<()> {
        let draft = format!("{name}.{}", Timestamp::now().nanoseconds());
        let write = || {
            let mut file = self.begin_own(draft.as_ref())?;
            file.write(content)?;
            file.finish(NewFile::default())?;
            self.rename(&draft, name)
        };
        let written = write();
        if written.is_err() {
            let _ = self.remove_file(&draft);
        }
        written
    }

    /// Creates a hard link to the file of that name, under the same name in `other`.
    pub fn link(&self, name: &str, other: &Self) -> Result<()> {
        self.handle
            .link(name.as_ref(), &other.handle)
            .map_err(|source| Error::io2("link", self.path.join(name), other.path.join(name), source))
    }

    /// Renames `from` to `to` in this directory. A file or an empty directory named `to` is replaced.
    pub fn rename(&self, from: impl AsRef<OsStr>, to: impl AsRef<OsStr>) -> Result<()> {
        let (from, to) = (from.as_ref(), to.as_ref());
        self.handle
            .rename(from, to)
            .map_err(|source| Error::io2("rename", self.path.join(from), self.path.join(to), source))
    }

    /// Removes the file or link of that name.
    pub fn remove_file(&self, name: impl AsRef<OsStr>) -> Result<()> {
        self.done("remove", name.as_ref(), |name| self.handle.remove_file(name))
    }

    /// Removes the empty directory of that name.
    pub fn remove_directory(&self, name: impl AsRef<OsStr>) -> Result<()> {
        self.done("remove the directory", name.as_ref(), |name| self.handle.remove_directory(name))
    }

    /// Sets the modification time of the file of that name.
    pub fn set_modified(&self, name: impl AsRef<OsStr>, modified: Timestamp) -> Result<()> {
        let name = name.as_ref();
        self.handle
            .set_modified(name, modified)
            .map_err(|source| attributes_refused(self.path.join(name), source))
    }

    /// Runs an operation on the entry of that name.
    fn done<T>(
        &self,
        operation: &'static str,
        name: &OsStr,
        run: impl FnOnce(&OsStr) -> io::Result<T>,
    ) -> Result<T> {
        run(name).map_err(|source| Error::io(operation, self.path.join(name), source))
    }
}

/// Metadata of the file or directory at that path, links followed.
pub fn metadata_at(path: &Path) -> Result<Metadata> {
    sys::metadata_at(path).map_err(|source| Error::io("examine", path, source))
}

/// The result of an operation, or `None` if another process has removed its file or directory.
pub fn unless_gone<T>(done: Result<T>) -> Result<Option<T>> {
    match done {
        Err(error) if error.is_not_found() => Ok(None),
        done => done.map(Some),
    }
}

#[cfg(test)]
mod tests;
