//! Brings pip and its like up to date from the package index (`EnvBuilder.upgrade_dependencies`).

use super::child::{self, Kept};
use crate::base::{Base, Version};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::observer::Observer;
use crate::seed::bundled::projects;
use crate::seed::links;

/// Runs pip, with settings that make it install into its own environment: see `fastvenv._pip`.
const PROGRAM: &str = concat!(
    include_str!("../../python/fastvenv/_pip.py"),
    "\n\nimport subprocess\n\nwith keep_inside(os.environ):\n    sys.exit(subprocess.call([sys.executable, *sys.argv[1:]]))\n"
);

/// The packages to upgrade: those that the interpreter's `ensurepip` installs, with pip first.
pub fn packages(version: Version) -> impl Iterator<Item = &'static str> {
    projects(version).iter().rev().copied()
}

/// Upgrades them.
///
/// # Errors
/// [`Error::Child`] if pip fails, and as from [`links::prepare_for_pip`] and [`child::run`].
pub fn upgrade(base: &Base, environment: &Environment, observer: &mut dyn Observer) -> Result<()> {
    links::prepare_for_pip(&environment.purelib, &environment.bin, base.version)?;
    let names: Vec<_> = packages(base.version).collect();
    observer.debug(&format!("Upgrading {} packages in {}", shown(&names), environment.bin.display()));
    let pip = ["-m", "pip", "install", "--upgrade"].iter().chain(&names);
    let mut command = child::new_python(&environment.executable, &environment.directory);
    command.args(["-I", "-c", PROGRAM]).args(pip.clone());
    child::run(command, Kept::Output, observer).map_err(|error| match error {
        // The command that failed is pip's.
        Error::Child { command, ended, output } => {
            let command = command.into_iter().take(1).chain(pip.map(Into::into)).collect();
            Error::Child { command, ended, output }
        }
        error => error,
    })
}

/// The names as Python shows a tuple of them.
fn shown(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("'{name}'")).collect();
    format!("({}{})", names.join(", "), if names.len() == 1 { "," } else { "" })
}
