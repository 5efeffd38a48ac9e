//! The interpreter from which environments are created: every fact about it, in one value.
//!
//! A [`Base`] may describe the interpreter that imports fastvenv or another one. The code that uses it does not depend
//! on which.

mod answer;
mod find;
mod kept;
mod provenance;
mod query;
mod scheme;

pub use answer::{Interpreter, read as answered};
pub use find::{Ask, Found, Search, has_version, is_version};
pub use kept::{kept, kept_or, known};
pub use provenance::{Provenance, configurations};
pub use query::{PROGRAM, query};
pub use scheme::{Directory, Scheme, include_is_in_scheme, include_name};

use std::path::PathBuf;

use crate::error::{Error, Result};

/// Which of Python's two file system layouts applies: the value of `os.name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// `os.name == "posix"`: `bin`, links, shell scripts.
    Posix,
    /// `os.name == "nt"`: `Scripts`, launchers, batch files.
    Nt,
}

impl Platform {
    /// The value of `os.name`, which is also the directory name of this platform's scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Posix => "posix",
            Self::Nt => "nt",
        }
    }

    /// `os.linesep`, which Python's text files have.
    pub fn line_end(self) -> &'static str {
        match self {
            Self::Posix => "\n",
            Self::Nt => "\r\n",
        }
    }

    /// `os.pathsep`, which separates the directories in PATH.
    pub fn path_separator(self) -> char {
        match self {
            Self::Posix => ':',
            Self::Nt => ';',
        }
    }
}

/// `sys.version_info[:3]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The 3 of 3.14.2.
    pub major: u8,
    /// The 14 of 3.14.2.
    pub minor: u8,
    /// The 2 of 3.14.2.
    pub micro: u8,
}

impl Version {
    /// Reports whether this is at least `3.minor`.
    pub fn at_least(self, minor: u8) -> bool {
        (self.major, self.minor) >= (3, minor)
    }
}

/// An interpreter and its installation: everything that environments depend on.
#[derive(Clone, Debug)]
pub struct Base {
    /// `os.name`.
    pub platform: Platform,
    /// `sys.version_info[:3]`.
    pub version: Version,
    /// `sys.implementation.name == "cpython"`.
    pub is_cpython: bool,
    /// `sys.platform == "darwin"`.
    pub macos: bool,
    /// `sys.maxsize > 2**32`.
    pub is_64bit: bool,
    /// `sys.getfilesystemencoding() == "utf-8"`.
    pub utf8_file_names: bool,
    /// `sys.abiflags`: "t" for a free-threaded build, "d" for a debug build, usually empty.
    pub abiflags: String,
    /// `sys.platlibdir`: "lib", or "lib64" on some distributions.
    pub platlibdir: String,
    /// The scheme `venv`: the paths of an environment's directories.
    pub scheme: Scheme,
    /// `sys.executable`: the running interpreter, which may itself be in an environment.
    pub running: PathBuf,
    /// `sys._base_executable`: the interpreter outside any environment. Empty if Python doesn't know it.
    pub executable: PathBuf,
    /// The absolute path of `executable`'s directory: the key `home` of `pyvenv.cfg`.
    pub home: PathBuf,
    /// `sys.base_prefix`.
    pub prefix: PathBuf,
    /// The directory of the standard library.
    pub library: PathBuf,
    /// `sys.implementation.cache_tag`: the `cpython-313` in the names of bytecode files.
    pub cache_tag: Option<String>,
    /// `importlib.util.MAGIC_NUMBER`.
    pub magic: Vec<u8>,
    /// `sysconfig.get_config_var("WHEEL_PKG_DIR")`, where distributions keep the wheels of `ensurepip`. Known only if
    /// pip is to be installed.
    pub wheel_pkg_dir: Option<PathBuf>,
    /// The build, known only on Windows.
    pub build: Build,
}

/// How an interpreter for Windows was built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Build {
    /// `sysconfig.is_python_build()`: it runs from its build tree.
    pub is_tree: bool,
    /// It has no GIL (PEP 703).
    pub free_threaded: bool,
    /// It is for ARM64 processors.
    pub arm64: bool,
}

impl Base {
    /// The base interpreter's executable.
    ///
    /// # Errors
    /// [`Error::Refused`], in the words of `venv`, if Python doesn't know its path.
    pub fn executable(&self) -> Result<&PathBuf> {
        if !self.executable.as_os_str().is_empty() {
            return Ok(&self.executable);
        }
        Err(Error::Refused(
            "Unable to determine path to the running Python interpreter. Provide an explicit path or \
             check that your PATH environment variable is correctly set."
                .to_owned(),
        ))
    }

    /// Reports whether it has no GIL (PEP 703).
    pub fn is_free_threaded(&self) -> bool {
        self.abiflags.contains('t') || self.build.free_threaded
    }

    /// The directory of the package `ensurepip`.
    pub fn ensurepip(&self) -> PathBuf {
        self.library.join("ensurepip")
    }

    /// The directory in which an installed interpreter for Windows keeps the launchers for environments.
    pub fn launchers(&self) -> PathBuf {
        self.library.join("venv").join("scripts").join("nt")
    }
}

#[cfg(test)]
/// Values for other modules' tests.
pub mod tests {
    use super::*;

    /// CPython `3.minor` in `/usr`, or its equivalent on Windows.
    pub fn cpython(platform: Platform, minor: u8) -> Base {
        Base {
            platform,
            version: Version { major: 3, minor, micro: 0 },
            is_cpython: true,
            macos: false,
            is_64bit: true,
            utf8_file_names: true,
            abiflags: String::new(),
            platlibdir: "lib".to_owned(),
            scheme: Scheme::Own,
            running: "/usr/bin/python3".into(),
            executable: "/usr/bin/python3".into(),
            home: "/usr/bin".into(),
            prefix: "/usr".into(),
            library: format!("/usr/lib/python3.{minor}").into(),
            cache_tag: Some(format!("cpython-3{minor}")),
            magic: vec![1, 2, 13, 10],
            wheel_pkg_dir: None,
            build: Build::default(),
        }
    }

    /// The CPythons of 3.10 and later on this machine: `python3` in PATH, and those of pyenv.
    #[cfg(unix)]
    pub fn found() -> Vec<std::sync::Arc<Interpreter>> {
        use crate::observer::tests::Listener;
        let in_path = std::env::var_os("PATH").unwrap_or_default();
        let mut paths: Vec<_> = std::env::split_paths(&in_path).map(|at| at.join("python3")).collect();
        let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
        let pyenv = std::env::var_os("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from);
        let versions = std::fs::read_dir(pyenv.join("versions")).into_iter().flatten().flatten();
        paths.extend(versions.map(|version| version.path().join("bin/python3")));
        let mut found: Vec<std::sync::Arc<Interpreter>> = Vec::new();
        for path in paths.into_iter().filter(|path| path.is_file()) {
            let Ok(one) = query(&path, &mut Listener::default()) else { continue };
            let is_known = found.iter().any(|other| other.base.executable == one.base.executable);
            if one.base.is_cpython && one.base.version.at_least(10) && !is_known {
                found.push(one.into());
            }
        }
        found
    }

    #[test]
    fn a_base_without_an_executable_is_refused() {
        let lost = Base { executable: PathBuf::new(), ..cpython(Platform::Posix, 13) };
        assert!(matches!(lost.executable(), Err(Error::Refused(_))));
        assert!(cpython(Platform::Posix, 13).executable().is_ok());
    }
}
