//! Links, and junctions, which are none to Python.

use std::path::Path;

use super::sys;

/// Reports whether a symbolic link is there (`os.path.islink`).
pub fn is_link(path: &Path) -> bool {
    path.is_symlink() && !is_junction(path)
}

/// Reports whether a junction or a mounted volume is there, which Windows and `std` treat as a link and Python doesn't.
pub fn is_junction(path: &Path) -> bool {
    sys::reparse_tag(path).is_ok_and(is_junction_tag) && path.is_dir()
}

/// Reports whether a reparse point with this tag is a junction or a mounted volume.
fn is_junction_tag(tag: u32) -> bool {
    const IO_REPARSE_TAG_MOUNT_POINT: u32 = 0xA000_0003;
    tag == IO_REPARSE_TAG_MOUNT_POINT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_junctions_and_volumes_are_no_links_to_python() {
        const SYMLINK: u32 = 0xA000_000C;
        const APP_EXECUTION_ALIAS: u32 = 0x8000_001B;
        assert!(is_junction_tag(0xA000_0003));
        assert!(!is_junction_tag(SYMLINK) && !is_junction_tag(APP_EXECUTION_ALIAS));
        assert!(!is_junction(Path::new(".")));
    }
}
