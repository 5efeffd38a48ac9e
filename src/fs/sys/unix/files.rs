//! Single files, by their handles and by their paths.

use std::fs::File;
use std::io;
use std::os::fd::IntoRawFd;
use std::path::Path;

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
use rustix::fs::{CWD, RenameFlags};
use rustix::fs::{FileType, Mode, OFlags, RawMode, Stat, Timespec, Timestamps, UTIME_OMIT, fstat};
use rustix::io::Errno;

use super::super::{Kind, Metadata, NewFile};
use crate::fs::time::Timestamp;

/// The user that files made by this process belong to.
pub fn current_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Metadata about what is at that path, links followed.
pub fn metadata_at(path: &Path) -> io::Result<Metadata> {
    Ok(metadata(&rustix::fs::stat(path)?))
}

/// What a new file inherits from its directory (setgid, a default ACL), and a hard link has from its source. The mode
/// isn't part of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Inherited {
    pub(super) group: u32,
    pub(super) access_lists: Vec<Option<Vec<u8>>>,
}

/// A file's lists of who may use it (ACLs), in the forms that Linux's file systems have.
#[cfg(target_os = "linux")]
pub(super) fn access_lists(file: &File) -> io::Result<Vec<Option<Vec<u8>>>> {
    let list = |name| {
        // A longer one is an error: callers then do without comparing.
        let mut value = [0; 4096];
        match rustix::fs::fgetxattr(file, name, &mut value) {
            Ok(length) => Ok(Some(value[..length].to_vec())),
            Err(Errno::NODATA | Errno::OPNOTSUPP) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    };
    ["system.posix_acl_access", "system.nfs4_acl"].into_iter().map(list).collect()
}

/// A file's lists of who may use it (ACLs): they can't be read here.
#[cfg(not(target_os = "linux"))]
pub(super) fn access_lists(_file: &File) -> io::Result<Vec<Option<Vec<u8>>>> {
    Ok(Vec::new())
}

/// Gives a written file its mode and time. `mode` tells the permission bits it has, if they are needed.
pub fn finish(file: &File, how: NewFile, mode: impl FnOnce() -> io::Result<u32>) -> io::Result<()> {
    if how.add_mode != 0 {
        let found = mode()?;
        let wanted = found | how.add_mode;
        // A file system with one mode for all files may refuse any other call.
        if found != wanted {
            rustix::fs::fchmod(file, Mode::from_raw_mode(wanted as RawMode))?;
        }
    }
    if let Some(modified) = how.modified {
        rustix::fs::futimens(file, &timestamps(modified))?;
    }
    Ok(())
}

/// Renames a file unless something has the new name: [`io::ErrorKind::AlreadyExists`]. Not every system and file system
/// can: [`io::ErrorKind::Unsupported`] or [`io::ErrorKind::InvalidInput`].
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // On macOS these are two codes, and only the second has the kind that callers look for.
        Err(Errno::NOTSUP) => Err(Errno::OPNOTSUPP.into()),
        renamed => Ok(renamed?),
    }
}

/// Renames a file unless something has the new name: there is no such call here.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub fn rename_new(_from: &Path, _to: &Path) -> io::Result<()> {
    Err(Errno::OPNOTSUPP.into())
}

/// Opens a regular file for writing, made if nothing has the name, its old content in it still. `None` if writing to it
/// would write elsewhere too: it is a link, a device or a pipe, or has a second name.
pub fn open_in_place(path: &Path) -> io::Result<Option<File>> {
    // To open a pipe would otherwise wait for its reader.
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::from_raw_mode(0o666)) {
        // FreeBSD says MLINK of a link, and all say NXIO of a pipe or a socket.
        Err(Errno::LOOP | Errno::MLINK | Errno::NXIO) => return Ok(None),
        opened => opened?,
    };
    let found = fstat(&file)?;
    let is_file = FileType::from_raw_mode(found.st_mode as RawMode) == FileType::RegularFile;
    Ok((is_file && found.st_nlink <= 1).then(|| file.into()))
}

/// Makes `link` a symbolic link whose text is `target`.
pub fn symlink_file(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Closes a written file. Some file systems, NFS among them, say only now that there is no room for what was written.
pub fn close(file: File) -> io::Result<()> {
    // SAFETY: the descriptor comes from its only owner, which is gone with this call.
    match unsafe { rustix::io::try_close(file.into_raw_fd()) } {
        // It is closed all the same, on Linux and elsewhere but for HP-UX.
        Err(Errno::INTR) => Ok(()),
        closed => Ok(closed?),
    }
}

/// The permission bits of an open file.
pub fn mode_of(file: &File) -> io::Result<u32> {
    Ok(metadata(&fstat(file)?).mode)
}

/// Makes `to` share the content of `from` until one of them is changed.
#[cfg(target_os = "linux")]
pub fn clone_content(from: &File, to: &File) -> io::Result<()> {
    Ok(rustix::fs::ioctl_ficlone(to, from)?)
}

/// Makes `to` share the content of `from` until one of them is changed.
#[cfg(not(target_os = "linux"))]
pub fn clone_content(_from: &File, _to: &File) -> io::Result<()> {
    Err(Errno::OPNOTSUPP.into())
}

pub(super) fn timestamps(modified: Timestamp) -> Timestamps {
    let at = |seconds, nanoseconds| Timespec { tv_sec: seconds, tv_nsec: nanoseconds };
    Timestamps {
        last_access: at(0, UTIME_OMIT as _),
        last_modification: at(modified.seconds(), modified.subsecond_nanoseconds() as _),
    }
}

// The types of these fields differ from one Unix to the next.
#[allow(clippy::unnecessary_cast)]
pub(super) fn metadata(stat: &Stat) -> Metadata {
    Metadata {
        kind: match FileType::from_raw_mode(stat.st_mode as RawMode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Directory,
            _ => Kind::Other,
        },
        size: stat.st_size as u64,
        modified: Timestamp::from_parts(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
        changed: Some(Timestamp::from_parts(stat.st_ctime as i64, stat.st_ctime_nsec as i64)),
        mode: stat.st_mode as u32 & 0o7777,
        owner: stat.st_uid as u32,
        device: stat.st_dev as u64,
        inode: stat.st_ino as u64,
    }
}
