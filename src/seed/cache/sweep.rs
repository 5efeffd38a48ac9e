//! Removing unneeded files from the cache: the leftovers of killed builders, and images unused for 90 days.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::super::image::Image;
use super::{DAY, DIRECTORIES, KEPT, Own, facts, is_older_than, tag};
use crate::error::{Error, Result};
use crate::fs::Timestamp;
use crate::fs::dir::{DIRECTORIES_ARE_HELD, Dir, Kind, Lock, unless_gone};
use crate::text::quoted;

/// The start of the names of unfinished images.
pub(super) const BUILDING: &str = ".build-";
/// The start of the names of directories that are being removed.
const REMOVED: &str = ".build-removed-";
/// The file in an unfinished image that the builder keeps locked until it ends.
const ALIVE: &str = "alive";

/// Removes leftovers, and everything that was not used for 90 days before `now`. The next sweep retries failures.
pub(super) fn sweep(images: &Dir, own: &Own, now: Timestamp) {
    let Own { root, wheels, locks } = own;
    for name in images.names().unwrap_or_default() {
        let Ok(directory) = images.open_directory(&name) else { continue };
        if is_building(&name) {
            let is_dead = is_abandoned(&directory, now);
            if is_new(&name, &directory) && !is_dead {
                continue;
            }
            // The lock is held until all is removed, if it can be.
            if let Ok(Some(alive)) = directory.try_lock(ALIVE)
                && (alive.is_held() || is_dead)
            {
                // Where directories aren't held open, no open file in one lets it be renamed.
                let _alive = DIRECTORIES_ARE_HELD.then_some(alive);
                let _ = remove(images, &name);
            }
        } else if Image::last_used(&directory).is_none_or(|used| used.is_older_than(now, KEPT)) {
            let _ = remove(images, &name);
        }
    }
    if let Ok(facts) = root.open_directory("facts") {
        facts::sweep(&facts, now);
    }
    let is_old = |directory: &Dir, name: &OsString| is_older_than(KEPT, directory, name, now);
    for name in wheels.names().unwrap_or_default() {
        if is_old(wheels, &name) {
            let _ = wheels.remove_file(&name);
        }
    }
    for name in locks.names().unwrap_or_default() {
        // Its age only shows its first use, so only a process that can take the lock may remove it.
        if is_old(locks, &name)
            && let Ok(Some(lock)) = locks.try_lock(&name)
            && lock.is_held()
        {
            let _ = locks.remove_file(&name);
        }
    }
}

/// Locks the file that keeps a sweeper away from an unfinished image. It gets its name afterwards, so that no sweeper
/// finds it unlocked. `None` if another process has removed it.
pub(super) fn show_alive(directory: &Dir) -> Result<Option<Lock>> {
    const UNNAMED: &str = "alive.new";
    let alive = directory.try_lock(UNNAMED)?;
    directory.rename(UNNAMED, ALIVE)?;
    Ok(alive)
}

/// Reports whether a builder may be about to lock the directory that it created.
fn is_new(name: &OsStr, directory: &Dir) -> bool {
    !name.as_encoded_bytes().starts_with(REMOVED.as_bytes()) && directory.metadata_of(ALIVE).is_err()
}

/// Reports whether the directory is too old to have a builder. Where files can't be locked, only its age shows that.
fn is_abandoned(directory: &Dir, now: Timestamp) -> bool {
    directory.metadata().is_ok_and(|metadata| metadata.modified.is_older_than(now, DAY))
}

fn is_building(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(BUILDING.as_bytes())
}

/// Removes an image. It is renamed first, so that no process finds it half removed.
pub(super) fn remove(images: &Dir, name: impl AsRef<OsStr>) -> Result<()> {
    let gone = format!("{REMOVED}{}-{}", std::process::id(), Timestamp::now().nanoseconds());
    images.rename(name, &gone)?;
    images.remove_tree(&gone)
}

/// The content of a cache, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The number of complete images.
    pub images: usize,
    /// The number of files, of all kinds.
    pub files: u64,
    /// The size of all files, in bytes.
    pub bytes: u64,
}

/// Counts the content of the cache in this directory. A missing cache counts as empty.
pub fn usage(path: &Path) -> Result<Usage> {
    open(path)?.map_or(Ok(Usage::default()), |root| held(&root))
}

/// Removes everything from the cache in this directory, and returns how much that was.
///
/// Files of others stay, and so does the tag that marks the directory as a cache.
pub fn clean(path: &Path) -> Result<Usage> {
    let Some(root) = open(path)? else { return Ok(Usage::default()) };
    let removed = held(&root)?;
    for name in DIRECTORIES {
        root.remove_tree(name)?;
    }
    Ok(removed)
}

/// Opens the cache; `None` if there is none. A directory that isn't ours is refused.
fn open(path: &Path) -> Result<Option<Dir>> {
    match unless_gone(Dir::open(path))? {
        Some(root) if !tag::is_ours(&root)? => {
            Err(Error::Refused(format!("{} is not a cache that fastvenv made.", quoted(path))))
        }
        root => Ok(root),
    }
}

fn held(root: &Dir) -> Result<Usage> {
    let images = root.open_directory("images").and_then(|images| images.names()).unwrap_or_default();
    let images = images.iter().filter(|name| !is_building(name)).count();
    let mut usage = Usage { images, ..Usage::default() };
    for name in DIRECTORIES {
        add_up(root, name.as_ref(), &mut usage)?;
    }
    Ok(usage)
}

