//! The environment's folders, and the context that tells where everything stands.

use std::path::{Path, PathBuf};

use pyo3::exceptions::{PyOSError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::folders::create_folders;
use crate::base::{Base, Platform};
use crate::environment::config;
use crate::environment::layout;
use crate::environment::scripts::install;
use crate::error::quoted;
use crate::fs::{self, Made};
use crate::python::child::package;
use crate::python::context::{Context, encoded, new_context, path_text};
use crate::python::errors::noted;
use crate::python::facts;
use crate::python::options::is_set;
use crate::python::scheme::Scheme;
use crate::python::signals::detached;
use crate::seed::Observer;

/// `EnvBuilder.clear_directory`.
pub fn clear_directory(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<()> {
    let path: PathBuf = path.extract()?;
    let cleared = detached(py, |signals| fs::clear_folder(&path, &mut || signals.interrupted()));
    cleared.map_err(|error| match note_of_remains(&path) {
        Some(note) => noted(py, error, &note),
        None => error,
    })
}

/// What a clearing that was cut short has left, some of it by name.
fn note_of_remains(path: &Path) -> Option<String> {
    const SHOWN: usize = 5;
    let names = fs::remains(path);
    let more = names.len().saturating_sub(SHOWN);
    let shown: Vec<_> = names.iter().take(SHOWN).map(|name| quoted(name)).collect();
    let tail = if more == 0 { String::new() } else { format!(" and {more} more") };
    (!shown.is_empty()).then(|| format!("In {} there remain {}{tail}", quoted(path), shown.join(", ")))
}

/// `EnvBuilder._venv_path`.
pub fn venv_path<'py>(
    py: Python<'py>,
    env_dir: &Bound<'py, PyAny>,
    name: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let base = facts::base(py)?;
    path_by(&Scheme::of(py, &base)?, py, &env_dir.extract::<PathBuf>()?, name)
}

pub fn path_by<'py>(
    scheme: &Scheme<'_, 'py>,
    py: Python<'py>,
    folder: &Path,
    name: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let path = scheme.path(folder, name)?;
    facts::os_path(py, intern!(py, "normpath"), (path_text(py, &path)?,))
}

/// `EnvBuilder._same_path`.
pub fn same_path(py: Python<'_>, path1: &Bound<'_, PyAny>, path2: &Bound<'_, PyAny>) -> PyResult<bool> {
    if facts::platform(py)? == Platform::Posix {
        return path1.eq(path2);
    }
    let same = |one, other| normcase(one)?.eq(normcase(other)?);
    Ok(same(path1, path2)? || same(&long_name(path1)?, &long_name(path2)?)?)
}

fn normcase<'py>(path: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    facts::os_path(path.py(), intern!(path.py(), "normcase"), (path,))
}

/// The path without Windows' short names (`PROGRA~1`), if the system can tell.
fn long_name<'py>(path: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = path.py();
    let text = facts::os(py)?.call_method1(intern!(py, "fsdecode"), (path,))?;
    match py.import("_winapi")?.call_method1("GetLongPathName", (text,)) {
        Err(error) if error.is_instance_of::<PyOSError>(py) => Ok(path.clone()),
        told => told,
    }
}

/// `EnvBuilder.ensure_directories`.
pub fn ensure_directories<'py>(
    builder: &Bound<'py, PyAny>,
    env_dir: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = builder.py();
    let base = facts::base(py)?;
    check_name(env_dir, &base)?;
    let folder: PathBuf = env_dir.extract()?;
    let (executable, python_dir, exe_name) = base_interpreter(py, &base)?;
    let env_name = facts::os_path(py, intern!(py, "split"), (env_dir,))?.get_item(1)?;
    let prompt = builder.getattr(intern!(py, "prompt"))?;
    let prompt = if prompt.is_none() { env_name.clone() } else { prompt };
    check_values(env_dir, &prompt, base.platform)?;

    if is_set(builder, intern!(py, "clear"))? && py.detach(|| fs::exists(&folder)) {
        clear(builder, env_dir, &folder, &python_dir)?;
    }
    let made = py.detach(|| fs::ensure_folder(&folder))?;

    let namespace = new_context(py)?;
    let context = Context(&namespace);
    namespace.setattr(intern!(py, "env_dir"), env_dir)?;
    namespace.setattr(intern!(py, "env_name"), env_name)?;
    namespace.setattr(intern!(py, "prompt"), prompt)?;
    namespace.setattr(intern!(py, "executable"), executable)?;
    context.set_path(intern!(py, "python_dir"), &python_dir)?;
    namespace.setattr(intern!(py, "python_exe"), &exe_name)?;

    create_folders(builder, &context, env_dir, (&folder, made), &base)?;
    let bin_path = context.path(intern!(py, "bin_path"))?;
    if made == Made::Before {
        // A run that was killed may have left what it had not finished.
        py.detach(|| [&folder, &bin_path].into_iter().for_each(|folder| fs::sweep(folder)));
    }
    let env_exe = bin_path.join(&exe_name);
    context.set_path(intern!(py, "env_exe"), &env_exe)?;
    context.set_path(intern!(py, "env_exec_cmd"), &command_path(builder, &env_exe, base.platform)?)?;
    Ok(namespace)
}

