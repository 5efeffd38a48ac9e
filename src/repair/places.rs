//! What a damaged environment still shows: where it was, its prompt, and how it was made.

use std::path::{Path, PathBuf};

use super::config::{self, command};
use crate::check::word::assigned;
use crate::check::{LARGEST, Reading, scripts};
use crate::environment::scripts::quoting::Shell;
use crate::fs::{self, Entry};
use crate::text::quoted;

/// What an environment shows about itself.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Its executables are copies.
    pub copies: bool,
    /// pip is, or was, in it.
    pub has_pip: bool,
    /// The prompt that was asked for.
    pub prompt: Option<String>,
}

impl Shown {
    /// Reads it.
    pub fn of(reading: &Reading, copies: bool) -> Self {
        let pip = reading.bin.join("pip");
        Self { copies, has_pip: fs::entry(&pip) != Entry::Nothing, prompt: prompt(reading) }
    }
}

/// The prompt in `pyvenv.cfg`, else the one in the script for POSIX shells if it isn't the directory's name.
fn prompt(reading: &Reading) -> Option<String> {
    if let Some(recorded) = reading.keys().get("prompt") {
        return Some(unquoted(recorded));
    }
    if config::is_whole(reading) {
        return None;
    }
    let script = fs::read_regular(&reading.bin.join("activate"), LARGEST).ok()?;
    let prompt = assigned(&script, Shell::Sh, "VIRTUAL_ENV_PROMPT").into_iter().find_map(|word| {
        let is_literal = !word.text.is_empty() && !word.text.contains(&b'$');
        is_literal.then(|| String::from_utf8(word.text).ok())?
    })?;
    let bare = prompt.strip_prefix('(').and_then(|prompt| prompt.strip_suffix(") ")).unwrap_or(&prompt);
    let is_default = old_directories(reading)
        .iter()
        .chain([&reading.directory])
        .any(|directory| directory.file_name().is_some_and(|name| name == bare));
    (!bare.is_empty() && !is_default).then(|| bare.to_owned())
}

/// A value of `pyvenv.cfg` that may be a Python literal.
fn unquoted(value: &str) -> String {
    for quote in ['\'', '"'] {
        let inner = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner.filter(|inner| quoted(Path::new(&unescaped(inner))) == value) {
            return unescaped(inner);
        }
    }
    value.to_owned()
}

fn unescaped(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text.chars());
    while let Some(c) = rest.next() {
        match c {
            '\\' => out.extend(rest.next()),
            c => out.push(c),
        }
    }
    out
}

/// The directories in which the environment was, according to its own files, if they differ from where it is.
pub fn old_directories(reading: &Reading) -> Vec<PathBuf> {
    let recorded = reading.keys().get("command").and_then(command::split);
    let mut found: Vec<_> = recorded.map(|recorded| PathBuf::from(recorded.directory)).into_iter().collect();
    let words = scripts::read(reading).iter().flat_map(scripts::Script::directories).collect::<Vec<_>>();
    found.extend(words.into_iter().filter_map(|word| fs::os_string(word.text)).map(PathBuf::from));
    found.retain(|directory| {
        directory.is_absolute() && *directory != reading.directory && directory.components().count() > 1
    });
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_a_python_literal_or_plain() {
        for (value, prompt) in [
            ("'demo'", "demo"),
            ("\"it's\"", "it's"),
            ("demo", "demo"),
            ("'a\\\\b'", "a\\b"),
            ("'a' 'b'", "'a' 'b'"),
        ] {
            assert_eq!(unquoted(value), prompt, "{value}");
        }
    }
}
