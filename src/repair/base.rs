//! The base interpreter for an environment: one for which its packages are.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Repair;
use super::config::command;
use crate::base::{Base, Found, Interpreter, query};
use crate::check::{self, Executable, LibraryName, Reading, is_python};
use crate::error::{Error, Result};
use crate::fs;
use crate::observer::Observer;
use crate::text::quoted;

/// The most installations that are started to find one.
const MOST: usize = 40;

/// The Python that an environment's packages are for: its implementation, minor version and ABI. `None` if the
/// environment doesn't show it.
pub fn wanted(reading: &Reading) -> Option<LibraryName> {
    let recorded = reading.version().map(|(major, minor, _)| (major, minor));
    let mut names: Vec<_> = reading.libraries.iter().collect();
    if names.len() > 1 {
        names.retain(|library| fs::is_directory(&library.site_packages()));
    }
    if names.len() > 1 {
        names.retain(|library| Some((library.name.major, library.name.minor)) == recorded);
    }
    match names[..] {
        [library] if is_contradicted(reading, &library.name) => None,
        [library] => Some(library.name.clone()),
        [] if reading.libraries.is_empty() => recorded.map(|(major, minor)| LibraryName {
            implementation: "python".to_owned(),
            major,
            minor,
            abiflags: String::new(),
        }),
        _ => None,
    }
}

/// Reports whether both the base and `pyvenv.cfg` are for another version than the directory of packages.
fn is_contradicted(reading: &Reading, library: &LibraryName) -> bool {
    let version = (library.major, library.minor);
    let recorded = reading.version().map(|(major, minor, _)| (major, minor));
    let base = check::base::version(reading).map(|base| (base.major, base.minor));
    recorded.is_some_and(|recorded| recorded != version) && base == recorded
}

/// The name as users write it: `3.13t`.
pub fn version_text(wanted: &LibraryName) -> String {
    format!("{}.{}{}", wanted.major, wanted.minor, wanted.abiflags)
}

/// Finds the base interpreter: the one that was asked for, or the first that fits. `None` if none fits.
///
/// # Errors
/// [`Error::Refused`] if the one that was asked for doesn't fit; [`Error::Interrupted`].
pub fn choose(
    repair: &Repair<'_>,
    reading: &Reading,
    wanted: &LibraryName,
    observer: &mut dyn Observer,
) -> Result<Option<Arc<Base>>> {
    if let Some(python) = repair.python {
        return asked_for(repair, reading, wanted, python, observer).map(Some);
    }
    for path in recorded(reading, wanted) {
        if let Some(found) = at(&path, reading, wanted, observer)? {
            return Ok(Some(found));
        }
    }
    let others = repair.host.search.others(reading);
    let beside = reading.home().and_then(|home| Some(home.parent()?.parent()?.to_owned()));
    let is_beside = |path: &&PathBuf| beside.as_ref().is_some_and(|beside| path.starts_with(beside));
    let (beside, others): (Vec<_>, Vec<_>) = others.iter().take(MOST).partition(is_beside);
    let mut newest: Option<Arc<Base>> = None;
    for path in beside {
        let found = at(path, reading, wanted, observer)?;
        newest = [newest, found].into_iter().flatten().max_by_key(|base| base.version);
    }
    if newest.is_some() {
        return Ok(newest);
    }
    for path in others {
        if let Some(found) = at(path, reading, wanted, observer)? {
            return Ok(Some(found));
        }
    }
    match repair.search.find(OsStr::new(&version_text(wanted)), observer)? {
        Found::Running => at(&repair.running.executable, reading, wanted, observer),
        Found::Other(found) => at(&found.base.executable, reading, wanted, observer),
        Found::Nothing(_) => Ok(None),
    }
}

