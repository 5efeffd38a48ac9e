//! The Pythons in `bin`: there, leading to the base that `home` names, and able to start.

use std::path::Path;

use super::{Executable, Finding, Kind, Reading, base, others::Search, shared_library};
use crate::fs::{self, Entry};
use crate::text::quoted;

/// The names that every maker creates.
const NAMES: [&str; 2] = ["python", "python3"];

/// Checks them.
pub fn check(reading: &Reading, search: &Search) -> Vec<Finding> {
    let mut found: Vec<_> =
        reading.executables.iter().filter_map(|one| check_one(reading, one, search)).collect();
    if reading.executables.is_empty() {
        let message = format!("There is no Python in {}.", reading.shown(&reading.bin));
        found.push(Finding::new(Kind::ExecutableMissing, &reading.bin, message, super::REPAIR));
        return found;
    }
    for path in NAMES.map(|name| reading.bin.join(name)) {
        if fs::entry(&path) == Entry::Nothing {
            let message = format!("{} is missing.", reading.shown(&path));
            found.push(Finding::new(Kind::ExecutableMissing, path, message, super::REPAIR));
        }
    }
    found
}

fn check_one(reading: &Reading, one: &Executable, search: &Search) -> Option<Finding> {
    let shown = reading.shown(&one.path);
    let finding = |kind, message| Some(Finding::new(kind, &one.path, message, super::REPAIR));
    match (one.entry, &one.target) {
        (Entry::DeadLink, _) if leads_to_another_name(reading, one) => None,
        (Entry::DeadLink, Some(target)) if fs::is_loop(&one.path) => finding(
            Kind::ExecutableLoop,
            format!("{shown} is a link to {}, which leads back to it.", quoted(target)),
        ),
        (Entry::DeadLink, Some(target)) => {
            let what = if fs::is_directory(&one.path) { "is a directory" } else { "isn't there" };
            finding(
                Kind::ExecutableDangling,
                format!("{shown} is a link to {}, which {what}.", quoted(target)),
            )
        }
        (Entry::Link, Some(_)) if leads_to_another_name(reading, one) => None,
        (Entry::Link, _) => foreign(reading, one),
        (Entry::File, _) if is_empty(&one.path) => {
            finding(Kind::ExecutableUnusable, format!("{shown} is empty."))
        }
        (Entry::File, _) if !fs::may_execute(&one.path) => {
            finding(Kind::ExecutableUnusable, format!("{shown} is not executable."))
        }
        (Entry::File, _) => {
            let library = shared_library::missing(&one.path, search.library_path.as_deref())?;
            let message = format!("{shown} needs the shared library {library:?}, which isn't found.");
            finding(Kind::SharedLibraryMissing, message)
        }
        (Entry::Directory | Entry::Other, _) => {
            finding(Kind::ExecutableUnusable, format!("{shown} is neither a file nor a link."))
        }
        (Entry::Nothing | Entry::DeadLink, _) => None,
    }
}

/// Reports whether a link leads to another entry of `bin`, about which there is a finding if it is broken.
fn leads_to_another_name(reading: &Reading, one: &Executable) -> bool {
    let Some(target) = &one.target else { return false };
    let target = reading.bin.join(target);
    let is_before = |other: &Executable| {
        // In a loop, the first by name is the one to report.
        other.path == target && other.path != one.path && !(fs::is_loop(&one.path) && one.path < other.path)
    };
    reading.executables.iter().any(is_before)
}

/// A link that leads to a Python outside `home`.
fn foreign(reading: &Reading, one: &Executable) -> Option<Finding> {
    let home = reading.home().filter(|home| fs::is_directory(home))?;
    let bases = base::interpreters(reading);
    // Without any, `home` itself is the finding.
    let is_own = |base: &base::Found| fs::is_same_file(&base.path, &one.path);
    let is_inside = || one.real.parent().is_some_and(|directory| fs::is_same_file(directory, &home));
    if bases.is_empty() || bases.iter().any(is_own) || is_inside() {
        return None;
    }
    let message = format!(
        "{} leads to {}, but 'home' is {}.",
        reading.shown(&one.path),
        quoted(&one.real),
        quoted(&home)
    );
    Some(Finding::new(Kind::ExecutableForeign, &one.path, message, super::REPAIR))
}

fn is_empty(path: &Path) -> bool {
    fs::dir::metadata_at(path).is_ok_and(|found| found.size == 0)
}
