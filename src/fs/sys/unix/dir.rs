//! A directory held open: what is done below it follows no link that somebody swaps in on the way.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::fs::{fstat, linkat, mkdirat, openat, renameat, statat, unlinkat};
use rustix::io::Errno;

use super::super::{Access, Facts, Kind, NewFile};
use super::files::{Inherited, access_lists, close, facts, finish, timestamps};
use crate::error::{Error, Result};

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
const NEW_FILE: OFlags = OFlags::WRONLY.union(OFlags::CREATE).union(OFlags::EXCL).union(OFlags::CLOEXEC);
const OLD_FILE: OFlags =
    OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// A folder held open.
#[derive(Debug)]
pub struct Dir {
    handle: OwnedFd,
    path: PathBuf,
}

impl Dir {
    /// Opens a folder by its path; links on the way are followed.
    pub fn open(path: &Path) -> Result<Self> {
        match rustix::fs::open(path, FOLDER, Mode::empty()) {
            Ok(handle) => Ok(Self { handle, path: path.to_owned() }),
            Err(errno) => Err(Error::io("open the folder", path, errno.into())),
        }
    }

    /// Opens a folder by its path; links on the way are followed, but a link in its own place is refused.
    pub fn open_itself(path: &Path) -> Result<Self> {
        match rustix::fs::open(path, FOLDER.union(OFlags::NOFOLLOW), Mode::empty()) {
            Ok(handle) => Ok(Self { handle, path: path.to_owned() }),
            Err(errno) => Err(Error::io("open the folder", path, errno.into())),
        }
    }

    /// The path it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Facts about the folder itself.
    pub fn facts(&self) -> Result<Facts> {
        match fstat(&self.handle) {
            Ok(stat) => Ok(facts(&stat)),
            Err(errno) => Err(Error::io("examine", &self.path, errno.into())),
        }
    }