/// Adds the entry of that name in a directory, and everything below it. Files that vanish meanwhile don't count.
fn add_up(directory: &Dir, name: &OsStr, usage: &mut Usage) -> Result<()> {
    match directory.metadata_of(name) {
        Ok(metadata) if metadata.kind == Kind::Directory => {
            let Some(directory) = unless_gone(directory.open_directory(name))? else { return Ok(()) };
            for name in unless_gone(directory.names())?.unwrap_or_default() {
                add_up(&directory, &name, usage)?;
            }
        }
        Ok(metadata) => {
            usage.files += 1;
            usage.bytes += metadata.size;
        }
        Err(_) => {}
    }
    Ok(())
}

/// These tests don't run on Windows, where no cache is filled.
#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::super::Cache;
    use super::*;
    use crate::fs::dir::Access;
    use crate::observer::Observer;
    use std::process::{Child, Command};
    use std::{fs, io, thread};

    /// Ignores messages; reports an interrupt or none.
    struct Hears(bool);

    impl Observer for Hears {
        fn debug(&mut self, _: &str) {}
        fn warning(&mut self, _: &str) {}
        fn interrupted(&mut self) -> bool {
            self.0
        }
        fn start(&mut self, command: &mut Command) -> io::Result<Child> {
            command.spawn()
        }
    }

    fn sweep_all(cache: &Cache) {
        sweep(&cache.images, cache.own.as_ref().unwrap(), Timestamp::default());
    }

    /// A cache with an image.
    fn cache(root: &Path) -> Cache {
        let cache = Cache::open_at(root).unwrap();
        let tree = root.join("images/key/tree/package/folder");
        fs::create_dir_all(&tree).unwrap();
        for name in ["a", "b", "c"] {
            fs::write(tree.join(name), "text").unwrap();
        }
        cache
    }

    #[test]
    fn only_what_is_removed_is_counted_and_the_directory_stays_a_cache() {
        let temp = tempfile::tempdir().unwrap();
        cache(temp.path());
        fs::write(temp.path().join(".DS_Store"), "somebody else's").unwrap();
        let held = Usage { images: 1, files: 3, bytes: 12 };
        assert_eq!(usage(temp.path()).unwrap(), held);
        assert_eq!(clean(temp.path()).unwrap(), held);
        assert_eq!(clean(temp.path()).unwrap(), Usage::default());
        assert!(temp.path().join(".DS_Store").exists());
        assert!(Cache::open_at(temp.path()).is_ok());
    }

    #[test]
    fn what_is_cleaned_while_it_becomes_a_cache_is_one() {
        let temp = tempfile::tempdir().unwrap();
        let root = Dir::open(temp.path()).unwrap();
        tag::set(&root).unwrap();
        clean(temp.path()).unwrap();
        root.make_directory("images", Access::Owner).unwrap();
        assert!(Cache::open_at(temp.path()).is_ok());
        assert!(clean(temp.path()).is_ok());
    }

    #[test]
    fn those_who_clean_and_count_at_once_all_end_well() {
        let temp = tempfile::tempdir().unwrap();
        for _ in 0..200 {
            cache(temp.path());
            thread::scope(|scope| {
                for run in [clean, clean, usage] {
                    let root = temp.path();
                    scope.spawn(move || run(root).unwrap());
                }
            });
        }
    }

    #[test]
    fn a_dead_builders_lock_is_held_until_all_is_removed() {
        let temp = tempfile::tempdir().unwrap();
        let cache = cache(temp.path());
        let dead = cache.images.enter(".build-1-1", Access::Owner).unwrap();
        for number in 0..3000 {
            dead.create_file(number.to_string()).unwrap();
        }
        let alive = dead.create_file(ALIVE).unwrap();
        thread::scope(|scope| {
            let sweeper = scope.spawn(|| sweep_all(&cache));
            while cache.images.metadata_of(".build-1-1").is_ok() && !sweeper.is_finished() {}
            let is_free = alive.try_lock().is_ok();
            assert!(!is_free || dead.names().unwrap().is_empty());
        });
    }

    #[test]
    fn an_interrupt_ends_the_search_for_a_workplace() {
        let temp = tempfile::tempdir().unwrap();
        let cache = cache(temp.path());
        assert!(matches!(cache.workplace(&mut Hears(true)), Err(Error::Interrupted)));
        assert_eq!(cache.images.names().unwrap(), ["key"]);
    }

    #[test]
    fn a_workplace_is_not_swept_while_its_builder_lives() {
        let temp = tempfile::tempdir().unwrap();
        let cache = cache(temp.path());
        thread::scope(|scope| {
            let builder = scope.spawn(|| {
                for _ in 0..500 {
                    let (name, directory, _alive) = cache.workplace(&mut Hears(false)).unwrap();
                    directory.make_directory("tree", Access::Owner).unwrap();
                    assert!(cache.images.open_directory(&name).is_ok());
                }
            });
            thread::scope(|sweepers| {
                for _ in 0..3 {
                    sweepers.spawn(|| {
                        while !builder.is_finished() {
                            sweep_all(&cache);
                        }
                    });
                }
            });
        });
    }
}
