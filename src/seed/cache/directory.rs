//! The cache's directory: where it is, and whether it may be trusted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use etcetera::BaseStrategy;

use super::{Cache, DIRECTORIES, tag};
use crate::error::{Error, Result, quoted};
use crate::fs::dir::{Access, Dir, current_user, metadata_at};

/// Why the cache is done without.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The user has no home directory, or a relative one, so there is no place for it.
    #[error("there is no home directory with an absolute path for the cache")]
    NoHome,
    /// It is missing, we are root, and the nearest directory above it is another user's.
    #[error("the cache {} is not created, because {} belongs to another user", quoted(.0), quoted(.1))]
    AnothersHome(PathBuf, PathBuf),
    /// It can't be made or opened.
    #[error(transparent)]
    Io(#[from] Error),
    /// It belongs to another user.
    #[error("the cache {} belongs to another user", quoted(.0))]
    NotOurs(PathBuf),
    /// Others may change what is in it.
    #[error("the cache {} is writable by others (mode {:o})", quoted(.0), .1)]
    OpenToOthers(PathBuf, u32),
    /// The directory holds things, and nothing says that they are ours.
    #[error("{} is not empty and fastvenv did not make it, so it is not used as a cache", quoted(.0))]
    Foreign(PathBuf),
}

impl Unusable {
    /// Reports whether the user should know: another user may have prepared it, or the wrong directory is named. A
    /// process hears only once that root has another user's home.
    pub fn deserves_warning(&self) -> bool {
        match self {
            Self::NotOurs(_) | Self::OpenToOthers(..) | Self::Foreign(_) => true,
            Self::AnothersHome(path, _) => is_first(path),
            Self::NoHome | Self::Io(_) => false,
        }
    }
}

/// Reports whether this path comes by for the first time in this process.
fn is_first(path: &Path) -> bool {
    static SEEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    // Never waited for: in a child of a fork its holder may be missing.
    SEEN.try_lock().is_ok_and(|mut seen| seen.insert(path.to_owned()))
}

/// The directory `fastvenv` in the user's cache directory, by the platform's convention: `$XDG_CACHE_HOME` or `~/.cache`
/// on Linux, `~/Library/Caches` on macOS. `None` without a home directory that has an absolute path: with `HOME=.` a
/// cache in whatever directory we are would be trusted.
pub fn default_directory() -> Option<PathBuf> {
    let directory = etcetera::base_strategy::choose_native_strategy().ok()?.cache_dir().join("fastvenv");
    Some(directory).filter(|directory| directory.is_absolute())
}

impl Cache {
    /// Opens the cache in this directory, made first if missing.
    pub fn open_at(path: &Path) -> Result<Self, Unusable> {
        let root = match Dir::open(path) {
            Ok(root) => root,
            Err(_) => match anothers_parent(path) {
                Some(parent) => return Err(Unusable::AnothersHome(path.to_owned(), parent.to_owned())),
                None => create(path)?,
            },
        };
        let root = trusted(root)?;
        if !tag::is_ours(&root)? {
            return Err(Unusable::Foreign(path.to_owned()));
        }
        tag::set(&root)?;
        let [images, wheels, locks] = DIRECTORIES.map(|name| trusted(root.enter(name, Access::Owner)?));
        Ok(Self { images: images?, wheels: wheels?, locks: locks? })
    }
}

/// The directory, if it is ours and nobody else may write in it.
pub(super) fn trusted(directory: Dir) -> Result<Dir, Unusable> {
    let metadata = directory.metadata()?;
    if metadata.owner != current_user() {
        return Err(Unusable::NotOurs(directory.path().to_owned()));
    }
    if metadata.mode & 0o022 != 0 {
        return Err(Unusable::OpenToOthers(directory.path().to_owned(), metadata.mode));
    }
    Ok(directory)
}

/// The nearest directory above that exists, if we are root and it is another user's: under `sudo -E`, and in containers
/// with a mounted home, directories that root makes there shut its owner out. pip makes no cache there either.
fn anothers_parent(path: &Path) -> Option<&Path> {
    const ROOT: u32 = 0;
    let mut above = path.ancestors().skip(1);
    let (parent, metadata) = above.find_map(|parent| Some((parent, metadata_at(parent).ok()?)))?;
    (current_user() == ROOT && metadata.owner != ROOT).then_some(parent)
}

fn create(path: &Path) -> Result<Dir> {
    if let (Some(parent), Some(name)) = (path.parent(), path.file_name()) {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        crate::fs::create_directory(parent)?;
        Dir::open(parent)?.make_directory(name, Access::Owner)?;
    }
    Dir::open(path)
}
