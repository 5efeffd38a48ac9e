//! The first lines of programs in `bin`, and the rows that RECORD has for these programs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::action::{Action, Step};
use crate::check::{LARGEST, Reading, is_python};
use crate::fs::dir::Dir;
use crate::fs::{self, Entry};
use crate::seed::console_scripts::first_line;
use crate::seed::place::relative_path;
use crate::seed::record;
use crate::text::quoted;

/// The steps that let these programs start with the environment's Python, and what stays as it is.
pub fn plan(
    paths: &[PathBuf],
    reading: &Reading,
    executable: &Path,
    macos: bool,
) -> (Vec<Step>, Vec<String>) {
    let (mut steps, mut left) = (Vec::new(), Vec::new());
    let mut records = Records::of(reading);
    for path in paths {
        match renewed(path, reading, executable, macos) {
            Some((old, new)) => {
                records.update(path, &old, &new);
                let description = format!("Let {} start with the environment's Python.", quoted(path));
                steps.push(Step { path: path.clone(), action: Action::Write(new), description });
            }
            None => left.push(format!("{} starts with a line that is not understood.", quoted(path))),
        }
    }
    steps.extend(records.steps());
    (steps, left)
}

/// The old and the new content of a program. `None` if it isn't understood.
fn renewed(path: &Path, reading: &Reading, executable: &Path, macos: bool) -> Option<(Vec<u8>, Vec<u8>)> {
    if fs::entry(path) != Entry::File {
        return None;
    }
    let old = fs::read_regular(path, LARGEST).ok()?;
    let (name, length) = interpreter(&old)?;
    let own = reading.bin.join(name);
    let exists = reading.executables.iter().any(|found| found.path == own);
    let start = first_line((if exists { &own } else { executable }).as_os_str().as_encoded_bytes(), macos);
    let new = [&start, &old[length..]].concat();
    Some((old, new))
}

/// The name of the interpreter in the first lines of a program, and the length of these lines. They have one of three
/// forms: those of pip (with a plain path, or run by a shell if the path is long or has a space), and that of uv, which
/// quotes the path for the shell.
fn interpreter(content: &[u8]) -> Option<(&OsStr, usize)> {
    let end = content.iter().position(|byte| *byte == b'\n')? + 1;
    let first = std::str::from_utf8(content[..end].strip_prefix(b"#!")?).ok()?.trim_end_matches(['\n', '\r']);
    if first != "/bin/sh" {
        return python_name(first).map(|name| (name, end));
    }
    let rest = &content[end..];
    let second = rest.iter().position(|byte| *byte == b'\n')? + 1;
    let word = std::str::from_utf8(&rest[..second]).ok()?.trim_end();
    let word = word.strip_prefix("'''exec' ")?.strip_suffix(" \"$0\" \"$@\"")?;
    let third = rest[second..].strip_prefix(b"' '''\n").map(|_| "' '''\n".len())?;
    // Whatever the quotes are, the name of the interpreter comes last and has none.
    let path = word.trim_end_matches([')', '"', '\'']).trim_start_matches(['"', '\'']);
    python_name(path).map(|name| (name, end + second + third))
}

/// The last part of an absolute path in a directory of programs, if it is the name of a Python. Options are not
/// understood.
fn python_name(path: &str) -> Option<&OsStr> {
    let (directory, name) = path.rsplit_once('/')?;
    (directory.ends_with("/bin") && is_python(OsStr::new(name))).then_some(OsStr::new(name))
}

/// Every RECORD of an environment that is to be changed.
struct Records {
    found: Vec<Record>,
}

struct Record {
    path: PathBuf,
    /// From site-packages to `bin`.
    to_bin: String,
    text: String,
    changed: bool,
}

impl Records {
    fn of(reading: &Reading) -> Self {
        let mut found = Vec::new();
        for packages in super::site_packages(reading) {
            let Some(to_bin) = relative_path(&packages, &reading.bin) else { continue };
            let mut names = Dir::open(&packages).and_then(|packages| packages.names()).unwrap_or_default();
            names.sort();
            for name in names.iter().filter(|name| name.as_encoded_bytes().ends_with(b".dist-info")) {
                let path = packages.join(name).join("RECORD");
                let text =
                    fs::read_regular(&path, 64 << 20).ok().and_then(|text| String::from_utf8(text).ok());
                found.extend(text.map(|text| Record { path, to_bin: to_bin.clone(), text, changed: false }));
            }
        }
        Self { found }
    }

    /// Gives the rows of a program the new hash and size, where the old ones were right.
    fn update(&mut self, program: &Path, old: &[u8], new: &[u8]) {
        let Some(name) = program.file_name().and_then(OsStr::to_str) else { return };
        for record in &mut self.found {
            let path = format!("{}/{name}", record.to_bin);
            let row = |content| format!("{path},{},{}", record::hash(content), <[u8]>::len(content));
            let (old, new) = (row(old), row(new));
            let lines: String = record
                .text
                .split_inclusive('\n')
                .map(|line| match line.strip_prefix(&*old) {
                    Some(end) if end.trim_end().is_empty() => format!("{new}{end}"),
                    _ => line.to_owned(),
                })
                .collect();
            record.changed |= lines != record.text;
            record.text = lines;
        }
    }

    fn steps(self) -> impl Iterator<Item = Step> {
        self.found.into_iter().filter(|record| record.changed).map(|record| Step {
            description: format!("Write the new hashes into {}.", quoted(&record.path)),
            path: record.path,
            action: Action::Write(record.text.into_bytes()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_pip_and_uv_are_understood() {
        for (text, expected) in [
            ("#!/env/bin/python\nrest", Some("python")),
            ("#!/env/bin/python3.13t\r\nrest", Some("python3.13t")),
            ("#!/bin/sh\n'''exec' /long/bin/python3 \"$0\" \"$@\"\n' '''\nrest", Some("python3")),
            ("#!/bin/sh\n'''exec' \"/a b/bin/python3\" \"$0\" \"$@\"\n' '''\nrest", Some("python3")),
            ("#!/bin/sh\n'''exec' '/a b/bin/python3' \"$0\" \"$@\"\n' '''\nrest", Some("python3")),
            (
                "#!/bin/sh\n'''exec' \"$(printf %b '/a\\0044/bin/python')\" \"$0\" \"$@\"\n' '''\nrest",
                Some("python"),
            ),
            ("#!/env/bin/python -E\nrest", None),
            ("#!/usr/bin/env python\nrest", None),
            ("#!/bin/sh\nexec python \"$0\"\nrest", None),
            ("#!/env/bin/ruby\nrest", None),
            ("import sys\n", None),
            ("", None),
        ] {
            let found = interpreter(text.as_bytes());
            assert_eq!(found.map(|(name, _)| name), expected.map(OsStr::new), "{text}");
            if let Some((_, length)) = found {
                assert_eq!(&text[length..], "rest");
            }
        }
    }
}
