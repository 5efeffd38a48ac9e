//! Files that are written whole or not at all. They are written under a temporary name first, then renamed.
//!
//! A truncated `pyvenv.cfg` is worse than none: without its second line, `site` enables the base's packages. A
//! truncated `activate` succeeds and activates nothing. So a full disk or a killed process leaves the old content or
//! none. That costs one more call for each file.
//!
//! Nothing is written through a name that leads elsewhere. The new file replaces a link, a device or a file with a
//! second name. A file is written in place only if it has one name and belongs to another owner, is read-only, or is
//! in a directory that accepts no new names.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::permissions::permit;
use super::sys::{
    close, is_alike, is_lacking, is_sharing_violation, open_in_place, rename_new, symlink_file,
};
use super::time::Timestamp;

/// The prefix of names that exist in an environment only while it is being created.
pub const UNFINISHED: &str = ".fastvenv-";

/// The process ID, read once. A forked child keeps its parent's, which is fine: the time makes the names differ.
static PROCESS: LazyLock<u32> = LazyLock::new(std::process::id);

/// The maximum number of names tried for an unfinished file.
const MOST_NAMES: i64 = 64;
/// The maximum number of attempts to write a file whose unfinished version another process keeps removing.
const ATTEMPTS: u32 = 16;

/// Writes a file. `fill` writes the content from the start each time it is called. `permissions` come from a template.
/// Without them, an existing file keeps its own and a new one has what the umask leaves.
pub(super) fn write_whole(
    path: &Path,
    permissions: Option<&Permissions>,
    mut fill: impl FnMut(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let mut replace = Replace::Ours;
    for _ in 0..ATTEMPTS {
        let give_name = |unfinished: &Path| give_name(unfinished, path, permissions.is_none(), replace);
        match write_beside(path, permissions, &mut fill, give_name)? {
            Named::Done => return Ok(()),
            Named::Swept => {}
            Named::Unable(why) => match (open_in_place(path)?, why) {
                (Some(file), _) => return overwrite(file, permissions, fill),
                (None, Some(why)) => return Err(why),
                (None, None) => replace = Replace::Any,
            },
        }
    }
    match open_in_place(path)? {
        Some(file) => overwrite(file, permissions, fill),
        None => Err(io::Error::other("changed by another process")),
    }
}

fn overwrite(
    mut file: File,
    permissions: Option<&Permissions>,
    mut fill: impl FnMut(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    // Truncated only now that it is known to be a file with one name.
    file.set_len(0)?;
    fill(&mut file)?;
    if let Some(permissions) = permissions {
        permit(&file, permissions)?;
    }
    close(file)
}

/// The existing files that a new one may replace.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Replace {
    /// Files like those that this process creates: same owner, not read-only.
    Ours,
    /// All files: this one has a second name, so it must not be written in place.
    Any,
}

/// The outcome of renaming a file to its own name.
enum Named {
    Done,
    /// Another process removed it first.
    Swept,
    /// The existing file should stay (`None`), or the rename failed with this error.
    Unable(Option<io::Error>),
}

fn write_beside(
    path: &Path,
    permissions: Option<&Permissions>,
    fill: &mut impl FnMut(&mut File) -> io::Result<()>,
    give_name: impl FnOnce(&Path) -> io::Result<Named>,
) -> io::Result<Named> {
    let (unfinished, mut file) = match create_beside(path) {
        Ok(created) => created,
        Err(error) if is_refusal(&error) => return Ok(Named::Unable(Some(error))),
        Err(error) => return Err(error),
    };
    let write = || -> io::Result<Named> {
        fill(&mut file)?;
        if let Some(permissions) = permissions {
            permit(&file, permissions)?;
        }
        close(file)?;
        give_name(&unfinished)
    };
    let outcome = write();
    if !matches!(outcome, Ok(Named::Done)) {
        // If it can't be removed, the next run removes it.
        let _ = fs::remove_file(&unfinished);
    }
    outcome
}

/// Renames the file. Usually nothing has the name yet, and one call is enough.
fn give_name(unfinished: &Path, path: &Path, keeps_permissions: bool, replace: Replace) -> io::Result<Named> {
    use ErrorKind::{AlreadyExists, InvalidInput, Unsupported};
    match rename_new(unfinished, path) {
        // It exists, or the system or the file system does not support this call.
        Err(error) if matches!(error.kind(), AlreadyExists | InvalidInput | Unsupported) => {
            take_place(unfinished, path, keeps_permissions, replace)
        }
        renamed => named(renamed),
    }
}

fn take_place(
    unfinished: &Path,
    path: &Path,
    keeps_permissions: bool,
    replace: Replace,
) -> io::Result<Named> {
    match fs::symlink_metadata(path) {
        // The file replaces a link. It can't replace a directory: the rename fails.
        Ok(old) if !old.is_file() => {}
        Ok(old) => match fs::symlink_metadata(unfinished) {
            Ok(new) if replace == Replace::Any || is_alike(&old, &new) => {
                if keeps_permissions
                    && old.permissions() != new.permissions()
                    && let Err(error) = fs::set_permissions(unfinished, old.permissions())
                {
                    // A file written in place keeps them.
                    return if is_lacking(&error) {
                        Ok(Named::Unable(Some(error)))
                    } else {
                        named(Err(error))
                    };
                }
            }
            Ok(_) => return Ok(Named::Unable(None)),
            Err(error) => return named(Err(error)),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Ok(Named::Unable(Some(error))),
    }
    named(fs::rename(unfinished, path))
}

fn named(renamed: io::Result<()>) -> io::Result<Named> {
    match renamed {
        Ok(()) => Ok(Named::Done),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Named::Swept),
        Err(error) if is_refusal(&error) => Ok(Named::Unable(Some(error))),
        Err(error) => Err(error),
    }
}

/// Creates a link and replaces the file or link of that name, in one step. A killed process leaves the old one or the
/// new one.
pub(super) fn link_over(target: &Path, path: &Path) -> io::Result<()> {
    let (unfinished, ()) = make_beside(path, |unfinished| symlink_file(target, unfinished))?;
    fs::rename(&unfinished, path).inspect_err(|_| drop(fs::remove_file(&unfinished)))
}

fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    make_beside(path, |unfinished| File::create_new(unfinished))
}

