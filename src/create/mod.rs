//! The steps that create an environment, and their order.
//!
//! [`environment`] runs all of them. The border calls each step on its own, so that a subclass of `EnvBuilder` can
//! override any.

pub mod child;
pub mod clear;
pub mod configuration;
pub mod directories;
pub mod ensurepip;
pub mod executables;
pub mod foreign;
#[cfg(test)]
mod nt_tests;
pub mod pip;
pub mod scripts;
pub mod templates;
#[cfg(test)]
mod tests;
pub mod timing;
pub mod upgrade;

use std::ffi::OsStr;
use std::path::Path;

use self::executables::found::{Bin, OtherLinks};
use self::executables::{Own, nt, set_up};
use self::timing::timed;
use crate::advice::{Failure, on_incomplete};
use crate::base::{Base, Platform};
use crate::environment::Environment;
use crate::environment::config::Options;
use crate::environment::scripts::placeholders::Values;
use crate::error::Result;
use crate::fs::{self, Made};
use crate::observer::Observer;
use crate::seed::{Request, Variables};
use crate::text::quoted;

/// The environment to create, and everything that its creation depends on.
#[derive(Clone, Copy, Debug)]
pub struct Creation<'a> {
    /// The base interpreter.
    pub base: &'a Base,
    /// The environment's directory, as an absolute, normalised path.
    pub directory: &'a Path,
    /// The options. Of the prompt, this is what `pyvenv.cfg` records.
    pub options: &'a Options,
    /// The prompt. Default: the environment's name.
    pub prompt: Option<&'a OsStr>,
    /// The environment variables that affect the creation.
    pub variables: &'a Variables,
    /// The cache directory, if there is one.
    pub cache_directory: Option<&'a Path>,
    /// The file or directory of fastvenv itself, which is not to be deleted.
    pub own: &'a Path,
    /// The user's home directory.
    pub home: &'a Path,
}

/// Creates an environment, as `EnvBuilder.create` does if nothing is overridden.
///
/// # Errors
/// [`crate::error::Error::Refused`] and [`crate::error::Error::NotADirectory`] before anything is written; errors of
/// the file system and [`crate::error::Error::Interrupted`] at any time. A second run completes an unfinished
/// environment.
pub fn environment(creation: &Creation<'_>, observer: &mut dyn Observer) -> Result<Environment, Failure> {
    let Creation { base, directory, options, .. } = *creation;
    let environment = Environment::of(base, directory, directory);
    let existed = fs::exists(directory);
    creation.check(&environment, existed, observer)?;
    observer.debug(&format!("creating an environment in {}", quoted(directory)));
    timed("create", observer, |observer| {
        if let Err(failure) = creation.complete(&environment, observer) {
            let is_left = !existed && !fs::remove_if_empty(directory);
            return Err(if is_left { failure.noted(on_incomplete(directory)) } else { failure });
        }
        if options.upgrade_deps {
            timed("upgrade_dependencies", observer, |observer| {
                upgrade::upgrade(base, &environment, observer)
            })?;
        }
        Ok(environment)
    })
}

impl Creation<'_> {
    /// Refuses an environment that can't be created, before anything is deleted or written.
    fn check(
        &self,
        environment: &Environment,
        existed: bool,
        observer: &mut dyn Observer,
    ) -> Result<(), Failure> {
        if self.options.with_pip {
            self.variables.check()?;
            let is_kept = !self.options.clear;
            ensurepip::require(self.base, self.variables, (self.directory, is_kept), observer)?;
        }
        let renews = self.options.clear || self.options.upgrade;
        if existed && !renews && self.base.platform == Platform::Posix {
            self.bin(environment).check(self.base)?;
        }
        Ok(())
    }

    /// Everything but the upgrade, which comes when the environment is whole.
    fn complete(&self, environment: &Environment, observer: &mut dyn Observer) -> Result<(), Failure> {
        let Creation { base, directory, options, .. } = *self;
        timed("ensure_directories", observer, |observer| self.make_directories(environment, observer))?;
        observer.debug(&format!("the base interpreter is {}", quoted(&base.executable)));
        if options.scm_ignore_files {
            timed("create_git_ignore_file", observer, |_| {
                configuration::write_git_ignore(base.platform, directory)
            })?;
        }
        // While pip is installed, it must not find the base's packages (bpo-24875).
        let isolated = Options { system_site_packages: false, ..options.clone() };
        timed("create_configuration", observer, |_| self.configure(environment, &isolated))?;
        timed("setup_python", observer, |observer| self.set_up_python(environment, observer))?;
        if options.with_pip {
            let (variables, cache_directory) = (self.variables, self.cache_directory);
            let request = Request { base, environment, variables, cache_directory };
            timed("_setup_pip", observer, |observer| pip::install(request, observer))?;
        }
        if !options.upgrade {
            timed("setup_scripts", observer, |observer| self.install_scripts(environment, observer))?;
            // Nothing is done here. With this record, both commands show the same ones.
            timed("post_setup", observer, |_| Ok::<_, Failure>(()))?;
        }
        if options.system_site_packages {
            timed("create_configuration", observer, |_| self.configure(environment, options))?;
        }
        Ok(())
    }

    fn make_directories(
        &self,
        environment: &Environment,
        observer: &mut dyn Observer,
    ) -> Result<(), Failure> {
        let Creation { base, directory, options, .. } = *self;
        directories::check(base, encoded(directory), self.prompt())?;
        if options.clear && fs::exists(directory) {
            clear::check(base, directory, self.home, self.own)?;
            clear::clear(directory, &mut || observer.interrupted()).map_err(|error| {
                let note = clear::note_of_remains(directory);
                note.into_iter().fold(Failure::from(error), Failure::noted)
            })?;
        }
        let made = fs::ensure_directory(directory)?;
        let installs_pip = made == Made::Before && (options.with_pip || options.upgrade_deps);
        Ok(directories::make(base, environment, made, installs_pip, observer)?)
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

    /// The prompt, as the scripts contain it.
    fn prompt(&self) -> &[u8] {
        self.prompt.map_or_else(|| file_name(self.directory), OsStr::as_encoded_bytes)
    }

    fn configure(&self, environment: &Environment, options: &Options) -> Result<()> {
        let prompt = self.prompt.map(quoted);
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
        let values = Values {
            env_dir: encoded(self.directory),
            env_name: file_name(self.directory),
            prompt: self.prompt(),
            bin_name: file_name(&environment.bin),
            env_exe: encoded(&environment.executable),
        };
        let platform = self.base.platform;
        let replace = |script: &_, template: &[u8]| scripts::replaced(script, template, &values);
        scripts::install(&templates::own(platform), platform, &environment.bin, replace, observer)
    }
}

/// The path as the scripts contain it.
fn encoded(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

fn file_name(path: &Path) -> &[u8] {
    path.file_name().unwrap_or_default().as_encoded_bytes()
}
