//! Other installed Pythons of an environment's version, found by their names alone.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{LibraryName, Reading};
use crate::fs;
use crate::text::quoted;

/// Where to look for Pythons, and for their shared libraries.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The value of PATH.
    pub path: Option<OsString>,
    /// The user's home directory.
    pub user: Option<PathBuf>,
    /// The directories of LD_LIBRARY_PATH, or of its equivalent.
    pub library_path: Option<OsString>,
}

/// Directories of interpreters, one per installation, below the user's home directory.
const OF_USER: [&str; 3] = [".pyenv/versions", ".local/share/uv/python", ".asdf/installs/python"];
/// Directories of interpreters that PATH need not have.
const OF_SYSTEM: [&str; 4] = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin"];

impl Search {
    /// The installed Pythons of the environment's version. The same file is named once.
    pub fn others(&self, reading: &Reading) -> Vec<PathBuf> {
        let Some(wanted) = reading.wanted() else { return Vec::new() };
        let LibraryName { implementation, major, minor, abiflags } = &wanted;
        let abiflags = abiflags.replace('m', "");
        let name = format!("{implementation}{major}.{minor}{abiflags}");
        let (mut found, mut seen) = (Vec::new(), Vec::new());
        for path in self.directories(reading).iter().map(|directory| directory.join(&name)) {
            let is_usable = path.is_absolute()
                && fs::is_file(&path)
                && fs::may_execute(&path)
                // A shim of pyenv or asdf is a script, and an environment's Python is no base.
                && !fs::is_text(&path)
                && !path.ancestors().nth(2).is_some_and(|prefix| fs::is_file(&prefix.join("pyvenv.cfg")));
            let real = fs::real_path(&path);
            if is_usable && !seen.contains(&real) {
                seen.push(real);
                found.push(path);
            }
        }
        found
    }

    fn directories(&self, reading: &Reading) -> Vec<PathBuf> {
        let mut found: Vec<_> = self.path.iter().flat_map(std::env::split_paths).collect();
        found.extend(OF_SYSTEM.map(PathBuf::from));
        let of_user = self.user.iter().flat_map(|user| OF_USER.map(|below| user.join(below)));
        // A new patch version is often installed beside the old one.
        let home = reading.home();
        let beside = home.iter().flat_map(|home| home.ancestors().skip(2).take(2));
        for directory in of_user.chain(beside.map(Path::to_owned)) {
            let mut names =
                fs::dir::Dir::open(&directory).and_then(|directory| directory.names()).unwrap_or_default();
            names.sort();
            found.extend(names.into_iter().map(|name| directory.join(name).join("bin")));
        }
        found
    }
}

/// The advice for an environment that has lost its base.
pub fn advice(others: &[PathBuf]) -> String {
    if others.is_empty() {
        return "Install this version of Python again, or create the environment with another one."
            .to_owned();
    }
    let names: Vec<_> = others.iter().map(quoted).collect();
    format!("The same version is here: {}. {}", names.join(", "), super::REPAIR)
}
