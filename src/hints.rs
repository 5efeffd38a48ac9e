//! Answers to beginners' mistakes on the command line.
//!
//! What `venv` accepts, fastvenv does, after a warning. What it refuses gets one more line.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::fs::{self, Entry};
use crate::text::quoted;

/// Words that other tools have as commands, and what to do instead.
const COMMANDS: [(&str, &str); 9] = [
    (
        "install",
        "To put fastvenv in the place of venv, run python -m fastvenv.replace install. \
         To install packages: .venv/bin/pip install NAME.",
    ),
    (
        "uninstall",
        "To put fastvenv in the place of venv, run python -m fastvenv.replace install or uninstall.",
    ),
    ("status", "To put fastvenv in the place of venv, run python -m fastvenv.replace install or status."),
    ("cache", "For the cache, run python -m fastvenv.cache."),
    ("check", "To check an environment, run python -m fastvenv.check."),
    ("repair", "To repair an environment, run python -m fastvenv.repair."),
    ("run", "To run a program with fastvenv in the place of venv, run python -m fastvenv.run."),
    ("create", "To create an environment, only its directory is needed: python -m fastvenv .venv."),
    ("help", "For help, run python -m fastvenv --help."),
];
const PIP: &str = "pip is installed unless --without-pip is given.";
/// Options that other tools have, and what to do instead.
const OPTIONS: [(&str, &str); 5] = [
    ("--pip", PIP),
    ("--with-pip", PIP),
    ("--seed", PIP),
    ("--no-pip", "To leave out pip, the option is --without-pip."),
    ("-p", "To choose the Python, the option is --python."),
];
/// What an environment's directory has, also if its creation was interrupted.
const PARTS: [&str; 9] =
    ["bin", "Scripts", "include", "Include", "lib", "Lib", "lib64", "share", ".gitignore"];
/// The most names that a warning shows.
const SHOWN: usize = 5;

/// What a command line asks for.
#[derive(Clone, Copy, Debug)]
pub struct CommandLine<'a> {
    /// The environments' directories, as they were given.
    pub directories: &'a [OsString],
    /// The Python that was asked for.
    pub python: Option<&'a OsStr>,
    /// Clear the directories first.
    pub clear: bool,
}

impl CommandLine<'_> {
    /// Warnings of what it does, if that is probably a mistake. `expanded` puts the user's home directory in the place
    /// of `~`.
    ///
    /// # Errors
    /// As from `expanded`.
    pub fn warnings<E>(
        &self,
        mut expanded: impl FnMut(&OsStr) -> Result<OsString, E>,
    ) -> Result<Vec<String>, E> {
        let mut warnings = Vec::new();
        let paths = self.directories.iter().map(OsString::as_os_str).chain(self.python);
        for path in paths.filter(|path| is_unexpanded(path)) {
            warnings.push(of_tilde(path, &expanded(path)?));
        }
        for path in self.directories {
            warnings.extend(of_command(path));
            if self.clear {
                warnings.extend(of_clear(path));
            }
        }
        Ok(warnings)
    }
}

/// Reports whether the path starts with a `~` that is no name here.
fn is_unexpanded(path: &OsStr) -> bool {
    let is_tilde = path.as_encoded_bytes().starts_with(b"~");
    is_tilde && Path::new(path).iter().next().is_some_and(|first| is_missing(Path::new(first)))
}

fn is_missing(path: &Path) -> bool {
    matches!(fs::entry(path), Entry::Nothing)
}

fn of_tilde(path: &OsStr, expanded: &OsStr) -> String {
    let meant = if expanded == path { String::new() } else { format!(" Did you mean {}?", quoted(expanded)) };
    format!("The shell has not expanded the ~ in {}, so it is a name here.{meant}", quoted(path))
}

fn of_command(path: &OsStr) -> Option<String> {
    let (_, answer) = COMMANDS.iter().find(|(word, _)| path == *word)?;
    let name = quoted(path);
    let warning = format!("There is no command {name}, so this creates an environment in {name}. {answer}");
    is_missing(Path::new(path)).then_some(warning)
}

/// A directory that is to be cleared and is no environment.
fn of_clear(path: &OsStr) -> Option<String> {
    let listing = fs::list(Path::new(path)).ok().filter(|_| !fs::is_link(Path::new(path)))?;
    let mut names = [listing.directories, listing.files, listing.others].concat();
    if names.iter().any(|name| name == "pyvenv.cfg") {
        return None;
    }
    names.retain(|name| !PARTS.iter().any(|part| name == part));
    names.sort();
    let shown: Vec<_> = names.iter().take(SHOWN).map(quoted).collect();
    let more = names.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!shown.is_empty()).then(|| {
        let shown = shown.join(", ");
        let path = quoted(path);
        format!(
            "{path} is no environment: it has no pyvenv.cfg. --clear deletes all that is in it: {shown}{more}"
        )
    })
}

/// What to type instead of a command line that was refused. `command` is how this program was called.
pub fn for_usage(arguments: &[OsString], command: &str) -> Option<String> {
    let known = arguments.iter().find_map(|given| OPTIONS.iter().find(|(option, _)| given == option));
    if let Some((_, answer)) = known {
        return Some((*answer).to_owned());
    }
    let has_directory = arguments.iter().any(|given| !given.as_encoded_bytes().starts_with(b"-"));
    (!has_directory)
        .then(|| format!("To create an environment in the directory .venv, type: {command} .venv"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn warnings(directories: &[&str]) -> Vec<String> {
        let directories: Vec<_> = directories.iter().map(OsString::from).collect();
        let line = CommandLine { directories: &directories, python: None, clear: true };
        let expanded =
            |path: &OsStr| Ok::<_, Infallible>(path.to_str().unwrap().replace('~', "/home/me").into());
        line.warnings(expanded).unwrap_or_else(|never| match never {})
    }

    #[test]
    fn a_command_of_other_tools_and_a_tilde_get_a_warning() {
        assert!(warnings(&[".venv", "a/install", "a~"]).is_empty());
        let found = warnings(&["install", "~/env"]);
        assert!(found[0].ends_with("so it is a name here. Did you mean '/home/me/env'?"), "{found:?}");
        assert!(found[1].starts_with("There is no command 'install'"), "{found:?}");
    }

    #[test]
    fn clearing_a_project_gets_a_warning_and_an_environment_none() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().to_str().unwrap();
        fs::create_directory(&temp.path().join("bin")).unwrap();
        assert!(warnings(&[path]).is_empty());
        for name in ["a", "b", "c", "d", "e", "f"] {
            fs::write(&temp.path().join(name), b"").unwrap();
        }
        let [found] = &warnings(&[path])[..] else { panic!() };
        assert!(found.ends_with("deletes all that is in it: 'a', 'b', 'c', 'd', 'e' and 1 more"), "{found}");
        fs::write(&temp.path().join("pyvenv.cfg"), b"").unwrap();
        assert!(warnings(&[path]).is_empty());
    }

    #[test]
    fn a_refused_command_line_gets_what_to_type() {
        let hint = |given: &[&str]| {
            for_usage(&given.iter().map(OsString::from).collect::<Vec<_>>(), "fastvenv").unwrap_or_default()
        };
        assert!(hint(&[]).ends_with("type: fastvenv .venv"));
        assert!(hint(&["--no-pip", ".venv"]).ends_with("--without-pip."));
        assert_eq!(hint(&["--nonsense", ".venv"]), "");
    }
}
