//! A directory held open: what is done below it follows no link that somebody swaps in on the way.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::fs::{fstat, linkat, mkdirat, openat, renameat, statat, unlinkat};
use rustix::io::Errno;

use super::super::{Access, Kind, Metadata};
use super::files::{Inherited, access_lists, metadata, timestamps};
use crate::fs::time::Timestamp;

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
const NEW_FILE: OFlags = OFlags::WRONLY.union(OFlags::CREATE).union(OFlags::EXCL).union(OFlags::CLOEXEC);
const OLD_FILE: OFlags =
    OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// A directory held open.
#[derive(Debug)]
pub struct Handle(OwnedFd);

impl Handle {
    /// Opens a directory by its path; links on the way are followed.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(rustix::fs::open(path, DIRECTORY, Mode::empty())?))
    }

    /// Opens a directory by its path; links on the way are followed, but a link in its own place is refused.
    pub fn open_itself(path: &Path) -> io::Result<Self> {
        Ok(Self(rustix::fs::open(path, DIRECTORY.union(OFlags::NOFOLLOW), Mode::empty())?))
    }

    /// Metadata about the directory itself.
    pub fn metadata(&self) -> io::Result<Metadata> {
        Ok(metadata(&fstat(&self.0)?))
    }

    /// Metadata about what has that name here, a link itself rather than its target.
    pub fn metadata_of(&self, name: &OsStr) -> io::Result<Metadata> {
        Ok(metadata(&statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?))
    }

    /// Opens the directory of that name in this one, unless it is a link ([`io::ErrorKind::NotADirectory`]).
    pub fn open_directory(&self, name: &OsStr) -> io::Result<Self> {
        match openat(&self.0, name, DIRECTORY.union(OFlags::NOFOLLOW), Mode::empty()) {
            // Of a link, Linux says the other of these.
            Err(Errno::LOOP) => Err(Errno::NOTDIR.into()),
            opened => Ok(Self(opened?)),
        }
    }

    /// Opens the directory of that name in this one, unless it is a link ([`io::ErrorKind::NotADirectory`]) or something
    /// is mounted there ([`io::ErrorKind::ResourceBusy`]).
    pub fn open_unmounted(&self, name: &OsStr) -> io::Result<Self> {
        match open_unmounted(&self.0, name) {
            Err(Errno::LOOP) => Err(Errno::NOTDIR.into()),
            // What the system says to the removal of such a directory.
            Err(Errno::XDEV) => Err(Errno::BUSY.into()),
            opened => Ok(Self(opened?)),
        }
    }

    /// Makes a directory; fails if the name is taken.
    pub fn make_directory(&self, name: &OsStr, access: Access) -> io::Result<()> {
        let mode = match access {
            Access::Umask => Mode::from_raw_mode(0o777),
            Access::Owner => Mode::RWXU,
        };
        Ok(mkdirat(&self.0, name, mode)?)
    }

    /// Opens a regular file for reading, with its facts. Links and everything else are refused.
    pub fn open_file(&self, name: &OsStr) -> io::Result<(File, Metadata)> {
        let file = openat(&self.0, name, OLD_FILE, Mode::empty())?;
        let metadata = metadata(&fstat(&file)?);
        if metadata.kind == Kind::File {
            Ok((file.into(), metadata))
        } else {
            Err(io::ErrorKind::InvalidInput.into())
        }
    }

    /// Who may use the file of that name, as far as new files inherit it from their directory.
    pub fn inherited(&self, name: &OsStr) -> io::Result<Inherited> {
        let (file, _) = self.open_file(name)?;
        Ok(Inherited { group: fstat(&file)?.st_gid, access_lists: access_lists(&file)? })
    }

    /// Makes an empty file; fails if the name is taken.
    pub fn create_file(&self, name: &OsStr) -> io::Result<File> {
        Ok(openat(&self.0, name, NEW_FILE, Mode::from_raw_mode(0o666))?.into())
    }

    /// Makes a second name, in `other`, for the file of that name here.
    pub fn link(&self, name: &OsStr, other: &Self) -> io::Result<()> {
        match linkat(&self.0, name, &other.0, name, AtFlags::empty()) {
            // On macOS these are two codes, and only the second has the kind that callers look for.
            Err(Errno::NOTSUP) => Err(Errno::OPNOTSUPP.into()),
            linked => Ok(linked?),
        }
    }

    /// Moves what has the name `from` here to the name `to` here, over a file or an empty directory.
    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(renameat(&self.0, from, &self.0, to)?)
    }

    /// The names in this directory, in no order.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        // By a handle of its own, since to open `.` anew would take the right to search the directory.
        let mut entries = rustix::fs::Dir::new(self.0.try_clone()?)?;
        entries.rewind();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(OsStr::from_bytes(name).to_owned());
            }
        }
        Ok(names)
    }

    /// Removes the file or link of that name.
    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// Removes the empty directory of that name.
    pub fn remove_directory(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }

    /// Sets the time of modification of the file of that name, in nanoseconds since 1970.
    pub fn set_modified(&self, name: &OsStr, modified: Timestamp) -> io::Result<()> {
        Ok(rustix::fs::utimensat(&self.0, name, &timestamps(modified), AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// The directory itself as an open file, if it can be locked as one.
    pub fn itself(&self) -> Option<File> {
        self.0.try_clone().ok().map(File::from)
    }

    /// Opens the file of that name to lock it, made if missing; a link is refused.
    pub fn lock_file(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?.into())
    }

    /// Whether an open file has lost this name. The number of links alone doesn't say: some file systems report none.
    pub fn is_removed(&self, name: &OsStr, file: &File) -> bool {
        let Ok(stat) = fstat(file) else { return false };
        let same = |named: Metadata| {
            let open = metadata(&stat);
            (named.device, named.inode) == (open.device, open.inode)
        };
        stat.st_nlink == 0 && !self.metadata_of(name).is_ok_and(same)
    }
}

/// The directory of that name in this one: `ELOOP` or `ENOTDIR` for a link, `EXDEV` for a mount point.
fn open_unmounted(directory: &OwnedFd, name: &OsStr) -> rustix::io::Result<OwnedFd> {
    let flags = DIRECTORY.union(OFlags::NOFOLLOW);
    // Knows mounts of a directory of the same file system too.
    #[cfg(target_os = "linux")]
    match rustix::fs::openat2(directory, name, flags, Mode::empty(), rustix::fs::ResolveFlags::NO_XDEV) {
        // Linux before 5.6, and sandboxes that have not heard of it.
        Err(Errno::NOSYS | Errno::PERM) => {}
        opened => return opened,
    }
    let found = openat(directory, name, flags, Mode::empty())?;
    if fstat(directory)?.st_dev == fstat(&found)?.st_dev { Ok(found) } else { Err(Errno::XDEV) }
}
