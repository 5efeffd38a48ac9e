//! A directory known by its path, as on Windows: a link is seen before it is followed, but not one that is swapped in
//! between. It is tested on Unix too.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Access, Facts, Kind, NewFile};
use crate::error::{Error, Result};

/// Who may use a file, as far as new files inherit it from their directory: unknown here.
#[derive(Debug, PartialEq, Eq)]
pub struct Inherited;

/// A folder, known by its path: the form for systems without handles for folders.
#[derive(Debug)]
pub struct Dir {
    path: PathBuf,
}

/// What the system would say, with its code, from which Python makes a NotADirectoryError.
fn not_a_directory() -> io::Error {
    const ERROR_DIRECTORY: i32 = 267;
    if cfg!(windows) {
        io::Error::from_raw_os_error(ERROR_DIRECTORY)
    } else {
        io::ErrorKind::NotADirectory.into()
    }
}

impl Dir {
    /// Opens a folder by its path; links on the way are followed.
    pub fn open(path: &Path) -> Result<Self> {
        let dir = Self { path: path.to_owned() };
        if dir.facts()?.kind == Kind::Folder {
            return Ok(dir);
        }
        Err(Error::io("open the folder", path, not_a_directory()))
    }

    /// Opens a folder by its path; links on the way are followed, but a link in its own place is refused.
    pub fn open_itself(path: &Path) -> Result<Self> {
        match fs::symlink_metadata(path) {
            Ok(found) if !found.is_dir() => Err(Error::io("open the folder", path, not_a_directory())),
            _ => Self::open(path),
        }
    }

    /// The path it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Facts about the folder itself.
    pub fn facts(&self) -> Result<Facts> {
        match fs::metadata(&self.path) {
            Ok(metadata) => Ok(facts(&metadata)),
            Err(source) => Err(Error::io("examine", &self.path, source)),
        }
    }

