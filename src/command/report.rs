//! Errors as `python -m fastvenv` tells them.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use super::terminal;
use crate::advice::Failure;
use crate::error::Error;
use crate::text::{printed, quoted};

/// Tells on stderr what failed: the error, the notes about it, and the output of a program that failed. Returns the exit
/// status; after an interrupt, the process ends as the system does it.
pub fn report(failure: &Failure) -> ExitCode {
    let mut text = format!("Error: {}\n", message(&failure.error));
    for note in &failure.notes {
        let _ = writeln!(text, "{note}");
    }
    if let Error::Child { output, .. } = &failure.error
        && !output.is_empty()
    {
        text += &printed(output);
        if !output.ends_with(b"\n") {
            text.push('\n');
        }
    }
    let _ = io::stderr().write_all(text.as_bytes());
    match failure.error {
        Error::Interrupted => terminal::die_of_interrupt(),
        _ => ExitCode::FAILURE,
    }
}

/// The error as Python shows it: an error of the system as an `OSError`.
fn message(error: &Error) -> String {
    match error {
        Error::Io { path, other, source, .. } => os_error(path, other.as_deref(), source),
        Error::Start { program, source } => os_error(program, None, source),
        error => error.to_string(),
    }
}

fn os_error(path: &Path, other: Option<&Path>, source: &io::Error) -> String {
    let Some(code) = source.raw_os_error() else { return format!("{source}: {}", quoted(path)) };
    let kind = if cfg!(windows) { "WinError" } else { "Errno" };
    let text = Error::system_text(source, code);
    let other = other.map(|other| format!(" -> {}", quoted(other))).unwrap_or_default();
    format!("[{kind} {code}] {text}: {}{other}", quoted(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_system_looks_like_pythons() {
        let error = Error::io("create the directory", "/a/b", io::Error::from_raw_os_error(2));
        let kind = if cfg!(windows) { "WinError" } else { "Errno" };
        let shown = message(&error);
        assert!(shown.starts_with(&format!("[{kind} 2] ")) && shown.ends_with(": '/a/b'"), "{shown}");
        assert!(!shown.contains("os error"), "{shown}");
    }
}
