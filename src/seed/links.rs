//! Links at the paths that pip installs to.
//!
//! Native placement checks each name when it gets there. pip itself follows links. To `os.path.exists` a dangling one
//! is no file, so pip doesn't remove it before it opens the name for writing.

use std::path::{Path, PathBuf};

use super::{bundled, console_scripts};
use crate::base::Version;
use crate::error::{Error, Result};
use crate::fs::dir::{Dir, unless_gone};
use crate::fs::{self, OddLinks};

/// Refuses links to directories at the names that `ensurepip` of that version installs into site-packages.
///
/// # Errors
/// [`Error::NotADirectory`] for the first of them. Nothing has been written then.
pub fn refuse_directories(site_packages: &Path, version: Version) -> Result<()> {
    dead_links(site_packages, version).map(drop)
}

/// Makes sure that pip, run in the environment, doesn't write through a link. Links to directories are refused, and
/// dangling ones are removed. pip replaces a link to a file; an installer may have made all of its files such links.
///
/// # Errors
/// As from [`refuse_directories`]; an I/O error if a dangling link can't be removed.
pub fn prepare_for_pip(site_packages: &Path, bin_path: &Path, version: Version) -> Result<()> {
    let mut dead = dead_links(site_packages, version)?;
    for name in console_scripts::names(version.major, version.minor) {
        for name in [format!("{name}.exe"), name] {
            dead.extend(fs::odd_links(&bin_path.join(name)).dead);
        }
    }
    dead.iter().try_for_each(|link| unless_gone(fs::remove_file(link)).map(drop))
}

fn dead_links(site_packages: &Path, version: Version) -> Result<Vec<PathBuf>> {
    let names = Dir::open(site_packages).and_then(|directory| directory.names()).unwrap_or_default();
    let mut all_dead = Vec::new();
    for name in names.iter().filter(|name| bundled::is_installed(name, version)) {
        let OddLinks { to_directories, dead } = fs::odd_links(&site_packages.join(name));
        if let Some(link) = to_directories.into_iter().min() {
            return Err(Error::NotADirectory(link));
        }
        all_dead.extend(dead);
    }
    Ok(all_dead)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    const NEW: Version = Version { major: 3, minor: 13, micro: 0 };

    #[test]
    fn dangling_links_go_and_links_to_files_stay() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        for directory in ["bin", "packages/pip/_internal", "packages/other"] {
            fs::create_directory(&at(directory)).unwrap();
        }
        fs::write(&at("file"), b"").unwrap();
        let dead = ["bin/pip", "bin/pip3.13", "packages/pip/__init__.py", "packages/pip-24.2.dist-info"];
        let kept = ["bin/pip3", "bin/pip-tool", "packages/pip/_internal/main.py", "packages/other/link"];
        for name in dead {
            fs::symlink(Path::new("nowhere"), &at(name)).unwrap();
        }
        for (name, target) in kept.iter().zip([at("file"), at("nowhere"), at("file"), at("nowhere")]) {
            fs::symlink(&target, &at(name)).unwrap();
        }
        prepare_for_pip(&at("packages"), &at("bin"), NEW).unwrap();
        assert!(dead.iter().all(|name| !fs::is_link(&at(name))));
        assert!(kept.iter().all(|name| fs::is_link(&at(name))));
    }

    #[test]
    fn a_link_to_a_directory_is_refused_and_nothing_is_removed() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        fs::create_directory(&at("packages/pip/_internal")).unwrap();
        fs::symlink(Path::new("nowhere"), &at("packages/pip/__init__.py")).unwrap();
        fs::symlink(temp.path(), &at("packages/pip/_internal/cli")).unwrap();
        let refused = prepare_for_pip(&at("packages"), &at("bin"), NEW);
        assert!(
            matches!(refused, Err(Error::NotADirectory(path)) if path == at("packages/pip/_internal/cli"))
        );
        assert!(fs::is_link(&at("packages/pip/__init__.py")));
    }
}
