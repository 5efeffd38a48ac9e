//! The order of the stages.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::python::facts;
use crate::python::options::{is_set, younger};
use crate::python::timing::Stopwatch;

/// `EnvBuilder.create`: every stage through `self`, in the order that the documentation promises.
pub fn create(builder: &Bound<'_, PyAny>, env_dir: &Bound<'_, PyAny>) -> PyResult<()> {
    let watch = Stopwatch::new(builder.py())?;
    watch.time("create", || run_stages(builder, env_dir, &watch))
}

fn run_stages(builder: &Bound<'_, PyAny>, env_dir: &Bound<'_, PyAny>, watch: &Stopwatch) -> PyResult<()> {
    let py = builder.py();
    let env_dir = facts::os_path(py, "abspath", (env_dir,))?;
    watch.tell(|| format!("creating an environment in {env_dir:?}"));
    let context = watch
        .time("ensure_directories", || builder.call_method1(intern!(py, "ensure_directories"), (env_dir,)))?;
    watch.tell(|| match context.getattr("executable") {
        Ok(base) => format!("the base interpreter is {base:?}"),
        Err(_) => "the context names no base interpreter".to_owned(),
    });
    let stage = |name: &Bound<'_, PyString>| {
        watch.time(name.to_str()?, || builder.call_method1(name, (&context,)).map(drop))
    };

    if let Some(names) = younger(builder, "scm_ignore_files")? {
        for name in names.try_iter()? {
            stage(&PyString::new(py, &format!("create_{}_ignore_file", name?.str()?)))?;
        }
    }

    // pip must not find the base's packages while it is installed (bpo-24875).
    let system_site_packages = is_set(builder, "system_site_packages")?;
    builder.setattr(intern!(py, "system_site_packages"), false)?;
    stage(intern!(py, "create_configuration"))?;
    stage(intern!(py, "setup_python"))?;
    if is_set(builder, "with_pip")? {
        stage(intern!(py, "_setup_pip"))?;
    }
    if !is_set(builder, "upgrade")? {
        stage(intern!(py, "setup_scripts"))?;
        stage(intern!(py, "post_setup"))?;
    }
    if system_site_packages {
        builder.setattr(intern!(py, "system_site_packages"), true)?;
        stage(intern!(py, "create_configuration"))?;
    }
    match younger(builder, "upgrade_deps")? {
        Some(wanted) if wanted.is_truthy()? => stage(intern!(py, "upgrade_dependencies")),
        _ => Ok(()),
    }
}
