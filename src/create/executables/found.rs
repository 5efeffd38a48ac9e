//! Existing executables of the environment, from an earlier creation and perhaps from another Python.

use std::ffi::OsString;
use std::path::Path;

use crate::base::Base;
use crate::error::{Error, Result};
use crate::fs::dir::Dir;
use crate::fs::{self, Entry};
use crate::text::quoted;

use crate::environment::executables::{OPTIONAL_NAME, posix_names};

/// The executables of one environment.
#[derive(Clone, Copy, Debug)]
pub struct Bin<'a> {
    /// The directory of the executables.
    pub path: &'a Path,
    /// The executable that is linked to the base interpreter or copied from it.
    pub env_exe: &'a Path,
    /// The base interpreter.
    pub base: &'a Path,
    /// Copy every name instead of linking it.
    pub copies: bool,
    /// The treatment of links to other Pythons.
    pub links: OtherLinks,
}

/// The treatment of links that lead to a file other than the base interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherLinks {
    /// They are replaced: the environment is being upgraded.
    Renewed,
    /// They are refused. `venv` keeps them, so `pyvenv.cfg` and pip belong to one Python and the links to another.
    Refused,
}

/// The decision on a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is created. That fails if it is a directory.
    Made,
    /// It stays unchanged.
    Kept,
    /// The existing entry is replaced.
    Replaced,
}

impl Bin<'_> {
    /// Decides on a name that should lead to [`Bin::env_exe`].
    ///
    /// A script stays: it is the user's wrapper of the interpreter. A copy of another interpreter is replaced:
    /// `env_exe` has been overwritten by then, as in `venv`, and all names must belong to one interpreter.
    ///
    /// # Errors
    /// [`Error::Refused`] for a link to another interpreter.
    pub fn alias(&self, path: &Path) -> Result<Verdict> {
        match fs::entry(path) {
            Entry::File if fs::is_text(path) || fs::have_same_content(path, self.env_exe) => {
                Ok(Verdict::Kept)
            }
            Entry::File => Ok(Verdict::Replaced),
            // If Python starts through a link to a copy, it takes the copy for its base.
            Entry::Link if self.copies && fs::have_same_content(path, self.env_exe) => Ok(Verdict::Replaced),
            Entry::Link if leads_to(path, self.env_exe) => Ok(Verdict::Kept),
            entry => self.link(path, entry),
        }
    }

    /// Decides on [`Bin::env_exe`] if it should be a link. A file there is overwritten with a copy, as in `venv`.
    ///
    /// # Errors
    /// [`Error::Refused`] for a link to another interpreter.
    pub fn executable(&self) -> Result<Verdict> {
        self.link(self.env_exe, fs::entry(self.env_exe))
    }

    fn link(&self, path: &Path, entry: Entry) -> Result<Verdict> {
        match entry {
            Entry::Nothing | Entry::Directory | Entry::File => Ok(Verdict::Made),
            Entry::Other => Ok(Verdict::Kept),
            Entry::DeadLink => Ok(Verdict::Replaced),
            Entry::Link if leads_to(path, self.base) => Ok(Verdict::Kept),
            Entry::Link if self.links == OtherLinks::Renewed => Ok(Verdict::Replaced),
            Entry::Link if fs::is_text(path) => Ok(Verdict::Kept),
            Entry::Link => Err(self.refusal(path)),
        }
    }

    fn refusal(&self, path: &Path) -> Error {
        Error::Refused(format!(
            "{} points to {}, which is not the base interpreter, {}. Upgrade the environment to renew its links, or \
             clear it.",
            quoted(path),
            quoted(fs::real_path(path)),
            quoted(self.base)
        ))
    }

    /// Refuses links to another interpreter, before anything is written. In an environment of copies, `env_exe` is
    /// always replaced, and links through it will then lead to the base interpreter.
    pub fn check(&self, base: &Base) -> Result<()> {
        if !self.copies {
            self.executable()?;
        }
        for name in posix_names(base) {
            let path = self.path.join(name);
            if !fs::passes_through(&path, self.env_exe) && fs::is_link(&path) {
                self.alias(&path)?;
            }
        }
        Ok(())
    }

    /// Removes the names of another Python version. In an environment for 3.13, `python3.12` would start 3.13 or an
    /// unrelated Python. If pip is renewed too, `pip3.12` is also removed.
    pub fn remove_outdated(&self, base: &Base, with_pip: bool) -> Result<()> {
        let mut own = posix_names(base);
        own.push(format!("pip3.{}", base.version.minor));
        let is_outdated = |name: &OsString| {
            let name = name.to_str().unwrap_or_default();
            let has_version = is_versioned(name, "python3.") || (with_pip && is_versioned(name, "pip3."));
            (has_version || name == OPTIONAL_NAME) && !own.iter().any(|own| own == name)
        };
        for name in Dir::open(self.path)?.names()?.iter().filter(|name| is_outdated(name)) {
            let path = self.path.join(name);
            if path != self.env_exe && matches!(fs::entry(&path), Entry::Link | Entry::DeadLink | Entry::File)
            {
                super::remove(&path)?;
            }
        }
        Ok(())
    }
}

/// Reports whether a link leads to a file. The file may be out of reach: only root can see into `/root`.
fn leads_to(link: &Path, file: &Path) -> bool {
    fs::passes_through(link, file) || fs::is_same_file(link, file)
}

/// Reports whether a name is this prefix and a version, like `python3.12` or `python3.13t`.
fn is_versioned(name: &str, beginning: &str) -> bool {
    let version = name.strip_prefix(beginning).map(|rest| rest.trim_end_matches(['t', 'd']));
    version.is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::base::{Platform, tests::cpython};

    #[test]
    fn only_names_of_other_versions_are_removed() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        let outdated = ["python3.12", "python3.13t", "𝜋thon", "pip3.12"];
        let kept =
            ["python", "python3.13", "python3.14d", "python3.x", "python3.12-config", "pip3", "pip3.13"];
        for name in outdated.iter().chain(&kept) {
            fs::write(&at(name), b"").unwrap();
        }
        let (env_exe, executable) = (at("python3.14d"), at("base"));
        let bin = Bin {
            path: temp.path(),
            env_exe: &env_exe,
            base: &executable,
            copies: false,
            links: OtherLinks::Renewed,
        };
        let base = cpython(Platform::Posix, 13);
        bin.remove_outdated(&base, false).unwrap();
        assert!(at("pip3.12").exists());
        bin.remove_outdated(&base, true).unwrap();
        assert!(outdated.iter().all(|name| !at(name).exists()));
        assert!(kept.iter().all(|name| at(name).exists()));
    }
}
