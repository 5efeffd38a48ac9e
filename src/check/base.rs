//! The base: the directory that `home` names, and the interpreter in it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Finding, Kind, LibraryName, Reading, is_python, others};
use crate::fs;
use crate::text::quoted;

/// The names by which an interpreter is usually called.
const USUAL: [&str; 3] = ["python3", "python", "pypy3"];

/// An interpreter in `home`.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its path in `home`.
    pub path: PathBuf,
    /// The same, links resolved.
    pub real: PathBuf,
}

/// The interpreters in `home`. None if `home` is unknown or gone.
pub fn interpreters(reading: &Reading) -> Vec<Found> {
    let Some(home) = reading.home() else { return Vec::new() };
    let names = fs::dir::Dir::open(&home).and_then(|home| home.names()).unwrap_or_default();
    let mut names: Vec<OsString> = names.into_iter().filter(|name| is_python(name)).collect();
    names.sort();
    let paths = names.iter().map(|name| home.join(name)).filter(|path| fs::is_file(path));
    paths.map(|path| Found { real: fs::real_path(&path), path }).collect()
}

/// Checks the base.
pub fn check(reading: &Reading, search: &others::Search) -> Vec<Finding> {
    let Some(home) = reading.home() else { return Vec::new() };
    let gone =
        |kind, message| vec![Finding::new(kind, &home, message, others::advice(&search.others(reading)))];
    if let Err(error) = fs::dir::metadata_at(&home)
        && !error.is_not_found()
    {
        let message = format!("The base's directory can't be examined: {error}.");
        return vec![Finding::new(
            Kind::Unreadable,
            &home,
            message,
            "Check the permissions on the way to it.",
        )];
    }
    if !fs::is_directory(&home) {
        return gone(Kind::HomeMissing, format!("The base's directory {} is gone.", quoted(&home)));
    }
    if interpreters(reading).is_empty() {
        return gone(
            Kind::BaseMissing,
            format!("There is no Python in the base's directory {}.", quoted(&home)),
        );
    }
    versioned(&home).into_iter().collect()
}

/// A hint if `home` has a patch version in its path, and the same directory has a name without one.
fn versioned(home: &Path) -> Option<Finding> {
    let alias = home.ancestors().filter_map(alias).find_map(|alias| {
        let rest = home.iter().skip(alias.iter().count());
        let path = alias.join(rest.collect::<PathBuf>());
        (path != home && fs::is_same_file(&path, home)).then_some(path)
    });
    let alias = alias.or_else(|| homebrew(home))?;
    let message = format!(
        "The base's directory {} has a version in its name. {} is the same directory.",
        quoted(home),
        quoted(&alias)
    );
    let advice = format!("Next time, create the environment with the Python in {}.", quoted(&alias));
    Some(Finding::new(Kind::BaseVersioned, home, message, advice))
}

/// The other name of a directory whose own name has a full version: the same with `major.minor` alone.
fn alias(directory: &Path) -> Option<PathBuf> {
    let name = directory.file_name()?.to_str()?;
    let start = name.find(|c: char| c.is_ascii_digit())?;
    let length = name[start..].find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(name.len() - start);
    let (version, rest) = name[start..].split_at(length);
    let numbers: Vec<_> = version.split('.').collect();
    let [major, minor, micro] = numbers[..] else { return None };
    if [major, minor, micro].iter().any(|number| number.is_empty()) {
        return None;
    }
    Some(directory.with_file_name(format!("{}{major}.{minor}{rest}", &name[..start])))
}

/// Homebrew's stable name: `opt/python@3.12/…` for `Cellar/python@3.12/3.12.1/…`.
fn homebrew(home: &Path) -> Option<PathBuf> {
    let parts: Vec<_> = home.iter().collect();
    let cellar = parts.iter().position(|part| *part == "Cellar")?;
    let [formula, _version, rest @ ..] = parts.get(cellar + 1..)? else { return None };
    let mut alias: PathBuf = parts[..cellar].iter().collect();
    alias.extend(["opt".as_ref(), *formula]);
    alias.extend(rest);
    fs::is_same_file(&alias, home).then_some(alias)
}

/// The version of the base, from the names of its files: an interpreter's real name has it.
///
/// `home` may have several interpreters. The environment's own link says which one is meant. A copy doesn't, so there
/// the base is the one for which the packages are, if it is still in `home`.
pub fn version(reading: &Reading) -> Option<LibraryName> {
    let named = |real: &Path| LibraryName::read(real.file_name()?.to_str()?);
    let links = reading.executables.iter().filter(|found| found.target.is_some() && fs::is_file(&found.path));
    let linked = links.filter_map(|found| named(&found.real)).next();
    linked.or_else(|| {
        let found = interpreters(reading);
        let in_home = || found.iter().filter_map(|found| Some((&found.path, named(&found.real)?)));
        let has_packages = |name: &LibraryName| {
            reading.libraries.iter().any(|library| {
                let library = &library.name;
                (&library.implementation, library.major, library.minor)
                    == (&name.implementation, name.major, name.minor)
            })
        };
        let is_usual =
            |path: &Path| path.file_stem().is_some_and(|name| USUAL.iter().any(|usual| name == *usual));
        in_home()
            .find(|(_, name)| has_packages(name))
            .or_else(|| in_home().find(|(path, _)| is_usual(path)))
            .map(|(_, name)| name)
    })
}

/// The third number of the base's version, from its header file, if it is installed.
pub fn micro(reading: &Reading, version: &LibraryName) -> Option<u8> {
    let home = fs::real_path(&reading.home()?);
    let LibraryName { implementation, major, minor, abiflags } = version;
    let name = format!("{implementation}{major}.{minor}{abiflags}");
    let header = home.parent()?.join("include").join(name).join("patchlevel.h");
    let text = String::from_utf8(fs::read_regular(&header, super::LARGEST).ok()?).ok()?;
    let number = |name: &str| {
        let line = text.lines().find(|line| line.contains(name) && line.starts_with("#define"))?;
        line.split_whitespace().nth(2)?.parse::<u8>().ok()
    };
    let same = number("PY_MAJOR_VERSION") == Some(*major) && number("PY_MINOR_VERSION") == Some(*minor);
    number("PY_MICRO_VERSION").filter(|_| same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_has_two_numbers_in_place_of_three() {
        let alias = |path| super::alias(Path::new(path));
        assert_eq!(alias("/v/3.12.1"), Some("/v/3.12".into()));
        assert_eq!(alias("/uv/cpython-3.12.1-linux-gnu"), Some("/uv/cpython-3.12-linux-gnu".into()));
        for plain in ["/", "/usr/bin", "/v/3.12", "/v/3..1", "/v/1.2.3.4", "/opt/python@3.12"] {
            assert_eq!(alias(plain), None, "{plain}");
        }
    }
}
