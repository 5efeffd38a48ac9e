//! Creates a file step by step.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};

use super::{Dir, NewFile};
use crate::error::{Error, Result};
use crate::fs::{attributes_refused, sys};

/// A file that is being created.
#[derive(Debug)]
pub struct Draft<'a> {
    file: File,
    directory: &'a Dir,
    name: &'a OsStr,
    /// The permission bits that the umask left, once [`Draft::mode`] has read them.
    mode: Option<u32>,
}

impl Dir {
    /// Begins a file. Fails if the name is taken.
    pub fn begin<'a>(&'a self, name: &'a OsStr) -> Result<Draft<'a>> {
        Ok(Draft { file: self.create_file(name)?, directory: self, name, mode: None })
    }

    /// Begins a file that only its owner may write to, whatever the umask is. Fails if the name is taken.
    pub fn begin_own<'a>(&'a self, name: &'a OsStr) -> Result<Draft<'a>> {
        let file = self.done("write", name, |name| self.handle.create_own_file(name))?;
        Ok(Draft { file, directory: self, name, mode: None })
    }

    /// Begins a file that shares the content of `source` until one of them changes (a reflink). If that fails, the name
    /// is free again. Fails if it is taken.
    pub fn begin_clone<'a>(&'a self, name: &'a OsStr, source: &File) -> Result<Draft<'a>> {
        let file = self.done("write", name, |name| self.handle.create_clone(name, source))?;
        Ok(Draft { file, directory: self, name, mode: None })
    }
}

impl Draft<'_> {
    /// Writes all of these bytes.
    pub fn write(&mut self, content: &[u8]) -> Result<()> {
        self.file.write_all(content).map_err(|source| self.failed(source))
    }

    /// The permission bits that the umask left.
    pub fn mode(&mut self) -> Result<u32> {
        let mode = sys::mode_of(&self.file).map_err(|source| self.failed(source))?;
        self.mode = Some(mode);
        Ok(mode)
    }

    /// Gives the file its time and mode, and closes it.
    pub fn finish(self, how: NewFile) -> Result<()> {
        let given = sys::finish(&self.file, how, || self.mode.map_or_else(|| sys::mode_of(&self.file), Ok));
        let Self { file, directory, name, .. } = self;
        // Losing the content is worse than losing the time, so that error comes first.
        sys::close(file).map_err(|source| failed(directory, name, source))?;
        given.map_err(|source| attributes_refused(directory.path.join(name), source))
    }

    fn failed(&self, source: io::Error) -> Error {
        failed(self.directory, self.name, source)
    }
}

fn failed(directory: &Dir, name: &OsStr, source: io::Error) -> Error {
    Error::io("write", directory.path.join(name), source)
}