/// Refuses what can't be in PATH: no script could activate such an environment (gh-102103).
fn check_name(env_dir: &Bound<'_, PyAny>, base: &Base) -> PyResult<()> {
    let Ok(text) = fspath(env_dir)?.cast_into::<PyString>() else {
        return Err(PyTypeError::new_err(
            "the path of an environment must be str or give a str, not bytes: use os.fsdecode",
        ));
    };
    let separator = base.platform.path_separator();
    if text.contains(separator)? {
        let error = PyValueError::new_err(format!(
            "Refusing to create a venv in {text} because it contains the PATH separator {separator}."
        ));
        return Err(noted(env_dir.py(), error, "No script could activate it: choose another folder."));
    }
    Ok(())
}

fn fspath<'py>(path: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    facts::os(path.py())?.call_method1(intern!(path.py(), "fspath"), (path,))
}

/// Refuses what the activation scripts could not say, before anything is deleted or written.
fn check_values(env_dir: &Bound<'_, PyAny>, prompt: &Bound<'_, PyAny>, platform: Platform) -> PyResult<()> {
    let values = [encoded(&fspath(env_dir)?)?, encoded(prompt.str()?.as_any())?];
    Ok(install::check_values(platform, &values.each_ref().map(Vec::as_slice))?)
}

/// The base interpreter, its folder, and the name that its executable has in an environment.
fn base_interpreter<'py>(py: Python<'py>, base: &Base) -> PyResult<(Bound<'py, PyAny>, PathBuf, String)> {
    let executable = facts::base_executable(py)?;
    let absolute: PathBuf = facts::os_path(py, intern!(py, "abspath"), (&executable,))?.extract()?;
    let python_dir = absolute.parent().unwrap_or(Path::new("")).to_owned();
    config::check_home(&python_dir)?;
    let name = absolute.file_name().unwrap_or_default().to_string_lossy();
    Ok((executable, python_dir, layout::executable_name(base.platform, &name)))
}

/// `self.clear_directory`, once it is sure that nobody can have meant otherwise.
///
/// `python_dir` is where the environment's links to the base interpreter will lead. 3.10 takes the interpreter of the
/// environment that it runs in for its base: without it, they would lead to themselves.
fn clear(
    builder: &Bound<'_, PyAny>,
    env_dir: &Bound<'_, PyAny>,
    folder: &Path,
    python_dir: &Path,
) -> PyResult<()> {
    let py = builder.py();
    let home: PathBuf = facts::os_path(py, intern!(py, "expanduser"), ("~",))?.extract()?;
    let base: PathBuf = facts::sys(py, intern!(py, "base_prefix"))?.extract()?;
    let own: PathBuf = package(py)?.getattr(intern!(py, "__file__"))?.extract()?;
    // Without its own folder fastvenv could not fill the environment again: there would be no scripts to install.
    let precious = [
        ("the home folder", home.as_path()),
        ("the base interpreter", base.as_path()),
        ("the base interpreter", python_dir),
        ("fastvenv itself", own.parent().unwrap_or(&own)),
    ];
    py.detach(|| fs::check_clearable(folder, &precious))?;
    builder.call_method1(intern!(py, "clear_directory"), (env_dir,)).map(drop)
}

/// What to run the environment's interpreter by. On Windows a redirected folder may be seen by `CreateFile` and
/// not by `CreateProcess` (bpo-45337), so there it is the real path.
fn command_path(builder: &Bound<'_, PyAny>, env_exe: &Path, platform: Platform) -> PyResult<PathBuf> {
    let py = builder.py();
    if platform == Platform::Posix {
        return Ok(env_exe.to_owned());
    }
    let real: PathBuf = facts::os_path(py, intern!(py, "realpath"), (path_text(py, env_exe)?,))?.extract()?;
    let arguments = (path_text(py, &real)?, path_text(py, env_exe)?);
    if builder.call_method1(intern!(py, "_same_path"), arguments)?.is_truthy()? {
        return Ok(env_exe.to_owned());
    }
    log::warn!(
        target: "fastvenv",
        "Actual environment location may have moved due to redirects, links or junctions.\n  \
         Requested location: \"{}\"\n  Actual location:    \"{}\"",
        env_exe.display(),
        real.display()
    );
    Ok(real)
}
