//! The paths of an environment's directories: the scheme `venv` of `sysconfig`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Base, Platform, Version};

/// A directory of an environment that `sysconfig.get_path` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directory {
    /// `bin` or `Scripts`.
    Scripts,
    /// The directory for headers.
    Include,
    /// `site-packages` for pure modules.
    Purelib,
    /// `site-packages` for extension modules. A separate directory if `sys.platlibdir` is not `lib`.
    Platlib,
}

impl Directory {
    /// Every directory.
    pub const ALL: [Self; 4] = [Self::Scripts, Self::Include, Self::Purelib, Self::Platlib];

    /// `sysconfig`'s name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scripts => "scripts",
            Self::Include => "include",
            Self::Purelib => "purelib",
            Self::Platlib => "platlib",
        }
    }
}

/// The source of the directories' paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// CPython's own scheme.
    ///
    /// CPython added the scheme in 3.11 for distributors, who change the other schemes but leave this one alone
    /// (bpo-45413). 3.10 has the same names hard-coded.
    Own,
    /// Templates, in the order of [`Directory::ALL`]. [`Base::expand`] can expand each of them. They are needed
    /// because programs may change `sysconfig`'s scheme and other implementations have their own.
    Templates([String; 4]),
}

impl Base {
    /// The path of a directory in the environment at `env_dir`.
    pub fn directory(&self, directory: Directory, env_dir: &Path) -> PathBuf {
        let template = match &self.scheme {
            Scheme::Own => None,
            Scheme::Templates(templates) => self.expand(&templates[directory as usize], env_dir),
        };
        let path = template.unwrap_or_else(|| env_dir.join(self.own_directory(directory)));
        // `os.path.normpath` removes a leading `.`.
        path.strip_prefix(".").map(Path::to_owned).unwrap_or(path)
    }

    /// Fills in a path template of `sysconfig`. Returns `None` if it has an unknown variable.
    pub fn expand(&self, template: &str, env_dir: &Path) -> Option<PathBuf> {
        let mut path = OsString::new();
        let mut rest = template;
        while let Some((text, tail)) = rest.split_once('{') {
            let (variable, tail) = tail.split_once('}')?;
            path.push(text);
            match variable {
                "base" | "platbase" => path.push(env_dir),
                // From 3.11 to 3.13 these meant the environment too, not the installation.
                "installed_base" | "installed_platbase" if include_is_in_scheme(self.version) => {
                    path.push(env_dir);
                }
                "implementation_lower" if self.is_cpython => path.push("python"),
                "py_version_short" => path.push(self.versioned("")),
                "abi_thread" => path.push(self.thread_suffix()),
                "abiflags" => path.push(&self.abiflags),
                "platlibdir" => path.push(&self.platlibdir),
                _ => return None,
            }
            rest = tail;
        }
        path.push(rest);
        Some(path.into())
    }

    fn own_directory(&self, directory: Directory) -> PathBuf {
        match (self.platform, directory) {
            (Platform::Posix, Directory::Scripts) => PathBuf::from("bin"),
            (Platform::Posix, Directory::Purelib) => self.site_packages("lib"),
            (Platform::Posix, Directory::Platlib) => self.site_packages(&self.platlibdir),
            (Platform::Posix, Directory::Include) if include_is_in_scheme(self.version) => {
                Path::new("include").join(self.versioned("python") + &self.abiflags)
            }
            (Platform::Nt, Directory::Scripts) => PathBuf::from("Scripts"),
            (Platform::Nt, Directory::Purelib | Directory::Platlib) => Path::new("Lib").join("site-packages"),
            (platform, Directory::Include) => PathBuf::from(include_name(platform)),
        }
    }

    /// The `site-packages` below `lib`. Free-threaded builds use a separate one: `lib/python3.14t` (PEP 703).
    fn site_packages(&self, lib: &str) -> PathBuf {
        let python = self.versioned("python") + self.thread_suffix();
        Path::new(lib).join(python).join("site-packages")
    }

    fn thread_suffix(&self) -> &'static str {
        if self.abiflags.contains('t') { "t" } else { "" }
    }

    fn versioned(&self, name: &str) -> String {
        format!("{name}{}.{}", self.version.major, self.version.minor)
    }
}

/// The directory for headers from PEP 405, relative to the environment.
pub fn include_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Posix => "include",
        Platform::Nt => "Include",
    }
}

/// Reports whether this version takes the directory for headers from its scheme, as 3.11 to 3.13 do.
pub fn include_is_in_scheme(version: Version) -> bool {
    version.at_least(11) && !version.at_least(14)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::cpython;

    fn at(directory: Directory, base: &Base) -> String {
        base.directory(directory, Path::new("/env")).to_string_lossy().replace('\\', "/")
    }

    #[test]
    fn directories_are_those_of_the_venv_scheme() {
        let posix = |minor| cpython(Platform::Posix, minor);
        let nt = |minor| cpython(Platform::Nt, minor);
        assert_eq!(at(Directory::Scripts, &posix(12)), "/env/bin");
        assert_eq!(at(Directory::Purelib, &posix(10)), "/env/lib/python3.10/site-packages");
        assert_eq!(at(Directory::Include, &posix(10)), "/env/include");
        assert_eq!(at(Directory::Include, &posix(13)), "/env/include/python3.13");
        assert_eq!(at(Directory::Include, &posix(14)), "/env/include");
        assert_eq!(at(Directory::Scripts, &nt(13)), "/env/Scripts");
        assert_eq!(at(Directory::Purelib, &nt(13)), "/env/Lib/site-packages");
        assert_eq!(at(Directory::Include, &nt(13)), "/env/Include");
        assert_eq!(posix(13).directory(Directory::Scripts, Path::new(".")), Path::new("bin"));
    }

    #[test]
    fn free_threaded_builds_and_platlib_have_directories_of_their_own() {
        let debug = Base { abiflags: "td".into(), ..cpython(Platform::Posix, 13) };
        assert_eq!(at(Directory::Purelib, &debug), "/env/lib/python3.13t/site-packages");
        assert_eq!(at(Directory::Include, &debug), "/env/include/python3.13td");
        let split = Base { platlibdir: "lib64".into(), ..cpython(Platform::Posix, 15) };
        assert_eq!(at(Directory::Platlib, &split), "/env/lib64/python3.15/site-packages");
    }

    #[test]
    fn templates_are_expanded_unless_they_have_unknown_variables() {
        let expand = |minor, template| cpython(Platform::Posix, minor).expand(template, Path::new("/env"));
        let purelib = "{base}/lib/{implementation_lower}{py_version_short}{abi_thread}/site-packages";
        assert_eq!(expand(14, purelib), Some("/env/lib/python3.14/site-packages".into()));
        assert_eq!(expand(13, "{installed_base}/include"), Some("/env/include".into()));
        assert_eq!(expand(14, "{installed_base}/include"), None);
        assert_eq!(expand(14, "{srcdir}/lib"), None);
        assert_eq!(expand(14, "{base/lib"), None);
        let templates = ["{base}/s", "{base}/i", "{base}/pure", "{base}/plat"].map(str::to_owned);
        let changed = Base { scheme: Scheme::Templates(templates), ..cpython(Platform::Posix, 14) };
        assert_eq!(at(Directory::Purelib, &changed), "/env/pure");
    }

    #[test]
    fn the_directory_for_headers_moves_with_the_version() {
        let is_in_scheme = |minor| include_is_in_scheme(cpython(Platform::Posix, minor).version);
        assert_eq!([10, 11, 13, 14, 15].map(is_in_scheme), [false, true, true, false, false]);
    }
}
