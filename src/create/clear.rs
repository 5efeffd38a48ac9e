//! Clears an environment's directory, once it is safe to do so.

use std::path::Path;

use crate::base::Base;
use crate::error::Result;
use crate::fs;
use crate::text::quoted;

pub use crate::fs::clear_directory as clear;

/// Refuses a directory if clearing it would delete the user's home directory or anything that environments depend on.
/// `home` is the home directory, `package` the directory of fastvenv itself.
///
/// The base interpreter's directory matters because the environment's links lead to it. Python 3.10 takes the interpreter
/// of the environment that it runs in for its base. If that were cleared, the new links would lead to themselves.
///
/// # Errors
/// As from [`fs::check_clearable`].
pub fn check(base: &Base, directory: &Path, home: &Path, package: &Path) -> Result<()> {
    let precious = [
        ("the home directory", home),
        ("the base interpreter", &base.prefix),
        ("the base interpreter", &base.home),
        // Without this directory, there would be no scripts to install.
        ("fastvenv itself", package),
    ];
    fs::check_clearable(directory, &precious)
}

/// Names some of the entries that remain after clearing was cut short.
pub fn note_of_remains(path: &Path) -> Option<String> {
    const SHOWN: usize = 5;
    let names = fs::remains(path);
    let more = names.len().saturating_sub(SHOWN);
    let shown: Vec<_> = names.iter().take(SHOWN).map(quoted).collect();
    let tail = if more == 0 { String::new() } else { format!(" and {more} more") };
    (!shown.is_empty()).then(|| format!("{} still contains {}{tail}", quoted(path), shown.join(", ")))
}
