//! The activation scripts: there, whole, and treating the environment's name as data.

use std::path::{Path, PathBuf};

use super::word::{Word, assigned};
use super::{Finding, Kind, LARGEST, Maker, Reading};
use crate::environment::scripts::quoting::Shell;
use crate::fs::{self, Entry};

/// The scripts that `venv` creates on POSIX in every version, and the shell's name.
pub const OF_VENV: [(&str, &str); 3] =
    [("activate", "sh, bash and zsh"), ("activate.fish", "fish"), ("activate.csh", "csh")];
/// The variables that scripts assign the environment's path to. The second is fastvenv's in sh, the third virtualenv's
/// in csh.
const VARIABLES: [&str; 3] = ["VIRTUAL_ENV", "_VENV_DIR", "_virtualenv_dir"];

/// An activation script for sh, fish or csh.
#[derive(Debug)]
pub struct Script {
    /// Its path.
    pub path: PathBuf,
    /// Its language.
    pub shell: Shell,
    /// Its text.
    pub content: Vec<u8>,
}

impl Script {
    /// The words that it assigns to VIRTUAL_ENV.
    pub fn directories(&self) -> Vec<Word> {
        VARIABLES.iter().flat_map(|name| assigned(&self.content, self.shell, name)).collect()
    }
}

/// The activation scripts that can be read.
pub fn read(reading: &Reading) -> Vec<Script> {
    let paths = OF_VENV.iter().map(|(name, _)| reading.bin.join(name));
    paths
        .filter_map(|path| {
            let content = fs::read_regular(&path, LARGEST).ok()?;
            Some(Script { shell: Shell::of_script(&path), path, content })
        })
        .collect()
}

/// Checks them.
pub fn check(reading: &Reading, scripts: &[Script]) -> Vec<Finding> {
    let mut found: Vec<_> =
        OF_VENV.iter().filter_map(|(name, shell)| presence(reading, name, shell)).collect();
    found.extend(scripts.iter().filter_map(|script| damaged(reading, script)));
    found.extend(executing(reading, scripts));
    found
}

/// A missing script. virtualenv and uv can be told to leave scripts out.
fn presence(reading: &Reading, name: &str, shell: &str) -> Option<Finding> {
    let path = reading.bin.join(name);
    let shown = reading.shown(&path);
    match fs::entry(&path) {
        Entry::Nothing if reading.maker() == Maker::Venv && fs::is_directory(&reading.bin) => {
            let message = format!("{shown}, the activation script for {shell}, is missing.");
            let missing = Finding::new(Kind::ScriptMissing, path, message, super::REPAIR);
            Some(if name == "activate" { missing } else { missing.as_hint() })
        }
        Entry::Nothing => None,
        _ => fs::read_regular(&path, LARGEST).err().map(|error| {
            let message = format!("{shown} can't be read: {error}.");
            Finding::new(Kind::ScriptDamaged, path, message, super::REPAIR)
        }),
    }
}

/// A script that was cut off: every script sets VIRTUAL_ENV, and ends with a line's end.
fn damaged(reading: &Reading, script: &Script) -> Option<Finding> {
    let what = if script.content.trim_ascii().is_empty() {
        "is empty"
    } else if script.directories().is_empty() {
        "doesn't set VIRTUAL_ENV: it is damaged or cut off"
    } else if !script.content.ends_with(b"\n") {
        "has no end of line: it is cut off"
    } else {
        return None;
    };
    let message = format!("{} {what}.", reading.shown(&script.path));
    Some(Finding::new(Kind::ScriptDamaged, &script.path, message, super::REPAIR))
}

/// Scripts that would execute the name: those that put it between double quotes as it is (CVE-2024-9287), and those
/// that let bash expand it whenever it draws the prompt. With a harmless name this is a hint.
fn executing(reading: &Reading, scripts: &[Script]) -> Option<Finding> {
    let names = names(reading, scripts);
    let drawn = drawn(reading);
    // Either the text of the prompt is in PS1, or the value of this variable, as in uv's scripts.
    let is_in_prompt = |word: &Word| {
        let has = |text: &[u8]| memchr::memmem::find(&word.text, text).is_some();
        has(b"${VIRTUAL_ENV_PROMPT}") || has(&drawn)
    };
    let expands_prompt = |script: &Script| {
        is_expanded(&drawn)
            && script.shell == Shell::Sh
            && assigned(&script.content, Shell::Sh, "PS1").iter().any(is_in_prompt)
    };
    let is_old = |script: &Script| script.directories().iter().any(|word| word.is_in_double_quotes);
    let old: Vec<_> = scripts.iter().filter(|script| is_old(script)).collect();
    let is_harmful = names.iter().any(|name| is_dangerous(name));
    if let Some(script) = old
        .first()
        .copied()
        .filter(|_| is_harmful)
        .or_else(|| scripts.iter().find(|script| expands_prompt(script)))
    {
        let message =
            format!("{} would run a part of the environment's name or prompt.", reading.shown(&script.path));
        let advice = "Don't activate it before it is repaired, or choose a plain name.";
        return Some(Finding::new(Kind::ScriptExecutes, &script.path, message, advice));
    }
    let first = old.first()?;
    let shown: Vec<_> = old.iter().map(|script| reading.shown(&script.path)).collect();
    let message =
        format!("{}: the environment's name is not quoted safely, but it is harmless.", shown.join(", "));
    let advice = "Nothing, as long as the environment keeps its name.";
    Some(Finding::new(Kind::ScriptExecutes, &first.path, message, advice).as_hint())
}

/// The environment's paths, its name and its prompt: those of now, and the path in its scripts.
fn names(reading: &Reading, scripts: &[Script]) -> Vec<Vec<u8>> {
    let bytes = |path: &Path| path.as_os_str().as_encoded_bytes().to_vec();
    let mut names = vec![bytes(&reading.directory)];
    names.extend(reading.directory.file_name().map(|name| name.as_encoded_bytes().to_vec()));
    names.extend(
        reading.keys().get("prompt").map(|prompt| prompt.trim_matches(['\'', '"']).as_bytes().to_vec()),
    );
    names.extend(
        scripts.iter().flat_map(Script::directories).filter(|word| word.is_literal).map(|word| word.text),
    );
    names
}

/// What is in the prompt: the recorded one, or the directory's name.
fn drawn(reading: &Reading) -> Vec<u8> {
    let recorded =
        reading.keys().get("prompt").map(|prompt| prompt.trim_matches(['\'', '"']).as_bytes().to_vec());
    recorded.or_else(|| Some(reading.directory.file_name()?.as_encoded_bytes().to_vec())).unwrap_or_default()
}

/// Reports whether a name in double quotes is more than text.
fn is_dangerous(name: &[u8]) -> bool {
    name.iter().any(|byte| b"$`\"\\".contains(byte))
}

/// Reports whether bash expands a name in its prompt.
fn is_expanded(name: &[u8]) -> bool {
    name.contains(&b'`') || name.contains(&b'$')
}
