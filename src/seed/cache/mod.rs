//! The cache of images, in the user's cache directory.
//!
//! ```text
//! images/<key>          an image, complete: it got this name by one rename
//! images/.build-...     an image being built; its builder holds the lock in it
//! wheels/<hash>         the hash of the wheel at a path, so that it needn't be hashed each time; also the interpreters
//!                       that start in an environment, so that they needn't be started each time
//! facts/<hash>          what an interpreter said when the command `fastvenv` asked it, and the files that its answer
//!                       depends on, as they looked
//! locks/<key>           held while an image is built, so that others wait instead of building it too
//! CACHEDIR.TAG          marks the directory as our cache
//! ```
//!
//! The cache is trusted only if it is the user's own, or root's, and no other user may write to it. Damaged parts are
//! rebuilt. Root's cache is only read by others: all its files must be root's, and none is linked. A cache that can't be
//! used at all is ignored.

mod directory;
mod facts;
mod index;
mod sweep;
mod tag;

pub use directory::{Unusable, default_directory};
pub use facts::Facts;
pub use sweep::{Usage, clean, usage};

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use super::bundled::BundledWheel;
use super::hash::{digest, hex};
use super::image::{self, Image, Recipe};
use super::reason::{Reason, Stop};
use super::turn;
use crate::error::{Error, Result};
use crate::fs::Timestamp;
use crate::fs::dir::{Access, DIRECTORIES_ARE_HELD, Dir, Lock, Metadata, metadata_at, unless_gone};
use crate::observer::Observer;
use crate::text::quoted;

/// The part of a key that changes whenever the way to build images changes.
const FORMAT: &str = "2";
/// The directories in the cache.
const DIRECTORIES: [&str; 4] = ["images", "wheels", "facts", "locks"];
/// The number of attempts to create a build directory, when another process keeps removing it.
const ATTEMPTS: i64 = 64;
/// The interval between two records of an image's use.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The time that something unused is kept.
const KEPT: Duration = DAY.saturating_mul(90);

/// The cache, opened and trusted.
#[derive(Debug)]
pub struct Cache {
    images: Dir,
    owner: u32,
    /// `None` if the cache is root's and we are not root: it is only read.
    own: Option<Own>,
}

/// The parts that only the owner of the cache uses.
#[derive(Debug)]
struct Own {
    root: Dir,
    wheels: Dir,
    locks: Dir,
}

/// A wheel's image and the name it has in the cache.
#[derive(Debug)]
pub struct Cached {
    /// The image.
    pub image: Image,
    key: String,
    /// True if the cache already contained it.
    pub warm: bool,
}

impl Cache {
    /// The image of this wheel, built first if there is none.
    pub fn image(
        &self,
        recipe: Recipe<'_>,
        bundled: &BundledWheel,
        observer: &mut dyn Observer,
    ) -> Result<Cached, Stop> {
        let metadata = metadata_at(&bundled.path).map_err(Reason::Unreadable)?;
        let known = self.own.as_ref().and_then(|own| index::look_up(&own.wheels, &bundled.path, &metadata));
        let (digest, archive) = match known {
            Some(digest) => (digest, None),
            None => {
                let archive = crate::fs::read(&bundled.path).map_err(Reason::Unreadable)?;
                let digest = digest(&archive);
                self.remember(&bundled.path, &metadata, &digest);
                (digest, Some(archive))
            }
        };
        let key = key(recipe, &digest);
        if let Some(image) = self.open(&key) {
            return Ok(Cached { image, key, warm: true });
        }
        let Some(own) = &self.own else {
            let why = format!(
                "{} is root's, and has no image of {}",
                quoted(self.images.path()),
                quoted(&bundled.path)
            );
            return Err(Error::Refused(why).into());
        };
        let archive = match archive {
            Some(archive) => archive,
            None => crate::fs::read(&bundled.path).map_err(Reason::Unreadable)?,
        };
        let image = self.build(own, &key, recipe, bundled, &archive, observer)?;
        Ok(Cached { image, key, warm: false })
    }

    /// Reports whether this digest is remembered for the file with this metadata. `name` is a path that no wheel has.
    pub fn remembers(&self, name: &Path, metadata: &Metadata, digest: &str) -> bool {
        let known = self.own.as_ref().and_then(|own| index::look_up(&own.wheels, name, metadata));
        known.as_deref() == Some(digest)
    }

