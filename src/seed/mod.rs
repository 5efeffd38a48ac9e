//! Placing pip natively: the same result as `ensurepip`, from the same wheel, in milliseconds.
//!
//! The steps of one call: [`bundled`] finds the wheels. [`cache`] opens their [`image`]s or builds them ([`wheel`]
//! reads strictly, [`bytecode`] lets the base interpreter compile, [`manifest`] records). [`place`] brings them into
//! the environment ([`record`], [`console_scripts`], [`launchers`]). If a step can't be done exactly as `ensurepip` would do it,
//! nothing is installed, and the outcome is a [`Reason`].

pub mod bundled;
pub mod bytecode;
pub mod cache;
pub mod console_scripts;
pub mod halt;
mod hash;
pub mod image;
pub mod launchers;
pub mod link_mode;
pub mod links;
pub mod manifest;
pub mod place;
mod prospect;
mod python;
pub mod reason;
pub mod record;
pub mod request;
mod restore;
pub mod transfer;
mod turn;
mod walk;
pub mod wheel;

use std::ffi::OsStr;
use std::fmt::Display;

use self::bundled::BundledWheel;
use self::cache::Cache;
use self::halt::Halt;
use self::image::{Image, Recipe};
use self::link_mode::LinkMode;
use self::place::Target;
pub use self::prospect::Prospect;
pub use self::reason::Reason;
use self::reason::Stop;
pub use self::request::{Request, Variables};
pub use self::restore::{SetAside, restore};
use crate::error::{Error, Result};
use crate::fs::dir::{Access, Dir};
use crate::fs::{UNFINISHED, lacks_attributes};
use crate::observer::Observer;

/// The outcome of a request.
#[derive(Debug)]
pub enum Outcome {
    /// pip is installed.
    Seeded {
        /// The origin of the files.
        origin: Origin,
        /// The link mode of the files.
        link_mode: LinkMode,
    },
    /// Nothing was done; `ensurepip` must do it.
    NotServed(Reason),
}

/// The origin of an environment's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Images that were in the cache.
    Cache,
    /// Images that had to be built first.
    Built,
    /// The wheels themselves, since the cache could not be used.
    Wheel,
}

/// Installs the same packages as `ensurepip` into a new environment.
///
/// # Errors
/// An I/O error on the environment itself, or [`Error::Interrupted`]. Both may leave files, but no `.dist-info`
/// directory, so that pip doesn't look installed and a second run completes it. [`Error::Refused`] for a variable
/// `FASTVENV_...` with an unknown value. Problems with the cache are no errors.
pub fn seed(request: Request<'_>, observer: &mut dyn Observer) -> Result<Outcome> {
    let link_mode = request.variables.link_mode()?;
    match try_seed(request, link_mode, observer) {
        Ok((origin, link_mode)) => Ok(Outcome::Seeded { origin, link_mode }),
        Err(Stop::NotServed(reason)) => Ok(Outcome::NotServed(reason)),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn try_seed(
    request: Request<'_>,
    link_mode: LinkMode,
    observer: &mut dyn Observer,
) -> Result<(Origin, LinkMode), Stop> {
    let recipe = request.choose_recipe()?;
    let wheels = request.find_wheels()?;
    let target = request.open_target()?;
    // Another process may be creating the same environment. We wait for it, and then check its result.
    let _turn = turn::wait(observer, || Ok(target.packages.try_lock_itself()))?;
    prepare(&target.packages, &wheels)?;
    let mut seeding = Seeding { recipe, target, link_mode, cache: None, observer };
    seeding.cache = seeding.open_cache(request)?;
    let known = python::check(request, seeding.cache.as_ref(), seeding.observer);
    let installed = known.and_then(|()| seeding.install_all(&wheels).map_err(without_attributes));
    if let Err(Stop::NotServed(_)) = installed {
        // `ensurepip` doesn't know our names for unfinished files. Those that can't be removed don't disturb it.
        let _ = prepare(&seeding.target.packages, &wheels);
    }
    installed
}

struct Seeding<'a> {
    recipe: Recipe<'a>,
    target: Target,
    link_mode: LinkMode,
    cache: Option<Cache>,
    observer: &'a mut dyn Observer,
}

impl Seeding<'_> {
    fn open_cache(&mut self, request: Request<'_>) -> Result<Option<Cache>> {
        let opened = match request.cache_directory {
            _ if request.variables.forbids_cache()? => Err(cache::Unusable::Unwanted),
            Some(directory) => Cache::open_at(directory),
            None => Err(cache::Unusable::NoHome),
        };
        match opened {
            Ok(cache) => return Ok(Some(cache)),
            Err(why) if why.deserves_warning() => {
                self.observer.warning(&format!("{why}; pip is unpacked without a cache"))
            }
            Err(why) => self.give_up_cache(&why),
        }
        Ok(None)
    }

    fn install_all(&mut self, wheels: &[BundledWheel]) -> Result<(Origin, LinkMode), Stop> {
        let mut origin = Origin::Cache;
        let mut placed = Vec::new();
        for wheel in wheels {
            let (image, from) = self.install(wheel)?;
            origin = origin.or(from);
            placed.push(image);
        }
        for (image, _) in &placed {
            place::publish(&image.manifest, &self.target)?;
        }
        // All placements used the same two file systems; the last one is pip's.
        let link_mode = placed.last().map_or(self.link_mode, |(_, mode)| *mode);
        Ok((origin, link_mode))
    }

    /// Brings one project into the environment, except for the last rename.
    fn install(&mut self, wheel: &BundledWheel) -> Result<((Image, LinkMode), Origin), Stop> {
        let mut rebuilt = false;
        while let Some(cache) = &self.cache {
            let cached = match cache.image(self.recipe, wheel, self.observer) {
                Ok(cached) => cached,
                Err(Stop::Failed(error)) if !matches!(error, Error::Interrupted) => {
                    self.give_up_cache(&error);
                    continue;
                }
                // The disk of the cache may be full, and that of the environment may have more space.
                Err(Stop::NotServed(reason @ Reason::Compiler(_))) => {
                    self.give_up_cache(&reason);
                    continue;
                }
                Err(stop) => return Err(stop),
            };
            match place::place(&cached.image, &self.target, self.link_mode, self.observer) {
                Ok(mode) => {
                    let origin = if cached.warm && !rebuilt { Origin::Cache } else { Origin::Built };
                    return Ok(((cached.image, mode), origin));
                }
                Err(Halt::Failed(error)) => return Err(error.into()),
                Err(Halt::Unreadable(error)) => self.give_up_cache(&error),
                Err(Halt::Stale(path)) => {
                    let spoilt = cached.image.tree.path().join(path);
                    let is_discarded = cache.discard(&cached).is_ok();
                    let next = if is_discarded { "will be" } else { "can't be" };
                    self.observer
                        .warning(&format!("the cache is damaged and {next} rebuilt: {}", spoilt.display()));
                    if rebuilt || !is_discarded {
                        self.cache = None;
                    }
                    rebuilt = true;
                }
            }
        }
        self.install_without_cache(wheel)
    }

    fn give_up_cache(&mut self, why: &dyn Display) {
        self.observer.debug(&format!("no cache is used: {why}"));
        self.cache = None;
    }

    /// Builds the image in the environment itself, for this one use.
    fn install_without_cache(&mut self, wheel: &BundledWheel) -> Result<((Image, LinkMode), Origin), Stop> {
        let archive = crate::fs::read(&wheel.path).map_err(Reason::Unreadable)?;
        let name = image_name();
        self.target.packages.remove_tree(&name)?;
        let directory = self.target.packages.enter(&name, Access::Owner)?;
        let installed = self.build_and_place(&directory, wheel, &archive);
        let removed = self.target.packages.remove_tree(&name);
        let installed = installed?;
        removed?;
        Ok((installed, Origin::Wheel))
    }

    fn build_and_place(
        &mut self,
        directory: &Dir,
        wheel: &BundledWheel,
        archive: &[u8],
    ) -> Result<(Image, LinkMode), Stop> {
        let image = image::build(directory, self.recipe, wheel, archive, self.observer)?;
        // No other process uses these files, so a hard link and the removal of the first name is a move.
        match place::place(&image, &self.target, LinkMode::Hardlink, self.observer) {
            Ok(_) => Ok((image, LinkMode::Copy)),
            Err(Halt::Failed(error) | Halt::Unreadable(error)) => Err(error.into()),
            // Another process changed it, or the file system shows files differently each time.
            Err(Halt::Stale(path)) => Err(Reason::Changed(image.tree.path().join(path)).into()),
        }
    }
}

