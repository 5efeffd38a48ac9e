//! `setup_python` and its helper.

use std::path::PathBuf;

use pyo3::exceptions::PyAssertionError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::quoted;
use crate::executables::{self, LinkText, Placed, nt};
use crate::fs;
use crate::interpreter::{Interpreter, Platform};
use crate::python::context::{Context, path_text};
use crate::python::errors::lacks_feature;
use crate::python::facts;
use crate::python::options::is_set;
use crate::python::overriding::is_own;

/// `EnvBuilder.symlink_or_copy`. Tells what became of it, which Python's method doesn't.
pub fn symlink_or_copy(
    builder: &Bound<'_, PyAny>,
    src: &Bound<'_, PyAny>,
    dst: &Bound<'_, PyAny>,
    relative_symlinks_ok: bool,
) -> PyResult<Placed> {
    let py = builder.py();
    if facts::platform(py)? == Platform::Nt {
        return Err(PyAssertionError::new_err("symlink_or_copy is not for Windows"));
    }
    let (source, destination): (PathBuf, PathBuf) = (src.extract()?, dst.extract()?);
    let symlinks = is_set(builder, intern!(py, "symlinks"))?;
    let text = if relative_symlinks_ok { LinkText::NameAlone } else { LinkText::Whole };
    let placed = py.detach(|| {
        if symlinks {
            executables::link_or_copy(&source, &destination, text)
        } else {
            fs::copy_contents(&source, &destination).map(|()| Placed::Copied)
        }
    })?;
    if let Placed::CopiedInstead(why) = &placed {
        log::warn!(target: "fastvenv", "Unable to symlink {} to {}", quoted(&source), quoted(&destination));
        log::debug!(target: "fastvenv", "copied it instead: {why}");
    }
    Ok(placed)
}

/// `EnvBuilder.setup_python`.
pub fn setup_python(builder: &Bound<'_, PyAny>, context: &Context<'_, '_>) -> PyResult<()> {
    let interpreter = facts::interpreter(builder.py())?;
    match interpreter.platform {
        Platform::Posix => setup_posix(builder, context, &interpreter),
        Platform::Nt => setup_nt(builder, context, &interpreter),
    }
}

fn setup_posix(
    builder: &Bound<'_, PyAny>,
    context: &Context<'_, '_>,
    interpreter: &Interpreter,
) -> PyResult<()> {
    let py = builder.py();
    let placing = Placing { builder, is_own: is_own(builder, intern!(py, "symlink_or_copy"))? };
    let (env_exe, bin_path) = (context.get(intern!(py, "env_exe"))?, context.path(intern!(py, "bin_path"))?);
    placing.place(&context.get(intern!(py, "executable"))?, &env_exe, false)?;
    let executable: PathBuf = env_exe.extract()?;
    for name in executables::posix_names(interpreter) {
        let path = bin_path.join(&name);
        if !py.detach(|| fs::exists(&path)) {
            match placing.place(&env_exe, path_text(py, &path)?.as_any(), true) {
                Err(why) if name == executables::OPTIONAL_NAME && lacks_feature(py, &why) => {
                    log::debug!(target: "fastvenv", "there is no {name}: {why}");
                }
                placed => placed?,
            }
        } else if path != executable {
            py.detach(|| executables::finish_copy(&executable, &path))?;
        }
    }
    Ok(())
}

/// How a builder puts an executable in its place.
struct Placing<'a, 'py> {
    builder: &'a Bound<'py, PyAny>,
    /// Whether `symlink_or_copy` is fastvenv's own, which tells whether it has made a link.
    is_own: bool,
}

impl<'py> Placing<'_, 'py> {
    /// `self.symlink_or_copy`. What comes of it can be executed.
    fn place(&self, src: &Bound<'py, PyAny>, dst: &Bound<'py, PyAny>, is_beside: bool) -> PyResult<()> {
        let py = self.builder.py();
        if self.is_own {
            if matches!(symlink_or_copy(self.builder, src, dst, is_beside)?, Placed::Linked) {
                return Ok(());
            }
        } else {
            let options = PyDict::new(py);
            if is_beside {
                options.set_item(intern!(py, "relative_symlinks_ok"), true)?;
            }
            self.builder.call_method(intern!(py, "symlink_or_copy"), (src, dst), Some(&options))?;
        }
        let path: PathBuf = dst.extract()?;
        Ok(py.detach(|| fs::make_executable(&path))?)
    }
}

fn setup_nt(
    builder: &Bound<'_, PyAny>,
    context: &Context<'_, '_>,
    interpreter: &Interpreter,
) -> PyResult<()> {
    let py = builder.py();
    let (python_dir, bin_path) =
        (context.path(intern!(py, "python_dir"))?, context.path(intern!(py, "bin_path"))?);
    let env_exe = context.path(intern!(py, "env_exe"))?;
    let exe_name = env_exe.file_name().unwrap_or_default().to_string_lossy();
    let is_build = facts::is_python_build(py)?;
    let launchers_dir = if is_build { python_dir.clone() } else { facts::launchers_dir(py)? };
    let base = nt::Base {
        python_dir: &python_dir,
        files: &py.detach(|| fs::list(&python_dir))?.files,
        launchers_dir: &launchers_dir,
        is_build,
        version: interpreter.version,
        free_threaded: facts::is_free_threaded(py)?,
        exe_name: &exe_name,
    };
    let plan = nt::plan(&base);
    if is_set(builder, intern!(py, "symlinks"))? {
        match py.detach(|| nt::link_all(&plan, &bin_path)) {
            Ok(()) => return copy_tcl(py, context, is_build),
            Err(errors) => warn_of_links(&errors),
        }
    }
    for error in py.detach(|| nt::copy_all(&plan, &bin_path)) {
        log::warn!(target: "fastvenv", "Unable to copy a launcher: {error}");
    }
    copy_tcl(py, context, is_build)
}

fn warn_of_links(errors: &[crate::error::Error]) {
    for (index, error) in errors.iter().enumerate() {
        let what = if index == 0 { "Unable to symlink" } else { "Failed to clean up symlink" };
        log::warn!(target: "fastvenv", "{what}: {error}");
    }
    log::warn!(target: "fastvenv", "Retrying with copies");
}

/// A build tree's Tcl is found only if `init.tcl` stands in the environment too.
fn copy_tcl(py: Python<'_>, context: &Context<'_, '_>, is_build: bool) -> PyResult<()> {
    if !is_build {
        return Ok(());
    }
    let (python_dir, env_dir) =
        (context.path(intern!(py, "python_dir"))?, context.path(intern!(py, "env_dir"))?);
    Ok(py.detach(|| nt::copy_tcl(&python_dir, &env_dir))?)
}
