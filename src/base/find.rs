//! Finds the interpreter that a user asks for: by a path, a name in PATH, or a version.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::{Base, Interpreter, Platform, Version};
use crate::error::{Error, Result};
use crate::fs;
use crate::observer::Observer;
use crate::text::quoted;

/// Asks the interpreter at an absolute path, or knows its answer.
pub type Ask<'a> = dyn Fn(&Path, &mut dyn Observer) -> Result<Arc<Interpreter>> + Sync + 'a;

/// Where to look for interpreters, and how to ask them.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    /// The interpreter that is preferred if it has the version that is looked for: the running one, if there is one.
    pub running: Option<&'a Base>,
    /// The platform, by which names and directories differ.
    pub platform: Platform,
    /// The value of PATH.
    pub path: Option<&'a OsStr>,
    /// How to ask them.
    pub ask: &'a Ask<'a>,
}

/// The result of a search.
#[derive(Clone, Debug)]
pub enum Found {
    /// The running interpreter is the one that was asked for.
    Running,
    /// Another interpreter is.
    Other(Arc<Interpreter>),
    /// None was found. The text says what was looked for and where, and what was found instead.
    Nothing(String),
}

impl Search<'_> {
    /// Finds the interpreter. `wanted` is one of
    ///
    /// - the path of an executable;
    /// - the path of a directory: an installation, or an environment, whose base interpreter is meant then;
    /// - a version, such as `3.12`, `3.12.4` or `3.13t`: the running interpreter if it fits, then `pythonX.Y`, `python3`
    ///   and `python` in PATH;
    /// - a name in PATH.
    ///
    /// # Errors
    /// [`Error::Refused`] if a path leads to no Python that works, or if a name is only that of a file or directory in
    /// the current directory; [`Error::Interrupted`].
    pub fn find(&self, wanted: &OsStr, observer: &mut dyn Observer) -> Result<Found> {
        let path = Path::new(wanted);
        if wanted.is_empty() {
            return Err(Error::Refused("The Python to use has an empty name.".to_owned()));
        } else if path.components().count() != 1 || path.file_name() != Some(wanted) {
            return self.at(path, observer).map(Found::Other);
        }
        if let Some(wish) = wanted.to_str().and_then(Wish::read) {
            return self.version(wish, observer);
        }
        match self.named(wanted, observer)? {
            // It may be a stranger's, as in a cloned repository, so it must be asked for by its path.
            Found::Nothing(why) if fs::exists(path) => {
                let here = quoted(Path::new(Component::CurDir.as_os_str()).join(path));
                Err(Error::Refused(format!("{why} For the one in the current directory, write {here}.")))
            }
            found => Ok(found),
        }
    }

    /// The interpreter at that path, which may be a directory: see [`Search::find`].
    ///
    /// # Errors
    /// [`Error::Refused`] if it leads to no Python that works; [`Error::Interrupted`].
    pub fn at(&self, path: &Path, observer: &mut dyn Observer) -> Result<Arc<Interpreter>> {
        if fs::is_directory(path) {
            return self.inside(path, observer);
        } else if fs::exists(path) {
            return self.ask(path, observer);
        }
        let what = if fs::is_link(path) { "is a link that leads nowhere" } else { "does not exist" };
        Err(Error::Refused(format!("{} can't be used: it {what}.", quoted(path))))
    }

    /// The interpreter of an installation, or the base interpreter of an environment.
    fn inside(&self, directory: &Path, observer: &mut dyn Observer) -> Result<Arc<Interpreter>> {
        let names: &[&str] = match self.platform {
            Platform::Posix => &["bin/python3", "bin/python"],
            Platform::Nt => &["Scripts/python.exe", "python.exe"],
        };
        let Some(path) = names.iter().map(|name| directory.join(name)).find(|path| fs::is_file(path)) else {
            let names = names.join("' nor '");
            let message = format!("There is no Python in {}: neither '{names}' is there.", quoted(directory));
            return Err(Error::Refused(message));
        };
        let found = self.ask(&path, observer)?;
        let is_environment = fs::is_file(&directory.join("pyvenv.cfg"));
        if is_environment { self.ask(&found.base.executable, observer) } else { Ok(found) }
    }

    fn ask(&self, path: &Path, observer: &mut dyn Observer) -> Result<Arc<Interpreter>> {
        (self.ask)(&fs::absolute(path), observer)
    }

    fn version(&self, wish: Wish, observer: &mut dyn Observer) -> Result<Found> {
        if self.running.is_some_and(|running| wish.is_met_by(running)) {
            return Ok(Found::Running);
        }
        let names = wish.names();
        let paths: Vec<_> = names.iter().flat_map(|name| self.in_path(OsStr::new(name))).collect();
        let mut others: Vec<_> = self.running.map(described).into_iter().collect();
        for path in paths {
            match self.ask(&path, observer) {
                Ok(found) if wish.is_met_by(&found.base) => return Ok(Found::Other(found)),
                Ok(found) => others.push(described(&found.base)),
                Err(Error::Refused(why)) => others.push(first_line(&why)),
                Err(error) => return Err(error),
            }
        }
        Ok(self.nothing(&format!("Python {}", wish.text), &names.join(", "), &others))
    }

    /// The first interpreter of that name in PATH that works.
    ///
    /// # Errors
    /// [`Error::Interrupted`].
    pub fn named(&self, name: &OsStr, observer: &mut dyn Observer) -> Result<Found> {
        let mut others = Vec::new();
        for path in self.in_path(name) {
            match self.ask(&path, observer) {
                Ok(found) => return Ok(Found::Other(found)),
                Err(Error::Refused(why)) => others.push(first_line(&why)),
                Err(error) => return Err(error),
            }
        }
        let name = quoted(Path::new(name));
        Ok(self.nothing(&format!("Python {name}"), &name, &others))
    }

    /// `others` says what was found instead.
    fn nothing(&self, wanted: &str, names: &str, others: &[String]) -> Found {
        let path = quoted(Path::new(self.path.unwrap_or_default()));
        let mut message = format!("{wanted} was not found. Looked for {names} in PATH, {path}.");
        if !others.is_empty() {
            let mut unique: Vec<&str> = Vec::new();
            for other in others.iter().map(|other| other.trim_end_matches('.')) {
                if !unique.contains(&other) {
                    unique.push(other);
                }
            }
            message += &format!(" Found instead: {}.", unique.join("; "));
        }
        Found::Nothing(message)
    }

    /// The executables of that name in the directories of PATH. Relative directories are left out: an interpreter must
    /// not come from whatever directory is current.
    fn in_path(&self, name: &OsStr) -> Vec<PathBuf> {
        let directories = self.path.map(std::env::split_paths).into_iter().flatten();
        let mut found: Vec<PathBuf> = Vec::new();
        for directory in directories.filter(|directory| directory.is_absolute()) {
            for suffix in self.suffixes() {
                let mut name = name.to_owned();
                name.push(suffix);
                let path = directory.join(name);
                if fs::is_file(&path) && fs::may_execute(&path) && !found.contains(&path) {
                    found.push(path);
                }
            }
        }
        found
    }

    fn suffixes(&self) -> &'static [&'static str] {
        match self.platform {
            Platform::Posix => &[""],
            Platform::Nt => &["", ".exe", ".bat"],
        }
    }
}

