//! The parts of an environment that depend on version and platform, and its executable's name.

use crate::base::{Base, Platform, Version};

/// Reports whether this version has a directory `platlib` instead of a link `lib64`, as 3.15 and later do.
pub fn has_platlib_directory(version: Version) -> bool {
    version.at_least(15)
}

/// Reports whether the environment has `lib64`, a link to `lib`: on 64-bit POSIX except macOS, before 3.15
/// (bpo-21197).
pub fn has_lib64_link(base: &Base) -> bool {
    base.platform == Platform::Posix && base.is_64bit && !base.macos && !has_platlib_directory(base.version)
}

/// The file name of the environment's own executable, derived from the base interpreter's.
///
/// On Windows it is always the simplest name, for a link to the base or for a launcher (gh-113358).
pub fn executable_name(platform: Platform, base_name: &str) -> String {
    match platform {
        Platform::Posix => base_name.to_owned(),
        Platform::Nt if is_debug_build(base_name) => "python_d.exe".to_owned(),
        Platform::Nt => "python.exe".to_owned(),
    }
}

/// Reports whether a Windows executable's name belongs to a debug build: `python_d.exe`.
pub fn is_debug_build(exe_name: &str) -> bool {
    let stem = exe_name.rsplit_once('.').map_or(exe_name, |(stem, _)| stem);
    stem.to_ascii_lowercase().ends_with("_d")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::cpython;

    #[test]
    fn lib64_is_a_link_on_64_bit_posix_until_3_14() {
        assert!(has_lib64_link(&cpython(Platform::Posix, 14)));
        assert!(!has_lib64_link(&cpython(Platform::Posix, 15)));
        assert!(!has_lib64_link(&cpython(Platform::Nt, 13)));
        assert!(!has_lib64_link(&Base { macos: true, ..cpython(Platform::Posix, 13) }));
        assert!(!has_lib64_link(&Base { is_64bit: false, ..cpython(Platform::Posix, 13) }));
    }

    #[test]
    fn windows_always_has_the_simplest_name() {
        assert_eq!(executable_name(Platform::Nt, "python3.13t.exe"), "python.exe");
        assert_eq!(executable_name(Platform::Nt, "Python_D.EXE"), "python_d.exe");
        assert_eq!(executable_name(Platform::Posix, "python3.13d"), "python3.13d");
    }
}
