//! `setup_python` and its helper.

use std::path::{Path, PathBuf};

use pyo3::exceptions::PyAssertionError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::base::Platform;
use crate::create::executables::found::{Bin, OtherLinks};
use crate::create::executables::{self, LinkText, Own, Placed, Placer, nt};
use crate::environment::Environment;
use crate::fs;
use crate::python::chosen::{base, base_for_launchers, base_with_scheme};
use crate::python::context::{Context, path_text};
use crate::python::errors::lacks_feature;
use crate::python::modules::platform;
use crate::python::options::is_set;
use crate::python::overriding::is_own;
use crate::python::seeding::has_own_stages;
use crate::python::signals::{Lines, logged};

/// `EnvBuilder.symlink_or_copy`.
pub fn symlink_or_copy(
    builder: &Bound<'_, PyAny>,
    src: &Bound<'_, PyAny>,
    dst: &Bound<'_, PyAny>,
    relative_symlinks_ok: bool,
) -> PyResult<()> {
    let py = builder.py();
    if platform(py)? == Platform::Nt {
        return Err(PyAssertionError::new_err("symlink_or_copy does not work on Windows"));
    }
    let (source, destination): (PathBuf, PathBuf) = (src.extract()?, dst.extract()?);
    let symlinks = is_set(builder, intern!(py, "symlinks"))?;
    let text = if relative_symlinks_ok { LinkText::NameAlone } else { LinkText::Whole };
    logged(py, |lines| executables::symlink_or_copy(&source, &destination, symlinks, text, lines))
}

/// `EnvBuilder.setup_python`.
pub fn setup_python(builder: &Bound<'_, PyAny>, context: &Context<'_, '_>) -> PyResult<()> {
    let py = builder.py();
    let bin_path = context.path(intern!(py, "bin_path"))?;
    let env_exe = context.path(intern!(py, "env_exe"))?;
    let executable = context.path(intern!(py, "executable"));
    let copies = !is_set(builder, intern!(py, "symlinks"))?;
    let upgrades = is_set(builder, intern!(py, "upgrade"))?;
    let links = if upgrades { OtherLinks::Renewed } else { OtherLinks::Refused };
    if platform(py)? == Platform::Nt {
        let bin = Bin { path: &bin_path, env_exe: &env_exe, base: Path::new(""), copies, links };
        return setup_nt(builder, context, &bin);
    }
    let executable = executable?;
    let bin = Bin { path: &bin_path, env_exe: &env_exe, base: &executable, copies, links };
    setup_posix(builder, context, &bin)
}

fn setup_posix(builder: &Bound<'_, PyAny>, context: &Context<'_, '_>, bin: &Bin<'_>) -> PyResult<()> {
    let py = builder.py();
    let base = &*base(builder)?;
    let with_pip = is_set(builder, intern!(py, "with_pip"))?;
    if is_own(builder, intern!(py, "symlink_or_copy"))? {
        let mut own = Own { symlinks: !bin.copies };
        return logged(py, |lines| executables::set_up(base, bin, with_pip, &mut own, lines));
    }
    let mut overridden = Overridden {
        builder,
        executable: context.get(intern!(py, "executable"))?,
        env_exe: context.get(intern!(py, "env_exe"))?,
    };
    let mut lines = Lines::default();
    let done = executables::set_up(base, bin, with_pip, &mut overridden, &mut lines);
    lines.log();
    done
}

/// A subclass's `symlink_or_copy`, which is called even if the target exists.
struct Overridden<'a, 'py> {
    builder: &'a Bound<'py, PyAny>,
    executable: Bound<'py, PyAny>,
    env_exe: Bound<'py, PyAny>,
}

impl Placer for Overridden<'_, '_> {
    type Error = PyErr;
    const IS_OWN: bool = false;

    fn place(&mut self, _source: &Path, destination: &Path, over: bool, text: LinkText) -> PyResult<Placed> {
        let py = self.builder.py();
        if over {
            executables::remove(destination)?;
        }
        let options = PyDict::new(py);
        let source = match text {
            LinkText::Whole => &self.executable,
            LinkText::NameAlone => {
                options.set_item(intern!(py, "relative_symlinks_ok"), true)?;
                &self.env_exe
            }
        };
        let destination = if text == LinkText::Whole {
            self.env_exe.clone()
        } else {
            path_text(py, destination)?.into_any()
        };
        self.builder.call_method(intern!(py, "symlink_or_copy"), (source, destination), Some(&options))?;
        Ok(Placed::Otherwise)
    }

    fn lacks_feature(error: &PyErr) -> bool {
        Python::attach(|py| lacks_feature(py, error))
    }
}

fn setup_nt(builder: &Bound<'_, PyAny>, context: &Context<'_, '_>, bin: &Bin<'_>) -> PyResult<()> {
    let py = context.0.py();
    let base = base_for_launchers(builder)?;
    let python_dir = context.path(intern!(py, "python_dir"))?;
    // Only a build tree needs it.
    let env_dir = if base.build.is_tree { context.path(intern!(py, "env_dir"))? } else { PathBuf::new() };
    logged(py, |lines| nt::set_up(&base, &python_dir, (&env_dir, bin), lines))
}

/// Refuses an environment whose links lead to another Python, before anything is written. If a subclass overrides the
/// stages, they decide later.
pub fn check_links(builder: &Bound<'_, PyAny>, env_dir: &Path) -> PyResult<()> {
    let py = builder.py();
    if !has_own_stages(builder, &["_venv_path", "ensure_directories", "setup_python"])? {
        return Ok(());
    }
    let base = base_with_scheme(builder)?;
    let renews = is_set(builder, intern!(py, "upgrade"))? || is_set(builder, intern!(py, "clear"))?;
    if renews || base.platform == Platform::Nt {
        return Ok(());
    }
    let executable = fs::absolute(base.executable()?);
    let environment = Environment::of(&base, env_dir, env_dir);
    let bin = Bin {
        path: &environment.bin,
        env_exe: &environment.executable,
        base: &executable,
        copies: !is_set(builder, intern!(py, "symlinks"))?,
        links: OtherLinks::Refused,
    };
    Ok(py.detach(|| bin.check(&base))?)
}
