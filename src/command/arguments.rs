//! The options, as `python -m fastvenv` has them.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::builder::ValueParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::environment::config::Options;
use crate::fs;
use crate::hints::for_usage;
use crate::text::{quoted, shown};

/// What the command line asks for.
#[derive(Debug)]
pub struct Arguments {
    /// The options of the creation.
    pub options: Options,
    /// The prompt.
    pub prompt: Option<OsString>,
    /// The Python that the environments are for.
    pub python: Option<OsString>,
    /// The environments' directories.
    pub directories: Vec<OsString>,
}

/// The name of the command.
const NAME: &str = "fastvenv";
const DIRECTORIES: &str = "directories";
/// The flags and their help.
const FLAGS: [(&str, &str); 8] = [
    ("system-site-packages", "Let the environment use the base interpreter's packages."),
    ("symlinks", "Link to the base interpreter, even if links are not the default on this platform."),
    ("copies", "Copy the base interpreter, even if links are the default on this platform."),
    ("clear", "Delete the contents of the environment's directory first."),
    ("upgrade", "Update an existing environment after its Python was upgraded in place."),
    ("without-pip", "Do not install pip."),
    (
        "upgrade-deps",
        "Bring the core packages (pip, before Python 3.12 also setuptools) up to date from the package index.",
    ),
    ("without-scm-ignore-files", "Do not write the .gitignore that keeps the environment out of git."),
];
/// The options with a value, and their help.
const VALUES: [(&str, &str); 2] = [
    ("prompt", "The prompt for activated shells. Default: the environment's name."),
    (
        "python",
        "The Python that the environment is for: a version such as 3.12, a name on PATH, or the path of an executable, \
         an installation or an environment. Default: the Python that fastvenv was installed for.",
    ),
];

/// Reads the command line of a process. On a mistake it prints what is wrong, for `--help` the help, and returns the
/// exit status.
pub fn read(given: Vec<OsString>) -> Result<Arguments, ExitCode> {
    match command().try_get_matches_from(&given).and_then(in_one_row) {
        Ok(matches) => Ok(Arguments::of(&matches)),
        Err(error) => {
            // Nobody may be listening.
            let _ = error.print();
            let rest = given.get(1..).unwrap_or_default();
            if let Some(hint) = for_usage(rest, NAME).filter(|_| error.use_stderr()) {
                let _ = writeln!(io::stderr(), "{hint}");
            }
            Err(ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)))
        }
    }
}

fn command() -> Command {
    let flag = |(name, help): (&'static str, &'static str)| {
        let flag = Arg::new(name).long(name).help(help).action(ArgAction::SetTrue);
        if name == "copies" { flag.conflicts_with("symlinks") } else { flag }
    };
    let value = |(name, help): (&'static str, &'static str)| {
        Arg::new(name)
            .long(name)
            .help(help)
            .value_parser(ValueParser::os_string())
            .allow_negative_numbers(true)
    };
    let directories = Arg::new(DIRECTORIES)
        .value_name("ENV_DIR")
        .help("A directory to create an environment in.")
        .value_parser(ValueParser::os_string())
        .allow_negative_numbers(true)
        .num_args(1..)
        .required(true);
    let bin = if cfg!(windows) { "Scripts" } else { "bin" };
    Command::new(NAME)
        .about("Create Python virtual environments in one or more directories.")
        .after_help(format!(
            "To activate an environment, source the activate script in its {bin} directory, or run the python there."
        ))
        .infer_long_args(true)
        .args_override_self(true)
        .args(FLAGS.map(flag))
        .args(VALUES.map(value))
        .arg(directories)
}

/// Refuses directories with options between them, as Python's parser does.
fn in_one_row(matches: ArgMatches) -> Result<ArgMatches, clap::Error> {
    let places: Vec<_> = matches.indices_of(DIRECTORIES).into_iter().flatten().collect();
    let broken = places.windows(2).position(|pair| pair[1] != pair[0] + 1);
    let stray = broken.and_then(|place| matches.get_many::<OsString>(DIRECTORIES)?.nth(place + 1));
    match stray {
        Some(stray) => {
            let message = format!("unexpected argument {} after the options", quoted(stray));
            Err(command().error(ErrorKind::UnknownArgument, message))
        }
        None => Ok(matches),
    }
}

impl Arguments {
    fn of(matches: &ArgMatches) -> Self {
        let value = |name: &str| matches.get_one::<OsString>(name).cloned();
        let given = value("prompt");
        Self {
            options: Options {
                symlinks: !matches.get_flag("copies") && (matches.get_flag("symlinks") || cfg!(unix)),
                with_pip: !matches.get_flag("without-pip"),
                system_site_packages: matches.get_flag("system-site-packages"),
                clear: matches.get_flag("clear"),
                upgrade: matches.get_flag("upgrade"),
                upgrade_deps: matches.get_flag("upgrade-deps"),
                prompt: given.as_ref().map(shown),
                scm_ignore_files: !matches.get_flag("without-scm-ignore-files"),
            },
            prompt: given.map(|prompt| if prompt == "." { current_name() } else { prompt }),
            python: value("python"),
            directories: matches.get_many(DIRECTORIES).into_iter().flatten().cloned().collect(),
        }
    }
}

/// The name of the current directory.
fn current_name() -> OsString {
    fs::normal(Path::new("")).file_name().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directories(line: &str) -> Result<Vec<OsString>, ExitCode> {
        read(NAME.split(' ').chain(line.split(' ')).map(OsString::from).collect())
            .map(|read| read.directories)
    }

    #[test]
    fn directories_stand_in_one_row() {
        assert_eq!(directories("--clear a b --upgrade").unwrap(), ["a", "b"]);
        assert_eq!(directories("a --prompt p").unwrap(), ["a"]);
        assert_eq!(directories("--clear -- a --b").unwrap(), ["a", "--b"]);
        assert!(directories("a --clear b").is_err());
        assert!(directories("a --prompt p b").is_err());
    }
}
