//! The plan of a repair: the steps for everything that a check found, and the reasons for what stays as it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::action::{Action, Step};
use super::base::{choose, own_name, version_text, wanted};
use super::executables::Executables;
use super::part::{Part, part};
use super::places::Shown;
use super::{Repair, config, recreate, requirements, scripts, shebangs, site_packages};
use crate::base::{Base, Platform};
use crate::check::scripts as check_scripts;
use crate::check::shebang::{prefix, programs};
use crate::check::{Finding, Kind, Maker, Reading, Severity, findings};
use crate::environment::Environment;
use crate::error::Result;
use crate::fs::{self, Entry};
use crate::observer::Observer;
use crate::text::quoted;

/// A plan.
#[derive(Debug, Default)]
pub struct Plan {
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// What stays as it is, with the reasons.
    pub left: Vec<String>,
    /// What is wrong.
    pub wrong: Vec<Finding>,
    /// What is odd.
    hints: Vec<Finding>,
    /// The base interpreter.
    pub base: Option<Arc<Base>>,
    /// The environment's Python.
    pub executable: Option<PathBuf>,
    /// The commands that recreate the environment, if that is the only way.
    pub commands: Vec<String>,
    /// What was installed on request, if the environment must be recreated.
    pub requirements: Vec<String>,
}

impl Repair<'_> {
    /// Plans the repair.
    ///
    /// # Errors
    /// As from [`Repair::run`].
    pub(super) fn plan(&self, reading: &Reading, observer: &mut dyn Observer) -> Result<Plan> {
        let found = findings(reading, self.host);
        let (wrong, hints) = found.into_iter().partition(|finding| finding.severity == Severity::Wrong);
        let mut plan = Plan { wrong, hints, ..Plan::default() };
        if plan.wrong.is_empty() || plan.refuses(reading) {
            return Ok(plan);
        }
        for finding in plan.wrong.iter().filter(|finding| part(finding.kind) == Part::Other) {
            plan.left.push(format!("{} {}", finding.message, finding.advice));
        }
        let needs_base = [Part::Python, Part::Packages, Part::Pip].into_iter().any(|part| plan.has(part));
        if needs_base && !self.plan_base(&mut plan, reading, observer)? {
            return Ok(plan);
        }
        self.plan_rest(&mut plan, reading)?;
        Ok(plan)
    }

    /// Chooses the base. Returns false if there is none, so that the environment can only be recreated.
    fn plan_base(&self, plan: &mut Plan, reading: &Reading, observer: &mut dyn Observer) -> Result<bool> {
        let Some(wanted) = wanted(reading) else {
            plan.left
                .push(format!("Nothing in {} shows for which Python it is.", quoted(&reading.directory)));
            return Ok(false);
        };
        plan.base = choose(self, reading, &wanted, observer)?;
        if plan.base.is_some() {
            return Ok(true);
        }
        plan.left.push(format!(
            "The packages in {} are for Python {}, and no such Python was found. An environment is never changed to \
             another minor version. Install that Python, name it with --python, or recreate the environment.",
            quoted(&reading.directory),
            version_text(&wanted)
        ));
        self.plan_new(plan, reading);
        Ok(false)
    }

    /// Adds what it takes to create the environment again.
    fn plan_new(&self, plan: &mut Plan, reading: &Reading) {
        let directories = site_packages(reading);
        plan.requirements = requirements::lines(directories.iter().map(PathBuf::as_path));
        plan.commands = recreate::commands(self, reading, !plan.requirements.is_empty());
    }

    fn plan_rest(&self, plan: &mut Plan, reading: &Reading) -> Result<()> {
        let base = plan.base.clone();
        let mut executable =
            own_name(reading).map_or_else(|| reading.bin.join("python"), |name| reading.bin.join(name));
        let mut copies = false;
        if let Some(base) = &base {
            let links = plan.wrong.iter().any(|finding| finding.kind == Kind::SharedLibraryMissing);
            let executables = Executables::of(reading, base, links);
            (executable, copies) = (executables.own.clone(), executables.copies);
            if !fs::is_directory(&reading.bin) {
                plan.add_directory(&reading.bin, "");
            }
            if plan.has(Part::Python) {
                plan.add(executables.plan());
            }
        }
        let shown = Shown::of(reading, copies);
        let (python, moved) = (plan.has(Part::Python), plan.is_moved());
        if let Some(base) = base.as_ref().filter(|_| python) {
            let text = config::text(reading, base, &shown)?;
            plan.add_config(reading, text);
        } else if let Some(text) = config::moved(reading).filter(|_| moved) {
            plan.add_config(reading, text);
        }
        let templates = self.package.join("scripts");
        let paths = plan.scripts(reading);
        plan.add(scripts::plan(&paths, reading, (&templates, &executable), shown.prompt.as_deref())?);
        let programs = plan.programs(reading);
        plan.add(shebangs::plan(&programs, reading, &executable, self.running.macos));
        if let Some(base) = &base {
            let packages = Environment::of(base, &reading.directory, &reading.directory).purelib;
            if plan.has(Part::Packages) {
                plan.add_directory(&packages, " What was installed there is lost.");
            }
            if plan.has(Part::Pip) || (plan.has(Part::Packages) && shown.has_pip) {
                plan.steps.push(pip_step(&packages));
            }
        }
        plan.executable = Some(executable);
        Ok(())
    }
}

