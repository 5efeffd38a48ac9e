//! Windows.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::windows::ffi::{OsStrExt, OsStringExt};
use std::os::windows::fs::{MetadataExt, OpenOptionsExt};
use std::os::windows::io::AsRawHandle;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

use windows_sys::Win32::Foundation::{ERROR_CANT_ACCESS_FILE, SYSTEMTIME};
use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, FILE_ATTRIBUTE_REPARSE_POINT, FILE_ATTRIBUTE_TAG_INFO, FILE_BASIC_INFO,
    FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT, FileAttributeTagInfo, FileBasicInfo,
    GetFileInformationByHandle, GetFileInformationByHandleEx, GetLongPathNameW,
};
use windows_sys::Win32::System::SystemInformation::GetLocalTime;

mod security;

pub use super::by_path::{Handle, Inherited};
use super::{Kind, Metadata, NewFile, verbatim};
use crate::error::Ended;
use crate::fs::calendar::Calendar;
use crate::fs::time::Timestamp;
pub use security::{create_private, descriptor, protection};

/// The most characters of a path, with the 0 at its end.
const MAX_LONG_PATH: usize = 32_768;

/// The user who owns the files that this process creates: unknown here, like every [`Metadata::owner`].
pub fn current_user() -> u32 {
    0
}

/// The current time in the user's time zone.
pub fn local_time() -> Calendar {
    let mut now = SYSTEMTIME::default();
    // SAFETY: the argument is a valid place for the result.
    unsafe { GetLocalTime(&raw mut now) };
    Calendar {
        year: now.wYear,
        month: now.wMonth,
        day: now.wDay,
        hour: now.wHour,
        minute: now.wMinute,
        second: now.wSecond,
    }
}

/// Metadata of the file or directory at that path, links followed.
pub fn metadata_at(path: &Path) -> io::Result<Metadata> {
    match open_to_examine(path, 0) {
        // An app execution alias of the Store can be started, but not opened.
        Err(error) if error.raw_os_error() == Some(ERROR_CANT_ACCESS_FILE.cast_signed()) => metadata_of(path),
        opened => metadata_of_file(&opened?),
    }
}

/// Metadata of the file or directory at that path, links not followed.
pub fn metadata_of(path: &Path) -> io::Result<Metadata> {
    metadata_of_file(&open_to_examine(path, FILE_FLAG_OPEN_REPARSE_POINT)?)
}

fn open_to_examine(path: &Path, flags: u32) -> io::Result<File> {
    OpenOptions::new().access_mode(0).custom_flags(FILE_FLAG_BACKUP_SEMANTICS | flags).open(path)
}

/// Metadata of an open file or directory.
pub fn metadata_of_file(file: &File) -> io::Result<Metadata> {
    let found = file.metadata()?;
    let mut numbers = BY_HANDLE_FILE_INFORMATION::default();
    // SAFETY: the handle is open, and the second argument is a valid place for the result.
    let done = unsafe { GetFileInformationByHandle(file.as_raw_handle(), &raw mut numbers) };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    let mut times = FILE_BASIC_INFO::default();
    information(file, FileBasicInfo, &mut times)?;
    let both = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
    Ok(Metadata {
        kind: match found.file_type() {
            kind if kind.is_file() => Kind::File,
            kind if kind.is_dir() => Kind::Directory,
            _ => Kind::Other,
        },
        size: found.len(),
        modified: found.modified().map(Timestamp::from).unwrap_or_default(),
        // 0 if the file system has none, such as FAT.
        changed: (times.ChangeTime != 0).then(|| from_filetime(times.ChangeTime)),
        mode: 0o644,
        owner: 0,
        device: u64::from(numbers.dwVolumeSerialNumber),
        inode: both(numbers.nFileIndexHigh, numbers.nFileIndexLow),
    })
}

/// From Windows' units of 100 ns since 1601.
fn from_filetime(time: i64) -> Timestamp {
    const SECOND: i64 = 10_000_000;
    const FROM_1601_TO_1970: i64 = 11_644_473_600;
    Timestamp::from_parts(time.div_euclid(SECOND) - FROM_1601_TO_1970, time.rem_euclid(SECOND) * 100)
}

/// The text of these bytes, which must be UTF-8.
pub fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

/// Groups of processes do not exist here.
pub fn lead_group(_command: &mut Command) {}

/// Kills the process, but not those that it started.
pub fn kill_group(leader: &mut Child) {
    let _ = leader.kill();
}

/// The path with all links resolved, in its simplest form.
pub fn resolve(path: &Path) -> io::Result<PathBuf> {
    let real = fs::canonicalize(path)?;
    match verbatim::share(&real) {
        Some(plain) if fs::canonicalize(&plain).is_ok_and(|again| again == real) => Ok(plain),
        _ => Ok(dunce::simplified(&real).to_owned()),
    }
}

