//! Where everything stands: from an environment's folder and an [`Base`] to paths and names.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::base::{Base, Platform, Version};

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

/// The folder by CPython's own `venv` scheme, relative to the environment.
///
/// The scheme came with 3.11 so that distributors, who do change the other schemes, leave this one alone
/// (bpo-45413); 3.10 has the same names hard-coded. The border asks `sysconfig` wherever it is loaded already.
pub fn venv_folder(folder: Folder, base: &Base) -> PathBuf {
    match (base.platform, folder) {
        (Platform::Posix, Folder::Scripts) => PathBuf::from("bin"),
        (Platform::Posix, Folder::Purelib) => site_packages("lib", base),
        (Platform::Posix, Folder::Platlib) => site_packages(&base.platlibdir, base),
        (Platform::Posix, Folder::Include) if include_is_in_scheme(base.version) => {
            Path::new("include").join(versioned("python", base) + &base.abiflags)
        }
        (Platform::Nt, Folder::Scripts) => PathBuf::from("Scripts"),
        (Platform::Nt, Folder::Purelib | Folder::Platlib) => Path::new("Lib").join("site-packages"),
        (platform, Folder::Include) => PathBuf::from(include_name(platform)),
    }
}

/// Fills in a path template of CPython's `sysconfig` for an environment, if every variable in it is one that is
/// known here.
pub fn expand_template(template: &str, base: &Base, env_dir: &Path) -> Option<PathBuf> {
    let mut path = OsString::new();
    let mut rest = template;
    while let Some((text, tail)) = rest.split_once('{') {
        let (variable, tail) = tail.split_once('}')?;
        path.push(text);
        match variable {
            "base" | "platbase" => path.push(env_dir),
            // Until 3.13 the environment stood in for the installation too.
            "installed_base" | "installed_platbase" if include_is_in_scheme(base.version) => {
                path.push(env_dir);
            }
            "implementation_lower" => path.push("python"),
            "py_version_short" => path.push(versioned("", base)),
            "abi_thread" => path.push(thread_suffix(base)),
            "abiflags" => path.push(&base.abiflags),
            "platlibdir" => path.push(&base.platlibdir),
            _ => return None,
        }
        rest = tail;
    }
    path.push(rest);
    Some(path.into())
}

/// Free-threaded builds keep their packages apart: `lib/python3.14t` (PEP 703).
fn site_packages(lib: &str, base: &Base) -> PathBuf {
    let python = versioned("python", base) + thread_suffix(base);
    Path::new(lib).join(python).join("site-packages")
}

fn thread_suffix(base: &Base) -> &'static str {
    if base.abiflags.contains('t') { "t" } else { "" }
}

fn versioned(name: &str, base: &Base) -> String {
    format!("{name}{}.{}", base.version.major, base.version.minor)
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
pub fn has_lib64_link(base: &Base) -> bool {
    base.platform == Platform::Posix && base.is_64bit && !base.macos && !has_platlib_folder(base.version)
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

    fn base(platform: Platform, minor: u8) -> Base {
        Base {
            platform,
            version: V(minor),
            macos: false,
            is_64bit: true,
            utf8_file_names: true,
            abiflags: String::new(),
            platlibdir: "lib".into(),
        }
    }

    #[test]
    fn folders_are_those_of_the_venv_scheme() {
        let at = |folder, base| venv_folder(folder, &base).to_string_lossy().replace('\\', "/");
        let posix = |minor| base(Platform::Posix, minor);
        let nt = |minor| base(Platform::Nt, minor);
        assert_eq!(at(Folder::Scripts, posix(12)), "bin");
        assert_eq!(at(Folder::Purelib, posix(10)), "lib/python3.10/site-packages");
        assert_eq!(at(Folder::Include, posix(10)), "include");
        assert_eq!(at(Folder::Include, posix(13)), "include/python3.13");
        assert_eq!(at(Folder::Include, posix(14)), "include");
        assert_eq!(at(Folder::Scripts, nt(13)), "Scripts");
        assert_eq!(at(Folder::Purelib, nt(13)), "Lib/site-packages");
        assert_eq!(at(Folder::Include, nt(13)), "Include");
    }

    #[test]
    fn free_threaded_builds_and_platlib_have_folders_of_their_own() {
        let debug = Base { abiflags: "td".into(), ..base(Platform::Posix, 13) };
        assert_eq!(venv_folder(Folder::Purelib, &debug), Path::new("lib/python3.13t/site-packages"));
        assert_eq!(venv_folder(Folder::Include, &debug), Path::new("include/python3.13td"));
        let split = Base { platlibdir: "lib64".into(), ..base(Platform::Posix, 15) };
        assert_eq!(venv_folder(Folder::Platlib, &split), Path::new("lib64/python3.15/site-packages"));
    }

    #[test]
    fn a_template_with_an_unknown_variable_is_left_to_sysconfig() {
        let expand =
            |minor, template| expand_template(template, &base(Platform::Posix, minor), Path::new("/env"));
        let purelib = "{base}/lib/{implementation_lower}{py_version_short}{abi_thread}/site-packages";
        assert_eq!(expand(14, purelib), Some("/env/lib/python3.14/site-packages".into()));
        assert_eq!(expand(13, "{installed_base}/include"), Some("/env/include".into()));
        assert_eq!(expand(14, "{installed_base}/include"), None);
        assert_eq!(expand(14, "{srcdir}/lib"), None);
        assert_eq!(expand(14, "{base/lib"), None);
    }

    #[test]
    fn lib64_is_a_link_on_64_bit_posix_until_3_14() {
        assert!(has_lib64_link(&base(Platform::Posix, 14)));
        assert!(!has_lib64_link(&base(Platform::Posix, 15)));
        assert!(!has_lib64_link(&base(Platform::Nt, 13)));
        assert!(!has_lib64_link(&Base { macos: true, ..base(Platform::Posix, 13) }));
        assert!(!has_lib64_link(&Base { is_64bit: false, ..base(Platform::Posix, 13) }));
    }

    #[test]
    fn the_headers_folder_moves_with_the_version() {
        assert_eq!(
            [10, 11, 13, 14, 15].map(|v| include_is_in_scheme(V(v))),
            [false, true, true, false, false]
        );
    }

    #[test]
    fn windows_always_has_the_simplest_name() {
        assert_eq!(executable_name(Platform::Nt, "python3.13t.exe"), "python.exe");
        assert_eq!(executable_name(Platform::Nt, "Python_D.EXE"), "python_d.exe");
        assert_eq!(executable_name(Platform::Posix, "python3.13d"), "python3.13d");
    }
}
