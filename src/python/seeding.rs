//! pip the native way, where nothing unusual is asked for: everything that only Python objects can tell is asked
//! here, and the core does the rest.

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::context::Context;
use super::facts::{self, tolerated};
use super::overriding::is_own;
use super::patching::is_subprocess_patched;
use super::scheme::Scheme;
use super::signals::detached;
use crate::seed::{Outcome, Request, Variables, seed};

/// What has to be fastvenv's own for the native way to be taken.
const STAGES: [&str; 4] = ["_setup_pip", "_call_new_python", "setup_python", "_venv_path"];

/// Installs pip natively. False if `ensurepip` must do it; why is then logged.
pub fn seed_natively(builder: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = builder.py();
    let request = match request(builder, &Context(context))? {
        Ok(request) => request,
        Err(reason) => {
            log::debug!(target: "fastvenv", "pip is installed by ensurepip, because {reason}");
            return Ok(false);
        }
    };
    match detached(py, |signals| seed(&request, signals))? {
        Outcome::Seeded { origin, link_mode } => {
            let mode = link_mode.name();
            log::debug!(target: "fastvenv", "pip is installed natively (files: {mode}, origin: {origin:?})");
            Ok(true)
        }
        Outcome::NotServed(reason) => {
            log::debug!(target: "fastvenv", "pip is installed by ensurepip, because {reason}");
            Ok(false)
        }
    }
}

/// What to ask the core for, or why not to.
fn request(builder: &Bound<'_, PyAny>, context: &Context<'_, '_>) -> PyResult<Result<Request, &'static str>> {
    let py = builder.py();
    if !has_own_stages(builder, &STAGES)? {
        return Ok(Err("a stage is overridden"));
    }
    if is_subprocess_patched(py)? {
        return Ok(Err("subprocess is patched"));
    }
    let implementation = facts::sys(py, intern!(py, "implementation"))?;
    if !facts::is_cpython(py)? {
        return Ok(Err("this is not CPython"));
    }
    let base = facts::base(py)?;
    let scheme = Scheme::of(py, &base)?;
    let Some(paths) = own_paths(context, &scheme)? else {
        return Ok(Err("the context is not as fastvenv made it"));
    };
    // All that is read of the process's environment is read here, where no other thread of Python changes it.
    let variables = variables(py)?;
    let machinery = py.import(intern!(py, "_frozen_importlib_external"))?;
    Ok(Ok(Request {
        platform: base.platform,
        version: base.version,
        macos: base.macos,
        base_executable: facts::base_executable(py)?.extract()?,
        abiflags: base.abiflags.clone(),
        cache_tag: implementation.getattr(intern!(py, "cache_tag"))?.extract()?,
        magic: machinery.getattr(intern!(py, "MAGIC_NUMBER"))?.extract()?,
        ensurepip: facts::ensurepip_dir(py)?,
        wheel_pkg_dir: facts::wheel_pkg_dir(py)?,
        site_packages: scheme.path(&paths.env_dir, "purelib")?,
        config: paths.env_dir.join("pyvenv.cfg"),
        bin_path: paths.bin_path,
        env_exe: paths.env_exe,
        cache_folder: variables.cache_folder(),
        variables,
    }))
}

/// Tells whether these stages do what they do by default: none is overridden, nor is `subprocess` patched.
pub fn is_plain(builder: &Bound<'_, PyAny>, stages: &[&str]) -> PyResult<bool> {
    Ok(has_own_stages(builder, stages)? && !is_subprocess_patched(builder.py())?)
}

/// Whether no stage is overridden that the native way stands in for.
fn has_own_stages(builder: &Bound<'_, PyAny>, stages: &[&str]) -> PyResult<bool> {
    for name in stages {
        if !is_own(builder, &PyString::intern(builder.py(), name))? {
            return Ok(false);
        }
    }
    Ok(true)
}

struct Paths {
    env_dir: PathBuf,
    bin_path: PathBuf,
    env_exe: PathBuf,
}

/// The context's paths, if they are those that `ensure_directories` gives.
fn own_paths(context: &Context<'_, '_>, scheme: &Scheme<'_, '_>) -> PyResult<Option<Paths>> {
    let py = context.0.py();
    let attribute = |name: &Bound<'_, _>| tolerated(py, context.path(name));
    let (Some(env_dir), Some(bin_path), Some(env_exe), Some(env_exec_cmd)) = (
        attribute(intern!(py, "env_dir"))?,
        attribute(intern!(py, "bin_path"))?,
        attribute(intern!(py, "env_exe"))?,
        attribute(intern!(py, "env_exec_cmd"))?,
    ) else {
        // A partial context is a subclass's own.
        return Ok(None);
    };
    let own = bin_path == scheme.path(&env_dir, "scripts")?
        && attribute(intern!(py, "python_exe"))?.is_some_and(|name| env_exe == bin_path.join(name))
        && env_exe == env_exec_cmd
        && attribute(intern!(py, "executable"))? == Some(facts::base_executable(py)?.extract()?);
    Ok(own.then_some(Paths { env_dir, bin_path, env_exe }))
}

/// The variables that matter, from `os.environ`: what `ensurepip` would inherit.
pub fn variables(py: Python<'_>) -> PyResult<Variables> {
    let environ = facts::os(py)?.getattr(intern!(py, "environ"))?;
    Variables::from_lookup(|name| {
        environ.call_method1(intern!(py, "get"), (name,))?.extract::<Option<OsString>>()
    })
}
