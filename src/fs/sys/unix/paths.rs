//! Real paths.

use std::io;
use std::path::{Path, PathBuf};

#[cfg(target_os = "linux")]
use rustix::fs::{Mode, OFlags, fstat, stat};

/// The path with all links resolved. The kernel knows it in a few calls; `realpath` reads each part of the path. Without
/// `/proc`, or where another library changes what paths mean (fakechroot), the latter does it.
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
    // A file that was deleted, or that is out of reach from our root, has a path that leads elsewhere.
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
