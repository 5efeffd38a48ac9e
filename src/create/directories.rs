//! Checks and creates the directories of an environment.

use std::path::Path;

use crate::base::{Base, Platform};
use crate::environment::scripts::templates;
use crate::environment::{Environment, config, layout};
use crate::error::{Error, Result};
use crate::fs::{self, Made};
use crate::observer::Observer;
use crate::seed::{bundled, links};

/// Refuses an environment that could not be used, before anything is deleted or written. Its path may be impossible in
/// PATH (gh-102103), its path or prompt impossible in the activation scripts, or its base impossible in `pyvenv.cfg`.
///
/// `path` and `prompt` are the bytes that the scripts would contain.
///
/// # Errors
/// [`Error::PathSeparator`], [`Error::Refused`].
pub fn check(base: &Base, path: &[u8], prompt: &[u8]) -> Result<()> {
    check_path(base.platform, path)?;
    base.executable()?;
    config::check_home(&base.home)?;
    templates::check_values(base.platform, &[path, prompt])
}

fn check_path(platform: Platform, path: &[u8]) -> Result<()> {
    let separator = platform.path_separator();
    let path = String::from_utf8_lossy(path);
    if path.contains(separator) {
        return Err(Error::PathSeparator { path: path.into_owned(), separator });
    }
    Ok(())
}

/// Creates every directory inside the environment. If the environment existed before, links in place of directories
/// are refused first, and files that a killed run left unfinished are removed.
///
/// `installs_pip` means that pip may be installed over existing files.
///
/// # Errors
/// [`Error::NotADirectory`] for a file or link in the way, before anything is created.
pub fn make(
    base: &Base,
    environment: &Environment,
    made: Made,
    installs_pip: bool,
    observer: &mut dyn Observer,
) -> Result<()> {
    let directory = &environment.directory;
    if made == Made::Before {
        check_links(base, environment, installs_pip)?;
    }
    for path in environment.directories() {
        match made {
            Made::Now => fs::ensure_directory_in_new(directory, path)?,
            Made::Before => fs::ensure_directory(path)?,
        };
    }
    if layout::has_lib64_link(base) {
        link_lib64(directory, observer)?;
    }
    if made == Made::Before {
        [directory, &environment.bin].into_iter().for_each(|directory| fs::remove_unfinished(directory));
    }
    Ok(())
}

fn check_links(base: &Base, environment: &Environment, installs_pip: bool) -> Result<()> {
    fs::check_directories(&environment.directory, environment.directories())?;
    if !installs_pip {
        return Ok(());
    }
    let packages = bundled::package_directories(base.version).map(|name| environment.purelib.join(name));
    fs::check_directories(&environment.directory, packages.collect::<Vec<_>>().iter().map(|path| &**path))?;
    links::refuse_directories(&environment.purelib, base.version)
}

/// Creates the link `lib64`, unless something of that name exists (bpo-21643). Python itself doesn't need the link, so
/// a file system without links is not an error.
fn link_lib64(directory: &Path, observer: &mut dyn Observer) -> Result<()> {
    let link = directory.join("lib64");
    match fs::symlink(Path::new("lib"), &link) {
        Err(_) if fs::exists(&link) => Ok(()),
        Err(why) if why.system().is_some_and(fs::is_lacking) => {
            observer.debug(&format!("there is no lib64: {why}"));
            Ok(())
        }
        done => done,
    }
}
