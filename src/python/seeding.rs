//! Installing pip natively if nothing unusual is requested. The border checks the Python objects, and the core does the
//! rest.

use std::ffi::OsString;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::chosen::{base, base_for_pip};
use super::context::Context;
use super::modules::{os, tolerated};
use super::overriding::is_own;
use super::patching::is_subprocess_patched;
use super::scheme::normal;
use super::signals::detached;
use crate::base::Base;
use crate::create::pip;
use crate::environment::Environment;
use crate::seed::{Request, Variables};

/// The methods that must be fastvenv's own before pip is placed natively.
const STAGES: [&str; 4] = ["_setup_pip", "_call_new_python", "setup_python", "_venv_path"];

/// Installs pip natively. Returns false, and logs the reason, if `ensurepip` must do it.
pub fn seed_natively(builder: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = builder.py();
    if let Some(reason) = unusual(builder)? {
        return by_ensurepip(reason);
    }
    let base = base_for_pip(builder)?;
    let Some(environment) = own_environment(&Context(context), &base)? else {
        return by_ensurepip("the context has changed since fastvenv made it");
    };
    // The process's environment is read only here, where no other Python thread changes it.
    let variables = variables(py)?;
    let cache_directory = variables.cache_directory();
    let request = Request {
        base: &base,
        environment: &environment,
        variables: &variables,
        cache_directory: cache_directory.as_deref(),
    };
    detached(py, |signals| pip::place(request, signals))
}

fn by_ensurepip(reason: &str) -> PyResult<bool> {
    log::debug!(target: "fastvenv", "{}", pip::by_ensurepip(reason));
    Ok(false)
}

/// The reason, if any, why this builder or interpreter does not allow pip to be placed natively.
fn unusual(builder: &Bound<'_, PyAny>) -> PyResult<Option<&'static str>> {
    Ok(if !has_own_stages(builder, &STAGES)? {
        Some("a stage is overridden")
    } else if is_subprocess_patched(builder.py())? {
        Some("subprocess is patched")
    } else if !base(builder)?.is_cpython {
        Some("this is not CPython")
    } else {
        None
    })
}

/// Reports whether these stages have their default behaviour: none is overridden, and `subprocess` is not patched.
pub fn has_default_stages(builder: &Bound<'_, PyAny>, stages: &[&str]) -> PyResult<bool> {
    Ok(has_own_stages(builder, stages)? && !is_subprocess_patched(builder.py())?)
}

/// Reports whether none of these stages is overridden.
pub fn has_own_stages(builder: &Bound<'_, PyAny>, stages: &[&str]) -> PyResult<bool> {
    for name in stages {
        if !is_own(builder, &PyString::intern(builder.py(), name))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The environment that the context describes, if its paths are those from `ensure_directories`.
fn own_environment(context: &Context<'_, '_>, base: &Base) -> PyResult<Option<Environment>> {
    let py = context.0.py();
    let attribute = |name: &Bound<'_, _>| tolerated(py, context.path(name));
    let paths = (
        attribute(intern!(py, "env_dir"))?,
        attribute(intern!(py, "bin_path"))?,
        attribute(intern!(py, "env_exe"))?,
        attribute(intern!(py, "env_exec_cmd"))?,
        attribute(intern!(py, "python_exe"))?,
        attribute(intern!(py, "executable"))?,
    );
    let (
        Some(env_dir),
        Some(bin_path),
        Some(env_exe),
        Some(env_exec_cmd),
        Some(python_exe),
        Some(executable),
    ) = paths
    else {
        // Only a subclass makes a partial context.
        return Ok(None);
    };
    let normal = normal(&context.get(intern!(py, "env_dir"))?)?;
    let environment = Environment { executable: env_exe, ..Environment::of(base, &env_dir, &normal) };
    let own = bin_path == environment.bin
        && environment.executable == bin_path.join(python_exe)
        && environment.executable == env_exec_cmd
        && executable == base.executable;
    Ok(own.then_some(environment))
}

/// The variables that matter, from `os.environ`, which `ensurepip` would inherit.
pub fn variables(py: Python<'_>) -> PyResult<Variables> {
    let environ = os(py)?.getattr(intern!(py, "environ"))?;
    Variables::from_lookup(|name| {
        environ.call_method1(intern!(py, "get"), (name,))?.extract::<Option<OsString>>()
    })
}
