//! `pyvenv.cfg` and the ignore file.

use pyo3::intern;
use pyo3::prelude::*;

use crate::create::configuration;
use crate::python::chosen::base;
use crate::python::context::Context;
use crate::python::modules::platform;
use crate::python::options::{options, prompt_repr};

/// `EnvBuilder.create_configuration`.
pub fn create_configuration(builder: &Bound<'_, PyAny>, context: &Context<'_, '_>) -> PyResult<()> {
    let py = builder.py();
    let env_dir = context.path(intern!(py, "env_dir"))?;
    let path = env_dir.join("pyvenv.cfg");
    context.set_path(intern!(py, "cfg_path"), &path)?;
    let home = context.path(intern!(py, "python_dir"))?;
    let (base, options, prompt) = (base(builder)?, options(builder)?, prompt_repr(builder)?);
    Ok(py.detach(|| configuration::write(&path, &base, &env_dir, &home, prompt.as_deref(), &options))?)
}

/// `EnvBuilder.create_git_ignore_file`.
pub fn create_git_ignore_file(py: Python<'_>, context: &Context<'_, '_>) -> PyResult<()> {
    let env_dir = context.path(intern!(py, "env_dir"))?;
    let platform = platform(py)?;
    Ok(py.detach(|| configuration::write_git_ignore(platform, &env_dir))?)
}
