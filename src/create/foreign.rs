//! Environments that only another interpreter's own `venv` can create.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use super::child::{self, Kept, MISLEADING};
use super::{Creation, clear, directories};
use crate::base::{Interpreter, Version};
use crate::environment::config::Options;
use crate::error::{Error, Result};
use crate::fs;
use crate::observer::Observer;

/// The first Python with `venv`.
const OLDEST: Version = Version { major: 3, minor: 3, micro: 0 };

/// The variables that its process doesn't inherit. The last is macOS's: which program the stub of a framework build was
/// started as.
pub const REMOVED: [&str; 3] = [MISLEADING[0], MISLEADING[1], "__PYVENV_LAUNCHER__"];

/// Refuses an interpreter without `venv`. `obstacle` is why fastvenv can't do the work.
///
/// # Errors
/// [`Error::Refused`].
pub fn check(interpreter: &Interpreter, obstacle: &str) -> Result<()> {
    if interpreter.base.version < OLDEST {
        return Err(Error::Refused(format!("{obstacle}, so it has no venv.")));
    }
    Ok(())
}

/// The debug message.
pub fn told(obstacle: &str) -> String {
    format!("{obstacle}: its own venv creates the environment")
}

/// The command, with the options that this interpreter's `venv` knows.
pub fn command(
    interpreter: &Interpreter,
    options: &Options,
    prompt: Option<&OsStr>,
    directory: &Path,
) -> Vec<OsString> {
    let version = interpreter.base.version;
    let mut words: Vec<OsString> = vec![interpreter.base.running.clone().into(), "-m".into(), "venv".into()];
    words.extend(flags(options, version).into_iter().map(OsString::from));
    if let Some(prompt) = prompt.filter(|_| version.at_least(6)) {
        let mut word = OsString::from("--prompt=");
        word.push(prompt);
        words.push(word);
    }
    words.push(directory.into());
    words
}

/// The command line's options, as far as `venv` of that version has them.
fn flags(options: &Options, version: Version) -> Vec<&'static str> {
    let flags = [
        (options.system_site_packages, "--system-site-packages", 3),
        (options.symlinks, "--symlinks", 3),
        (!options.symlinks, "--copies", 4),
        (options.clear, "--clear", 3),
        (options.upgrade, "--upgrade", 3),
        (!options.with_pip, "--without-pip", 4),
        (options.upgrade_deps, "--upgrade-deps", 9),
        (!options.scm_ignore_files, "--without-scm-ignore-files", 13),
    ];
    let is_known =
        |(given, flag, since): (bool, &'static str, u8)| (given && version.at_least(since)).then_some(flag);
    flags.into_iter().filter_map(is_known).collect()
}

/// Runs the interpreter's own `venv` for this environment. `obstacle` is why fastvenv can't do the work.
///
/// # Errors
/// [`Error::Refused`] if the interpreter has no `venv` or the environment is impossible; those of [`child::run`].
pub fn create(
    creation: &Creation<'_>,
    interpreter: &Interpreter,
    obstacle: &str,
    observer: &mut dyn Observer,
) -> Result<()> {
    check(interpreter, obstacle)?;
    let Creation { base, directory, options, prompt, home, own, .. } = *creation;
    let shown = prompt.unwrap_or_default().as_encoded_bytes();
    directories::check(base, directory.as_os_str().as_encoded_bytes(), shown)?;
    if options.clear && fs::exists(directory) {
        clear::check(base, directory, home, own)?;
    }
    observer.debug(&told(obstacle));
    let words = self::command(interpreter, options, prompt, directory);
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    for name in REMOVED {
        command.env_remove(name);
    }
    child::run(command, Kept::Both, observer)
}
