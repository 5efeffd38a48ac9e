//! The folders of an environment: where they are, and that no link is in their place.

use std::io;
use std::path::{Path, PathBuf};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::directories::path_by;
use crate::base::{Base, Version};
use crate::environment::layout;
use crate::error::{Error, Result};
use crate::fs::{self, Made};
use crate::python::context::{Context, path_text};
use crate::python::facts;
use crate::python::options::{is_set, younger};
use crate::python::overriding::is_own;
use crate::python::scheme::Scheme;
use crate::seed::{bundled, links};

/// Makes the folders, and puts their paths in the context. In one that was there before, nothing is made if a link or a
/// file is in the place of any of them.
pub fn create_folders(
    builder: &Bound<'_, PyAny>,
    context: &Context<'_, '_>,
    env_dir: &Bound<'_, PyAny>,
    (folder, made): (&Path, Made),
    base: &Base,
) -> PyResult<()> {
    let py = builder.py();
    // For each folder its own method would ask the interpreter for the same facts again.
    let is_own = is_own(builder, intern!(py, "_venv_path"))?;
    let scheme = is_own.then(|| Scheme::of(py, base)).transpose()?;
    let by_scheme = |name: &str| match &scheme {
        Some(scheme) => path_by(scheme, py, folder, name),
        None => builder.call_method1(intern!(py, "_venv_path"), (env_dir, name)),
    };

    let bin_path = by_scheme("scripts")?;
    let include = if layout::include_is_in_scheme(base.version) {
        by_scheme("include")?
    } else {
        path_text(py, &folder.join(layout::include_name(base.platform)))?.into_any()
    };
    let mut places = Vec::with_capacity(4);
    let mut place = |attribute: &Bound<'_, PyString>, path: &Bound<'_, PyAny>| -> PyResult<()> {
        context.0.setattr(attribute, path)?;
        places.push(path.extract::<PathBuf>()?);
        Ok(())
    };
    place(intern!(py, "inc_path"), &include)?;
    let purelib = by_scheme("purelib")?;
    place(intern!(py, "lib_path"), &purelib)?;
    if layout::has_platlib_folder(base.version) {
        place(intern!(py, "platlib_path"), &by_scheme("platlib")?)?;
    }
    place(intern!(py, "bin_path"), &bin_path)?;
    context.0.setattr(intern!(py, "bin_name"), relative(&bin_path, env_dir, is_own)?)?;

    let is_pip_at_risk = made == Made::Before && installs_pip(builder)?;
    let purelib: Option<PathBuf> = is_pip_at_risk.then(|| purelib.extract()).transpose()?;
    py.detach(|| make(folder, made, &places, purelib.as_deref(), base.version))?;
    if layout::has_lib64_link(base)
        && let Some(why) = py.detach(|| link_lib64(folder))?
    {
        log::debug!(target: "fastvenv", "there is no lib64: {why}");
    }
    Ok(())
}

fn installs_pip(builder: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = builder.py();
    let upgrades_pip =
        younger(builder, intern!(py, "upgrade_deps"))?.map_or(Ok(false), |value| value.is_truthy())?;
    Ok(is_set(builder, intern!(py, "with_pip"))? || upgrades_pip)
}

/// `site_packages` is given where pip may be installed over what is there.
fn make(
    folder: &Path,
    made: Made,
    places: &[PathBuf],
    site_packages: Option<&Path>,
    version: Version,
) -> Result<()> {
    if made == Made::Before {
        fs::check_folders(folder, places.iter().map(PathBuf::as_path))?;
    }
    if let Some(site_packages) = site_packages {
        let packages: Vec<_> =
            bundled::package_folders(version).map(|name| site_packages.join(name)).collect();
        fs::check_folders(folder, packages.iter().map(PathBuf::as_path))?;
        links::refuse_directories(site_packages, version)?;
    }
    for path in places {
        match made {
            Made::Now => fs::ensure_folder_in_new(folder, path)?,
            Made::Before => fs::ensure_folder(path)?,
        };
    }
    Ok(())
}

/// Whatever stands at `lib64` already is left as it is (bpo-21643). Python itself does not need the link, so a file
/// system without links is no error; the result then says why there is none.
fn link_lib64(folder: &Path) -> Result<Option<io::Error>> {
    let link = folder.join("lib64");
    match fs::symlink(Path::new("lib"), &link) {
        Ok(()) => Ok(None),
        Err(_) if fs::exists(&link) => Ok(None),
        Err(Error::Io { source, .. }) if fs::is_lacking(&source) => Ok(Some(source)),
        Err(error) => Err(error),
    }
}

/// `os.path.relpath`, which takes longer than to make the folder. A path of our own is below the environment's, unless
/// that has detours, like `a/../b`.
fn relative<'py>(
    path: &Bound<'py, PyAny>,
    base: &Bound<'py, PyAny>,
    is_own: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = path.py();
    if is_own && let Ok(below) = path.extract::<PathBuf>()?.strip_prefix(base.extract::<PathBuf>()?) {
        return Ok(path_text(py, below)?.into_any());
    }
    facts::os_path(py, intern!(py, "relpath"), (path, base))
}
