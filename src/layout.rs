//! Where everything stands: from an environment's folder and an [`Interpreter`] to paths and names.

use std::path::{Path, PathBuf};

use crate::interpreter::{Interpreter, Platform, Version};

/// The names that `sysconfig` gives to the folders of its `venv` scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    /// `bin` or `Scripts`.
    Scripts,
    /// Where headers go.
    Include,
    /// `site-packages` for pure modules.
    Purelib,
    /// `site-packages` for extension modules: a folder of its own where `sys.platlibdir` is not `lib`.
    Platlib,
}

impl Folder {
    /// The folder that `sysconfig.get_path` knows by this name, if it is one that environments need.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "scripts" => Self::Scripts,
            "include" => Self::Include,
            "purelib" => Self::Purelib,
            "platlib" => Self::Platlib,
            _ => return None,
        })
    }
}

/// What Python 3.10 hard-codes, having no `venv` scheme: the folder relative to the environment.
pub fn folder_without_scheme(folder: Folder, platform: Platform, version: Version) -> PathBuf {
    let packages = || match platform {
        Platform::Posix => {
            Path::new("lib").join(format!("python{}.{}", version.major, version.minor)).join("site-packages")
        }
        Platform::Nt => Path::new("Lib").join("site-packages"),
    };
    match (folder, platform) {
        (Folder::Scripts, Platform::Posix) => PathBuf::from("bin"),
        (Folder::Scripts, Platform::Nt) => PathBuf::from("Scripts"),
        (Folder::Include, _) => PathBuf::from(include_name(platform)),
        (Folder::Purelib | Folder::Platlib, _) => packages(),
    }
}

/// The folder for headers that PEP 405 asks for, relative to the environment.
pub fn include_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Posix => "include",
        Platform::Nt => "Include",
    }
}

/// Whether this interpreter takes the folder for headers from its scheme: 3.11 to 3.13 did.
pub fn include_is_in_scheme(version: Version) -> bool {
    version.at_least(11) && !version.at_least(14)
}

/// Whether a separate `platlib` folder is made rather than a link `lib64`: so from 3.15 on.
pub fn has_platlib_folder(version: Version) -> bool {
    version.at_least(15)
}

/// Whether `lib64` is made, a link to `lib`: on 64-bit POSIX other than macOS, before 3.15 (bpo-21197).
pub fn has_lib64_link(interpreter: &Interpreter) -> bool {
    interpreter.platform == Platform::Posix
        && interpreter.is_64bit
        && !interpreter.macos
        && !has_platlib_folder(interpreter.version)
}

/// The file name of the environment's own executable, from that of the base interpreter.
///
/// On Windows it is always the simplest name, which is a link to the base or a launcher (gh-113358).
pub fn executable_name(platform: Platform, base_name: &str) -> String {
    match platform {
        Platform::Posix => base_name.to_owned(),
        Platform::Nt if is_debug_build(base_name) => "python_d.exe".to_owned(),
        Platform::Nt => "python.exe".to_owned(),
    }
}

/// Whether a Windows executable's name is that of a debug build: `python_d.exe`.
pub fn is_debug_build(exe_name: &str) -> bool {
    let stem = exe_name.rsplit_once('.').map_or(exe_name, |(stem, _)| stem);
    stem.to_ascii_lowercase().ends_with("_d")
}

#[cfg(test)]
mod tests {
    use super::*;

    const V: fn(u8) -> Version = |minor| Version { major: 3, minor, micro: 0 };

    fn interpreter(platform: Platform, minor: u8) -> Interpreter {
        Interpreter {
            platform,
            version: V(minor),
            executable: PathBuf::from("/usr/bin/python3"),
            macos: false,
            is_64bit: true,
            utf8_file_names: true,
        }
    }

    #[test]
    fn without_a_scheme_both_platforms_have_their_classic_folders() {
        let at = |folder, platform| folder_without_scheme(folder, platform, V(10));
        assert_eq!(at(Folder::Purelib, Platform::Posix), Path::new("lib/python3.10/site-packages"));
        assert_eq!(at(Folder::Purelib, Platform::Nt), Path::new("Lib").join("site-packages"));
        assert_eq!(at(Folder::Scripts, Platform::Nt), Path::new("Scripts"));
        assert_eq!(at(Folder::Scripts, Platform::Posix), Path::new("bin"));
    }

    #[test]
    fn lib64_is_a_link_on_64_bit_posix_until_3_14() {
        assert!(has_lib64_link(&interpreter(Platform::Posix, 14)));
        assert!(!has_lib64_link(&interpreter(Platform::Posix, 15)));
        assert!(!has_lib64_link(&interpreter(Platform::Nt, 13)));
        assert!(!has_lib64_link(&Interpreter { macos: true, ..interpreter(Platform::Posix, 13) }));
        assert!(!has_lib64_link(&Interpreter { is_64bit: false, ..interpreter(Platform::Posix, 13) }));
    }

    #[test]
    fn the_headers_folder_moves_with_the_version() {
        assert_eq!([10, 11, 13, 14, 15].map(|v| include_is_in_scheme(V(v))), [false, true, true, false, false]);
    }

    #[test]
    fn windows_always_has_the_simplest_name() {
        assert_eq!(executable_name(Platform::Nt, "python3.13t.exe"), "python.exe");
        assert_eq!(executable_name(Platform::Nt, "Python_D.EXE"), "python_d.exe");
        assert_eq!(executable_name(Platform::Posix, "python3.13d"), "python3.13d");
    }
}