    /// Facts about what has that name here, a link itself rather than its target.
    pub fn facts_of(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> io::Result<Facts> {
        Ok(facts(&fs::symlink_metadata(self.join(name))?))
    }

    /// Opens the folder of that name in this one; a link is refused.
    pub fn open_folder(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> Result<Self> {
        let path = self.join(name);
        match self.facts_of(name) {
            Ok(Facts { kind: Kind::Folder, .. }) => Ok(Self { path }),
            Ok(_) => Err(Error::io("open the folder", path, not_a_directory())),
            Err(source) => Err(Error::io("open the folder", path, source)),
        }
    }

    /// Opens the folder of that name in this one, unless it is a link ([`io::ErrorKind::NotADirectory`]). On Windows
    /// whatever is mounted is a link.
    pub(in crate::fs) fn open_unmounted(&self, name: &OsStr) -> io::Result<Self> {
        match self.facts_of(name)?.kind {
            Kind::Folder => Ok(Self { path: self.join(name) }),
            _ => Err(not_a_directory()),
        }
    }

    /// Makes a folder; false if something of that name is there already.
    pub fn make_folder(&self, name: &(impl AsRef<OsStr> + ?Sized), _access: Access) -> Result<bool> {
        match fs::create_dir(self.join(name)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(source) => Err(Error::io("create the folder", self.join(name), source)),
        }
    }

    /// Opens a regular file for reading, with its facts. Links and everything else are refused.
    pub fn open_file(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> io::Result<(File, Facts)> {
        let facts = self.facts_of(name)?;
        if facts.kind != Kind::File {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok((File::open(self.join(name))?, facts))
    }

    /// The content of a regular file, and its facts.
    pub fn read(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> Result<(Vec<u8>, Facts)> {
        let read = || {
            let (mut file, facts) = self.open_file(name)?;
            let mut content = Vec::new();
            file.read_to_end(&mut content)?;
            Ok((content, facts))
        };
        read().map_err(|source| Error::io("read", self.join(name), source))
    }

    /// Who may use the file of that name, as far as new files inherit it from their directory.
    pub fn inherited(&self, _name: &str) -> io::Result<Inherited> {
        Ok(Inherited)
    }

    /// Makes an empty file; fails if the name is taken.
    pub fn create_file(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.join(name))
    }

    /// Makes a file; fails if the name is taken. Returns the permission bits that the umask left.
    pub fn create(&self, name: &(impl AsRef<OsStr> + ?Sized), content: &[u8], how: NewFile) -> Result<u32> {
        let create = || {
            let mut file = self.create_file(name)?;
            file.write_all(content)?;
            Ok(finish(&file, how, || Ok(0o644)))
        };
        let finished = create().map_err(|source| Error::io("write", self.join(name), source))?;
        finished.map_err(|source| Error::attributes(self.join(name), source))?;
        Ok(0o644)
    }

    /// Makes a second name, in `other`, for the file of that name here.
    pub fn link(&self, name: &str, other: &Self) -> io::Result<()> {
        fs::hard_link(self.join(name), other.join(name))
    }

    /// Moves what has the name `from` here to the name `to` here, over a file or an empty folder.
    pub fn rename(
        &self,
        from: &(impl AsRef<OsStr> + ?Sized),
        to: &(impl AsRef<OsStr> + ?Sized),
    ) -> Result<()> {
        let (from, to) = (self.join(from), self.join(to));
        fs::rename(&from, &to).map_err(|source| Error::io2("rename", from, to, source))
    }

    /// The names in this folder, in no order.
    pub fn names(&self) -> Result<Vec<OsString>> {
        let list =
            || fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>();
        list().map_err(|source| Error::io("list the folder", &self.path, source))
    }

    /// Removes the file or link of that name.
    pub fn remove_file(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> Result<()> {
        let path = self.join(name);
        // On Windows `std` removes what may not be written; CPython, and so we, leave it.
        const ERROR_ACCESS_DENIED: i32 = 5;
        if cfg!(windows) && fs::symlink_metadata(&path).is_ok_and(|found| found.permissions().readonly()) {
            return Err(Error::io("remove", path, io::Error::from_raw_os_error(ERROR_ACCESS_DENIED)));
        }
        let removed = fs::remove_file(&path).or_else(|error| match fs::symlink_metadata(&path) {
            // On Windows a link to a folder is itself removed as a folder.
            Ok(found) if found.is_symlink() => fs::remove_dir(&path),
            _ => Err(error),
        });
        removed.map_err(|source| Error::io("remove", path, source))
    }

    /// Removes the empty folder of that name.
    pub fn remove_folder(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> Result<()> {
        fs::remove_dir(self.join(name))
            .map_err(|source| Error::io("remove the folder", self.join(name), source))
    }

    /// Sets the time of modification of the file of that name, in nanoseconds since 1970.
    pub fn set_modified(&self, name: &(impl AsRef<OsStr> + ?Sized), modified: i64) -> io::Result<()> {
        OpenOptions::new().write(true).open(self.join(name))?.set_modified(time(modified))
    }

    /// The folder itself as an open file: it can't be locked as one here.
    pub(in crate::fs) fn itself(&self) -> Option<File> {
        None
    }

    /// Opens the file of that name to lock it, made if missing.
    pub(in crate::fs) fn lock_file(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> Result<File> {
        let options =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(self.join(name));
        options.map_err(|source| Error::io("open", self.join(name), source))
    }

    /// Whether an open file has lost this name: that can't be told here.
    pub(in crate::fs) fn is_removed(&self, _name: &(impl AsRef<OsStr> + ?Sized), _file: &File) -> bool {
        false
    }

    fn join(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> PathBuf {
        self.path.join(name.as_ref())
    }
}

/// Gives a written file its time; there are no permission bits to give.
pub fn finish(file: &File, how: NewFile, _mode: impl FnOnce() -> io::Result<u32>) -> io::Result<()> {
    how.modified.map_or(Ok(()), |modified| file.set_modified(time(modified)))
}

fn time(nanoseconds: i64) -> SystemTime {
    let since = Duration::from_nanos(nanoseconds.unsigned_abs());
    if nanoseconds < 0 { UNIX_EPOCH - since } else { UNIX_EPOCH + since }
}

pub(super) fn facts(metadata: &Metadata) -> Facts {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Facts {
        kind: match metadata.file_type() {
            kind if kind.is_file() => Kind::File,
            kind if kind.is_dir() => Kind::Folder,
            _ => Kind::Other,
        },
        size: metadata.len(),
        modified: modified.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)),
        changed: 0,
        mode: 0o644,
        owner: 0,
        device: 0,
        inode: 0,
    }
}
