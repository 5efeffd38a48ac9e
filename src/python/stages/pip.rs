//! pip and the core packages.

use pyo3::exceptions::PyPermissionError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::create::executables;
use crate::create::upgrade::packages;
use crate::python::child::{self, package};
use crate::python::chosen::{base, is_other};
use crate::python::context::Context;
use crate::python::errors::noted;
use crate::python::overriding::is_own;
use crate::python::{ensurepip, modules, seeding};
use crate::seed::links;

/// `EnvBuilder._setup_pip`: installs pip natively if nothing unusual is requested, otherwise by running `ensurepip` in
/// the new environment.
pub fn setup_pip(builder: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = builder.py();
    if seeding::seed_natively(builder, context)? {
        return Ok(());
    }
    prepare_for_pip(builder, context)?;
    let kwargs = PyDict::new(py);
    let subprocess = package(py)?.getattr(intern!(py, "subprocess"))?;
    kwargs.set_item("stderr", subprocess.getattr(intern!(py, "STDOUT"))?)?;
    let args = (context, "-m", "ensurepip", "--upgrade", "--default-pip");
    match builder.call_method(intern!(py, "_call_new_python"), args, Some(&kwargs)) {
        Ok(_) => Ok(()),
        Err(error) if error.is_instance_of::<PyPermissionError>(py) => {
            let may_execute = match Context(context).path(intern!(py, "env_exe")) {
                Ok(executable) => py.detach(|| crate::fs::may_execute(&executable)),
                Err(_) => true,
            };
            Err(if may_execute { error } else { noted(py, error, executables::MAY_BE_NOEXEC) })
        }
        Err(error) => Err(ensurepip::explain(builder, error)),
    }
}

/// Makes sure that pip doesn't write through links, if the context has the paths where pip is installed.
fn prepare_for_pip(builder: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = context.py();
    let path = |name: &Bound<'_, _>| modules::tolerated(py, Context(context).path(name));
    let (Some(site_packages), Some(bin_path)) =
        (path(intern!(py, "lib_path"))?, path(intern!(py, "bin_path"))?)
    else {
        return Ok(());
    };
    let version = base(builder)?.version;
    Ok(py.detach(|| links::prepare_for_pip(&site_packages, &bin_path, version))?)
}

/// `EnvBuilder.upgrade_dependencies`.
pub fn upgrade_dependencies(builder: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = builder.py();
    prepare_for_pip(builder, context)?;
    let packages = core_packages(builder)?;
    let bin_path = Context(context).get(intern!(py, "bin_path"))?;
    log::debug!(target: "fastvenv", "Upgrading {packages} packages in {bin_path}");
    let words = ["-m", "pip", "install", "--upgrade"].map(|word| PyString::new(py, word).into_any());
    let mut args = Vec::from(words);
    args.extend(packages.try_iter()?.collect::<PyResult<Vec<_>>>()?);
    if is_own(builder, intern!(py, "_call_new_python"))? {
        return upgrade_inside(&Context(context), &PyTuple::new(py, args)?);
    }
    args.insert(0, context.clone());
    builder.call_method1(intern!(py, "_call_new_python"), PyTuple::new(py, args)?).map(drop)
}

/// The packages to upgrade: those that the interpreter's `ensurepip` installs.
fn core_packages<'py>(builder: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = builder.py();
    if is_other(builder)? {
        let names: Vec<_> = packages(base(builder)?.version).collect();
        return Ok(PyTuple::new(py, names)?.into_any());
    }
    package(py)?.getattr(intern!(py, "CORE_VENV_DEPS"))
}

/// Does the same as `_call_new_python`, but hides settings from pip that would make it install elsewhere.
fn upgrade_inside<'py>(context: &Context<'_, 'py>, args: &Bound<'py, PyTuple>) -> PyResult<()> {
    let py = args.py();
    let environ = child::variables(context)?;
    let directory = py.import("fastvenv._pip")?.call_method1("keep_inside", (&environ,))?;
    let upgraded = child::run(context, args, None, &environ);
    let removed = directory.call_method0("cleanup");
    upgraded.and(removed.map(drop))
}
