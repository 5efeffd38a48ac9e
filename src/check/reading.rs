//! An environment as it is on disk: what its makers wrote, read without judging it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::base::Platform;
use crate::environment::config::Parsed;
use crate::error::{Error, Result};
use crate::fs::{self, Entry};
use crate::text::quoted;

use super::name::{LibraryName, is_python};

/// The largest `pyvenv.cfg`, script or `.pth` file that is read.
pub const LARGEST: u64 = 1 << 20;

/// The program that made an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// `venv` or fastvenv, which write the same file.
    Venv,
    /// virtualenv.
    Virtualenv,
    /// uv.
    Uv,
}

/// `pyvenv.cfg` as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigFile {
    /// There is none.
    Missing,
    /// It can't be read, or isn't UTF-8 text. The text says why.
    Unreadable(String),
    /// Its text.
    Text(String),
}

/// An entry of `bin` with the name of a Python.
#[derive(Clone, Debug)]
pub struct Executable {
    /// Its path.
    pub path: PathBuf,
    /// What is there.
    pub entry: Entry,
    /// The text of the link, if it is one.
    pub target: Option<PathBuf>,
    /// The file that it leads to, links resolved; itself if it is no link.
    pub real: PathBuf,
}

/// A directory such as `lib/python3.12`.
#[derive(Clone, Debug)]
pub struct Library {
    /// Its name, taken apart.
    pub name: LibraryName,
    /// Its path.
    pub path: PathBuf,
}

impl Library {
    /// The path of `site-packages`, which need not exist.
    pub fn site_packages(&self) -> PathBuf {
        self.path.join("site-packages")
    }
}

/// An environment as it is on disk.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The environment's directory: absolute, links not resolved.
    pub directory: PathBuf,
    /// The same, links resolved.
    pub real: PathBuf,
    /// The platform that it was made for.
    pub platform: Platform,
    /// `pyvenv.cfg`.
    pub config: ConfigFile,
    /// `bin` or `Scripts`.
    pub bin: PathBuf,
    /// The Pythons in `bin`, sorted by name.
    pub executables: Vec<Executable>,
    /// The directories of packages in `lib`, sorted by name.
    pub libraries: Vec<Library>,
}

impl Reading {
    /// Reads the environment in that directory.
    ///
    /// # Errors
    /// [`Error::Refused`] if there is none; an error of the system if the directory can't be read.
    pub fn of(directory: &Path) -> Result<Self> {
        let directory = fs::absolute(directory);
        let config = read_config(&directory)?;
        let platform =
            if fs::is_directory(&directory.join("Scripts")) && !fs::is_directory(&directory.join("bin")) {
                Platform::Nt
            } else {
                Platform::Posix
            };
        let bin = directory.join(if platform == Platform::Nt { "Scripts" } else { "bin" });
        let reading = Self {
            real: fs::real_path(&directory),
            executables: executables(&bin),
            libraries: libraries(&directory),
            directory,
            platform,
            config,
            bin,
        };
        match reading.why_none() {
            Some(why) => Err(Error::Refused(format!(
                "There is no environment in {}: {why}.",
                quoted(&reading.directory)
            ))),
            None => Ok(reading),
        }
    }

