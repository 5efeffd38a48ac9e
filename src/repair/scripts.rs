//! The activation scripts: written anew from fastvenv's templates, or, if another program made them, with the new
//! directory in the place of the old one.

use std::path::{Path, PathBuf};

use super::action::{Action, Step};
use super::places::old_directories;
use crate::check::{LARGEST, Maker, Reading};
use crate::create::scripts::rendered;
use crate::environment::scripts::placeholders::Values;
use crate::environment::scripts::quoting::Shell;
use crate::error::Result;
use crate::fs::{self, Entry, Template};
use crate::text::quoted;

/// The scripts that fastvenv would write: the name of each in `bin`, and its content.
type Own = Vec<(PathBuf, Template)>;

/// The steps that write these scripts again, and what stays as it is. `templates` is the directory of the templates,
/// `executable` the environment's Python.
///
/// # Errors
/// An error of the system if a template can't be read.
pub fn plan(
    paths: &[PathBuf],
    reading: &Reading,
    (templates, executable): (&Path, &Path),
    prompt: Option<&str>,
) -> Result<(Vec<Step>, Vec<String>)> {
    let (mut steps, mut left) = (Vec::new(), Vec::new());
    if paths.is_empty() {
        return Ok((steps, left));
    }
    let own = own(reading, templates, executable, prompt)?;
    for path in paths {
        match script(path, reading, &own) {
            Some(step) => steps.push(step),
            None => left
                .push(format!("{} is a script of another program, which must write it again.", quoted(path))),
        }
    }
    Ok((steps, left))
}

fn own(reading: &Reading, templates: &Path, executable: &Path, prompt: Option<&str>) -> Result<Own> {
    let name = |path: &Path| path.file_name().unwrap_or_default().as_encoded_bytes().to_vec();
    let env_name = name(&reading.directory);
    let values = Values {
        env_dir: reading.directory.as_os_str().as_encoded_bytes().to_vec(),
        prompt: prompt.map_or_else(|| env_name.clone(), |prompt| prompt.as_bytes().to_vec()),
        env_name,
        bin_name: name(&reading.bin),
        env_exe: executable.as_os_str().as_encoded_bytes().to_vec(),
    };
    rendered(templates, reading.platform, &values)
}

fn script(path: &Path, reading: &Reading, own: &Own) -> Option<Step> {
    if matches!(fs::entry(path), Entry::Directory | Entry::Other) {
        return None;
    }
    if reading.maker() != Maker::Venv
        && let Some(content) = moved(path, reading)
    {
        return Some(Step {
            path: path.to_owned(),
            action: Action::Write(content),
            description: format!("Write the environment's directory into {}.", quoted(path)),
        });
    }
    let name = path.strip_prefix(&reading.bin).ok()?;
    let (_, template) = own.iter().find(|(own, _)| own == name)?;
    Some(Step {
        path: path.to_owned(),
        action: Action::Script(template.clone()),
        description: format!("Write {} again.", quoted(path)),
    })
}

/// The script with the directory that the environment has now. `None` if that isn't certain to be right.
fn moved(path: &Path, reading: &Reading) -> Option<Vec<u8>> {
    if fs::entry(path) != Entry::File {
        return None;
    }
    let new = reading.directory.to_str()?;
    // Such a text means the same in and outside the quotes of every shell.
    let is_ordinary = |shell: Shell| shell.quote(new.as_bytes()).is_ok_and(|quoted| quoted == new.as_bytes());
    if ![Shell::Sh, Shell::Fish, Shell::Csh].into_iter().all(is_ordinary) {
        return None;
    }
    let text = String::from_utf8(fs::read_regular(path, LARGEST).ok()?).ok()?;
    let mut changed = text.clone();
    for old in old_directories(reading) {
        changed = replaced(&changed, old.to_str()?, new);
    }
    (changed != text).then(|| changed.into_bytes())
}

/// The text with one path in the place of another, wherever that stands as a whole path or at its start.
fn replaced(text: &str, old: &str, new: &str) -> String {
    let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(start) = rest.find(old) {
        let (before, after) = (&rest[..start], &rest[start + old.len()..]);
        let is_whole = !before.ends_with(is_inner) && !before.ends_with('/') && !after.starts_with(is_inner);
        out += before;
        out += if is_whole { new } else { old };
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_paths_are_replaced() {
        let text = "X=/old/env; Y='/old/env/bin'; /old/env2 /top/old/env /old/env-3 a/old/env";
        assert_eq!(
            replaced(text, "/old/env", "/n"),
            "X=/n; Y='/n/bin'; /old/env2 /top/old/env /old/env-3 a/old/env"
        );
    }
}
