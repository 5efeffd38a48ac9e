//! The first lines of the programs in `bin`: which Python they start.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Reading, is_python};
use crate::fs::{self, dir::Dir};

/// The bytes in which the first lines end: the kernel reads fewer, and paths are shorter.
const START: u64 = 8 << 10;

/// A program in `bin` that starts a Python by its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its path.
    pub path: PathBuf,
    /// The path of the Python.
    pub interpreter: PathBuf,
}

/// The programs in `bin` that start a Python by its path, sorted.
pub fn programs(reading: &Reading) -> Vec<Program> {
    let Ok(bin) = Dir::open(&reading.bin) else { return Vec::new() };
    let mut names = bin.names().unwrap_or_default();
    names.sort();
    let read = |name: OsString| {
        if is_python(&name) {
            return None;
        }
        let (file, _) = bin.open_file(&name).ok()?;
        let interpreter = interpreter(&fs::read_start(file, START).ok()?)?;
        Some(Program { path: reading.bin.join(name), interpreter })
    };
    names.into_iter().filter_map(read).collect()
}

/// The path of the Python that a script starts: after `#!`, or in the `exec` of a shell that Python reads as a string.
pub fn interpreter(script: &[u8]) -> Option<PathBuf> {
    let rest = script.strip_prefix(b"#!")?;
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let (first, rest) = (rest[..end].trim_ascii(), &rest[(end + 1).min(rest.len())..]);
    let path = if first == b"/bin/sh" {
        let exec = rest.strip_prefix(b"'''exec' ")?;
        match exec.strip_prefix(b"\"") {
            Some(quoted) => &quoted[..memchr::memchr(b'"', quoted)?],
            None => &exec[..memchr::memchr(b' ', exec)?],
        }
    } else if let Some(quoted) = first.strip_prefix(b"\"") {
        &quoted[..memchr::memchr(b'"', quoted)?]
    } else {
        &first[..memchr::memchr2(b' ', b'\t', first).unwrap_or(first.len())]
    };
    // An expansion, as in scripts that can be moved, is no path.
    let is_literal = path.starts_with(b"/") && !path.iter().any(|byte| matches!(byte, b'$' | b'`' | b'\0'));
    let path = PathBuf::from(fs::os_string(path.to_vec()).filter(|_| is_literal)?);
    path.file_name().is_some_and(is_python).then_some(path)
}

/// The environment or installation of an interpreter: the directory above its `bin`.
pub fn prefix(interpreter: &Path) -> Option<&Path> {
    interpreter.parent()?.parent()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::console_scripts::first_line;

    #[test]
    fn the_python_of_every_form_is_found() {
        let long = format!("/{}/bin/python3", "x".repeat(150));
        for path in ["/env/bin/python", "/my env/bin/python3.12", &long] {
            let script = [first_line(path.as_bytes(), false).as_slice(), b"import sys\n"].concat();
            assert_eq!(interpreter(&script), Some(path.into()));
        }
        assert_eq!(interpreter(b"#!/env/bin/python -E\n"), Some("/env/bin/python".into()));
        assert_eq!(interpreter(b"#! /env/bin/python"), Some("/env/bin/python".into()));
    }

    #[test]
    fn a_program_that_starts_no_python_by_its_path_is_left_alone() {
        let moving =
            b"#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python' \"$0\" \"$@\"\n"
                .as_slice();
        for script in [
            b"".as_slice(),
            b"#!",
            b"#!/bin/sh\n'''exec'",
            b"#!/bin/sh\n",
            b"#!/usr/bin/env python\n",
            moving,
            b"\x7fELF",
        ] {
            assert_eq!(interpreter(script), None);
        }
    }
}
