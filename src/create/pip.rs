//! Installs pip: natively if the result equals that of `ensurepip`, otherwise by `ensurepip`.

use std::fmt::Display;

use super::child::{self, Kept};
use super::ensurepip;
use super::executables::MAY_BE_NOEXEC;
use crate::advice::Failure;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs;
use crate::observer::Observer;
use crate::seed::{Outcome, Request, links, seed};

/// Installs pip into an environment (`EnvBuilder._setup_pip`).
///
/// # Errors
/// As from [`place`], [`links::prepare_for_pip`] and [`run_ensurepip`].
pub fn install(request: Request<'_>, observer: &mut dyn Observer) -> Result<(), Failure> {
    if place(request, observer)? {
        return Ok(());
    }
    let Environment { purelib, bin, executable, .. } = request.environment;
    links::prepare_for_pip(purelib, bin, request.base.version)?;
    run_ensurepip(request.environment, observer).map_err(|error| match error {
        Error::Start { .. } if !fs::may_execute(executable) => {
            Failure::from(error).noted(MAY_BE_NOEXEC.to_owned())
        }
        error => ensurepip::explained(error, request.base),
    })
}

/// Installs pip natively. Returns false if `ensurepip` must do it, and logs the reason to the observer.
///
/// # Errors
/// As from [`seed`].
pub fn place(request: Request<'_>, observer: &mut dyn Observer) -> Result<bool> {
    let outcome = seed(request, observer)?;
    observer.debug(&match &outcome {
        Outcome::Seeded { origin, link_mode } => {
            format!("pip is installed natively (files: {}, origin: {origin:?})", link_mode.name())
        }
        Outcome::NotServed(reason) => by_ensurepip(reason),
    });
    Ok(matches!(outcome, Outcome::Seeded { .. }))
}

/// The debug message for an installation by `ensurepip`.
pub fn by_ensurepip(reason: impl Display) -> String {
    format!("pip is installed by ensurepip, because {reason}")
}

/// Runs `ensurepip` in the environment.
///
/// # Errors
/// As from [`child::run`].
pub fn run_ensurepip(environment: &Environment, observer: &mut dyn Observer) -> Result<()> {
    let mut command = child::new_python(&environment.executable, &environment.directory);
    command.args(["-m", "ensurepip", "--upgrade", "--default-pip"]);
    child::run(command, Kept::Both, observer)
}