impl Origin {
    /// The common origin of two projects of one environment.
    fn or(self, other: Self) -> Self {
        if self == Self::Cache { other } else { self }
    }
}

/// Leaves a file system that lacks times or modes to `ensurepip`. That sets no times, and some of pip's modes don't
/// matter.
fn without_attributes(stop: Stop) -> Stop {
    match stop {
        Stop::Failed(error) if lacks_attributes(&error) => Reason::Attributes(error).into(),
        stop => stop,
    }
}

/// Removes the leftovers of an interrupted run of ours that have names of ours. Refuses a target with any other entry
/// that such a run can't have left, since pip would take it into account.
fn prepare(packages: &Dir, wheels: &[BundledWheel]) -> Result<(), Stop> {
    for name in packages.names()? {
        if is_leftover(&name, wheels) {
            packages.remove_tree(&name)?;
        } else if !is_of(&name, wheels) {
            return Err(Reason::Occupied(packages.path().join(name)).into());
        }
    }
    Ok(())
}

/// Reports whether one of the wheels has a package of that name.
fn is_of(name: &OsStr, wheels: &[BundledWheel]) -> bool {
    wheels.iter().any(|wheel| wheel.packages().iter().any(|own| name == *own))
}

/// Reports whether an unfinished run of ours leaves such a name.
fn is_leftover(name: &OsStr, wheels: &[BundledWheel]) -> bool {
    name == image_name().as_str() || wheels.iter().any(|wheel| place::is_staged(name, wheel.project))
}

/// The directory in site-packages for an image that is used once.
fn image_name() -> String {
    format!("{UNFINISHED}image")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_run_of_ours_left_is_removed_from_site_packages() {
        let temp = tempfile::tempdir().unwrap();
        let packages = Dir::open(temp.path()).unwrap();
        let wheels = [BundledWheel { path: "wheel".into(), project: "pip", version: "24.2".into() }];
        for left in
            [".fastvenv-image", ".fastvenv-pip-24.2.dist-info-staged", ".fastvenv-pip-9.dist-info-staged"]
        {
            packages.enter(left, Access::Owner).unwrap().make_directory("inner", Access::Owner).unwrap();
        }
        packages.make_directory("pip", Access::Owner).unwrap();
        prepare(&packages, &wheels).unwrap();
        assert_eq!(packages.names().unwrap(), ["pip"]);
        for kept in [".fastvenv-", ".fastvenv-images", ".fastvenv-1-2", ".fastvenv-pip-notes"] {
            packages.enter(kept, Access::Owner).unwrap().make_directory("inner", Access::Owner).unwrap();
            let refused = prepare(&packages, &wheels);
            assert!(matches!(refused, Err(Stop::NotServed(Reason::Occupied(path))) if path.ends_with(kept)));
            assert!(temp.path().join(kept).join("inner").is_dir());
            packages.remove_tree(kept).unwrap();
        }
    }
}
