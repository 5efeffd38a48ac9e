//! Is this environment intact? It is read, compared with what its maker writes, and everything else is a finding.
//!
//! Nothing is written, and nothing is started unless the caller asks for it. Findings come in the order of [`Kind::ALL`].

pub mod base;
mod config;
mod executables;
mod finding;
mod links;
pub mod moved;
mod name;
mod others;
pub mod packages;
mod pip;
mod reading;
pub mod scripts;
mod shared_library;
pub mod shebang;
mod start;
mod version;
pub mod word;

#[cfg(test)]
mod framework_tests;

pub use finding::{Finding, Kind, Severity};
pub use name::{LibraryName, is_python};
pub use others::Search;
pub use reading::{ConfigFile, Executable, LARGEST, Library, Maker, Reading};

use std::path::Path;

use crate::base::Platform;
use crate::error::Result;
use crate::observer::Observer;
use crate::text::quoted;

/// The advice for everything that can be repaired.
const REPAIR: &str = "Run python -m fastvenv.repair, or create the environment again.";

/// The system that fastvenv runs on.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its platform.
    pub platform: Platform,
    /// Where to look for Pythons and their shared libraries.
    pub search: Search,
}

/// Checks the environment in that directory. With `run`, the environment's Python is started too.
///
/// # Errors
/// [`crate::error::Error::Refused`] if there is no environment; an error of the system if the directory can't be read.
pub fn check(directory: &Path, host: &Host, run: bool, observer: &mut dyn Observer) -> Result<Vec<Finding>> {
    let reading = Reading::of(directory)?;
    let mut found = findings(&reading, host);
    if run && reading.platform == host.platform {
        found.extend(start::check(&reading, observer)?);
    }
    Ok(found)
}

/// Everything that is wrong with an environment, and hints.
pub fn findings(reading: &Reading, host: &Host) -> Vec<Finding> {
    if reading.platform != host.platform {
        return vec![of_other_platform(reading)];
    }
    let mut found = config::check(reading);
    found.extend(base::check(reading, &host.search));
    // The rest knows only the layout of POSIX.
    if reading.platform == Platform::Nt {
        return found;
    }
    let scripts = scripts::read(reading);
    found.extend(executables::check(reading, &host.search));
    found.extend(version::check(reading));
    found.extend(moved::check(reading, &scripts));
    found.extend(pip::check(reading));
    found.extend(scripts::check(reading, &scripts));
    found.extend(links::check(reading));
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
