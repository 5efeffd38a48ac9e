//! pip: all files of its RECORD, each as it was installed. pip repairs everything else, if it works.
//!
//! A row is checked by its size and hash. Bytecode is not: any Python may write it, and virtualenv's pip has rows for
//! bytecode that isn't there.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use super::{Finding, Kind, Reading, packages};
use crate::fs;
use crate::seed::record::{self, Row};

/// The largest RECORD that is read, and the largest file.
const MOST: u64 = 64 << 20;
const REINSTALL: &str = "Run python -m fastvenv.repair, or install pip again: python -m ensurepip.";

/// Checks pip, if the environment has one.
pub fn check(reading: &Reading) -> Vec<Finding> {
    let infos = packages::infos(reading, |name| name == "pip");
    let mut found: Vec<_> = leftovers(reading)
        .into_iter()
        .map(|one| if infos.len() == 1 { one.as_hint() } else { one })
        .collect();
    match &infos[..] {
        [] => found.extend(without_info(reading)),
        [info] => found.extend(of_record(reading, info)),
        [first, .., last] => {
            let message =
                format!("There are two pips: {} and {}.", reading.shown(first), reading.shown(last));
            found.push(Finding::new(Kind::PipHalfInstalled, last, message, REINSTALL));
        }
    }
    found
}

/// What pip renames its files to while it uninstalls them, `~ip`, and what fastvenv calls them while it places pip.
fn leftovers(reading: &Reading) -> Vec<Finding> {
    let is_of_pip = |name: &str| name == "~ip" || name.starts_with("~ip-") || name.starts_with("~-p");
    let staged = format!("{}pip-", fs::UNFINISHED);
    let paths = packages::files(reading, |name| is_of_pip(name) || name.starts_with(&staged));
    let finding = |path: PathBuf| {
        let message = format!("{} was left by an interrupted installation.", reading.shown(&path));
        Finding::new(Kind::PipHalfInstalled, path, message, "Delete it.")
    };
    paths.into_iter().map(finding).collect()
}

/// A package without its metadata. A pip of another kind, such as an egg, is left alone.
fn without_info(reading: &Reading) -> Option<Finding> {
    let all = packages::files(reading, |name| {
        name == "pip" || name.starts_with("pip-") || name.starts_with("pip.")
    });
    let [only] = &all[..] else { return None };
    let is_package = only.file_name() == Some(OsStr::new("pip")) && fs::is_file(&only.join("__init__.py"));
    is_package.then(|| {
        let message = format!("{} has no directory 'pip-….dist-info' beside it.", reading.shown(only));
        Finding::new(Kind::PipHalfInstalled, only, message, REINSTALL)
    })
}

fn of_record(reading: &Reading, info: &Path) -> Vec<Finding> {
    let path = info.join("RECORD");
    let finding = |what: &str| {
        let message = format!("{} {what}.", reading.shown(&path));
        vec![Finding::new(Kind::PipRecord, &path, message, REINSTALL)]
    };
    let content = match fs::read_regular(&path, MOST) {
        Ok(content) => content,
        Err(error) if error.is_not_found() => return finding("is missing"),
        Err(error) => return finding(&format!("can't be read: {error}")),
    };
    let rows = String::from_utf8(content).ok().and_then(|text| record::read(&text));
    let Some(rows) = rows.filter(|rows| !rows.is_empty()) else { return finding("is damaged") };
    let Some(site_packages) = info.parent() else { return Vec::new() };
    let files = rows.iter().filter(|row| !is_bytecode(&row.path));
    let files = files.filter_map(|row| Some((row, inside(reading, site_packages, &row.path)?)));
    let (mut missing, mut altered) = (Vec::new(), Vec::new());
    for (row, file) in files {
        match state(row, &file) {
            State::Missing => missing.push(file),
            State::Altered => altered.push(file),
            State::AsRecorded => {}
        }
    }
    let mut found: Vec<_> = counted(reading, Kind::PipMissingFile, &missing, "missing").into_iter().collect();
    let (programs, altered): (Vec<_>, Vec<_>) =
        altered.into_iter().partition(|file| file.starts_with(&reading.bin));
    let what = "not as pip's RECORD says";
    found.extend(counted(reading, Kind::PipAltered, &altered, what));
    // Tools that move environments change the first line of programs, and leave RECORD alone.
    found.extend(counted(reading, Kind::PipAltered, &programs, what).map(Finding::as_hint));
    found
}

fn is_bytecode(path: &str) -> bool {
    path.ends_with(".pyc") || path.ends_with(".pyo") || path.split('/').any(|part| part == "__pycache__")
}

/// The path of a row, if it is in the environment.
fn inside(reading: &Reading, site_packages: &Path, row: &str) -> Option<PathBuf> {
    let mut path = site_packages.to_owned();
    for part in Path::new(row).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    path.starts_with(&reading.directory).then_some(path)
}

enum State {
    Missing,
    Altered,
    AsRecorded,
}

/// Compares a file with its row. uv may have linked it, so links are followed.
fn state(row: &Row, file: &Path) -> State {
    let found = match fs::dir::metadata_at(file) {
        Ok(found) => found,
        Err(error) if error.is_not_found() => return State::Missing,
        Err(_) => return State::Altered,
    };
    if row.size.parse().is_ok_and(|size: u64| size != found.size) {
        return State::Altered;
    }
    let is_hashed = row.hash.starts_with("sha256=");
    let fits =
        !is_hashed || fs::read_regular(file, MOST).is_ok_and(|content| record::hash(&content) == row.hash);
    if fits { State::AsRecorded } else { State::Altered }
}

fn counted(reading: &Reading, kind: Kind, files: &[PathBuf], what: &str) -> Option<Finding> {
    let first = files.first()?;
    let shown = reading.shown(first);
    let message = match files.len() {
        1 => format!("{shown} is {what}."),
        2 => format!("{shown} and another file of pip are {what}."),
        count => format!("{shown} and {} other files of pip are {what}.", count - 1),
    };
    Some(Finding::new(kind, first, message, REINSTALL))
}
