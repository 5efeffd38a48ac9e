//! What is done to files by their handles, and to their names.

use std::fs::File;
use std::io;
use std::os::fd::IntoRawFd;
use std::path::Path;

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
use rustix::fs::{CWD, RenameFlags};
use rustix::fs::{FileType, Mode, OFlags, RawMode, Timespec, Timestamps, UTIME_OMIT, fstat};
use rustix::io::Errno;

use super::NewFile;
use super::unix::facts;

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
pub(in crate::fs) fn finish(
    file: &File,
    how: NewFile,
    mode: impl FnOnce() -> io::Result<u32>,
) -> io::Result<()> {
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
pub(in crate::fs) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // On macOS these are two codes, and only the second has the kind that callers look for.
        Err(Errno::NOTSUP) => Err(Errno::OPNOTSUPP.into()),
        renamed => Ok(renamed?),
    }
}

/// Renames a file unless something has the new name: there is no such call here.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(in crate::fs) fn rename_new(_from: &Path, _to: &Path) -> io::Result<()> {
    Err(Errno::OPNOTSUPP.into())
}

/// Opens a regular file for writing, made if nothing has the name, its old content in it still. `None` if writing to it
/// would write elsewhere too: it is a link, a device or a pipe, or has a second name.
pub(in crate::fs) fn open_in_place(path: &Path) -> io::Result<Option<File>> {
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

/// Closes a written file. Some file systems, NFS among them, say only now that there is no room for what was written.
pub(in crate::fs) fn close(file: File) -> io::Result<()> {
    // SAFETY: the descriptor comes from its only owner, which is gone with this call.
    match unsafe { rustix::io::try_close(file.into_raw_fd()) } {
        // It is closed all the same, on Linux and elsewhere but for HP-UX.
        Err(Errno::INTR) => Ok(()),
        closed => Ok(closed?),
    }
}

/// Whether this is what the system says of a file that a disk has lost, or whose checksum the file system found wrong.
pub(in crate::fs) fn is_damage(error: &io::Error) -> bool {
    let errno = Errno::from_io_error(error);
    #[cfg(target_os = "linux")]
    if errno == Some(Errno::UCLEAN) {
        return true;
    }
    matches!(errno, Some(Errno::IO | Errno::BADMSG))
}

/// The permission bits of an open file.
pub(in crate::fs) fn mode_of(file: &File) -> io::Result<u32> {
    Ok(facts(&fstat(file)?).mode)
}

/// Makes `to` share the content of `from` until one of them is changed.
#[cfg(target_os = "linux")]
pub(in crate::fs) fn clone_content(from: &File, to: &File) -> io::Result<()> {
    Ok(rustix::fs::ioctl_ficlone(to, from)?)
}

/// Makes `to` share the content of `from` until one of them is changed.
#[cfg(not(target_os = "linux"))]
pub(in crate::fs) fn clone_content(_from: &File, _to: &File) -> io::Result<()> {
    Err(Errno::OPNOTSUPP.into())
}

pub(super) fn timestamps(modified: i64) -> Timestamps {
    let at = |seconds, nanoseconds| Timespec { tv_sec: seconds, tv_nsec: nanoseconds };
    Timestamps {
        last_access: at(0, UTIME_OMIT as _),
        last_modification: at(modified.div_euclid(1_000_000_000), modified.rem_euclid(1_000_000_000) as _),
    }
}
