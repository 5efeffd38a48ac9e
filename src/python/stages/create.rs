//! The order of the stages.

use pyo3::intern;
use pyo3::prelude::*;

use crate::python::facts;
use crate::python::options::{is_set, younger};

/// `EnvBuilder.create`: every stage through `self`, in the order that the documentation promises.
pub fn create(builder: &Bound<'_, PyAny>, env_dir: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = builder.py();
    let env_dir = facts::os_path(py, intern!(py, "abspath"), (env_dir,))?;
    let context = builder.call_method1(intern!(py, "ensure_directories"), (env_dir,))?;
    let stage = |name: &Bound<'_, _>| builder.call_method1(name, (&context,)).map(drop);

    create_ignore_files(builder, &context)?;

    // pip must not find the base's packages while it is installed (bpo-24875).
    let system_site_packages = is_set(builder, intern!(py, "system_site_packages"))?;
    builder.setattr(intern!(py, "system_site_packages"), false)?;
    stage(intern!(py, "create_configuration"))?;
    stage(intern!(py, "setup_python"))?;
    if is_set(builder, intern!(py, "with_pip"))? {
        stage(intern!(py, "_setup_pip"))?;
    }
    if !is_set(builder, intern!(py, "upgrade"))? {
        stage(intern!(py, "setup_scripts"))?;
        stage(intern!(py, "post_setup"))?;
    }
    if system_site_packages {
        builder.setattr(intern!(py, "system_site_packages"), true)?;
        stage(intern!(py, "create_configuration"))?;
    }
    match younger(builder, intern!(py, "upgrade_deps"))? {
        Some(wanted) if wanted.is_truthy()? => stage(intern!(py, "upgrade_dependencies")),
        _ => Ok(()),
    }
}

/// `create_<name>_ignore_file` for each version control system that was asked for.
fn create_ignore_files(builder: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = builder.py();
    let Some(names) = younger(builder, intern!(py, "scm_ignore_files"))? else { return Ok(()) };
    for name in names.try_iter()? {
        builder.call_method1(format!("create_{}_ignore_file", name?.str()?).as_str(), (context,))?;
    }
    Ok(())
}
