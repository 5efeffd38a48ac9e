//! The activation scripts, and users' own.

use std::path::{Path, PathBuf};

use pyo3::exceptions::{PyException, PyUnicodeError};
use pyo3::intern;
use pyo3::prelude::*;

use crate::base::Platform;
use crate::environment::scripts::install::{self, Script};
use crate::environment::scripts::placeholders::{self, Values};
use crate::environment::scripts::quoting::Shell;
use crate::error::{Result, quoted};
use crate::fs;
use crate::python::child::package;
use crate::python::context::{Context, decoded, encoded, is_plain, path_text};
use crate::python::facts;
use crate::python::overriding::is_own;

/// `EnvBuilder.setup_scripts`: the scripts that come with `fastvenv`.
pub fn setup_scripts(builder: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = builder.py();
    let module: PathBuf = package(py)?.getattr(intern!(py, "__file__"))?.extract()?;
    let path = module.parent().unwrap_or(Path::new("")).join("scripts");
    let path = facts::os_path(py, intern!(py, "abspath"), (path_text(py, &path)?,))?;
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
    let platform = facts::platform(py)?;
    let bin_path = Context(context).path(intern!(py, "bin_path"))?;
    let scripts = py.detach(|| {
        let scripts = install::scripts_in(&path, platform)?;
        install::check_folders(&bin_path, &scripts)?;
        scripts
            .into_iter()
            .map(|script| Ok((fs::read_template(&script.source)?, script)))
            .collect::<Result<Vec<_>>>()
    })?;
    // What a context of another class says may change from script to script.
    let is_own = is_plain(context)? && is_own(builder, intern!(py, "replace_variables"))?;
    let mut replacing = Replacing { builder, context, is_own, values: None };
    for (template, script) in &scripts {
        install_script(&mut replacing, (template, script), platform, &bin_path)?;
    }
    Ok(())
}

fn install_script(
    replacing: &mut Replacing<'_, '_>,
    (template, script): (&fs::Template, &Script),
    platform: Platform,
    bin_path: &Path,
) -> PyResult<()> {
    let folder = bin_path.join(&script.folder);
    let destination = folder.join(script.source.file_name().unwrap_or_default());
    let mut content = None;
    if !install::is_binary(&script.source, platform) {
        match replacing.replaced(script, &template.content)? {
            Ok(text) => content = Some(text),
            Err(why) => {
                let source = quoted(&script.source);
                log::warn!(target: "fastvenv", "unable to copy script {source}, may be binary: {why}");
                return Ok(());
            }
        }
    }
    let content = content.as_ref().unwrap_or(&template.content);
    let py = replacing.context.py();
    Ok(py.detach(|| install::write_script(template, content, &folder, &destination))?)
}

/// How the variables of a builder's scripts are replaced.
struct Replacing<'a, 'py> {
    builder: &'a Bound<'py, PyAny>,
    context: &'a Bound<'py, PyAny>,
    /// Whether `replace_variables` is fastvenv's own. To make a `str` of each script for it, and bytes of that again,
    /// takes longer than its work.
    is_own: bool,
    /// What it puts in, once that has been read.
    values: Option<Values<Vec<u8>>>,
}

impl Replacing<'_, '_> {
    /// The template with `self.replace_variables` applied, or why it is no text that can be written.
    fn replaced(&mut self, script: &Script, template: &[u8]) -> PyResult<Result<Vec<u8>, String>> {
        let py = self.context.py();
        let text = match std::str::from_utf8(template) {
            Ok(text) => text,
            Err(why) => return Ok(Err(why.to_string())),
        };
        self.context.setattr(intern!(py, "script_path"), path_text(py, &script.source)?)?;
        let replaced = if self.is_own {
            self.replaced_at_once(script, template)
        } else {
            let text = self.builder.call_method1(intern!(py, "replace_variables"), (text, self.context));
            text.and_then(|text| encoded(&text))
        };
        match replaced {
            Err(why) if why.is_instance_of::<PyUnicodeError>(py) => Ok(Err(why.value(py).to_string())),
            replaced => replaced.map(Ok),
        }
    }

    fn replaced_at_once(&mut self, script: &Script, template: &[u8]) -> PyResult<Vec<u8>> {
        let values = match &mut self.values {
            Some(values) => values,
            unread => unread.insert(values(&Context(self.context))?),
        };
        Ok(placeholders::replace(template, values, Shell::of_script(&script.source))?)
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

/// What the context says for the placeholders.
fn values(context: &Context<'_, '_>) -> PyResult<Values<Vec<u8>>> {
    let py = context.0.py();
    Ok(Values {
        env_dir: context.bytes(intern!(py, "env_dir"))?,
        env_name: context.bytes(intern!(py, "env_name"))?,
        // CPython's own tests up to 3.12 make an environment with the prompt `True`.
        prompt: encoded(context.get(intern!(py, "prompt"))?.str()?.as_any())?,
        bin_name: context.bytes(intern!(py, "bin_name"))?,
        env_exe: context.bytes(intern!(py, "env_exe"))?,
    })
}

/// The shell by the script's suffix. Before 3.14 contexts had no `script_path`, and subclasses that call
/// `replace_variables` themselves may not set it: such a script is taken for one of the POSIX shell.
fn shell_of(context: &Context<'_, '_>) -> PyResult<Shell> {
    match context.get(intern!(context.0.py(), "script_path")) {
        Ok(path) => Ok(Shell::of_script(&path.extract::<PathBuf>()?)),
        Err(error) if error.is_instance_of::<PyException>(context.0.py()) => Ok(Shell::Sh),
        Err(error) => Err(error),
    }
}
