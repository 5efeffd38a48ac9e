//! A directory held open. Operations below it follow no link that another process swaps in on the way.

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
#[cfg(not(target_vendor = "apple"))]
use super::files::clone_content;
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
    /// Opens a directory by its path and follows links.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(rustix::fs::open(path, DIRECTORY, Mode::empty())?))
    }

    /// Opens a directory by its path. Links on the way are followed, but the last component must not be a link.
    pub fn open_itself(path: &Path) -> io::Result<Self> {
        Ok(Self(rustix::fs::open(path, DIRECTORY.union(OFlags::NOFOLLOW), Mode::empty())?))
    }

    /// Metadata of the directory itself.
    pub fn metadata(&self) -> io::Result<Metadata> {
        Ok(metadata(&fstat(&self.0)?))
    }

    /// Metadata of the entry of that name. A link is not followed.
    pub fn metadata_of(&self, name: &OsStr) -> io::Result<Metadata> {
        Ok(metadata(&statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?))
    }

    /// Opens the directory of that name in this one, unless it is a link ([`io::ErrorKind::NotADirectory`]).
    pub fn open_directory(&self, name: &OsStr) -> io::Result<Self> {
        match openat(&self.0, name, DIRECTORY.union(OFlags::NOFOLLOW), Mode::empty()) {
            // Linux reports ENOTDIR for a link, some systems ELOOP.
            Err(Errno::LOOP) => Err(Errno::NOTDIR.into()),
            opened => Ok(Self(opened?)),
        }
    }

    /// Opens the directory of that name in this one, unless it is a link ([`io::ErrorKind::NotADirectory`]) or something
    /// is mounted there ([`io::ErrorKind::ResourceBusy`]).
    pub fn open_unmounted(&self, name: &OsStr) -> io::Result<Self> {
        match open_unmounted(&self.0, name) {
            Err(Errno::LOOP) => Err(Errno::NOTDIR.into()),
            // The system reports this code when such a directory is removed.
            Err(Errno::XDEV) => Err(Errno::BUSY.into()),
            opened => Ok(Self(opened?)),
        }
    }

    /// Creates a directory. Fails if the name is taken.
    pub fn make_directory(&self, name: &OsStr, access: Access) -> io::Result<()> {
        let mode = match access {
            Access::Umask => Mode::from_raw_mode(0o777),
            Access::Owner | Access::OwnerAlone => Mode::RWXU,
        };
        Ok(mkdirat(&self.0, name, mode)?)
    }

    /// Opens a regular file for reading, with its metadata. Links and everything else are refused.
    pub fn open_file(&self, name: &OsStr) -> io::Result<(File, Metadata)> {
        let file = openat(&self.0, name, OLD_FILE, Mode::empty())?;
        let metadata = metadata(&fstat(&file)?);
        if metadata.kind == Kind::File {
            Ok((file.into(), metadata))
        } else {
            Err(io::ErrorKind::InvalidInput.into())
        }
    }

    /// The access rules of the file of that name that new files inherit from their directory.
    pub fn inherited(&self, name: &OsStr) -> io::Result<Inherited> {
        let (file, _) = self.open_file(name)?;
        Ok(Inherited { group: fstat(&file)?.st_gid, access_lists: access_lists(&file)? })
    }

    /// Creates an empty file. Fails if the name is taken.
    pub fn create_file(&self, name: &OsStr) -> io::Result<File> {
        Ok(openat(&self.0, name, NEW_FILE, Mode::from_raw_mode(0o666))?.into())
    }

    /// Creates an empty file that only its owner may write to. Fails if the name is taken.
    pub fn create_own_file(&self, name: &OsStr) -> io::Result<File> {
        Ok(openat(&self.0, name, NEW_FILE, Mode::from_raw_mode(0o644))?.into())
    }

    /// Creates a file that shares the content of `source` until one of them changes (a reflink). Fails if the name is
    /// taken. If sharing fails, the name is free again.
    #[cfg(not(target_vendor = "apple"))]
    pub fn create_clone(&self, name: &OsStr, source: &File) -> io::Result<File> {
        let file = self.create_file(name)?;
        clone_content(source, &file).inspect_err(|_| drop(self.remove_file(name)))?;
        Ok(file)
    }

    /// Creates a file that shares the content of `source` until one of them changes, and has its mode. Fails if the
    /// name is taken.
    #[cfg(target_vendor = "apple")]
    pub fn create_clone(&self, name: &OsStr, source: &File) -> io::Result<File> {
        rustix::fs::fclonefileat(source, &self.0, name, rustix::fs::CloneFlags::NOFOLLOW)?;
        Ok(openat(&self.0, name, OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?.into())
    }

    /// Creates a hard link to the file of that name, under the same name in `other`.
    pub fn link(&self, name: &OsStr, other: &Self) -> io::Result<()> {
        match linkat(&self.0, name, &other.0, name, AtFlags::empty()) {
            // These are two codes on macOS. Only the second has the kind that callers check for.
            Err(Errno::NOTSUP) => Err(Errno::OPNOTSUPP.into()),
            linked => Ok(linked?),
        }
    }

    /// Renames `from` to `to` in this directory. A file or an empty directory named `to` is replaced.
    pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(renameat(&self.0, from, &self.0, to)?)
    }

    /// The names in this directory, in no particular order.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        // A copy of the descriptor is used because opening `.` would require search permission on the directory.
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

    /// Sets the modification time of the file of that name.
    pub fn set_modified(&self, name: &OsStr, modified: Timestamp) -> io::Result<()> {
        Ok(rustix::fs::utimensat(&self.0, name, &timestamps(modified), AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// The directory itself as an open file, if it can be locked.
    pub fn itself(&self) -> Option<File> {
        self.0.try_clone().ok().map(File::from)
    }

    /// Opens the lock file of that name and creates it if missing. A link is refused.
    pub fn lock_file(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?.into())
    }

    /// Reports whether an open file has lost this name. The link count alone is not enough: some file systems report
    /// none.
    pub fn is_removed(&self, name: &OsStr, file: &File) -> bool {
        let Ok(stat) = fstat(file) else { return false };
        let same = |named: Metadata| {
            let open = metadata(&stat);
            (named.device, named.inode) == (open.device, open.inode)
        };
        stat.st_nlink == 0 && !self.metadata_of(name).is_ok_and(same)
    }
}

/// Opens the directory of that name in this one. Fails with `ELOOP` or `ENOTDIR` for a link, and `EXDEV` for a mount
/// point.
fn open_unmounted(directory: &OwnedFd, name: &OsStr) -> rustix::io::Result<OwnedFd> {
    let flags = DIRECTORY.union(OFlags::NOFOLLOW);
    // This call also recognises mounts from the same file system.
    #[cfg(target_os = "linux")]
    match rustix::fs::openat2(directory, name, flags, Mode::empty(), rustix::fs::ResolveFlags::NO_XDEV) {
        // Linux before 5.6 and some sandboxes don't know the call.
        Err(Errno::NOSYS | Errno::PERM) => {}
        opened => return opened,
    }
    let found = openat(directory, name, flags, Mode::empty())?;
    if fstat(directory)?.st_dev == fstat(&found)?.st_dev { Ok(found) } else { Err(Errno::XDEV) }
}
