//! The steps that create an environment, and their order.
//!
//! [`environment`] runs all of them. The border calls each step on its own, so that a subclass of `EnvBuilder` can
//! override any.

pub mod clear;
pub mod configuration;
pub mod directories;
pub mod executables;
#[cfg(test)]
mod nt_tests;
pub mod pip;
pub mod scripts;
mod templates;
#[cfg(test)]
mod tests;

use std::path::Path;

use self::executables::found::{Bin, OtherLinks};
use self::executables::{Own, nt, set_up};
use crate::base::{Base, Platform};
use crate::environment::Environment;
use crate::environment::config::Options;
use crate::environment::scripts::placeholders::Values;
use crate::error::{Result, quoted};
use crate::fs;
use crate::observer::Observer;
use crate::seed::{Request, Variables};

/// The environment to create, and everything that its creation depends on.
#[derive(Clone, Copy, Debug)]
pub struct Creation<'a> {
    /// The base interpreter.
    pub base: &'a Base,
    /// The environment's directory, as an absolute, normalised path.
    pub directory: &'a Path,
    /// The options. `upgrade_deps` is only recorded.
    pub options: &'a Options,
    /// The environment variables that affect the creation.
    pub variables: &'a Variables,
    /// The cache directory, if there is one.
    pub cache_directory: Option<&'a Path>,
    /// The package directory of fastvenv. Its directory `scripts` has the templates of the activation scripts.
    pub package: &'a Path,
    /// The user's home directory.
    pub home: &'a Path,
}

/// Creates an environment, as `EnvBuilder.create` does if nothing is overridden.
///
/// # Errors
/// [`crate::error::Error::Refused`] and [`crate::error::Error::NotADirectory`] before anything is written; errors of
/// the file system and [`crate::error::Error::Interrupted`] at any time. A second run completes an unfinished
/// environment.
pub fn environment(creation: &Creation<'_>, observer: &mut dyn Observer) -> Result<Environment> {
    let Creation { base, directory, options, .. } = *creation;
    let environment = Environment::of(base, directory, directory);
    creation.check(&environment)?;
    if options.clear && fs::exists(directory) {
        clear::check(base, directory, creation.home, creation.package)?;
        clear::clear(directory, &mut || observer.interrupted())?;
    }
    let made = fs::ensure_directory(directory)?;
    directories::make(base, &environment, made, options.with_pip, observer)?;
    if options.scm_ignore_files {
        configuration::write_git_ignore(base.platform, directory)?;
    }
    // While pip is installed, it must not find the base's packages (bpo-24875).
    let isolated = Options { system_site_packages: false, ..options.clone() };
    creation.configure(&environment, &isolated)?;
    creation.set_up_python(&environment, observer)?;
    if options.with_pip {
        let (variables, cache_directory) = (creation.variables, creation.cache_directory);
        pip::install(Request { base, environment: &environment, variables, cache_directory }, observer)?;
    }
    if !options.upgrade {
        creation.install_scripts(&environment, observer)?;
    }
    if options.system_site_packages {
        creation.configure(&environment, options)?;
    }
    Ok(environment)
}

impl Creation<'_> {
    /// Refuses an environment that can't be created, before anything is deleted or written.
    fn check(&self, environment: &Environment) -> Result<()> {
        if self.options.with_pip {
            self.variables.check()?;
        }
        directories::check(self.base, encoded(self.directory), self.prompt().as_bytes())?;
        let renews = self.options.clear || self.options.upgrade;
        if renews { Ok(()) } else { self.bin(environment).check(self.base) }
    }

    fn bin<'e>(&'e self, environment: &'e Environment) -> Bin<'e> {
        let links = if self.options.upgrade { OtherLinks::Renewed } else { OtherLinks::Refused };
        Bin {
            path: &environment.bin,
            env_exe: &environment.executable,
            base: &self.base.executable,
            copies: !self.options.symlinks,
            links,
        }
    }

    fn prompt(&self) -> String {
        let name = || String::from_utf8_lossy(file_name(self.directory)).into_owned();
        self.options.prompt.clone().unwrap_or_else(name)
    }

    fn configure(&self, environment: &Environment, options: &Options) -> Result<()> {
        let prompt = self.options.prompt.as_deref().map(|prompt| quoted(Path::new(prompt)));
        let home = &self.base.home;
        configuration::write(
            &environment.config(),
            self.base,
            self.directory,
            home,
            prompt.as_deref(),
            options,
        )
    }

    fn set_up_python(&self, environment: &Environment, observer: &mut dyn Observer) -> Result<()> {
        let (base, bin) = (self.base, self.bin(environment));
        let mut own = Own { symlinks: self.options.symlinks };
        match base.platform {
            Platform::Posix => set_up(base, &bin, self.options.with_pip, &mut own, observer),
            Platform::Nt => nt::set_up(base, &base.home, (self.directory, &bin), observer),
        }
    }

    fn install_scripts(&self, environment: &Environment, observer: &mut dyn Observer) -> Result<()> {
        let prompt = self.prompt();
        let values = Values {
            env_dir: encoded(self.directory),
            env_name: file_name(self.directory),
            prompt: prompt.as_bytes(),
            bin_name: file_name(&environment.bin),
            env_exe: encoded(&environment.executable),
        };
        let templates = self.package.join("scripts");
        let replace = |script: &_, template: &[u8]| scripts::replaced(script, template, &values);
        scripts::install(&templates, self.base.platform, &environment.bin, replace, observer)
    }
}

/// The path as the scripts contain it.
fn encoded(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

fn file_name(path: &Path) -> &[u8] {
    path.file_name().unwrap_or_default().as_encoded_bytes()
}
