//! The activation scripts, and users' own.

use std::path::{Path, PathBuf};

use pyo3::exceptions::{PyException, PyUnicodeError};
use pyo3::intern;
use pyo3::prelude::*;

use crate::base::Platform;
use crate::create::scripts::{self, Replaced};
use crate::create::templates;
use crate::environment::scripts::placeholders::{self, Values};
use crate::environment::scripts::quoting::Shell;
use crate::environment::scripts::templates::Script;
use crate::python::child::package_dir;
use crate::python::context::{Context, decoded, encoded, is_namespace, path_text};
use crate::python::modules::{os_path, platform};
use crate::python::overriding::is_own;
use crate::python::signals::{Lines, logged};

/// `EnvBuilder.setup_scripts`: the scripts that come with `fastvenv`.
pub fn setup_scripts(builder: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = builder.py();
    let path = package_dir(py)?.join("scripts");
    let path = os_path(py, intern!(py, "abspath"), (path_text(py, &path)?,))?;
    builder.call_method1(intern!(py, "install_scripts"), (context, path)).map(drop)
}

/// `EnvBuilder.install_scripts`.
pub fn install_scripts(
    builder: &Bound<'_, PyAny>,
    context: &Bound<'_, PyAny>,
    path: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let py = builder.py();
    let path: PathBuf = path.extract()?;
    let platform = platform(py)?;
    let bin_path = Context(context).path(intern!(py, "bin_path"))?;
    // A context of another class may have different values for each script.
    if is_namespace(context)? && is_own(builder, intern!(py, "replace_variables"))? {
        return install_own(context, &path, platform, &bin_path);
    }
    let mut lines = Lines::default();
    let replace = |script: &Script, template: &[u8]| replaced(builder, context, script, template);
    let templates = templates::read(&path, platform)?;
    let done = scripts::install(&templates, platform, &bin_path, replace, &mut lines);
    lines.log();
    done
}

/// Installs scripts if `replace_variables` is fastvenv's own, without calling it. A call would convert each script to
/// `str` and back to bytes, which takes longer than the replacement.
fn install_own(context: &Bound<'_, PyAny>, path: &Path, platform: Platform, bin_path: &Path) -> PyResult<()> {
    let py = context.py();
    // The values are read once. The first script with placeholders reports an error among them.
    let mut values = values(&Context(context));
    let mut last = None;
    let replace = |script: &Script, template: &[u8]| -> PyResult<Replaced> {
        last = Some(script.source.clone());
        match &mut values {
            Ok(values) => Ok(scripts::replaced(script, template, values)?),
            Err(why) => Python::attach(|py| unless_unicode(py, Err(why.clone_ref(py)))),
        }
    };
    let installed = logged(py, |lines| {
        let templates = templates::read(path, platform)?;
        scripts::install(&templates, platform, bin_path, replace, lines)
    });
    if let Some(last) = last {
        context.setattr(intern!(py, "script_path"), path_text(py, &last)?)?;
    }
    installed
}

/// The template with `self.replace_variables` applied, or the reason why it can't be written as text.
fn replaced(
    builder: &Bound<'_, PyAny>,
    context: &Bound<'_, PyAny>,
    script: &Script,
    template: &[u8],
) -> PyResult<Replaced> {
    let py = context.py();
    let text = match std::str::from_utf8(template) {
        Ok(text) => text,
        Err(why) => return Ok(Err(why.to_string())),
    };
    context.setattr(intern!(py, "script_path"), path_text(py, &script.source)?)?;
    let text = builder.call_method1(intern!(py, "replace_variables"), (text, context));
    unless_unicode(py, text.and_then(|text| encoded(&text)))
}

/// Treats text that can't be encoded as a script to skip, not as an error.
fn unless_unicode(py: Python<'_>, text: PyResult<Vec<u8>>) -> PyResult<Replaced> {
    match text {
        Err(why) if why.is_instance_of::<PyUnicodeError>(py) => Ok(Err(why.value(py).to_string())),
        text => text.map(Ok),
    }
}

/// `EnvBuilder.replace_variables`.
pub fn replace_variables<'py>(
    text: &Bound<'py, PyAny>,
    context: &Context<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let script = placeholders::replace(&encoded(text)?, &values(context)?, shell_of(context)?)?;
    decoded(text.py(), &script)
}

/// The context's values for the placeholders.
fn values(context: &Context<'_, '_>) -> PyResult<Values<Vec<u8>>> {
    let py = context.0.py();
    Ok(Values {
        env_dir: context.bytes(intern!(py, "env_dir"))?,
        env_name: context.bytes(intern!(py, "env_name"))?,
        // CPython's own tests up to 3.12 create an environment with the prompt `True`.
        prompt: encoded(context.get(intern!(py, "prompt"))?.str()?.as_any())?,
        bin_name: context.bytes(intern!(py, "bin_name"))?,
        env_exe: context.bytes(intern!(py, "env_exe"))?,
    })
}

/// The shell by the script's suffix. Before 3.14 contexts had no `script_path`, and subclasses that call
/// `replace_variables` themselves may not set it. Such a script counts as one for the POSIX shell.
fn shell_of(context: &Context<'_, '_>) -> PyResult<Shell> {
    match context.get(intern!(context.0.py(), "script_path")) {
        Ok(path) => Ok(Shell::of_script(&path.extract::<PathBuf>()?)),
        Err(error) if error.is_instance_of::<PyException>(context.0.py()) => Ok(Shell::Sh),
        Err(error) => Err(error),
    }
}
