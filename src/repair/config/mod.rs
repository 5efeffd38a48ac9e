//! `pyvenv.cfg`: each line with its right value, or the whole file if it is damaged.

pub mod command;

use std::path::Path;

use super::places::Shown;
use crate::base::{Base, Version};
use crate::check::{ConfigFile, Reading};
use crate::environment::config::{Configuration, Options, check_home};
use crate::error::Result;
use crate::fs;
use crate::text::quoted;

/// The keys that Python's start-up reads, without which the file is damaged.
const NEEDED: [&str; 2] = ["home", "include-system-site-packages"];
/// The keys that a new file has.
const RENDERED: [&str; 6] =
    ["home", "include-system-site-packages", "version", "prompt", "executable", "command"];

/// The text that the file should have, with this base interpreter.
///
/// # Errors
/// [`crate::error::Error::Refused`] if the file can't store the base's directory.
pub fn text(reading: &Reading, base: &Base, shown: &Shown) -> Result<String> {
    match &reading.config {
        ConfigFile::Text(text) if is_whole(reading) => {
            check_home(&base.home)?;
            Ok(edited(text, |key, old| value(key, old, reading, base, shown)))
        }
        _ => rendered(reading, base, shown),
    }
}

/// The text of an intact file with only the environment's directory as it is now.
pub fn moved(reading: &Reading) -> Option<String> {
    let ConfigFile::Text(text) = &reading.config else { return None };
    Some(edited(text, |key, old| (key == "command").then(|| command_of(old, reading, None, true))?))
}

/// Reports whether the file has what every maker writes, so that no line is lost.
pub fn is_whole(reading: &Reading) -> bool {
    let keys = reading.keys();
    let is_switch = |value: &str| value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
    reading.home().is_some() && keys.get(NEEDED[1]).is_some_and(is_switch)
}

/// The file with each key once, with the value that `value` returns for it, and all other lines as they are.
fn edited(text: &str, value: impl Fn(&str, &str) -> Option<String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let Some((key, old)) = line.split_once('=').map(|(key, old)| (key.trim(), old.trim())) else {
            out += &format!("{line}\n");
            continue;
        };
        let name = key.to_ascii_lowercase();
        if seen.contains(&name) {
            continue;
        }
        match value(&name, old) {
            Some(new) if new != old => out += &format!("{key} = {new}\n"),
            _ => out += &format!("{line}\n"),
        }
        seen.push(name);
    }
    out
}

/// The right value of a key. `None` if the old one is not known to be wrong.
fn value(key: &str, old: &str, reading: &Reading, base: &Base, shown: &Shown) -> Option<String> {
    let Version { major, minor, micro } = base.version;
    let path = |path: &Path| path.to_str().map(str::to_owned);
    match key {
        "home" => path(&base.home),
        "version" => Some(format!("{major}.{minor}.{micro}")),
        "version_info" => {
            let rest: String = old.split('.').skip(3).flat_map(|part| [".", part]).collect();
            Some(format!("{major}.{minor}.{micro}{rest}"))
        }
        "executable" => path(&fs::real_path(&base.executable)),
        "base-executable" => path(&base.executable),
        "base-prefix" | "base-exec-prefix" => path(&base.prefix),
        "command" => command_of(old, reading, Some(base), shown.copies),
        _ => None,
    }
}

/// The recorded command with the directory that there is now and, if the base is another one, with that.
fn command_of(old: &str, reading: &Reading, base: Option<&Base>, copies: bool) -> Option<String> {
    let found = command::split(old)?;
    let mut executable = found.executable;
    if let Some(base) = base.filter(|_| found.module == command::VENV) {
        let is_known = reading.home().as_deref() == Some(&base.home) && fs::is_file(Path::new(executable));
        executable = if is_known { executable } else { base.executable.to_str()? };
    }
    let options = if copies { found.options.to_owned() } else { found.options.replacen("--copies ", "", 1) };
    let is_here = fs::is_same_file(Path::new(found.directory), &reading.directory);
    let directory = if is_here { found.directory } else { reading.directory.to_str()? };
    Some(format!("{executable}{}{options}{directory}", found.module))
}

/// A new file, with the options that the environment shows, and the remaining keys of the old one.
fn rendered(reading: &Reading, base: &Base, shown: &Shown) -> Result<String> {
    let keys = reading.keys();
    let recorded = keys.get("command").and_then(command::split);
    let has = |option: &str| recorded.is_some_and(|found| found.options.contains(option));
    let options = Options {
        symlinks: !shown.copies,
        with_pip: shown.has_pip,
        system_site_packages: keys
            .get(NEEDED[1])
            .map_or_else(|| has("--system-site-packages "), |value| value.eq_ignore_ascii_case("true")),
        prompt: shown.prompt.clone(),
        scm_ignore_files: fs::exists(&reading.directory.join(".gitignore")),
        ..Options::default()
    };
    let prompt = shown.prompt.as_deref().map(|prompt| quoted(Path::new(prompt)));
    let executable = recorded.map(|found| Path::new(found.executable)).filter(|path| fs::is_file(path));
    let executable = executable.unwrap_or(&base.executable);
    let mut text = Configuration {
        home: &base.home,
        version: base.version,
        prompt_repr: prompt.as_deref(),
        real_executable: &fs::real_path(&base.executable),
        executable,
        env_dir: &reading.directory,
        platform: base.platform,
        options: &options,
    }
    .render()?;
    for (key, value) in keys.pairs() {
        let is_rendered = RENDERED.iter().any(|known| known.eq_ignore_ascii_case(key));
        // The last line may have been cut off.
        let is_plain = !key.is_empty() && !value.is_empty();
        if !is_rendered && is_plain && value_is_whole(reading, value) {
            let new = self::value(&key.to_ascii_lowercase(), value, reading, base, shown);
            text += &format!("{key} = {}\n", new.as_deref().unwrap_or(value));
        }
    }
    Ok(text)
}

/// Reports whether a line ends after that value, as every maker's does.
fn value_is_whole(reading: &Reading, value: &str) -> bool {
    match &reading.config {
        ConfigFile::Text(text) => text.ends_with('\n') || !text.trim_end().ends_with(value),
        _ => false,
    }
}
