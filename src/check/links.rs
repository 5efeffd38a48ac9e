//! Links where a directory of the environment's own belongs, and directories that can't be read.

use std::path::{Path, PathBuf};

use super::{Finding, Kind, Reading};
use crate::fs::{self, dir::Dir};

/// Checks the directories that every environment has. uv links packages into its cache, but never these.
pub fn check(reading: &Reading) -> Vec<Finding> {
    let mut directories = vec![reading.bin.clone(), reading.directory.join("lib")];
    for library in &reading.libraries {
        directories.extend([library.path.clone(), library.site_packages()]);
    }
    let lib64 = reading.directory.join("lib64");
    let mut found: Vec<_> = directories.iter().filter_map(|path| one(reading, path)).collect();
    if fs::is_link(&lib64) && !fs::is_own_lib64(&reading.directory, &lib64) {
        found.extend(link(reading, &lib64));
    }
    found
}

fn one(reading: &Reading, path: &PathBuf) -> Option<Finding> {
    if fs::is_link(path) {
        return link(reading, path);
    }
    match Dir::open_itself(path).and_then(|directory| directory.names()) {
        Err(error) if !error.is_not_found() => {
            let message = format!("{} can't be read: {error}.", reading.shown(path));
            Some(Finding::new(Kind::Unreadable, path, message, "Check its permissions."))
        }
        _ => None,
    }
}

fn link(reading: &Reading, path: &Path) -> Option<Finding> {
    let target = fs::link_target(path)?;
    let message = format!(
        "{} is a link to {}, where a directory belongs.",
        reading.shown(path),
        reading.shown(&target)
    );
    let advice = "Replace the link by a directory with the same content, or create the environment again.";
    Some(Finding::new(Kind::DirectoryLink, path, message, advice))
}
