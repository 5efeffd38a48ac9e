//! Sets the permissions of files, on file systems that support them.

use std::fs::{File, Permissions};
use std::io;
use std::path::Path;

use super::sys::{is_executable, is_lacking};

/// Gives an open file these permissions. The umask often leaves the right ones, and checking is faster than setting
/// them.
pub(super) fn permit(file: &File, wanted: &Permissions) -> io::Result<()> {
    let found = file.metadata()?.permissions();
    if found == *wanted {
        Ok(())
    } else {
        unless_lacking(file.set_permissions(wanted.clone()), &found, wanted)
    }
}

/// Gives the file at this path these permissions, unless it has them already.
pub(super) fn permit_at(path: &Path, found: &Permissions, wanted: &Permissions) -> io::Result<()> {
    if found == wanted {
        Ok(())
    } else {
        unless_lacking(std::fs::set_permissions(path, wanted.clone()), found, wanted)
    }
}

/// Ignores the refusal of a file system that shows one mode for all files or lets only their owner change it. The file
/// is still useful, unless it must be executable and is not.
fn unless_lacking(done: io::Result<()>, found: &Permissions, wanted: &Permissions) -> io::Result<()> {
    match done {
        Err(error) if is_lacking(&error) && is_executable(found) >= is_executable(wanted) => Ok(()),
        done => done,
    }
}