    /// Remembers this digest for [`Cache::remembers`].
    pub fn remember(&self, name: &Path, metadata: &Metadata, digest: &str) {
        if let Some(own) = &self.own {
            index::remember(&own.wheels, name, metadata, digest);
        }
    }

    /// Removes a damaged image, so that [`Cache::image`] rebuilds it. An image that has replaced it meanwhile is kept.
    pub fn discard(&self, spoilt: &Cached) -> Result<()> {
        match self.images.metadata_of(&spoilt.key) {
            Ok(metadata) if metadata.inode == spoilt.image.directory.inode => {
                sweep::remove(&self.images, &spoilt.key)
            }
            _ => Ok(()),
        }
    }

    fn open(&self, key: &str) -> Option<Image> {
        let directory = directory::trusted(self.images.open_directory(key).ok()?, self.owner).ok()?;
        let mut image = Image::open(&directory)?;
        if self.own.is_none() {
            image.is_anothers = true;
            image.manifest.belongs_to(self.owner);
            return Some(image);
        }
        let now = Timestamp::now();
        if Image::last_used(&directory).is_some_and(|used| used.is_older_than(now, DAY)) {
            Image::mark_used(&directory, now);
        }
        Some(image)
    }

    fn build(
        &self,
        own: &Own,
        key: &str,
        recipe: Recipe<'_>,
        bundled: &BundledWheel,
        archive: &[u8],
        observer: &mut dyn Observer,
    ) -> Result<Image, Stop> {
        // `None` after the last attempt: the image is then built without the lock.
        let _lock = turn::wait(observer, || own.locks.try_lock(key))?;
        if let Some(image) = self.open(key) {
            return Ok(image);
        }
        sweep::sweep(&self.images, own, Timestamp::now());
        let (name, directory, alive) = self.workplace(observer)?;
        let built = image::build(&directory, recipe, bundled, archive, observer);
        // On Windows an open file keeps its directory from being renamed.
        let _alive = DIRECTORIES_ARE_HELD.then_some(alive);
        let published = built.and_then(|image| Ok(self.publish(&name, key, image)?));
        if published.is_err() {
            // The next build sweeps any remains.
            let _ = self.images.remove_tree(&name);
        }
        published
    }

    /// Creates a directory to build in, with the lock that shows that its builder is alive.
    fn workplace(&self, observer: &mut dyn Observer) -> Result<(String, Dir, Lock)> {
        for attempt in 0..ATTEMPTS {
            if observer.interrupted() {
                return Err(Error::Interrupted);
            }
            // The attempt is part of the name, since a fake clock may not advance.
            let name = format!(
                "{}{}-{}",
                sweep::BUILDING,
                std::process::id(),
                Timestamp::now().nanoseconds() + attempt
            );
            if !self.images.make_directory(&name, Access::Owner)? {
                continue;
            }
            let locked = |directory: Dir| Ok((sweep::show_alive(&directory)?, directory));
            let taken = unless_gone(self.images.open_directory(&name).and_then(locked))?;
            // Only a process that removes the whole cache can have removed it by now.
            if let Some((Some(alive), directory)) = taken
                && self.images.metadata_of(&name).is_ok()
            {
                return Ok((name, directory, alive));
            }
            let _ = self.images.remove_tree(&name);
        }
        let source = std::io::Error::other("another process removed each build directory at once");
        Err(Error::io("keep a directory in", self.images.path(), source))
    }

    /// Renames the built image to its key. If another builder was faster, its image is used instead.
    fn publish(&self, name: &str, key: &str, built: Image) -> Result<Image> {
        let first = self.images.rename(name, key);
        let Err(error) = first else { return built.renamed(&self.images, key) };
        if let Some(theirs) = self.open(key) {
            self.images.remove_tree(name)?;
            return Ok(theirs);
        }
        // A damaged image is in the way.
        sweep::remove(&self.images, key).map_err(|_| error)?;
        self.images.rename(name, key)?;
        built.renamed(&self.images, key)
    }
}

fn key(recipe: Recipe<'_>, digest: &str) -> String {
    format!("{FORMAT}-{}-{}-{}-{digest}", recipe.cache_tag, hex(&recipe.base.magic), recipe.validation.name())
}

/// Reports whether the file of that name was written longer ago.
fn is_older_than(age: Duration, directory: &Dir, name: &OsStr, now: Timestamp) -> bool {
    directory.metadata_of(name).is_ok_and(|metadata| metadata.modified.is_older_than(now, age))
}
