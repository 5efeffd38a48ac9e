//! Repairs an environment: what a check found becomes a plan, and the plan is applied. Nothing is fetched from a network.
//!
//! A repair never deletes a package, replaces only what it understands, and names the rest. Every file is written whole,
//! and none through a link.

mod action;
mod base;
mod config;
mod executables;
mod part;
mod pip;
mod places;
mod plan;
mod recreate;
pub mod requirements;
mod scripts;
mod shebangs;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

pub use self::action::{Action, Step};
pub use self::plan::Plan;
use crate::base::{Base, Platform, Search};
use crate::check::{Finding, Host, Reading, Severity, check};
use crate::error::{Error, Result};
use crate::observer::Observer;
use crate::seed::Variables;

/// A repair: the environment, and everything that the repair depends on.
#[derive(Clone, Copy)]
pub struct Repair<'a> {
    /// The environment's directory.
    pub directory: &'a Path,
    /// The base interpreter to use: see [`Search::find`]. Without it, a suitable one is looked for.
    pub python: Option<&'a OsStr>,
    /// The running interpreter.
    pub running: &'a Base,
    /// Where to look for others.
    pub search: Search<'a>,
    /// The system, for the check.
    pub host: &'a Host,
    /// The package directory of fastvenv. Its directory `scripts` has the templates of the activation scripts.
    pub package: &'a Path,
    /// The variables that affect how pip is placed.
    pub variables: &'a Variables,
    /// The cache directory, if there is one.
    pub cache_directory: Option<&'a Path>,
}

/// What a repair did, or would do.
#[derive(Debug, Default)]
pub struct Report {
    /// What was done, as sentences.
    pub done: Vec<String>,
    /// What stays as it is although something is wrong with it, with the reasons.
    pub left: Vec<String>,
    /// What is wrong now.
    pub wrong: Vec<Finding>,
    /// The commands that recreate the environment, if that is the only way.
    pub commands: Vec<String>,
    /// What was installed on request, if the environment must be recreated.
    pub requirements: Vec<String>,
}

impl Repair<'_> {
    /// Repairs the environment, or with `dry_run` only says how.
    ///
    /// # Errors
    /// [`crate::error::Error::Refused`] if there is no environment, or if [`Repair::python`] doesn't fit it; errors of
    /// the file system; [`crate::error::Error::Interrupted`]. A second run completes an interrupted repair.
    pub fn run(&self, dry_run: bool, observer: &mut dyn Observer) -> Result<Report> {
        let reading = Reading::of(self.directory)?;
        let mut plan = self.plan(&reading, observer)?;
        let mut done = Vec::new();
        for step in &plan.steps {
            match if dry_run { Ok(()) } else { self.apply(step, &plan, observer) } {
                Ok(()) => done.push(step.description.clone()),
                // All the rest can work without pip.
                Err(error) if matches!(step.action, Action::Pip) && !matches!(error, Error::Interrupted) => {
                    plan.left.push(format!("pip could not be placed: {error}"));
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        if !dry_run && !done.is_empty() {
            plan.retain_left();
            let now = wrong(check(self.directory, self.host, false, observer)?);
            for finding in now {
                let is_known =
                    plan.wrong.iter().any(|left| (left.kind, &left.path) == (finding.kind, &finding.path));
                if !is_known {
                    plan.wrong.push(finding);
                }
            }
        }
        let wrong = plan.wrong;
        Ok(Report { done, left: plan.left, wrong, commands: plan.commands, requirements: plan.requirements })
    }

    fn apply(&self, step: &Step, plan: &Plan, observer: &mut dyn Observer) -> Result<()> {
        if observer.interrupted() {
            return Err(Error::Interrupted);
        }
        observer.debug(&step.description);
        step.apply(self, plan, observer)
    }
}

/// The lines for `pip install -r` that install what was requested in this environment.
///
/// # Errors
/// [`crate::error::Error::Refused`] if there is no environment.
pub fn requirements_of(directory: &Path) -> Result<Vec<String>> {
    let reading = Reading::of(directory)?;
    let directories = site_packages(&reading);
    Ok(requirements::lines(directories.iter().map(PathBuf::as_path)))
}

/// The directories of packages.
fn site_packages(reading: &Reading) -> Vec<PathBuf> {
    match reading.platform {
        Platform::Posix => reading.libraries.iter().map(crate::check::Library::site_packages).collect(),
        Platform::Nt => vec![reading.directory.join("Lib").join("site-packages")],
    }
}

fn wrong(found: Vec<Finding>) -> Vec<Finding> {
    found.into_iter().filter(|finding| finding.severity == Severity::Wrong).collect()
}
