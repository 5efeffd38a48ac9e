//! Taking out of the cache what nobody needs: what killed builders left, and images unused for 90 days.

use std::ffi::OsStr;
use std::path::Path;

use super::super::image::{Image, now};
use super::{DAY, tag};
use crate::error::{Error, Result, quoted};
use crate::fs::dir::{Dir, Kind};

/// What the names of unfinished images start with.
pub(super) const BUILDING: &str = ".build-";
/// The file in an unfinished image that its builder keeps locked while it lives.
pub(super) const ALIVE: &str = "alive";
/// How long an image may go unused.
const KEPT: i64 = 90 * DAY;

/// Removes leftovers and what was not used for 90 days before `now`. Failures are left to the next sweep.
pub(super) fn sweep(images: &Dir, wheels: &Dir, locks: &Dir, now: i64) {
    for name in images.names().unwrap_or_default() {
        let Ok(folder) = images.open_folder(&name) else { continue };
        let building = name.as_encoded_bytes().starts_with(BUILDING.as_bytes());
        let done_with = if building {
            matches!(folder.try_lock(ALIVE), Ok(Some(_)))
        } else {
            Image::last_used(&folder).is_none_or(|used| now - used > KEPT)
        };
        if done_with {
            let _ = remove(images, &name);
        }
    }
    for folder in [wheels, locks] {
        for name in folder.names().unwrap_or_default() {
            if folder.facts_of(&name).is_ok_and(|facts| now - facts.modified > KEPT) {
                let _ = folder.remove_file(&name);
            }
        }
    }
}

/// Removes an image. It loses its name first, so that nobody finds it half removed.
pub(super) fn remove(images: &Dir, name: &(impl AsRef<OsStr> + ?Sized)) -> Result<()> {
    let gone = format!("{BUILDING}removed-{}-{}", std::process::id(), now());
    images.rename(name, &gone)?;
    images.remove_tree(&gone)
}

/// What a cache holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The number of complete images.
    pub images: usize,
    /// The number of files, of all kinds.
    pub files: u64,
    /// The size of all files, in bytes.
    pub bytes: u64,
}

/// What the cache in this folder holds; nothing if there is none.
pub fn usage(path: &Path) -> Result<Usage> {
    let mut usage = Usage::default();
    let Some(root) = open(path)? else { return Ok(usage) };
    if let Ok(images) = root.open_folder("images") {
        let complete = |name: &&std::ffi::OsString| !name.as_encoded_bytes().starts_with(BUILDING.as_bytes());
        usage.images = images.names()?.iter().filter(complete).count();
    }
    add_up(&root, &mut usage)?;
    Ok(usage)
}

/// Removes everything in the cache in this folder, but not what others have put there, nor the folder.
/// Returns what was removed.
pub fn clean(path: &Path) -> Result<Usage> {
    let removed = usage(path)?;
    let Some(root) = open(path)? else { return Ok(removed) };
    for name in ["images", "wheels", "locks", tag::NAME] {
        root.remove_tree(name)?;
    }
    Ok(removed)
}

/// The cache; `None` if there is none. A folder that isn't ours is refused.
fn open(path: &Path) -> Result<Option<Dir>> {
    match Dir::open(path) {
        Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(root) if tag::is_ours(&root)? => Ok(Some(root)),
        Ok(_) => Err(Error::Refused(format!("{} is no cache that fastvenv made.", quoted(path)))),
    }
}

fn add_up(folder: &Dir, usage: &mut Usage) -> Result<()> {
    for name in folder.names()? {
        match folder.facts_of(&name) {
            Ok(facts) if facts.kind == Kind::Folder => add_up(&folder.open_folder(&name)?, usage)?,
            Ok(facts) => {
                usage.files += 1;
                usage.bytes += facts.size;
            }
            // Gone meanwhile.
            Err(_) => {}
        }
    }
    Ok(())
}
