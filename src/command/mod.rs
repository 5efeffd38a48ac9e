//! The command `fastvenv`: what `python -m fastvenv` does, without the start of an interpreter.

mod arguments;
mod facts;
mod installed;
mod python;
mod report;
mod terminal;

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use self::arguments::Arguments;
use self::terminal::Terminal;
use crate::advice::Failure;
use crate::base::Platform;
use crate::create::{Creation, environment, foreign};
use crate::error::{Error, Result};
use crate::fs;
use crate::hints::CommandLine;
use crate::observer::{Observer, asks_for_records};
use crate::panics::caught;
use crate::seed::Variables;

/// Runs the command line of this process.
///
/// Returns the exit status: 0; 1 if an environment could not be created; 2 for arguments that make no sense; 130 after
/// an interrupt.
pub fn main() -> ExitCode {
    let given: Vec<_> = std::env::args_os().collect();
    let done = match arguments::read(given) {
        Ok(arguments) => caught(|| run(&arguments)).unwrap_or_else(|bug| Err(bug.into())),
        Err(status) => return status,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report::report(&failure),
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.options.upgrade && arguments.options.clear {
        return Err(Error::Refused("you cannot supply --upgrade and --clear together.".to_owned()).into());
    }
    let mut terminal = Terminal::new();
    for warning in warnings(arguments) {
        terminal.warning(&warning);
    }
    for directory in &arguments.directories {
        create(arguments, &fs::normal(Path::new(directory)), &mut terminal)?;
        // Most steps are too short to look for one.
        if terminal.interrupted() {
            return Err(Error::Interrupted.into());
        }
    }
    Ok(())
}

fn warnings(arguments: &Arguments) -> Vec<String> {
    let line = CommandLine {
        directories: &arguments.directories,
        python: arguments.python.as_deref(),
        clear: arguments.options.clear,
    };
    line.warnings(|path| Ok::<_, Infallible>(expanded(path))).unwrap_or_else(|never| match never {})
}

/// The path with the user's home directory in the place of `~` (`os.path.expanduser`). That of another user is not looked
/// up.
fn expanded(path: &OsStr) -> OsString {
    let below = path.as_encoded_bytes().strip_prefix(b"~").and_then(|rest| fs::os_string(rest.to_vec()));
    let below = below.filter(|rest| rest.is_empty() || Path::new(rest).has_root());
    let Some((below, mut expanded)) = below.zip(std::env::home_dir().map(PathBuf::into_os_string)) else {
        return path.to_owned();
    };
    expanded.push(below);
    expanded
}

/// Creates one environment.
fn create(arguments: &Arguments, directory: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
    terminal.shows_records = asks_for_records(std::env::var_os("FASTVENV_LOG").as_deref())?;
    let variables = Variables::from_lookup(|name| Ok::<_, Error>(std::env::var_os(name)))?;
    if arguments.options.with_pip {
        variables.check()?;
    }
    let interpreter = python::interpreter(arguments.python.as_deref(), &variables, terminal)?;
    let prompt = arguments.prompt.as_deref();
    let (home, own) = (std::env::home_dir().unwrap_or_default(), own());
    let cache_directory = variables.cache_directory();
    let creation = Creation {
        base: &interpreter.base,
        directory,
        options: &arguments.options,
        prompt,
        variables: &variables,
        cache_directory: cache_directory.as_deref(),
        own: &own,
        home: &home,
    };
    match interpreter.obstacle(HOST) {
        Some(obstacle) => Ok(foreign::create(&creation, &interpreter, &obstacle, terminal)?),
        None => environment(&creation, terminal).map(drop),
    }
}

/// The platform that this program is for.
const HOST: Platform = if cfg!(windows) { Platform::Nt } else { Platform::Posix };

/// This program itself.
fn own() -> PathBuf {
    std::env::current_exe().unwrap_or_default()
}
