//! `pyvenv.cfg` and the ignore file.

use std::path::PathBuf;

use pyo3::intern;
use pyo3::prelude::*;

use crate::environment::config::Configuration;
use crate::fs;
use crate::python::context::Context;
use crate::python::facts;
use crate::python::options::{options, prompt_repr};

/// `EnvBuilder.create_configuration`.
pub fn create_configuration(builder: &Bound<'_, PyAny>, context: &Context<'_, '_>) -> PyResult<()> {
    let py = builder.py();
    let env_dir = context.path(intern!(py, "env_dir"))?;
    let path = env_dir.join("pyvenv.cfg");
    context.set_path(intern!(py, "cfg_path"), &path)?;
    let home = context.path(intern!(py, "python_dir"))?;
    let base = facts::base(py)?;
    // The running interpreter, which may itself stand in an environment.
    let executable: PathBuf = facts::sys(py, intern!(py, "executable"))?.extract()?;
    let options = options(builder)?;
    let prompt_repr = prompt_repr(builder)?;
    py.detach(|| {
        let configuration = Configuration {
            home: &home,
            version: base.version,
            prompt_repr,
            real_executable: &fs::real_path(&executable),
            executable: &executable,
            env_dir: &env_dir,
            platform: base.platform,
            options: &options,
        };
        fs::write(&path, configuration.render()?.as_bytes())
    })?;
    Ok(())
}

const GIT_IGNORE: &str = "# Created by venv; see https://docs.python.org/3/library/venv.html\n*\n";

/// `EnvBuilder.create_git_ignore_file`.
pub fn create_git_ignore_file(py: Python<'_>, context: &Context<'_, '_>) -> PyResult<()> {
    let path = context.path(intern!(py, "env_dir"))?.join(".gitignore");
    Ok(py.detach(|| fs::write(&path, GIT_IGNORE.as_bytes()))?)
}
