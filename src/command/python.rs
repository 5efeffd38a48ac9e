//! The Python that environments are for.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::facts::Asking;
use super::{HOST, installed};
use crate::base::{Ask, Base, Found, Interpreter, Search, has_version, is_version};
use crate::error::{Error, Result};
use crate::fs;
use crate::observer::Observer;
use crate::seed::Variables;
use crate::text::quoted;

/// What is said if PATH doesn't have a Python.
const DISCOVERY: &str = "python -m fastvenv also asks the package python-discovery, if it is installed, which finds \
     Pythons of pyenv, mise, uv and the Windows registry, and ranges such as >=3.10.";

/// The Python that was asked for, or the default: the one that fastvenv was installed for, the base of the environment
/// that is active, or the first that works in PATH.
///
/// # Errors
/// [`Error::Refused`] if there is none that works; [`Error::Interrupted`].
pub fn interpreter(
    wanted: Option<&OsStr>,
    variables: &Variables,
    observer: &mut dyn Observer,
) -> Result<Arc<Interpreter>> {
    let asking = Asking::new(variables, observer)?;
    let ask = |executable: &Path, observer: &mut dyn Observer| asking.ask(executable, observer);
    let path = std::env::var_os("PATH");
    let program = std::env::current_exe().map(|program| fs::real_path(&program)).unwrap_or_default();
    let active = std::env::var_os("VIRTUAL_ENV").map(PathBuf::from);
    let choice = Choice { program: &program, path: path.as_deref(), active: active.as_deref(), ask: &ask };
    match wanted {
        Some(wanted) => choice.wanted(wanted, observer),
        None => choice.default(observer),
    }
}

/// Everything that the choice depends on.
struct Choice<'a> {
    /// The path of this program, links resolved.
    program: &'a Path,
    /// The value of PATH.
    path: Option<&'a OsStr>,
    /// The environment that is active.
    active: Option<&'a Path>,
    ask: &'a Ask<'a>,
}

impl Choice<'_> {
    fn search<'b>(&'b self, running: Option<&'b Base>) -> Search<'b> {
        Search { running, platform: HOST, path: self.path, ask: self.ask }
    }

    /// The Python that was asked for.
    fn wanted(&self, wanted: &OsStr, observer: &mut dyn Observer) -> Result<Arc<Interpreter>> {
        // As for `python -m fastvenv`, the Python that fastvenv was installed for is the first to have a version.
        let own = if is_version(wanted) { unless_refused(self.own(observer))?.flatten() } else { None };
        match self.search(own.as_deref().map(|own| &*own.base)).find(wanted, observer)? {
            Found::Other(found) => Ok(found),
            Found::Running => own.ok_or_else(|| self.nowhere()),
            Found::Nothing(why) => Err(Error::Refused(format!("{why} {DISCOVERY}"))),
        }
    }

    /// The Python that is used if none was asked for.
    fn default(&self, observer: &mut dyn Observer) -> Result<Arc<Interpreter>> {
        if let Some(own) = self.own(observer)? {
            return Ok(own);
        }
        let search = self.search(None);
        // What a relative path means depends on the current directory, which may be a stranger's.
        let is_usable = |active: &&Path| active.is_absolute() && fs::is_file(&active.join("pyvenv.cfg"));
        if let Some(active) = self.active.filter(is_usable)
            && let Some(found) = unless_refused(search.at(active, observer))?
        {
            return Ok(found);
        }
        for name in ["python3", "python"] {
            if let Found::Other(found) = search.named(OsStr::new(name), observer)? {
                return Ok(found);
            }
        }
        Err(self.nowhere())
    }

    fn nowhere(&self) -> Error {
        Error::Refused(format!(
            "There is no Python: neither 'python3' nor 'python' is beside {}, or works in PATH, {}. Install Python, or \
             name one with --python.",
            quoted(self.program),
            quoted(self.path.unwrap_or_default()),
        ))
    }

    /// The Python that fastvenv was installed for: the one beside it, unless it is in another version's packages.
    fn own(&self, observer: &mut dyn Observer) -> Result<Option<Arc<Interpreter>>> {
        let (Some(directory), search) = (self.program.parent(), self.search(None)) else { return Ok(None) };
        let beside = installed::beside(directory, HOST);
        let beside = beside.map(|path| search.at(&path, observer)).transpose()?;
        if beside.as_ref().is_some_and(|beside| installed::is_for(directory, &beside.base)) {
            return Ok(beside);
        }
        let versions = installed::versions(directory, HOST);
        let has_one = |base| versions.iter().any(|version| has_version(base, version));
        if beside.as_ref().is_some_and(|beside| versions.is_empty() || has_one(&beside.base)) {
            return Ok(beside);
        }
        for version in &versions {
            if let Found::Other(found) = search.find(OsStr::new(version), observer)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// The result of asking, or `None` if that Python doesn't work.
fn unless_refused<T>(asked: Result<T>) -> Result<Option<T>> {
    match asked {
        Err(Error::Refused(_)) => Ok(None),
        asked => asked.map(Some),
    }
}
