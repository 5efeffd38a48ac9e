//! With `--run`: starts the environment's Python, and asks it where its base is.

use super::{Finding, Kind, Reading};
use crate::base::{self, Version};
use crate::error::{Error, Result};
use crate::fs;
use crate::observer::Observer;

/// Starts the first Python of the environment that can be started.
///
/// # Errors
/// [`Error::Interrupted`].
pub fn check(reading: &Reading, observer: &mut dyn Observer) -> Result<Option<Finding>> {
    // Without an executable there is a finding already.
    let Some(executable) = reading.executables.iter().find(|found| fs::is_file(&found.path)) else {
        return Ok(None);
    };
    let found = match base::query(&executable.path, observer) {
        Ok(found) => found,
        Err(Error::Refused(why)) => {
            let why = why.lines().next().unwrap_or_default();
            return Ok(Some(Finding::new(Kind::DoesNotStart, &executable.path, why, super::REPAIR)));
        }
        Err(error) => return Err(error),
    };
    let Version { major, minor, .. } = found.base.version;
    let is_of_version = |library: &super::Library| (library.name.major, library.name.minor) == (major, minor);
    if reading.libraries.is_empty() || reading.libraries.iter().any(is_of_version) {
        return Ok(None);
    }
    let message = format!(
        "{} runs Python {major}.{minor}, for which there is no directory of packages.",
        reading.shown(&executable.path)
    );
    Ok(Some(Finding::new(Kind::StartsElsewhere, &executable.path, message, super::REPAIR)))
}
