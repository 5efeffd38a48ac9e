//! An `ensurepip` that is missing or fails.

use std::path::Path;
use std::process::Command;

use super::child::{self, Kept};
use crate::advice::Failure;
use crate::base::{Base, Directory, Version};
use crate::error::{Error, Result};
use crate::fs;
use crate::observer::Observer;
use crate::seed::{Prospect, Variables};

/// Reports whether this Python has `ensurepip`, which a distribution may have removed.
pub fn is_there(base: &Base) -> bool {
    fs::exists(&base.ensurepip().join("__main__.py"))
}

/// The advice for an `ensurepip` that failed. Debian and its relatives ship it in a separate package. If that is
/// missing, the advice names it.
pub fn advice(base: &Base) -> String {
    if is_there(base) {
        return "ensurepip could not install pip. Its output, in the error's `output`, says why. \
                Fix the cause, then create the environment again, or create it without pip."
            .to_owned();
    }
    let Version { major, minor, .. } = base.version;
    format!(
        "This Python has no ensurepip, so pip can't be installed. On Debian and Ubuntu it is a separate \
         package:\n\n    apt install python{major}.{minor}-venv\n\nInstall it, then create the environment again, or \
         create it without pip."
    )
}

/// Fails if pip can't be installed, before anything is written or cleared. `directory` is the environment's;
/// `is_kept` says that its contents stay.
///
/// # Errors
/// The error of `ensurepip`, run by the base interpreter: it may import `ensurepip` from elsewhere, such as a zip file.
pub fn require(
    base: &Base,
    variables: &Variables,
    (directory, is_kept): (&Path, bool),
    observer: &mut dyn Observer,
) -> Result<(), Failure> {
    if is_there(base) {
        return Ok(());
    }
    let site_packages = base.directory(Directory::Purelib, directory);
    let prospect = Prospect { base, variables, site_packages: is_kept.then_some(&site_packages) };
    if base.is_cpython && prospect.is_good() {
        return Ok(());
    }
    let mut command = Command::new(&base.executable);
    command.args(["-I", "-m", "ensurepip", "--version"]);
    match child::run(command, Kept::Both, observer) {
        // An interpreter that can't be started causes its own error later.
        Ok(()) | Err(Error::Start { .. }) => Ok(()),
        Err(error) => Err(explained(error, base)),
    }
}

/// Adds the advice, if `ensurepip` has failed.
pub fn explained(error: Error, base: &Base) -> Failure {
    match error {
        Error::Child { .. } => Failure::from(error).noted(advice(base)),
        error => error.into(),
    }
}