    /// The reason why this is no environment, not even a broken one.
    fn why_none(&self) -> Option<&'static str> {
        if self.config != ConfigFile::Missing {
            return None;
        }
        if self.libraries.iter().any(|library| fs::exists(&library.path.join("os.py"))) {
            return Some("it is an installed Python");
        }
        let has_scripts = ["activate", "activate.fish", "activate_this.py", "python"]
            .iter()
            .any(|name| fs::entry(&self.bin.join(name)) != Entry::Nothing);
        let has_packages = self.platform == Platform::Nt
            || self.libraries.iter().any(|library| fs::is_directory(&library.site_packages()));
        (!has_scripts || !has_packages).then_some("it has no pyvenv.cfg, and not the directories of one")
    }

    /// The keys of `pyvenv.cfg`; none if it can't be read.
    pub fn keys(&self) -> Parsed<'_> {
        match &self.config {
            ConfigFile::Text(text) => Parsed::read(text),
            _ => Parsed::read(""),
        }
    }

    /// The program that made it, as far as `pyvenv.cfg` tells.
    pub fn maker(&self) -> Maker {
        let keys = self.keys();
        match (keys.get("uv"), keys.get("virtualenv")) {
            (Some(_), _) => Maker::Uv,
            (_, Some(_)) => Maker::Virtualenv,
            _ => Maker::Venv,
        }
    }

    /// The directory of the base interpreter, as Python takes it: the first `home`.
    pub fn home(&self) -> Option<PathBuf> {
        self.keys().first("home").filter(|home| !home.is_empty()).map(PathBuf::from)
    }

    /// The recorded version: `major.minor`, and the rest if there is one.
    pub fn version(&self) -> Option<(u8, u8, Option<u8>)> {
        let keys = self.keys();
        let text = keys.get("version").or_else(|| keys.get("version_info"))?;
        let mut numbers = text.split('.').map(|part| part.parse::<u8>().ok());
        Some((numbers.next()??, numbers.next()??, numbers.next().flatten()))
    }

    /// The Python that the environment needs: that of its directory of packages, or else of the recorded version.
    pub fn wanted(&self) -> Option<LibraryName> {
        let version = self.version().map(|(major, minor, _)| (major, minor));
        let fits = |name: &LibraryName| version.is_none_or(|version| (name.major, name.minor) == version);
        let library = self.libraries.iter().map(|library| &library.name).find(|name| fits(name));
        library.or(self.libraries.first().map(|library| &library.name)).cloned().or_else(|| {
            let (major, minor) = version?;
            Some(LibraryName { implementation: "python".into(), major, minor, abiflags: String::new() })
        })
    }

    /// A path for messages: relative to the environment if it is inside.
    pub fn shown(&self, path: &Path) -> String {
        quoted(
            path.strip_prefix(&self.directory)
                .ok()
                .filter(|path| path.iter().next().is_some())
                .unwrap_or(path),
        )
    }

    /// The path of `pyvenv.cfg`.
    pub fn config_path(&self) -> PathBuf {
        self.directory.join("pyvenv.cfg")
    }
}

fn read_config(directory: &Path) -> Result<ConfigFile> {
    // Fails if there is no directory, or if it can't be examined.
    let names = fs::dir::Dir::open(directory)?.names()?;
    if !names.iter().any(|name| name == "pyvenv.cfg") {
        return Ok(ConfigFile::Missing);
    }
    Ok(match fs::read_regular(&directory.join("pyvenv.cfg"), LARGEST) {
        Err(error) => ConfigFile::Unreadable(error.to_string()),
        Ok(content) => match String::from_utf8(content) {
            Ok(text) => ConfigFile::Text(text),
            Err(_) => ConfigFile::Unreadable("it is not UTF-8 text".to_owned()),
        },
    })
}

fn executables(bin: &Path) -> Vec<Executable> {
    let mut names = names(bin);
    names.retain(|name| is_python(name));
    let found = names.into_iter().map(|name| {
        let path = bin.join(name);
        Executable {
            entry: fs::entry(&path),
            target: fs::link_target(&path),
            real: fs::real_path(&path),
            path,
        }
    });
    found.collect()
}

fn libraries(directory: &Path) -> Vec<Library> {
    let lib = directory.join("lib");
    let found = names(&lib)
        .into_iter()
        .filter_map(|name| Some(Library { name: LibraryName::read(name.to_str()?)?, path: lib.join(name) }));
    found.collect()
}

/// The sorted names in a directory; none if it can't be listed.
fn names(directory: &Path) -> Vec<OsString> {
    let listed = fs::dir::Dir::open(directory).and_then(|directory| directory.names());
    let mut names = listed.unwrap_or_default();
    names.sort_by(|one, other| OsStr::cmp(one, other));
    names
}
