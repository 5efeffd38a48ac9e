//! Placing pip again in an environment in which it is damaged. Other packages stay as they are.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::reason::Stop;
use super::request::refuse_variables;
use super::{Outcome, Request, Seeding, is_leftover, place, python, turn, without_attributes};
use crate::error::Result;
use crate::fs::UNFINISHED;
use crate::fs::dir::Dir;
use crate::observer::Observer;

/// The project that is restored.
const PIP: &str = "pip";

/// Installs the pip that `ensurepip` would install, in the place of what there is of a pip. If that fails, everything
/// is as it was.
///
/// # Errors
/// As from [`super::seed`].
pub fn restore(request: Request<'_>, observer: &mut dyn Observer) -> Result<Outcome> {
    let link_mode = request.variables.link_mode()?;
    match try_restore(request, link_mode, observer) {
        Ok(outcome) => Ok(outcome),
        Err(Stop::NotServed(reason)) => Ok(Outcome::NotServed(reason)),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn try_restore(
    request: Request<'_>,
    link_mode: super::LinkMode,
    observer: &mut dyn Observer,
) -> Result<Outcome, Stop> {
    refuse_variables(request.variables)?;
    let recipe = request.recipe()?;
    let mut wheels = request.find_wheels()?;
    wheels.retain(|wheel| wheel.project == PIP);
    let target = request.open_target()?;
    let _turn = turn::wait(observer, || Ok(target.packages.try_lock_itself()))?;
    for name in target.packages.names()?.iter().filter(|name| is_leftover(name, &wheels)) {
        target.packages.remove_tree(name)?;
    }
    let mut seeding = Seeding { recipe, target, link_mode, cache: None, observer };
    seeding.cache = seeding.open_cache(request)?;
    python::check(request, seeding.cache.as_ref(), seeding.observer)?;
    let aside = SetAside::pip(&request.environment.purelib)?;
    match seeding.install_all(&wheels).map_err(without_attributes) {
        Ok((origin, link_mode)) => {
            aside.remove()?;
            Ok(Outcome::Seeded { origin, link_mode })
        }
        Err(stop) => {
            for name in seeding.target.packages.names()?.iter().filter(|name| is_leftover_of_placing(name)) {
                seeding.target.packages.remove_tree(name)?;
            }
            aside.put_back()?;
            Err(stop)
        }
    }
}

/// Reports whether an attempt to place pip leaves such a name.
fn is_leftover_of_placing(name: &OsStr) -> bool {
    name == super::image_name().as_str() || (place::is_staged(name, PIP) && !is_aside(name))
}

/// What there was of a pip, under other names. A killed process leaves these names to the next one, which removes them.
#[derive(Debug)]
pub struct SetAside {
    packages: Dir,
    /// The names, each with the one that it has meanwhile.
    names: Vec<(OsString, String)>,
}

impl SetAside {
    /// Sets aside what there is of a pip in a directory of packages.
    ///
    /// # Errors
    /// Errors of the file system.
    pub fn pip(packages: &Path) -> Result<Self> {
        let packages = Dir::open(packages)?;
        let mut aside = Self { packages, names: Vec::new() };
        let mut names = aside.packages.names()?;
        names.retain(|name| is_of_pip(name));
        // The metadata goes first: a pip without it is none.
        names.sort_by_key(|name| name == PIP);
        for name in names {
            let other = aside_name(aside.names.len());
            aside.packages.rename(&name, &other)?;
            aside.names.push((name, other));
        }
        Ok(aside)
    }

    /// Removes it for good.
    ///
    /// # Errors
    /// Errors of the file system.
    pub fn remove(&self) -> Result<()> {
        self.names.iter().try_for_each(|(_, other)| self.packages.remove_tree(other))
    }

    /// Puts it back in the place of what is there now.
    ///
    /// # Errors
    /// Errors of the file system.
    pub fn put_back(&self) -> Result<()> {
        for name in self.packages.names()?.iter().filter(|name| is_of_pip(name)) {
            self.packages.remove_tree(name)?;
        }
        self.names.iter().rev().try_for_each(|(name, other)| self.packages.rename(other, name))
    }
}

/// A name that [`place::is_staged`] accepts, so that leftovers are removed like others.
fn aside_name(number: usize) -> String {
    format!("{UNFINISHED}{PIP}-aside{number}.dist-info-staged")
}

fn is_aside(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(format!("{UNFINISHED}{PIP}-aside").as_bytes())
}

/// Reports whether pip has such a name in a directory of packages.
fn is_of_pip(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let is_metadata = [".dist-info", ".egg-info"].iter().any(|end| name.ends_with(end));
    name == PIP || (is_metadata && name.starts_with("pip-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs;

    #[test]
    fn what_is_set_aside_can_be_put_back_and_nothing_else_is_touched() {
        let temp = tempfile::tempdir().unwrap();
        let names = || {
            let mut names = Dir::open(temp.path()).unwrap().names().unwrap();
            names.sort();
            names
        };
        for name in ["pip", "pip-24.0.dist-info", "pipx", "pip_tools-7.dist-info", "piper-1.dist-info"] {
            fs::create_directory(&temp.path().join(name).join("inner")).unwrap();
        }
        let before = names();
        let aside = SetAside::pip(temp.path()).unwrap();
        assert_eq!(names().iter().filter(|name| is_of_pip(name)).count(), 0);
        fs::create_directory(&temp.path().join("pip/other")).unwrap();
        aside.put_back().unwrap();
        assert_eq!(names(), before);
        assert!(temp.path().join("pip/inner").is_dir() && !temp.path().join("pip/other").exists());
        SetAside::pip(temp.path()).unwrap().remove().unwrap();
        assert_eq!(names(), ["pip_tools-7.dist-info", "piper-1.dist-info", "pipx"]);
    }
}