    /// Facts about what has that name here, a link itself rather than its target.
    pub fn facts_of(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> io::Result<Facts> {
        Ok(facts(&statat(&self.handle, name.as_ref(), AtFlags::SYMLINK_NOFOLLOW)?))
    }

    /// Opens the folder of that name in this one; a link is refused.
    pub fn open_folder(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> Result<Self> {
        let flags = FOLDER.union(OFlags::NOFOLLOW);
        match openat(&self.handle, name.as_ref(), flags, Mode::empty()) {
            Ok(handle) => Ok(Self { handle, path: self.path.join(name.as_ref()) }),
            // Of a link, Linux says the other of these.
            Err(Errno::LOOP) => Err(self.failed("open the folder", name.as_ref(), Errno::NOTDIR.into())),
            Err(errno) => Err(self.failed("open the folder", name.as_ref(), errno.into())),
        }
    }

    /// Opens the folder of that name in this one, unless it is a link ([`io::ErrorKind::NotADirectory`]) or something
    /// is mounted there ([`io::ErrorKind::ResourceBusy`]).
    pub(in crate::fs) fn open_unmounted(&self, name: &OsStr) -> io::Result<Self> {
        match open_unmounted(&self.handle, name) {
            Ok(handle) => Ok(Self { handle, path: self.path.join(name) }),
            Err(Errno::LOOP) => Err(Errno::NOTDIR.into()),
            // What the system says to the removal of such a folder.
            Err(Errno::XDEV) => Err(Errno::BUSY.into()),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Makes a folder; false if something of that name is there already.
    pub fn make_folder(&self, name: &(impl AsRef<OsStr> + ?Sized), access: Access) -> Result<bool> {
        let mode = match access {
            Access::Umask => Mode::from_raw_mode(0o777),
            Access::Owner => Mode::RWXU,
        };
        match mkdirat(&self.handle, name.as_ref(), mode) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            Err(errno) => Err(self.failed("create the folder", name.as_ref(), errno.into())),
        }
    }

    /// Opens a regular file for reading, with its facts. Links and everything else are refused.
    pub fn open_file(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> io::Result<(File, Facts)> {
        let file = openat(&self.handle, name.as_ref(), OLD_FILE, Mode::empty())?;
        let facts = facts(&fstat(&file)?);
        if facts.kind == Kind::File {
            Ok((file.into(), facts))
        } else {
            Err(io::ErrorKind::InvalidInput.into())
        }
    }

    /// The content of a regular file, and its facts.
    pub fn read(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> Result<(Vec<u8>, Facts)> {
        let read = || {
            let (mut file, facts) = self.open_file(name)?;
            let mut content = Vec::with_capacity(usize::try_from(facts.size).unwrap_or(0).saturating_add(1));
            file.read_to_end(&mut content)?;
            Ok((content, facts))
        };
        read().map_err(|source| self.failed("read", name.as_ref(), source))
    }

    /// Who may use the file of that name, as far as new files inherit it from their directory.
    pub fn inherited(&self, name: &str) -> io::Result<Inherited> {
        let (file, _) = self.open_file(name)?;
        Ok(Inherited { group: fstat(&file)?.st_gid, access_lists: access_lists(&file)? })
    }

    /// Makes an empty file; fails if the name is taken.
    pub fn create_file(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> io::Result<File> {
        Ok(openat(&self.handle, name.as_ref(), NEW_FILE, Mode::from_raw_mode(0o666))?.into())
    }

    /// Makes a file; fails if the name is taken. Returns the permission bits that the umask left.
    pub fn create(&self, name: &(impl AsRef<OsStr> + ?Sized), content: &[u8], how: NewFile) -> Result<u32> {
        let create = || {
            let mut file = self.create_file(name)?;
            file.write_all(content)?;
            let mode = facts(&fstat(&file)?).mode;
            let finished = finish(&file, how, || Ok(mode));
            close(file)?;
            Ok((mode, finished))
        };
        let (mode, finished) = create().map_err(|source| self.failed("write", name.as_ref(), source))?;
        finished.map_err(|source| Error::attributes(self.path.join(name.as_ref()), source))?;
        Ok(mode)
    }

    /// Makes a second name, in `other`, for the file of that name here.
    pub fn link(&self, name: &str, other: &Self) -> io::Result<()> {
        match linkat(&self.handle, name, &other.handle, name, AtFlags::empty()) {
            // On macOS these are two codes, and only the second has the kind that callers look for.
            Err(Errno::NOTSUP) => Err(Errno::OPNOTSUPP.into()),
            linked => Ok(linked?),
        }
    }

    /// Moves what has the name `from` here to the name `to` here, over a file or an empty folder.
    pub fn rename(
        &self,
        from: &(impl AsRef<OsStr> + ?Sized),
        to: &(impl AsRef<OsStr> + ?Sized),
    ) -> Result<()> {
        renameat(&self.handle, from.as_ref(), &self.handle, to.as_ref()).map_err(|errno| {
            Error::io2("rename", self.path.join(from.as_ref()), self.path.join(to.as_ref()), errno.into())
        })
    }

    /// The names in this folder, in no order.
    pub fn names(&self) -> Result<Vec<OsString>> {
        let list = || {
            let mut names = Vec::new();
            // By a handle of its own, since to open `.` anew would take the right to search the folder.
            let mut entries = rustix::fs::Dir::new(self.handle.try_clone()?)?;
            entries.rewind();
            for entry in entries {
                let entry = entry?;
                let name = entry.file_name().to_bytes();
                if name != b"." && name != b".." {
                    names.push(OsStr::from_bytes(name).to_owned());
                }
            }
            Ok(names)
        };
        list().map_err(|source| Error::io("list the folder", &self.path, source))
    }

    /// Removes the file or link of that name.
    pub fn remove_file(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> Result<()> {
        unlinkat(&self.handle, name.as_ref(), AtFlags::empty())
            .map_err(|errno| self.failed("remove", name.as_ref(), errno.into()))
    }

    /// Removes the empty folder of that name.
    pub fn remove_folder(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> Result<()> {
        unlinkat(&self.handle, name.as_ref(), AtFlags::REMOVEDIR)
            .map_err(|errno| self.failed("remove the folder", name.as_ref(), errno.into()))
    }

    /// Sets the time of modification of the file of that name, in nanoseconds since 1970.
    pub fn set_modified(&self, name: &(impl AsRef<OsStr> + ?Sized), modified: i64) -> io::Result<()> {
        let times = timestamps(modified);
        Ok(rustix::fs::utimensat(&self.handle, name.as_ref(), &times, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// The folder itself as an open file, if it can be locked as one.
    pub(in crate::fs) fn itself(&self) -> Option<File> {
        self.handle.try_clone().ok().map(File::from)
    }

    /// Whether an open file has lost this name. The number of links alone doesn't say: some file systems report none.
    pub(in crate::fs) fn is_removed(&self, name: &(impl AsRef<OsStr> + ?Sized), file: &File) -> bool {
        let Ok(stat) = fstat(file) else { return false };
        let same = |named: Facts| {
            let open = facts(&stat);
            (named.device, named.inode) == (open.device, open.inode)
        };
        stat.st_nlink == 0 && !self.facts_of(name).is_ok_and(same)
    }

    /// Opens the file of that name to lock it, made if missing; a link is refused.
    pub(in crate::fs) fn lock_file(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match openat(&self.handle, name.as_ref(), flags, Mode::RUSR | Mode::WUSR) {
            Ok(file) => Ok(file.into()),
            Err(errno) => Err(self.failed("open", name.as_ref(), errno.into())),
        }
    }

    fn failed(&self, operation: &'static str, name: &OsStr, source: io::Error) -> Error {
        Error::io(operation, self.path.join(name), source)
    }
}

/// The folder of that name in this one: `ELOOP` or `ENOTDIR` for a link, `EXDEV` for a mount point.
fn open_unmounted(folder: &OwnedFd, name: &OsStr) -> rustix::io::Result<OwnedFd> {
    let flags = FOLDER.union(OFlags::NOFOLLOW);
    // Knows mounts of a folder of the same file system too.
    #[cfg(target_os = "linux")]
    match rustix::fs::openat2(folder, name, flags, Mode::empty(), rustix::fs::ResolveFlags::NO_XDEV) {
        // Linux before 5.6, and sandboxes that have not heard of it.
        Err(Errno::NOSYS | Errno::PERM) => {}
        opened => return opened,
    }
    let found = openat(folder, name, flags, Mode::empty())?;
    if fstat(folder)?.st_dev == fstat(&found)?.st_dev { Ok(found) } else { Err(Errno::XDEV) }
}