fn asked_for(
    repair: &Repair<'_>,
    reading: &Reading,
    wanted: &LibraryName,
    python: &OsStr,
    observer: &mut dyn Observer,
) -> Result<Arc<Base>> {
    let path = match repair.search.find(python, observer)? {
        Found::Running => repair.running.executable.clone(),
        Found::Other(found) => found.base.executable.clone(),
        Found::Nothing(why) => return Err(Error::Refused(why)),
    };
    let found = ask(&path, observer)?;
    if fits(&found, reading, wanted) {
        return Ok(found.base);
    }
    Err(Error::Refused(format!(
        "{} can't be the base of {}: its packages are for {} {}.",
        quoted(&path),
        quoted(&reading.directory),
        if wanted.implementation == "python" { "CPython" } else { &wanted.implementation },
        version_text(wanted),
    )))
}

/// The interpreter at that path, if it fits.
fn at(
    path: &Path,
    reading: &Reading,
    wanted: &LibraryName,
    observer: &mut dyn Observer,
) -> Result<Option<Arc<Base>>> {
    if !fs::is_file(path) || !fs::may_execute(path) {
        return Ok(None);
    }
    match ask(path, observer) {
        Ok(found) => Ok(fits(&found, reading, wanted).then_some(found.base)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Asks an interpreter, or its base if it is in an environment itself.
fn ask(path: &Path, observer: &mut dyn Observer) -> Result<Interpreter> {
    let found = query(&fs::absolute(path), observer)?;
    let base = &found.base.executable;
    if *base == found.base.running || base.as_os_str().is_empty() { Ok(found) } else { query(base, observer) }
}

fn fits(found: &Interpreter, reading: &Reading, wanted: &LibraryName) -> bool {
    let base = &found.base;
    let implementation = if wanted.implementation == "python" { "cpython" } else { &wanted.implementation };
    (base.version.major, base.version.minor) == (wanted.major, wanted.minor)
        && found.implementation == implementation
        && base.is_free_threaded() == wanted.abiflags.contains('t')
        && base.platform == reading.platform
        && !fs::real_path(&base.executable).starts_with(&reading.real)
}

/// The paths that the environment itself names: in `pyvenv.cfg`, then the targets of its links.
fn recorded(reading: &Reading, wanted: &LibraryName) -> Vec<PathBuf> {
    let keys = reading.keys();
    let mut found = Vec::new();
    if let Some(home) = reading.home() {
        let own = own_name(reading).map(PathBuf::from);
        let names = [format!("python{}", version_text(wanted)), "python3".to_owned(), "python".to_owned()];
        found.extend(own.into_iter().chain(names.map(PathBuf::from)).map(|name| home.join(name)));
    }
    let recorded = ["base-executable", "executable"].iter().filter_map(|key| keys.get(key));
    found.extend(recorded.map(PathBuf::from));
    let targets = reading.executables.iter().filter_map(|found| found.target.clone());
    found.extend(targets.filter(|target| target.is_absolute()));
    found.retain(|path| path.is_absolute() && !path.starts_with(&reading.directory));
    found
}

/// The name of the executable that leads out of the environment, or that was recorded. If several lead out, it is one
/// that leads to `home`.
pub fn own_name(reading: &Reading) -> Option<OsString> {
    let leading: Vec<_> = reading
        .executables
        .iter()
        .filter(|found| found.target.as_ref().is_some_and(|target| target.components().count() > 1))
        .collect();
    let home = reading.home();
    let leads_home = |found: &&&Executable| {
        let parent = found.target.as_deref().and_then(Path::parent);
        parent.is_some() && parent == home.as_deref()
    };
    let linked = leading.iter().find(leads_home).or_else(|| leading.first());
    let name = linked.and_then(|found| found.path.file_name().map(OsStr::to_owned));
    name.or_else(|| {
        let keys = reading.keys();
        let recorded = command::split(keys.get("command")?)?;
        let name = Path::new(recorded.executable).file_name().filter(|name| is_python(name));
        name.map(OsStr::to_owned)
    })
}