/// Creates a file or link in the same directory. Its name is short, so that it fits wherever the environment's other
/// names fit.
fn make_beside<T>(path: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(PathBuf, T)> {
    let mut attempt = 0;
    loop {
        // Processes in two containers may have the same ID, so the name has the time too.
        // The clock may not advance, so the attempt is added.
        let now = Timestamp::now();
        let (seconds, rest) = (now.seconds() + attempt, now.subsecond_nanoseconds());
        attempt += 1;
        let name = format!("{UNFINISHED}{}-{seconds}{rest:09}", *PROCESS);
        let unfinished = path.with_file_name(name);
        match make(&unfinished) {
            // Another thread read the same time.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < MOST_NAMES => {}
            made => return made.map(|made| (unfinished, made)),
        }
    }
}

/// Reports whether the directory refuses a new file of this name, although an old one may still be writable. Causes
/// are a read-only directory, a file that is a mount point, or a path of the maximum length.
fn is_refusal(error: &io::Error) -> bool {
    use ErrorKind::{InvalidFilename, PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem | ResourceBusy | InvalidFilename)
        // A virus scanner may have opened the new file before its rename.
        || is_sharing_violation(error)
}

/// Removes the unfinished files that killed processes left in a directory. Those that can't be listed or removed stay:
/// they are small and nothing uses them.
pub fn remove_unfinished(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        if is_unfinished(&entry.file_name()) && entry.file_type().is_ok_and(|kind| !kind.is_dir()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Reports whether [`make_beside`] creates such names. A user's file may have the same prefix.
fn is_unfinished(name: &OsStr) -> bool {
    let is_number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let numbers = name.as_encoded_bytes().strip_prefix(UNFINISHED.as_bytes());
    let parts: Vec<_> = numbers.unwrap_or_default().split(|byte| *byte == b'-').collect();
    matches!(parts[..], [process, time] if is_number(process) && is_number(time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn names(directory: &Path) -> Vec<std::ffi::OsString> {
        let mut names: Vec<_> =
            fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_write_that_fails_half_way_leaves_the_old_file_and_no_other() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("file");
        fs::write(&path, "old").unwrap();
        let written = write_whole(&path, None, |file| {
            file.write_all(b"ne")?;
            Err(ErrorKind::StorageFull.into())
        });
        assert_eq!(written.unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(temp.path()), ["file"]);
    }

    #[test]
    fn an_unfinished_file_that_is_swept_away_is_written_again() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("file");
        let mut rounds = 0;
        let fill = |file: &mut File| {
            rounds += 1;
            if rounds < 3 {
                remove_unfinished(temp.path());
            }
            file.write_all(b"new")
        };
        write_whole(&path, None, fill).unwrap();
        assert_eq!((rounds, fs::read(&path).unwrap().as_slice()), (3, b"new".as_slice()));
    }

    #[test]
    fn only_what_is_unfinished_is_swept() {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir(temp.path().join(".fastvenv-folder")).unwrap();
        for name in [".fastvenv-1-2", "fastvenv-1-2", ".gitignore", ".fastvenv-version", ".fastvenv-1-2-3"] {
            fs::write(temp.path().join(name), "").unwrap();
        }
        super::super::symlink(Path::new("python"), &temp.path().join(".fastvenv-3-4")).unwrap();
        remove_unfinished(temp.path());
        assert_eq!(
            names(temp.path()),
            [".fastvenv-1-2-3", ".fastvenv-folder", ".fastvenv-version", ".gitignore", "fastvenv-1-2"]
        );
    }
}
