//! Files that are written whole or not at all: under a name of ours first, then moved to their own.
//!
//! A `pyvenv.cfg` cut short is worse than none: without its second line, `site` switches the base's packages on. An
//! `activate` cut short succeeds and activates nothing. So a disk that is full and a process that is killed leave the
//! old content or none. That takes two short calls a file, a look and a rename.
//!
//! What somebody has arranged is kept as the standard library keeps it, and written in place: links, files with more
//! than one name, with another owner, read-only ones, or in a folder that takes no new names.

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::dir::close;

/// What names start with that stand in an environment only while it is being made.
pub const UNFINISHED: &str = ".fastvenv-";

/// How often a file is written again because another process has swept the unfinished one away.
const ATTEMPTS: u32 = 16;

/// Writes a file: `fill` writes its content, from its start, as often as it is called. `permissions` are those of a
/// template; without them a file that stands there keeps its own, and a new one has what the umask leaves.
pub(super) fn write_whole(
    path: &Path,
    permissions: Option<&Permissions>,
    mut fill: impl FnMut(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    for _ in 0..ATTEMPTS {
        let old = match fs::symlink_metadata(path) {
            Ok(found) if is_plain(&found) => Some(found),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            _ => break,
        };
        match replace(path, old.as_ref(), permissions, &mut fill)? {
            Replaced::Done => return Ok(()),
            Replaced::Swept => {}
            Replaced::Unable(_) => break,
        }
    }
    let mut file = File::create(path)?;
    fill(&mut file)?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions.clone())?;
    }
    close(file)
}

/// Writes a file in the place of a link, whatever it leads to, or of nothing.
pub(super) fn write_over_link(
    path: &Path,
    mut fill: impl FnMut(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    loop {
        match replace(path, None, None, &mut fill)? {
            Replaced::Done => return Ok(()),
            Replaced::Swept => {}
            Replaced::Unable(why) => return Err(why),
        }
    }
}

enum Replaced {
    Done,
    /// The unfinished file was taken away before it could get its name.
    Swept,
    /// No other file can have this name, or not with the same owner.
    Unable(io::Error),
}

fn replace(
    path: &Path,
    old: Option<&Metadata>,
    permissions: Option<&Permissions>,
    fill: &mut impl FnMut(&mut File) -> io::Result<()>,
) -> io::Result<Replaced> {
    let (unfinished, mut file) = match create_beside(path) {
        Ok(created) => created,
        Err(error) if is_refusal(&error) => return Ok(Replaced::Unable(error)),
        Err(error) => return Err(error),
    };
    let outcome = match fill(&mut file).and_then(|()| adapt(&file, old, permissions)) {
        Ok(true) => close(file).and_then(|()| rename(&unfinished, path)),
        Ok(false) => Ok(Replaced::Unable(ErrorKind::PermissionDenied.into())),
        Err(error) => Err(error),
    };
    if !matches!(outcome, Ok(Replaced::Done)) {
        // One that can't be removed is swept by the next run.
        let _ = fs::remove_file(&unfinished);
    }
    outcome
}

fn rename(unfinished: &Path, path: &Path) -> io::Result<Replaced> {
    match fs::rename(unfinished, path) {
        Ok(()) => Ok(Replaced::Done),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Replaced::Swept),
        Err(error) if is_refusal(&error) => Ok(Replaced::Unable(error)),
        Err(error) => Err(error),
    }
}

/// A new file in the same folder. The name is short, so that it fits wherever the other names of an environment do.
fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{UNFINISHED}{}-{number}", std::process::id());
        let unfinished = path.with_file_name(name);
        match File::create_new(&unfinished) {
            // A process of another container, or one that was killed, had the same id.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            created => return created.map(|file| (unfinished, file)),
        }
    }
}

/// Gives the new file the permissions it is to have. False if it can't have the owner of the old one.
fn adapt(file: &File, old: Option<&Metadata>, permissions: Option<&Permissions>) -> io::Result<bool> {
    let wanted = match (permissions, old) {
        (None, None) => return Ok(true),
        (Some(permissions), _) => permissions.clone(),
        (None, Some(old)) => old.permissions(),
    };
    let new = file.metadata()?;
    if old.is_some_and(|old| !have_one_owner(old, &new)) {
        return Ok(false);
    }
    if new.permissions() != wanted {
        file.set_permissions(wanted)?;
    }
    Ok(true)
}

/// Whether the failure means that the folder, or this name in it, takes no new file, where an old one may still be
/// written: a read-only folder, a file that is a mount point, a path that is as long as may be.
fn is_refusal(error: &io::Error) -> bool {
    use ErrorKind::{InvalidFilename, PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem | ResourceBusy | InvalidFilename)
}

/// Whether a file may be replaced without anybody noticing. A read-only one may not: to write to it is to fail.
#[cfg(unix)]
fn is_plain(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.is_file() && found.nlink() == 1 && found.mode() & 0o200 != 0
}

#[cfg(windows)]
fn is_plain(found: &Metadata) -> bool {
    found.is_file() && !found.permissions().readonly()
}

#[cfg(unix)]
fn have_one_owner(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.uid(), one.gid()) == (other.uid(), other.gid())
}

#[cfg(windows)]
fn have_one_owner(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Removes what killed processes left unfinished in a folder. What can't be listed or removed is left: it is small,
/// and nobody takes it for anything.
pub fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes());
        if is_ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
