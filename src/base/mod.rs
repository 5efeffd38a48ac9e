//! Facts about the interpreter that environments are made for: handed in by the border, never discovered here.

/// Which of Python's two file system layouts applies: the value of `os.name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// `os.name == "posix"`: `bin`, links, shell scripts.
    Posix,
    /// `os.name == "nt"`: `Scripts`, launchers, batch files.
    Nt,
}

impl Platform {
    /// `os.name`, which is also the name of the folder of scripts for this platform.
    pub fn name(self) -> &'static str {
        match self {
            Self::Posix => "posix",
            Self::Nt => "nt",
        }
    }

    /// `os.pathsep`: what separates the folders in PATH.
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
    /// Whether this is at least `3.minor`.
    pub fn at_least(self, minor: u8) -> bool {
        (self.major, self.minor) >= (3, minor)
    }
}

/// The running interpreter and its base, as far as an environment depends on them.
#[derive(Clone, Debug)]
pub struct Base {
    /// Which layout applies.
    pub platform: Platform,
    /// `sys.version_info[:3]`.
    pub version: Version,
    /// `sys.platform == "darwin"`.
    pub macos: bool,
    /// `sys.maxsize > 2**32`.
    pub is_64bit: bool,
    /// `sys.getfilesystemencoding() == "utf-8"`.
    pub utf8_file_names: bool,
    /// `sys.abiflags`: "t" for a free-threaded build, "d" for a debug build, mostly empty.
    pub abiflags: String,
    /// `sys.platlibdir`: "lib", or "lib64" on some distributions.
    pub platlibdir: String,
}
