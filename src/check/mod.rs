//! Is this environment intact? It is read, compared with what its maker writes, and everything else is a finding.
//!
//! Nothing is written, and nothing is started unless the caller asks for it. Findings come in the order of [`Kind::ALL`].

mod config;
mod finding;
mod name;
mod reading;
mod start;

pub use finding::{Finding, Kind, Severity};
pub use name::{LibraryName, is_python};
pub use reading::{ConfigFile, Executable, LARGEST, Library, Maker, Reading};

use std::path::Path;

use crate::base::Platform;
use crate::error::{Result, quoted};
use crate::observer::Observer;

/// Checks the environment in that directory. `host` is the platform that fastvenv runs on. With `run`, the environment's
/// Python is started too.
///
/// # Errors
/// [`crate::error::Error::Refused`] if there is no environment; an error of the system if the directory can't be read.
pub fn check(
    directory: &Path,
    host: Platform,
    run: bool,
    observer: &mut dyn Observer,
) -> Result<Vec<Finding>> {
    let reading = Reading::of(directory)?;
    let mut found = findings(&reading, host);
    if run && reading.platform == host {
        found.extend(start::check(&reading, observer)?);
    }
    Ok(found)
}

/// Everything that is wrong with an environment, and hints.
pub fn findings(reading: &Reading, host: Platform) -> Vec<Finding> {
    if reading.platform != host {
        return vec![of_other_platform(reading)];
    }
    let mut found = config::check(reading);
    found.sort_by(|one, other| (one.kind, &one.path).cmp(&(other.kind, &other.path)));
    found
}

fn of_other_platform(reading: &Reading) -> Finding {
    let system = match reading.platform {
        Platform::Nt => "Windows",
        Platform::Posix => "Linux, macOS or another Unix",
    };
    let message = format!("{} was made on {system}, so it was not checked.", quoted(&reading.directory));
    Finding::new(Kind::OtherPlatform, &reading.directory, message, "Check it where it was made.")
}
