//! What is in the environment's directories of packages.

use std::path::PathBuf;

use super::Reading;
use crate::fs::dir::Dir;

/// The entries of all `site-packages` with such a name, sorted.
pub fn files(reading: &Reading, is_wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for library in &reading.libraries {
        let directory = library.site_packages();
        let names = Dir::open(&directory).and_then(|directory| directory.names()).unwrap_or_default();
        let wanted = names.into_iter().filter(|name| is_wanted(&name.to_string_lossy()));
        found.extend(wanted.map(|name| directory.join(name)));
    }
    found.sort();
    found
}

/// The directories `*.dist-info` of the projects with such a name, in lower case.
pub fn infos(reading: &Reading, is_wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    files(reading, |name| {
        let stem = name.strip_suffix(".dist-info");
        stem.is_some_and(|stem| is_wanted(&stem.split('-').next().unwrap_or_default().to_ascii_lowercase()))
    })
}
