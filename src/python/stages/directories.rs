//! The environment's directories, and the context with their paths.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pyo3::exceptions::{PyKeyError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::base::{Base, Directory, Platform};
use crate::create::{clear, directories};
use crate::environment::{Environment, executable_name};
use crate::fs::{self, Made};
use crate::observer::Observer;
use crate::python::base as running;
use crate::python::child::package_dir;
use crate::python::chosen::{base, base_with_scheme, is_other};
use crate::python::context::{Context, encoded, new_context, path_text};
use crate::python::errors::noted;
use crate::python::modules::{os, os_path, platform, sys};
use crate::python::options::{is_set, younger_is_set};
use crate::python::overriding::is_own;
use crate::python::scheme::{asked, has_scheme, normal};
use crate::python::signals::{detached, logged};

/// `EnvBuilder.clear_directory`.
pub fn clear_directory(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<()> {
    let path: PathBuf = path.extract()?;
    let cleared = detached(py, |signals| clear::clear(&path, &mut || signals.interrupted()));
    cleared.map_err(|error| match clear::note_of_remains(&path) {
        Some(note) => noted(py, error, &note),
        None => error,
    })
}

/// `EnvBuilder._venv_path`: the path of a directory in that environment, by `sysconfig`'s name for it.
///
/// # Errors
/// `KeyError` for an unknown name, as from `sysconfig.get_path`.
pub fn venv_path<'py>(
    builder: &Bound<'py, PyAny>,
    env_dir: &Bound<'py, PyAny>,
    name: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let py = builder.py();
    let base = base_with_scheme(builder)?;
    if let Some(directory) = Directory::ALL.into_iter().find(|directory| directory.name() == name) {
        let env_dir = normal(env_dir)?;
        return Ok(path_text(py, &base.directory(directory, &env_dir))?.into_any());
    }
    // Of another interpreter's scheme, only the directories above are known.
    if !has_scheme(&base) || is_other(builder)? {
        return Err(PyKeyError::new_err(name.to_owned()));
    }
    asked(py.import(intern!(py, "sysconfig"))?.as_any(), &base, env_dir, name)
}

/// `EnvBuilder._same_path`.
pub fn same_path(py: Python<'_>, path1: &Bound<'_, PyAny>, path2: &Bound<'_, PyAny>) -> PyResult<bool> {
    if platform(py)? == Platform::Posix {
        return path1.eq(path2);
    }
    let same = |one, other| normcase(one)?.eq(normcase(other)?);
    Ok(same(path1, path2)? || same(&long_name(path1)?, &long_name(path2)?)?)
}

fn normcase<'py>(path: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    os_path(path.py(), intern!(path.py(), "normcase"), (path,))
}

/// The path without Windows' short names (`PROGRA~1`), if the system knows the long ones. Python can ask for them only
/// from 3.12.4 on.
fn long_name<'py>(path: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = path.py();
    let text: PathBuf = os(py)?.call_method1(intern!(py, "fsdecode"), (path,))?.extract()?;
    Ok(path_text(py, &py.detach(|| fs::long_path(&text)))?.into_any())
}

/// `EnvBuilder.ensure_directories`.
pub fn ensure_directories<'py>(
    builder: &Bound<'py, PyAny>,
    env_dir: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = builder.py();
    let is_own = is_own(builder, intern!(py, "_venv_path"))?;
    let base = if is_own { base_with_scheme(builder)? } else { Arc::unwrap_or_clone(base(builder)?) };
    let path = fspath(env_dir)?;
    let directory: PathBuf = env_dir.extract()?;
    let env_name = os_path(py, intern!(py, "split"), (env_dir,))?.get_item(1)?;
    let prompt = builder.getattr(intern!(py, "prompt"))?;
    let prompt = if prompt.is_none() { env_name.clone() } else { prompt };
    directories::check(&base, &encoded(&path)?, &encoded(prompt.str()?.as_any())?)?;
    if is_set(builder, intern!(py, "clear"))? && py.detach(|| fs::exists(&directory)) {
        clear_first(builder, env_dir, &directory, &base)?;
    }
    let made = py.detach(|| fs::ensure_directory(&directory))?;

    let namespace = new_context(py)?;
    let context = Context(&namespace);
    namespace.setattr(intern!(py, "env_dir"), env_dir)?;
    namespace.setattr(intern!(py, "env_name"), env_name)?;
    namespace.setattr(intern!(py, "prompt"), prompt)?;
    namespace.setattr(intern!(py, "executable"), base_executable(builder, &base)?)?;
    context.set_path(intern!(py, "python_dir"), &base.home)?;
    namespace.setattr(intern!(py, "python_exe"), executable_name(&base))?;
    let environment = describe((builder, is_own), &context, env_dir, &directory, &base)?;
    let installs_pip = made == Made::Before
        && (is_set(builder, intern!(py, "with_pip"))?
            || younger_is_set(builder, intern!(py, "upgrade_deps"))?);
    logged(py, |lines| directories::make(&base, &environment, made, installs_pip, lines))?;
    context.set_path(intern!(py, "env_exe"), &environment.executable)?;
    let command = command_path(builder, &environment.executable, base.platform)?;
    context.set_path(intern!(py, "env_exec_cmd"), &command)?;
    Ok(namespace)
}

