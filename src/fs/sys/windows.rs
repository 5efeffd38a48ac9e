//! Windows.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::path::{Path, PathBuf};

use super::by_path;
pub use super::by_path::{Handle, Inherited};
use super::{Metadata, NewFile};

/// The user that files made by this process belong to: unknown here, like every [`Metadata::owner`].
pub fn current_user() -> u32 {
    0
}

/// Metadata about what is at that path, links followed.
pub fn metadata_at(path: &Path) -> io::Result<Metadata> {
    Ok(by_path::metadata(&fs::metadata(path)?))
}

/// The path with all links resolved, in its simplest form.
pub fn resolve(path: &Path) -> io::Result<PathBuf> {
    dunce::canonicalize(path)
}

/// Makes `link` a symbolic link to a file whose text is `target`.
pub fn symlink_file(target: &Path, link: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(target, link)
}

/// Renames a file unless something has the new name: there is no such call here.
pub fn rename_new(_from: &Path, _to: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Opens a regular file for writing, made if nothing has the name, its old content in it still. `None` if it is a link;
/// one that is swapped in meanwhile can't be told here.
pub fn open_in_place(path: &Path) -> io::Result<Option<File>> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => Ok(None),
        _ => OpenOptions::new().write(true).create(true).truncate(false).open(path).map(Some),
    }
}

/// Gives a written file its time; there are no permission bits to give.
pub fn finish(file: &File, how: NewFile, _mode: impl FnOnce() -> io::Result<u32>) -> io::Result<()> {
    how.modified.map_or(Ok(()), |modified| file.set_modified(modified.into()))
}

/// Closes a written file; that nothing was lost can't be told here.
pub fn close(file: File) -> io::Result<()> {
    drop(file);
    Ok(())
}

/// The permission bits of an open file: there are none.
pub fn mode_of(_file: &File) -> io::Result<u32> {
    Ok(0o644)
}

/// Makes `to` share the content of `from` until one of them is changed: not to be had here.
pub fn clone_content(_from: &File, _to: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The permissions of an executable: it is one by its suffix.
pub fn executable() -> Option<Permissions> {
    None
}

/// Windows knows executables by their suffix.
pub fn is_executable(_: &Permissions) -> bool {
    true
}

/// Windows knows executables by their suffix.
pub fn may_execute(_: &Path) -> bool {
    true
}

/// A file that is open for reading can't be truncated unnoticed here: creating it over itself fails.
pub fn is_one_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    false
}

/// Reports whether replacing a file differs from writing to it in nothing but its second names.
pub fn is_alike(old: &fs::Metadata, _new: &fs::Metadata) -> bool {
    !old.permissions().readonly()
}

/// Windows links and copies nothing that is optional.
pub fn is_lacking(_: &io::Error) -> bool {
    false
}

/// Reports whether this is what the system says of a file that a disk has lost.
pub fn is_damage(error: &io::Error) -> bool {
    const ERROR_CRC: i32 = 23;
    error.raw_os_error() == Some(ERROR_CRC)
}

/// A loop of links has no code of its own here.
pub fn is_loop(_: &io::Error) -> bool {
    false
}

/// Reports whether the process has too many open files.
pub fn is_too_many_open_files(error: &io::Error) -> bool {
    const ERROR_TOO_MANY_OPEN_FILES: i32 = 4;
    error.raw_os_error() == Some(ERROR_TOO_MANY_OPEN_FILES)
}

/// Reports whether another program, a scanner say, has the file open in such a way that nothing else may be done to it.
pub fn is_sharing_violation(error: &io::Error) -> bool {
    const ERROR_SHARING_VIOLATION: i32 = 32;
    error.raw_os_error() == Some(ERROR_SHARING_VIOLATION)
}
