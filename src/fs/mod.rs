//! The only home of `std::fs` and of `#[cfg(unix)]`/`#[cfg(windows)]`. Everything else says what it wants
//! done and gets an [`Error`] that names the operation and the path.

pub mod dir;
pub mod transfer;

use std::fs;
use std::io;
use std::path::Path;

use crate::error::{Error, Result};

/// Creates a folder and its missing parents, with the mode that the umask leaves.
pub fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|source| Error::io("create the folder", path, source))
}

/// The content of a file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|source| Error::io("read", path, source))
}

/// Writes a file anew, keeping the mode of one that stands there.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content).map_err(|source| Error::io("write", path, source))
}

/// Whether something is there, links followed (`os.path.exists`).
pub fn exists(path: &Path) -> bool {
    path.exists()
}

/// Whether a symbolic link is there (`os.path.islink`).
pub fn is_link(path: &Path) -> bool {
    path.is_symlink()
}

/// Makes `link` a symbolic link whose text is `target`.
pub fn symlink(target: &Path, link: &Path) -> Result<()> {
    symlink_file(target, link).map_err(|source| Error::io2("link", target, link, source))
}

#[cfg(unix)]
fn symlink_file(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn symlink_file(target: &Path, link: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(target, link)
}