/// The path without short names such as `PROGRA~1`.
pub fn long_path(path: &Path) -> io::Result<PathBuf> {
    let short: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    let mut long = vec![0; MAX_LONG_PATH];
    // SAFETY: the first text ends with 0, and the second has the given length.
    let length = unsafe { GetLongPathNameW(short.as_ptr(), long.as_mut_ptr(), long.len() as u32) } as usize;
    match long.get(..length) {
        Some([]) => Err(io::Error::last_os_error()),
        Some(long) => Ok(OsString::from_wide(long).into()),
        None => Err(io::ErrorKind::InvalidFilename.into()),
    }
}

/// The tag of a reparse point, which says what kind of link it is.
pub fn reparse_tag(path: &Path) -> io::Result<u32> {
    if fs::symlink_metadata(path)?.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT == 0 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let file = open_to_examine(path, FILE_FLAG_OPEN_REPARSE_POINT)?;
    let mut found = FILE_ATTRIBUTE_TAG_INFO::default();
    information(&file, FileAttributeTagInfo, &mut found)?;
    Ok(found.ReparseTag)
}

/// Fills in what the system knows about an open file. `class` must be that of the type `T`.
fn information<T>(file: &File, class: i32, found: &mut T) -> io::Result<()> {
    let place = std::ptr::from_mut(found).cast();
    // SAFETY: the handle is open, and the place has the given size.
    let done =
        unsafe { GetFileInformationByHandleEx(file.as_raw_handle(), class, place, size_of::<T>() as u32) };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Creates the symbolic link `link` to a file, with the text `target`.
pub fn symlink_file(target: &Path, link: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(target, link)
}

/// Renames a file unless the new name is taken. This system has no such call.
pub fn rename_new(_from: &Path, _to: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Opens a regular file for writing and keeps its content. The file is created if missing. Returns `None` for a link,
/// unless it is swapped in at the last moment.
pub fn open_in_place(path: &Path) -> io::Result<Option<File>> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => Ok(None),
        _ => OpenOptions::new().write(true).create(true).truncate(false).open(path).map(Some),
    }
}

/// Gives a written file its time. It has no permission bits.
pub fn finish(file: &File, how: NewFile, _mode: impl FnOnce() -> io::Result<u32>) -> io::Result<()> {
    how.modified.map_or(Ok(()), |modified| file.set_modified(modified.into()))
}

/// Closes a written file. Lost content can't be detected here.
pub fn close(file: File) -> io::Result<()> {
    drop(file);
    Ok(())
}

/// The permission bits of an open file, which do not exist here.
pub fn mode_of(_file: &File) -> io::Result<u32> {
    Ok(0o644)
}

/// Reports whether a directory is held open. Here it is known by its path, and must not be renamed while files in it
/// are open.
pub const DIRECTORIES_ARE_HELD: bool = false;

/// Reports whether a program can't be removed while it runs.
pub const RUNNING_PROGRAMS_STAY: bool = true;

/// Reports whether a clone has the mode of its source. There are no clones here.
pub const CLONES_HAVE_MODES: bool = false;

/// The permissions of an executable. Windows recognises it by its suffix.
pub fn executable() -> Option<Permissions> {
    None
}

/// The permissions of a plain file. New files have them.
pub fn plain() -> Option<Permissions> {
    None
}

/// Reports whether this process ignores interrupts. That can't be asked here.
pub fn ignores_interrupts() -> bool {
    false
}

/// How a process ended.
pub fn ended(status: ExitStatus) -> Ended {
    Ended::Status(status.code().unwrap_or_default())
}

/// Reports whether any user may execute such a file. Windows recognises executables by their suffix.
pub fn is_executable(_: &Permissions) -> bool {
    true
}

/// Reports whether this process may execute the file. Windows recognises executables by their suffix.
pub fn may_execute(_: &Path) -> bool {
    true
}

/// Reports whether both are the same file. Not needed here: creating a file over itself fails while it is open for
/// reading.
pub fn is_one_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    false
}

/// Reports whether replacing a file differs from writing to it only for its other hard links.
pub fn is_alike(old: &fs::Metadata, _new: &fs::Metadata) -> bool {
    !old.permissions().readonly()
}

/// Reports whether the file system lacks a feature. Never here: nothing linked or copied on Windows is optional.
pub fn is_lacking(_: &io::Error) -> bool {
    false
}

/// Reports whether the disk has lost the file's data.
pub fn is_damage(error: &io::Error) -> bool {
    const ERROR_CRC: i32 = 23;
    error.raw_os_error() == Some(ERROR_CRC)
}

/// Reports whether a link leads to itself. Windows has no code for that.
pub fn is_loop(_: &io::Error) -> bool {
    false
}

/// Reports whether the process has too many open files.
pub fn is_too_many_open_files(error: &io::Error) -> bool {
    const ERROR_TOO_MANY_OPEN_FILES: i32 = 4;
    error.raw_os_error() == Some(ERROR_TOO_MANY_OPEN_FILES)
}

/// Reports whether another program's open file, such as a virus scanner's, blocks the operation.
pub fn is_sharing_violation(error: &io::Error) -> bool {
    const ERROR_SHARING_VIOLATION: i32 = 32;
    error.raw_os_error() == Some(ERROR_SHARING_VIOLATION)
}
