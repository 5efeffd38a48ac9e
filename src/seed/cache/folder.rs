//! The cache's folder: where it is, and whether it may be trusted.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::{Cache, FOLDERS, tag};
use crate::error::{Error, Result, quoted};
use crate::fs::dir::{Access, Dir, current_user};

/// Why the cache is done without.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The user has no home folder, so there is no place for it.
    #[error("there is no home folder to have a cache in")]
    NoHome,
    /// It can't be made or opened.
    #[error(transparent)]
    Io(#[from] Error),
    /// It belongs to another user.
    #[error("the cache {} belongs to another user", quoted(.0))]
    NotOurs(PathBuf),
    /// Others may change what is in it.
    #[error("the cache {} may be written by others (mode {:o})", quoted(.0), .1)]
    OpenToOthers(PathBuf, u32),
    /// The folder holds things, and nothing says that they are ours.
    #[error("{} is not empty and was not made by fastvenv, so it isn't used as its cache", quoted(.0))]
    Foreign(PathBuf),
}

impl Unusable {
    /// Whether somebody may have prepared it, or the wrong folder is named, so that the user should know.
    pub fn is_suspicious(&self) -> bool {
        matches!(self, Self::NotOurs(_) | Self::OpenToOthers(..) | Self::Foreign(_))
    }
}

/// The folder `fastvenv` in the user's cache folder, by the platform's convention: `$XDG_CACHE_HOME` or `~/.cache`
/// on Linux, `~/Library/Caches` on macOS. `None` without a home folder.
pub fn default_folder() -> Option<PathBuf> {
    Some(etcetera::base_strategy::choose_native_strategy().ok()?.cache_dir().join("fastvenv"))
}

impl Cache {
    /// Opens the cache in this folder, made first if missing.
    pub fn open_at(path: &Path) -> Result<Self, Unusable> {
        let root = match Dir::open(path) {
            Ok(root) => root,
            Err(_) => create(path)?,
        };
        let root = trusted(root)?;
        if !tag::is_ours(&root)? {
            return Err(Unusable::Foreign(path.to_owned()));
        }
        tag::set(&root)?;
        let [images, wheels, locks] = FOLDERS.map(|name| trusted(root.enter(name, Access::Owner)?));
        Ok(Self { images: images?, wheels: wheels?, locks: locks? })
    }
}

/// The folder, if it is ours and nobody else may write in it.
pub(super) fn trusted(folder: Dir) -> Result<Dir, Unusable> {
    let facts = folder.facts()?;
    if facts.owner != current_user() {
        return Err(Unusable::NotOurs(folder.path().to_owned()));
    }
    if facts.mode & 0o022 != 0 {
        return Err(Unusable::OpenToOthers(folder.path().to_owned(), facts.mode));
    }
    Ok(folder)
}

fn create(path: &Path) -> Result<Dir> {
    if let (Some(parent), Some(name)) = (path.parent(), path.file_name()) {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        crate::fs::create_folder(parent)?;
        Dir::open(parent)?.make_folder(name, Access::Owner)?;
    }
    Dir::open(path)
}
