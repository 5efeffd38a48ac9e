//! Paths: their bytes, and where they lead.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

#[cfg(target_os = "linux")]
use rustix::fs::{Mode, OFlags, fstat, stat};

/// The text of these bytes.
pub fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    Some(OsString::from_vec(bytes))
}

/// The path without short names. There are none here.
pub fn long_path(path: &Path) -> io::Result<PathBuf> {
    Ok(path.to_owned())
}

/// The tag of a reparse point. There are none here.
pub fn reparse_tag(_path: &Path) -> io::Result<u32> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The path with all links resolved. The kernel answers in a few calls, while `realpath` reads each component.
/// `realpath` is used without `/proc`, or if a library such as fakechroot changes the meaning of paths.
#[cfg(target_os = "linux")]
pub fn resolve(path: &Path) -> io::Result<PathBuf> {
    match by_descriptor(path) {
        Some(real) => Ok(real),
        None => path.canonicalize(),
    }
}

#[cfg(target_os = "linux")]
fn by_descriptor(path: &Path) -> Option<PathBuf> {
    use std::os::fd::AsRawFd;
    let file = rustix::fs::open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let real = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()?;
    // The kernel's path is wrong for a file that was deleted or is outside our root.
    let (opened, found) = (fstat(&file).ok()?, stat(&real).ok()?);
    ((opened.st_dev, opened.st_ino) == (found.st_dev, found.st_ino)).then_some(real)
}

/// The path with all links resolved.
#[cfg(not(target_os = "linux"))]
pub fn resolve(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_are_resolved_as_realpath_does() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        std::fs::create_dir(at("directory")).unwrap();
        std::fs::write(at("directory/file"), "").unwrap();
        symlink("directory", at("link")).unwrap();
        symlink("file", at("directory/alias")).unwrap();
        for path in ["link/alias", "directory/file", "link", "link/../link/alias"] {
            assert_eq!(resolve(&at(path)).unwrap(), at(path).canonicalize().unwrap());
        }
        assert!(resolve(&at("missing")).is_err());
    }
}
