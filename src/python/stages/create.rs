//! The order of the stages.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::foreign;
use crate::advice::on_incomplete;
use crate::fs;
use crate::python::chosen;
use crate::python::ensurepip;
use crate::python::errors::noted;
use crate::python::modules;
use crate::python::options::{is_set, younger, younger_is_set};
use crate::python::seeding;
use crate::python::timing::Stopwatch;

/// `EnvBuilder.create`: every stage through `self`, in the order that the documentation promises.
pub fn create(builder: &Bound<'_, PyAny>, env_dir: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = builder.py();
    let watch = Stopwatch::new(py)?;
    // The path is made absolute only once, since another thread may change the current directory.
    let env_dir = modules::os_path(py, intern!(py, "abspath"), (env_dir,))?;
    // A value that is no path has no directory either; the first stage refuses it.
    let directory: PathBuf = env_dir.extract().unwrap_or_default();
    if younger_is_set(builder, intern!(py, "with_pip"))? {
        seeding::variables(py)?.check()?;
    }
    let interpreter = chosen::interpreter(builder)?;
    if let Some(interpreter) = &interpreter
        && let Some(why) = interpreter.obstacle(modules::platform(py)?)
    {
        return foreign::create(builder, interpreter, &directory, &why);
    }
    let base = interpreter.map(|interpreter| Arc::clone(&interpreter.base));
    chosen::during(builder, base, || create_with(builder, &env_dir, &directory, &watch))
}

/// Creates the environment by the builder's stages.
fn create_with(
    builder: &Bound<'_, PyAny>,
    env_dir: &Bound<'_, PyAny>,
    directory: &Path,
    watch: &Stopwatch,
) -> PyResult<()> {
    let py = builder.py();
    ensurepip::refuse_without(builder, directory)?;
    let existed = py.detach(|| fs::exists(directory));
    if existed {
        super::executables::check_links(builder, directory)?;
    }
    watch.tell(|| format!("creating an environment in {env_dir:?}"));
    watch.time("create", || Stages { builder, watch }.run(env_dir)).map_err(|why| match why {
        Incomplete::Stage(error) if !existed => tell_what_is_left(py, error, directory),
        Incomplete::Stage(error) | Incomplete::Whole(error) => error,
    })
}

/// The error that ended the creation.
enum Incomplete {
    /// A stage failed, so fastvenv did not complete the environment.
    Stage(PyErr),
    /// The environment is whole, but a later step failed: a subclass's hook, or an upgrade. Its error gets no note.
    Whole(PyErr),
}

impl From<PyErr> for Incomplete {
    fn from(error: PyErr) -> Self {
        Self::Stage(error)
    }
}

/// The stages of one environment, each called through the builder and timed.
struct Stages<'a, 'py> {
    builder: &'a Bound<'py, PyAny>,
    watch: &'a Stopwatch,
}

impl<'py> Stages<'_, 'py> {
    fn call(&self, name: &Bound<'py, PyString>, argument: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.watch.time(name.to_str()?, || self.builder.call_method1(name, (argument,)))
    }

    fn run(&self, env_dir: &Bound<'py, PyAny>) -> Result<(), Incomplete> {
        let (py, builder) = (env_dir.py(), self.builder);
        let context = self.call(intern!(py, "ensure_directories"), env_dir)?;
        self.watch.tell(|| match context.getattr("executable") {
            Ok(base) => format!("the base interpreter is {base:?}"),
            Err(_) => "the context has no base interpreter".to_owned(),
        });
        self.create_ignore_files(&context)?;

        // pip must not find the base's packages while it is installed (bpo-24875).
        let system_site_packages = is_set(builder, intern!(py, "system_site_packages"))?;
        builder.setattr(intern!(py, "system_site_packages"), false)?;
        let completed = self.complete(&context);
        if system_site_packages {
            // It is restored after a failure too, since the builder may be used again.
            builder.setattr(intern!(py, "system_site_packages"), true)?;
            if completed.is_ok() {
                self.call(intern!(py, "create_configuration"), &context)?;
            }
        }
        completed?;
        if younger_is_set(builder, intern!(py, "upgrade_deps"))? {
            self.call(intern!(py, "upgrade_dependencies"), &context).map_err(Incomplete::Whole)?;
        }
        Ok(())
    }

    /// Calls `create_<name>_ignore_file` for each requested version control system.
    fn create_ignore_files(&self, context: &Bound<'py, PyAny>) -> PyResult<()> {
        let py = context.py();
        let Some(names) = younger(self.builder, intern!(py, "scm_ignore_files"))? else { return Ok(()) };
        for name in names.try_iter()? {
            self.call(&PyString::new(py, &format!("create_{}_ignore_file", name?.str()?)), context)?;
        }
        Ok(())
    }

    /// Runs the stages that see an environment without the base's packages.
    fn complete(&self, context: &Bound<'py, PyAny>) -> Result<(), Incomplete> {
        let (py, builder) = (context.py(), self.builder);
        self.call(intern!(py, "create_configuration"), context)?;
        self.call(intern!(py, "setup_python"), context)?;
        if is_set(builder, intern!(py, "with_pip"))? {
            self.call(intern!(py, "_setup_pip"), context)?;
        }
        if !is_set(builder, intern!(py, "upgrade"))? {
            self.call(intern!(py, "setup_scripts"), context)?;
            self.call(intern!(py, "post_setup"), context).map_err(Incomplete::Whole)?;
        }
        Ok(())
    }
}

/// Removes the directory if it is empty; otherwise adds a note about it to the error.
///
/// Its content is kept, as in the standard library: another process may be completing it, and a user may want to see
/// how far the creation got.
fn tell_what_is_left(py: Python<'_>, error: PyErr, directory: &Path) -> PyErr {
    if py.detach(|| fs::remove_if_empty(directory)) {
        return error;
    }
    noted(py, error, &on_incomplete(directory))
}