fn pip_step(packages: &Path) -> Step {
    let description = format!(
        "Place pip in {} again, from the wheel that comes with the base interpreter.",
        quoted(packages)
    );
    Step { path: packages.to_owned(), action: Action::Pip, description }
}

impl Plan {
    /// Names what forbids any change, if there is something.
    fn refuses(&mut self, reading: &Reading) -> bool {
        if reading.platform == Platform::Nt {
            self.left.push(format!(
                "{} was made on Windows, where environments can't be repaired yet. Create it again.",
                quoted(&reading.directory)
            ));
            return true;
        }
        let mut directories = vec![reading.bin.clone(), reading.directory.join("lib")];
        for library in &reading.libraries {
            directories.extend([library.path.clone(), library.site_packages()]);
        }
        let links: Vec<_> = directories.iter().filter(|path| fs::is_link(path)).collect();
        for link in &links {
            self.left.push(format!(
                "{} is a link. Nothing is written through it: put a directory in its place.",
                quoted(link)
            ));
        }
        !links.is_empty()
    }

    /// Removes the findings that the steps are for. After a move, the others show only as long as nothing is repaired.
    pub fn retain_left(&mut self) {
        let steps = &self.steps;
        let is_left = |finding: &Finding| match part(finding.kind) {
            Part::Other => true,
            Part::Scripts => !steps.iter().any(|step| step.path == finding.path),
            _ => false,
        };
        self.wrong.retain(is_left);
    }

    fn has(&self, wanted: Part) -> bool {
        self.wrong.iter().any(|finding| part(finding.kind) == wanted)
    }

    fn is_moved(&self) -> bool {
        self.wrong.iter().any(|finding| matches!(finding.kind, Kind::MovedScript | Kind::MovedShebang))
    }

    /// The scripts to write: those that are wrong and, if there are any, the others that could be better.
    fn scripts(&self, reading: &Reading) -> Vec<PathBuf> {
        if !fs::is_directory(&reading.bin) && reading.maker() == Maker::Venv {
            return check_scripts::OF_VENV.iter().map(|(name, _)| reading.bin.join(name)).collect();
        } else if !self.has(Part::Scripts) {
            return Vec::new();
        }
        let all = self.wrong.iter().chain(&self.hints);
        let all: Vec<_> = all.filter(|finding| part(finding.kind) == Part::Scripts).collect();
        let mut paths: Vec<_> = all.iter().map(|finding| finding.path.clone()).collect();
        // This finding names one script, and is about all of them.
        if all.iter().any(|finding| finding.kind == Kind::ScriptExecutes) {
            paths.extend(check_scripts::read(reading).into_iter().map(|script| script.path));
        }
        paths.sort();
        paths.dedup();
        paths
    }

    /// The programs that start a Python in the old place. A finding names the first of each place.
    fn programs(&self, reading: &Reading) -> Vec<PathBuf> {
        let named: Vec<_> =
            self.wrong.iter().filter(|finding| part(finding.kind) == Part::Programs).collect();
        if named.is_empty() {
            return Vec::new();
        }
        let all = programs(reading);
        let is_named = |path: &Path| named.iter().any(|finding| finding.path == path);
        let places: Vec<_> = all
            .iter()
            .filter(|program| is_named(&program.path))
            .map(|program| prefix(&program.interpreter))
            .collect();
        let is_old = |path: &Path| places.contains(&prefix(path));
        all.iter()
            .filter(|program| is_old(&program.interpreter))
            .map(|program| program.path.clone())
            .collect()
    }

    fn add_directory(&mut self, path: &Path, remark: &str) {
        self.steps.push(Step {
            path: path.to_owned(),
            action: Action::Directory,
            description: format!("Create the directory {}.{remark}", quoted(path)),
        });
    }

    fn add(&mut self, (steps, left): (Vec<Step>, Vec<String>)) {
        self.steps.extend(steps);
        self.left.extend(left);
    }

    fn add_config(&mut self, reading: &Reading, text: String) {
        let path = reading.config_path();
        if matches!(fs::entry(&path), Entry::Directory | Entry::Other) {
            self.left.push(format!("{} is not a file. Remove it, and repair again.", quoted(&path)));
            return;
        }
        let is_same = fs::read_regular(&path, crate::check::LARGEST).is_ok_and(|old| old == text.as_bytes());
        if !is_same || fs::is_link(Path::new(&path)) {
            let description = format!("Write {}.", quoted(&path));
            self.steps.push(Step { path, action: Action::Write(text.into_bytes()), description });
        }
    }
}
