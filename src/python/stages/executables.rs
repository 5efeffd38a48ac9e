//! `setup_python` and its helper.

use std::path::{Path, PathBuf};

use pyo3::exceptions::PyAssertionError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::base::{Base, Platform};
use crate::environment::executables::found::{Bin, OtherLinks, Verdict};
use crate::environment::executables::{self, LinkText, Placed, nt};
use crate::error::{Result, quoted};
use crate::fs;
use crate::python::context::{Context, path_text};
use crate::python::errors::lacks_feature;
use crate::python::facts;
use crate::python::options::is_set;
use crate::python::overriding::is_own;
use crate::python::scheme::Scheme;

/// `EnvBuilder.symlink_or_copy`.
pub fn symlink_or_copy(
    builder: &Bound<'_, PyAny>,
    src: &Bound<'_, PyAny>,
    dst: &Bound<'_, PyAny>,
    relative_symlinks_ok: bool,
) -> PyResult<()> {
    let py = builder.py();
    if facts::platform(py)? == Platform::Nt {
        return Err(PyAssertionError::new_err("symlink_or_copy is not for Windows"));
    }
    let (source, destination): (PathBuf, PathBuf) = (src.extract()?, dst.extract()?);
    let link = is_set(builder, intern!(py, "symlinks"))?.then_some(executables::link_or_copy as Link);
    place(py, &source, &destination, link, text(relative_symlinks_ok)).map(drop)
}

/// A way to link, or to copy where that can't be done.
type Link = fn(&Path, &Path, LinkText) -> Result<Placed>;

fn text(is_beside: bool) -> LinkText {
    if is_beside { LinkText::NameAlone } else { LinkText::Whole }
}

/// Links in that way, or copies if there is none.
fn place(
    py: Python<'_>,
    source: &Path,
    destination: &Path,
    link: Option<Link>,
    text: LinkText,
) -> PyResult<Placed> {
    let placed = py.detach(|| match link {
        Some(link) => link(source, destination, text),
        None => fs::copy_contents(source, destination).map(|()| Placed::Copied),
    })?;
    if let Placed::CopiedInstead(why) = &placed {
        log::warn!(target: "fastvenv", "Unable to symlink {} to {}", quoted(source), quoted(destination));
        log::debug!(target: "fastvenv", "copied it instead: {why}");
    }
    Ok(placed)
}

/// `EnvBuilder.setup_python`.
pub fn setup_python(builder: &Bound<'_, PyAny>, context: &Context<'_, '_>) -> PyResult<()> {
    let base = facts::base(builder.py())?;
    match base.platform {
        Platform::Posix => setup_posix(builder, context, &base),
        Platform::Nt => setup_nt(builder, context, &base),
    }
}

fn setup_posix(builder: &Bound<'_, PyAny>, context: &Context<'_, '_>, base: &Base) -> PyResult<()> {
    let py = builder.py();
    let (env_exe, bin_path) = (context.get(intern!(py, "env_exe"))?, context.path(intern!(py, "bin_path"))?);
    let executable = context.get(intern!(py, "executable"))?;
    let (env_exe_path, base_path): (PathBuf, PathBuf) = (env_exe.extract()?, executable.extract()?);
    let upgrades = is_set(builder, intern!(py, "upgrade"))?;
    let bin = Bin {
        path: &bin_path,
        env_exe: &env_exe_path,
        base: &base_path,
        copies: !is_set(builder, intern!(py, "symlinks"))?,
        links: if upgrades { OtherLinks::Renewed } else { OtherLinks::Refused },
    };
    // A link to a Python that has been uninstalled since it started would lead nowhere. A subclass may name one that
    // is not there yet.
    if executable.eq(facts::base_executable(py)?)? {
        py.detach(|| fs::check_presence(&base_path))?;
    }
    let placing =
        Placing { builder, is_own: is_own(builder, intern!(py, "symlink_or_copy"))?, symlinks: !bin.copies };
    placing.place_executable(&executable, &env_exe, &bin)?;
    let mut changed = upgrades;
    for name in executables::posix_names(base) {
        let path = bin_path.join(&name);
        if path == env_exe_path {
            continue;
        }
        match placing.place_alias(&env_exe, &path, &bin) {
            Err(why) if name == executables::OPTIONAL_NAME && lacks_feature(py, &why) => {
                log::debug!(target: "fastvenv", "there is no {name}: {why}");
            }
            placed => changed |= placed? == Verdict::Replaced,
        }
    }
    if changed {
        let with_pip = is_set(builder, intern!(py, "with_pip"))?;
        py.detach(|| bin.remove_outdated(base, with_pip))?;
    }
    Ok(())
}

