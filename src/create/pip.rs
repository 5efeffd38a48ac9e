//! Installs pip: natively if the result equals that of `ensurepip`, otherwise by `ensurepip`.

use std::fmt::Display;
use std::io;
use std::process::{Command, Stdio};

use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::observer::Observer;
use crate::seed::{Outcome, Request, links, seed};

/// Installs pip into an environment (`EnvBuilder._setup_pip`).
///
/// # Errors
/// As from [`place`] and [`links::prepare_for_pip`]; if `ensurepip` fails, an I/O error with its output.
pub fn install(request: Request<'_>, observer: &mut dyn Observer) -> Result<()> {
    if place(request, observer)? {
        return Ok(());
    }
    let Environment { purelib, bin, .. } = request.environment;
    links::prepare_for_pip(purelib, bin, request.base.version)?;
    run_ensurepip(request.environment, observer)
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

/// Runs `ensurepip` in the environment, without variables that could redirect it (gh-98251).
///
/// # Errors
/// An I/O error with its output, if it fails.
pub fn run_ensurepip(environment: &Environment, observer: &mut dyn Observer) -> Result<()> {
    let mut command = Command::new(&environment.executable);
    command.args(["-m", "ensurepip", "--upgrade", "--default-pip"]);
    command.env("VIRTUAL_ENV", &environment.directory).env_remove("PYTHONHOME").env_remove("PYTHONPATH");
    command.current_dir(&environment.directory);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let failed = |source| Error::io("run ensurepip with", &environment.executable, source);
    let output = observer.start(&mut command).and_then(|child| child.wait_with_output()).map_err(failed)?;
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout, output.stderr].concat();
    let message = format!("{}: {}", output.status, String::from_utf8_lossy(&printed).trim_end());
    Err(failed(io::Error::other(message)))
}
