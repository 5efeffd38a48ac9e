//! Single files, by their descriptors and by their paths.

use std::fs::File;
use std::io;
use std::os::fd::IntoRawFd;
use std::path::Path;

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
use rustix::fs::{CWD, RenameFlags};
use rustix::fs::{FileType, Mode, OFlags, RawMode, Stat, Timespec, Timestamps, UTIME_OMIT, fstat};
use rustix::io::Errno;

use super::super::{Kind, Metadata, NewFile, Protection};
use crate::fs::calendar::Calendar;
use crate::fs::time::Timestamp;

/// The user who owns the files that this process creates.
pub fn current_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// The time in UTC. Only launchers for Windows contain a local time.
pub fn local_time() -> Calendar {
    Calendar::utc(Timestamp::now())
}

/// Access rules beyond owner and mode, which Windows has.
pub fn protection(_path: &Path) -> Protection {
    Protection::Private
}

/// Metadata of the file or directory at that path, links followed.
pub fn metadata_at(path: &Path) -> io::Result<Metadata> {
    Ok(metadata(&rustix::fs::stat(path)?))
}

/// Metadata of the file or directory at that path, links not followed.
#[cfg(test)]
pub fn metadata_of(path: &Path) -> io::Result<Metadata> {
    Ok(metadata(&rustix::fs::lstat(path)?))
}

/// Metadata of an open file.
#[cfg(test)]
pub fn metadata_of_file(file: &File) -> io::Result<Metadata> {
    Ok(metadata(&fstat(file)?))
}

/// The properties that a new file inherits from its directory (setgid, a default ACL) and a hard link has from its
/// source. The mode is not included.
#[derive(Debug, PartialEq, Eq)]
pub struct Inherited {
    pub(super) group: u32,
    pub(super) access_lists: Vec<Option<Vec<u8>>>,
}

/// A file's access control lists (ACLs), in the formats of Linux's file systems.
#[cfg(target_os = "linux")]
pub(super) fn access_lists(file: &File) -> io::Result<Vec<Option<Vec<u8>>>> {
    let list = |name| {
        // A longer list is an error. Callers then skip the comparison.
        let mut value = [0; 4096];
        match rustix::fs::fgetxattr(file, name, &mut value) {
            Ok(length) => Ok(Some(value[..length].to_vec())),
            Err(Errno::NODATA | Errno::OPNOTSUPP) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    };
    ["system.posix_acl_access", "system.nfs4_acl"].into_iter().map(list).collect()
}

/// A file's access control lists (ACLs), which can't be read here.
#[cfg(not(target_os = "linux"))]
pub(super) fn access_lists(_file: &File) -> io::Result<Vec<Option<Vec<u8>>>> {
    Ok(Vec::new())
}

/// Gives a written file its mode and time. `mode` returns its current permission bits and is called only if needed.
pub fn finish(file: &File, how: NewFile, mode: impl FnOnce() -> io::Result<u32>) -> io::Result<()> {
    if how.add_mode != 0 {
        let found = mode()?;
        let wanted = found | how.add_mode;
        // A file system with one mode for all files may refuse a change.
        if found != wanted {
            rustix::fs::fchmod(file, Mode::from_raw_mode(wanted as RawMode))?;
        }
    }
    if let Some(modified) = how.modified {
        rustix::fs::futimens(file, &timestamps(modified))?;
    }
    Ok(())
}

/// Renames a file unless the new name is taken ([`io::ErrorKind::AlreadyExists`]). If the system or the file system
/// lacks this call, the error is [`io::ErrorKind::Unsupported`] or [`io::ErrorKind::InvalidInput`].
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // These are two codes on macOS. Only the second has the kind that callers check for.
        Err(Errno::NOTSUP) => Err(Errno::OPNOTSUPP.into()),
        renamed => Ok(renamed?),
    }
}

/// Renames a file unless the new name is taken. This system has no such call.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub fn rename_new(_from: &Path, _to: &Path) -> io::Result<()> {
    Err(Errno::OPNOTSUPP.into())
}

/// Opens a regular file for writing and keeps its content. The file is created if missing. Returns `None` if writing
/// would also change something else: a link, a device, a pipe, or a file with a second name.
pub fn open_in_place(path: &Path) -> io::Result<Option<File>> {
    // Without NONBLOCK, opening a pipe would wait for its reader.
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::from_raw_mode(0o666)) {
        // FreeBSD reports MLINK for a link. All systems report NXIO for a pipe or a socket.
        Err(Errno::LOOP | Errno::MLINK | Errno::NXIO) => return Ok(None),
        opened => opened?,
    };
    let found = fstat(&file)?;
    let is_file = FileType::from_raw_mode(found.st_mode as RawMode) == FileType::RegularFile;
    Ok((is_file && found.st_nlink <= 1).then(|| file.into()))
}

/// Creates the symbolic link `link` with the text `target`.
pub fn symlink_file(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Closes a written file. Some file systems, such as NFS, report only now that there was no space for the content.
pub fn close(file: File) -> io::Result<()> {
    // SAFETY: the descriptor comes from its only owner, which is gone with this call.
    match unsafe { rustix::io::try_close(file.into_raw_fd()) } {
        // The descriptor is closed anyway, on Linux and every other system except HP-UX.
        Err(Errno::INTR) => Ok(()),
        closed => Ok(closed?),
    }
}

/// The permission bits of an open file.
pub fn mode_of(file: &File) -> io::Result<u32> {
    Ok(metadata(&fstat(file)?).mode)
}

/// Reports whether a directory is held open. It may then be renamed while files in it are open.
pub const DIRECTORIES_ARE_HELD: bool = true;

/// Reports whether a program can't be removed while it runs.
pub const RUNNING_PROGRAMS_STAY: bool = false;

/// Reports whether a clone has the mode of its source, as a hard link has. Elsewhere it is a new file.
pub const CLONES_HAVE_MODES: bool = cfg!(target_vendor = "apple");

/// Makes `to` share the content of `from` until one of them changes (a reflink).
#[cfg(target_os = "linux")]
pub(super) fn clone_content(from: &File, to: &File) -> io::Result<()> {
    Ok(rustix::fs::ioctl_ficlone(to, from)?)
}

/// Sharing content between files is not supported here.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(super) fn clone_content(_from: &File, _to: &File) -> io::Result<()> {
    Err(Errno::OPNOTSUPP.into())
}

pub(super) fn timestamps(modified: Timestamp) -> Timestamps {
    let at = |seconds, nanoseconds| Timespec { tv_sec: seconds, tv_nsec: nanoseconds };
    Timestamps {
        last_access: at(0, UTIME_OMIT as _),
        last_modification: at(modified.seconds(), modified.subsecond_nanoseconds() as _),
    }
}

// The types of these fields vary between Unix systems.
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