/// The base interpreter's executable: of the running interpreter the very value that Python has, even `None`.
fn base_executable<'py>(builder: &Bound<'py, PyAny>, base: &Base) -> PyResult<Bound<'py, PyAny>> {
    let py = builder.py();
    if is_other(builder)? {
        return Ok(path_text(py, &base.executable)?.into_any());
    }
    sys(py, intern!(py, "_base_executable"))
}

/// Adds the directories' paths to the context. An overridden `self._venv_path` provides them.
fn describe<'py>(
    (builder, is_own): (&Bound<'py, PyAny>, bool),
    context: &Context<'_, 'py>,
    env_dir: &Bound<'py, PyAny>,
    directory: &Path,
    base: &Base,
) -> PyResult<Environment> {
    let py = builder.py();
    let mut overridden = Vec::new();
    let environment = if is_own {
        Environment::of(base, directory, &normal(env_dir)?)
    } else {
        Environment::by(base, directory, |what| {
            let path = builder.call_method1(intern!(py, "_venv_path"), (env_dir, what.name()))?;
            overridden.push((what, path.clone()));
            path.extract::<PathBuf>()
        })?
    };
    let mut set =
        |name: &Bound<'py, PyString>, what: Directory, path: &Path| -> PyResult<Bound<'py, PyAny>> {
            let place = overridden.iter().position(|(other, _)| *other == what);
            let path = match place {
                Some(place) => overridden.swap_remove(place).1,
                None => path_text(py, path)?.into_any(),
            };
            context.0.setattr(name, &path)?;
            Ok(path)
        };
    set(intern!(py, "inc_path"), Directory::Include, &environment.include)?;
    set(intern!(py, "lib_path"), Directory::Purelib, &environment.purelib)?;
    if let Some(platlib) = &environment.platlib {
        set(intern!(py, "platlib_path"), Directory::Platlib, platlib)?;
    }
    let bin_path = set(intern!(py, "bin_path"), Directory::Scripts, &environment.bin)?;
    context.0.setattr(intern!(py, "bin_name"), relative(&bin_path, env_dir, is_own)?)?;
    Ok(environment)
}

/// `os.path.relpath`, avoided where possible because it takes longer than creating the directory. A path of our own is
/// below the environment's, unless that has detours, like `a/../b`.
fn relative<'py>(
    path: &Bound<'py, PyAny>,
    base: &Bound<'py, PyAny>,
    is_own: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = path.py();
    if is_own && let Ok(below) = path.extract::<PathBuf>()?.strip_prefix(base.extract::<PathBuf>()?) {
        return Ok(path_text(py, below)?.into_any());
    }
    os_path(py, intern!(py, "relpath"), (path, base))
}

/// `os.fspath`, restricted to text: an environment whose path is bytes can't be activated.
fn fspath<'py>(path: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let path = os(path.py())?.call_method1(intern!(path.py(), "fspath"), (path,))?;
    if path.is_instance_of::<PyString>() {
        return Ok(path);
    }
    Err(PyTypeError::new_err(
        "the environment's path must be a str or a path-like object that gives a str, not bytes. Use os.fsdecode.",
    ))
}

/// Calls `self.clear_directory`, after a check that the directory can be the intended one.
fn clear_first(
    builder: &Bound<'_, PyAny>,
    env_dir: &Bound<'_, PyAny>,
    directory: &Path,
    base: &Base,
) -> PyResult<()> {
    check_clear(builder.py(), directory, base)?;
    builder.call_method1(intern!(builder.py(), "clear_directory"), (env_dir,)).map(drop)
}

/// Refuses to clear a directory that this process, the user or the base interpreter needs.
pub fn check_clear(py: Python<'_>, directory: &Path, base: &Base) -> PyResult<()> {
    let home: PathBuf = os_path(py, intern!(py, "expanduser"), ("~",))?.extract()?;
    let package = package_dir(py)?;
    let running = running::base(py)?;
    Ok(py.detach(|| {
        clear::check(&running, directory, &home, &package)?;
        clear::check(base, directory, &home, &package)
    })?)
}

/// The path to run the environment's interpreter by. On Windows it is the real path, since `CreateFile` may see a
/// redirected directory that `CreateProcess` does not (bpo-45337).
fn command_path(builder: &Bound<'_, PyAny>, env_exe: &Path, platform: Platform) -> PyResult<PathBuf> {
    let py = builder.py();
    if platform == Platform::Posix {
        return Ok(env_exe.to_owned());
    }
    let real: PathBuf = os_path(py, intern!(py, "realpath"), (path_text(py, env_exe)?,))?.extract()?;
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