/// Reports whether `wanted` is a version for [`Search::find`].
pub fn is_version(wanted: &OsStr) -> bool {
    wanted.to_str().is_some_and(|wanted| Wish::read(wanted).is_some())
}

/// Reports whether `version` is a version that the interpreter has.
pub fn has_version(base: &Base, version: &str) -> bool {
    Wish::read(version).is_some_and(|wish| wish.is_met_by(base))
}

/// The first line, for a list of what was found: the output of a program may be long.
fn first_line(why: &str) -> String {
    why.lines().next().unwrap_or_default().to_owned()
}

fn described(base: &Base) -> String {
    let Version { major, minor, micro } = base.version;
    let threads = if base.is_free_threaded() { "t" } else { "" };
    format!("{} is {major}.{minor}.{micro}{threads}", quoted(&base.running))
}

/// The version that was asked for.
struct Wish<'a> {
    text: &'a str,
    numbers: Vec<u8>,
    free_threaded: bool,
}

impl<'a> Wish<'a> {
    /// Reads one to three numbers, and the `t` of a free-threaded build.
    fn read(text: &'a str) -> Option<Self> {
        let digits = text.strip_suffix('t').unwrap_or(text);
        let number =
            |part: &str| part.parse().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit()));
        let numbers: Vec<_> = digits.split('.').map(number).collect::<Option<_>>()?;
        (numbers.len() <= 3).then_some(Self { text, numbers, free_threaded: digits != text })
    }

    fn is_met_by(&self, base: &Base) -> bool {
        let Version { major, minor, micro } = base.version;
        [major, minor, micro].starts_with(&self.numbers) && base.is_free_threaded() == self.free_threaded
    }

    /// The names under which such an interpreter is looked for.
    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        if let [major, minor, ..] = self.numbers[..] {
            let threads = if self.free_threaded { "t" } else { "" };
            names.push(format!("python{major}.{minor}{threads}"));
        }
        names.extend(["python3".to_owned(), "python".to_owned()]);
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::cpython;

    #[test]
    fn a_version_is_one_to_three_numbers() {
        let read = |text| Wish::read(text).map(|wish| (wish.numbers.clone(), wish.free_threaded));
        assert_eq!(read("3"), Some((vec![3], false)));
        assert_eq!(read("3.13t"), Some((vec![3, 13], true)));
        assert_eq!(read("3.12.4"), Some((vec![3, 12, 4], false)));
        for text in ["", "t", "3.", "3.1.2.3", "+3", "3.1a", "python3", ">=3.8", "3.999"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_version_fits_as_far_as_it_goes() {
        let fits = |text, base: &Base| Wish::read(text).unwrap().is_met_by(base);
        let gil = cpython(Platform::Posix, 13);
        assert!(fits("3", &gil) && fits("3.13", &gil) && fits("3.13.0", &gil));
        assert!(!fits("3.1", &gil) && !fits("3.13.1", &gil) && !fits("3.13t", &gil));
        let free = Base { abiflags: "t".into(), ..gil };
        assert!(fits("3.13t", &free) && !fits("3.13", &free));
    }

    #[test]
    fn names_go_from_the_exact_one_to_the_general() {
        let names = |text| Wish::read(text).unwrap().names();
        assert_eq!(names("3.13t"), ["python3.13t", "python3", "python"]);
        assert_eq!(names("3"), ["python3", "python"]);
    }
}
