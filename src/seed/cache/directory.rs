//! The cache's directory: its path, and the checks before it is trusted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use etcetera::BaseStrategy;

use super::{Cache, Own, tag};
use crate::error::{Error, Result};
use crate::fs::dir::{Access, Dir, Protection, current_user, metadata_at, protection};
use crate::text::quoted;

/// The reasons not to use the cache.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The user wants none.
    #[error("FASTVENV_NO_CACHE is set")]
    Unwanted,
    /// The user has no home directory, or a relative one, so there is no place for it.
    #[error("there is no home directory with an absolute path for the cache")]
    NoHome,
    /// It is missing, we are root, and the nearest directory above it belongs to another user.
    #[error("the cache {} is not created, because {} belongs to another user", quoted(.0), quoted(.1))]
    AnothersHome(PathBuf, PathBuf),
    /// It can't be created or opened.
    #[error(transparent)]
    Io(#[from] Error),
    /// It belongs to another user.
    #[error("the cache {} belongs to another user", quoted(.0))]
    NotOurs(PathBuf),
    /// Other users may write to it.
    #[error("the cache {} is writable by others (mode {:o})", quoted(.0), .1)]
    OpenToOthers(PathBuf, u32),
    /// On Windows, its access list lets the account of this identifier (SID) change it.
    #[error("the cache {} can be changed by other users: its access list lets {} do that", quoted(.0), .1)]
    OpenToAccount(PathBuf, String),
    /// It is on Windows, not in the user's profile, and its access list can't be read.
    #[error("the cache {} is not in your profile, so other users may be able to write to it", quoted(.0))]
    OutsideProfile(PathBuf),
    /// The directory is not empty and has no tag of ours.
    #[error("{} is not empty and fastvenv did not make it, so it is not used as a cache", quoted(.0))]
    Foreign(PathBuf),
}

impl Unusable {
    /// Reports whether to warn the user: another user may have prepared the directory, or its path may be wrong. A
    /// process warns only once that root has another user's home.
    pub fn deserves_warning(&self) -> bool {
        match self {
            Self::NotOurs(_)
            | Self::OpenToOthers(..)
            | Self::OpenToAccount(..)
            | Self::OutsideProfile(_)
            | Self::Foreign(_) => true,
            Self::AnothersHome(path, _) => is_first(path),
            Self::Unwanted | Self::NoHome | Self::Io(_) => false,
        }
    }
}

/// Reports whether this process sees this path for the first time.
fn is_first(path: &Path) -> bool {
    static SEEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    // This must not wait: after a fork, the thread that holds the lock may not exist.
    SEEN.try_lock().is_ok_and(|mut seen| seen.insert(path.to_owned()))
}

/// The directory `fastvenv` in the user's cache directory, by the platform's convention: `$XDG_CACHE_HOME` or
/// `~/.cache` on Linux, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows. `None` unless the home directory has an absolute path: with
/// `HOME=.`, any current directory could provide a cache that would be trusted.
pub fn default_directory() -> Option<PathBuf> {
    let directory = etcetera::base_strategy::choose_native_strategy().ok()?.cache_dir().join("fastvenv");
    Some(directory).filter(|directory| directory.is_absolute())
}

/// The user id of root. Root can change every file and every interpreter anyway, so a cache of root's is trusted.
const ROOT: u32 = 0;

impl Cache {
    /// Opens the cache in this directory, and creates it first if it is missing. Root's cache is only read.
    pub fn open_at(path: &Path) -> Result<Self, Unusable> {
        let root = Root::open(path)?;
        let images = root.enter("images")?;
        let own = match root.is_ours {
            true => {
                Some(Own { wheels: root.enter("wheels")?, locks: root.enter("locks")?, root: root.directory })
            }
            false => None,
        };
        Ok(Self { images, owner: root.owner, own })
    }
}

/// The directory that has the cache's directories, trusted.
pub(super) struct Root {
    directory: Dir,
    /// The user that all in it must belong to.
    pub(super) owner: u32,
    /// False if the cache is root's and we are not root: it is only read.
    pub(super) is_ours: bool,
}

impl Root {
    /// Opens it, and creates it first if it is missing.
    pub(super) fn open(path: &Path) -> Result<Self, Unusable> {
        let root = match Dir::open(path) {
            Ok(root) => root,
            Err(_) => match anothers_parent(path) {
                Some(parent) => return Err(Unusable::AnothersHome(path.to_owned(), parent.to_owned())),
                None => create(path)?,
            },
        };
        if root.metadata()?.owner == ROOT && current_user() != ROOT {
            let directory = trusted(root, ROOT)?;
            if !tag::is_tagged(&directory) {
                return Err(Unusable::NotOurs(path.to_owned()));
            }
            return Ok(Self { directory, owner: ROOT, is_ours: false });
        }
        let owner = current_user();
        let root = trusted(root, owner)?;
        if !tag::is_tagged(&root) {
            if !tag::is_ours(&root)? {
                return Err(Unusable::Foreign(path.to_owned()));
            }
            tag::set(&root)?;
        }
        Ok(Self { directory: root, owner, is_ours: true })
    }

    /// Opens the directory of that name, and creates it first if it is missing and the cache is ours.
    pub(super) fn enter(&self, name: &str) -> Result<Dir, Unusable> {
        let root = &self.directory;
        let directory = match root.open_directory(name) {
            Err(_) if self.is_ours => root.enter(name, Access::Owner)?,
            opened => opened?,
        };
        trusted(directory, self.owner)
    }
}

/// The directory, if this user owns it and no other user may write to it.
pub(super) fn trusted(directory: Dir, owner: u32) -> Result<Dir, Unusable> {
    let metadata = directory.metadata()?;
    if metadata.owner != owner {
        return Err(Unusable::NotOurs(directory.path().to_owned()));
    }
    if metadata.mode & 0o022 != 0 {
        return Err(Unusable::OpenToOthers(directory.path().to_owned(), metadata.mode));
    }
    let path = || directory.path().to_owned();
    match protection(directory.path()) {
        Protection::Private => Ok(directory),
        Protection::Anothers => Err(Unusable::NotOurs(path())),
        Protection::OpenTo(account) => Err(Unusable::OpenToAccount(path(), account)),
        Protection::OutsideProfile => Err(Unusable::OutsideProfile(path())),
    }
}

/// The nearest existing directory above `path`, if we are root and it belongs to another user. Under `sudo -E`, and in
/// containers with a mounted home, a directory that root creates there would shut its owner out. pip creates no cache
/// there either.
fn anothers_parent(path: &Path) -> Option<&Path> {
    let mut above = path.ancestors().skip(1);
    let (parent, metadata) = above.find_map(|parent| Some((parent, metadata_at(parent).ok()?)))?;
    (current_user() == ROOT && metadata.owner != ROOT).then_some(parent)
}

fn create(path: &Path) -> Result<Dir> {
    if let (Some(parent), Some(name)) = (path.parent(), path.file_name()) {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        crate::fs::create_directory(parent)?;
        Dir::open(parent)?.make_directory(name, Access::OwnerAlone)?;
    }
    Dir::open(path)
}
