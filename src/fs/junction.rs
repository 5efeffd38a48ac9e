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

    /// Wine 8 creates no junctions.
    #[cfg(windows)]
    #[test]
    fn a_junction_is_a_directory_that_clearing_and_removing_do_not_follow() {
        use crate::fs::dir::Dir;
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        std::fs::create_dir_all(at("target/inner")).unwrap();
        let make = |junction: &Path| {
            let mut command = std::process::Command::new("cmd");
            command.args(["/d", "/c", "mklink", "/j"]).arg(junction).arg(at("target"));
            command.output().unwrap();
            junction.exists()
        };
        if !make(&at("junction")) {
            eprintln!("skipped: this system creates no junctions");
            return;
        }
        assert!(is_junction(&at("junction")) && !is_link(&at("junction")));
        assert!(crate::fs::ensure_directory(&at("junction")).is_ok());
        std::fs::create_dir(at("env")).unwrap();
        assert!(make(&at("env").join("junction")));
        crate::fs::clear_directory(&at("env"), &mut || false).unwrap();
        assert!(std::fs::read_dir(at("env")).unwrap().next().is_none());
        assert!(make(&at("env").join("junction")));
        Dir::open(temp.path()).unwrap().remove_tree("env").unwrap();
        assert!(at("target/inner").is_dir());
        // In place of the environment it counts as the directory that it leads to.
        crate::fs::clear_directory(&at("junction"), &mut || false).unwrap();
        assert!(at("junction").is_dir() && !at("target/inner").exists());
        assert_eq!(crate::fs::real_path(&at("junction")), crate::fs::real_path(&at("target")));
    }
}