/// How a builder puts an executable in its place.
struct Placing<'a, 'py> {
    builder: &'a Bound<'py, PyAny>,
    /// Whether `symlink_or_copy` is fastvenv's own, which tells whether it has made a link.
    is_own: bool,
    /// Whether links are asked for.
    symlinks: bool,
}

impl<'py> Placing<'_, 'py> {
    /// The executable itself, from the base interpreter. A subclass's `symlink_or_copy` is called whatever is there.
    fn place_executable(
        &self,
        base: &Bound<'py, PyAny>,
        env_exe: &Bound<'py, PyAny>,
        bin: &Bin<'_>,
    ) -> PyResult<()> {
        let py = self.builder.py();
        if self.links(bin.base, bin.env_exe, LinkText::Whole) {
            return Ok(());
        }
        let verdict = if self.symlinks { py.detach(|| bin.executable())? } else { Verdict::Made };
        match verdict {
            Verdict::Kept if self.is_own => Ok(()),
            _ => self.place(base, env_exe, (bin.base, bin.env_exe), verdict, false),
        }
    }

    /// Another name of the executable.
    fn place_alias(&self, env_exe: &Bound<'py, PyAny>, path: &Path, bin: &Bin<'_>) -> PyResult<Verdict> {
        let py = self.builder.py();
        if self.links(bin.env_exe, path, LinkText::NameAlone) {
            return Ok(Verdict::Made);
        }
        let verdict = py.detach(|| bin.alias(path))?;
        if verdict == Verdict::Kept {
            py.detach(|| executables::finish_copy(bin.env_exe, path))?;
        } else {
            let dst = path_text(py, path)?;
            self.place(env_exe, dst.as_any(), (bin.env_exe, path), verdict, true)?;
        }
        Ok(verdict)
    }

    /// Makes the link if that is all there is to do: in a new environment nothing has the name, and no call is needed
    /// to find out.
    fn links(&self, source: &Path, destination: &Path, text: LinkText) -> bool {
        let link = || executables::link(source, destination, text).is_ok();
        self.is_own && self.symlinks && self.builder.py().detach(link)
    }

    /// `self.symlink_or_copy`. The file that comes of it can be executed.
    fn place(
        &self,
        src: &Bound<'py, PyAny>,
        dst: &Bound<'py, PyAny>,
        (source, path): (&Path, &Path),
        verdict: Verdict,
        is_beside: bool,
    ) -> PyResult<()> {
        let py = self.builder.py();
        if self.is_own {
            let over = verdict == Verdict::Replaced;
            let link: Link = if over { executables::link_or_copy_over } else { executables::link_or_copy };
            let link = self.symlinks.then_some(link);
            if matches!(place(py, source, path, link, text(is_beside))?, Placed::Linked) {
                return Ok(());
            }
        } else {
            if verdict == Verdict::Replaced {
                py.detach(|| executables::remove(path))?;
            }
            let options = PyDict::new(py);
            if is_beside {
                options.set_item(intern!(py, "relative_symlinks_ok"), true)?;
            }
            self.builder.call_method(intern!(py, "symlink_or_copy"), (src, dst), Some(&options))?;
        }
        py.detach(|| fs::make_executable(path))?;
        if !is_beside && !py.detach(|| fs::may_execute(path)) {
            let question = executables::MAY_BE_NOEXEC;
            log::warn!(target: "fastvenv", "{} can't be executed. {question}", quoted(path));
        }
        Ok(())
    }
}

/// Refuses an environment whose links lead to another Python, before anything is written. What a subclass has made of
/// the stages decides later.
pub fn check_links(builder: &Bound<'_, PyAny>, env_dir: &Path) -> PyResult<()> {
    let py = builder.py();
    for stage in ["_venv_path", "ensure_directories", "setup_python"] {
        if !is_own(builder, &PyString::intern(py, stage))? {
            return Ok(());
        }
    }
    let base = facts::base(py)?;
    let renews = is_set(builder, intern!(py, "upgrade"))? || is_set(builder, intern!(py, "clear"))?;
    if renews || base.platform == Platform::Nt {
        return Ok(());
    }
    let executable: PathBuf =
        facts::os_path(py, intern!(py, "abspath"), (facts::base_executable(py)?,))?.extract()?;
    let path = Scheme::of(py, &base)?.path(env_dir, "scripts")?;
    let env_exe = path.join(executable.file_name().unwrap_or_default());
    let copies = !is_set(builder, intern!(py, "symlinks"))?;
    let bin = Bin { path: &path, env_exe: &env_exe, base: &executable, copies, links: OtherLinks::Refused };
    Ok(py.detach(|| bin.check(&base))?)
}

fn setup_nt(builder: &Bound<'_, PyAny>, context: &Context<'_, '_>, base: &Base) -> PyResult<()> {
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
        version: base.version,
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
