//! The version of Python: recorded, of the directory of packages, and of the base.

use super::{Finding, Kind, LibraryName, Reading, base};
use crate::fs;

const REINSTALL: &str =
    "Create the environment again with the Python that you want, and install its packages.";

/// Checks that all agree.
pub fn check(reading: &Reading) -> Vec<Finding> {
    let mut found: Vec<_> = packages(reading).into_iter().collect();
    let Some(base) = base::version(reading) else { return found };
    found.extend(changed(reading, &base));
    found.extend(recorded(reading, &base));
    found
}

/// The directory of packages for the recorded version.
fn packages(reading: &Reading) -> Option<Finding> {
    let lib = reading.directory.join("lib");
    let Some(library) = reading.libraries.first() else {
        // PyPy had this one directory before 3.8.
        if fs::is_directory(&reading.directory.join("site-packages")) {
            return None;
        }
        let message = format!("There is no directory such as 'python3.12' in {}.", reading.shown(&lib));
        return Some(Finding::new(Kind::PackagesMissing, lib, message, super::REPAIR));
    };
    if let Some((major, minor, _)) = reading.version() {
        let is_of_version = |name: &LibraryName| (name.major, name.minor) == (major, minor);
        if !reading.libraries.iter().any(|library| is_of_version(&library.name)) {
            let message = format!(
                "'pyvenv.cfg' says that this is Python {major}.{minor}, but packages are in {}.",
                reading.shown(&library.path)
            );
            return Some(Finding::new(Kind::PackagesOfOtherVersion, &library.path, message, REINSTALL));
        }
    }
    let missing = reading.libraries.iter().find(|library| !fs::exists(&library.site_packages()))?;
    let message = format!("{} is missing.", reading.shown(&missing.site_packages()));
    Some(Finding::new(Kind::PackagesMissing, missing.site_packages(), message, super::REPAIR))
}

/// A base of another minor version than the packages.
fn changed(reading: &Reading, base: &LibraryName) -> Option<Finding> {
    let LibraryName { implementation, major, minor, .. } = base;
    let fits = |name: &LibraryName| (name.major, name.minor) == (*major, *minor);
    let library = reading.libraries.first()?;
    if reading.libraries.iter().any(|library| fits(&library.name)) {
        return None;
    }
    let message = format!(
        "The base is {implementation} {major}.{minor} now, but packages are in {}.",
        reading.shown(&library.path)
    );
    Some(Finding::new(Kind::VersionChanged, &library.path, message, REINSTALL))
}

/// A hint if the base has another patch version than the recorded one.
fn recorded(reading: &Reading, base: &LibraryName) -> Option<Finding> {
    let (major, minor, micro) = reading.version()?;
    let (old, new) = (micro?, base::micro(reading, base)?);
    if (major, minor) != (base.major, base.minor) || old == new {
        return None;
    }
    let message =
        format!("'pyvenv.cfg' says {major}.{minor}.{old}, but the base is {major}.{minor}.{new} now.");
    Some(Finding::new(Kind::VersionRecorded, reading.config_path(), message, super::REPAIR))
}
