//! Writes the activation scripts and the user's own scripts into the environment.

use std::path::{Path, PathBuf};

use super::templates;
use crate::base::Platform;
use crate::environment::scripts::placeholders::{self, Values};
use crate::environment::scripts::quoting::Shell;
use crate::environment::scripts::templates::{Script, is_binary};
use crate::error::{Error, Result};
use crate::fs::{self, Template};
use crate::observer::Observer;
use crate::text::quoted;

/// Installs scripts (`EnvBuilder.install_scripts`). `replace` returns a template's text with its
/// placeholders replaced, or the reason why it can't be written as text. Such a file is skipped with a warning.
///
/// # Errors
/// Errors of `replace` and of the file system; [`Error::NotADirectory`], before anything is written, for a link or
/// file in place of a directory.
pub fn install<E: From<Error>>(
    templates: &[(Template, Script)],
    platform: Platform,
    bin_path: &Path,
    mut replace: impl FnMut(&Script, &[u8]) -> Result<Replaced, E>,
    observer: &mut dyn Observer,
) -> Result<(), E> {
    check_directories(bin_path, templates)?;
    for (template, script) in templates {
        let mut content = None;
        if !is_binary(&script.source, platform) {
            match replace(script, &template.content)? {
                Ok(text) => content = Some(text),
                Err(why) => {
                    let source = quoted(&script.source);
                    observer.warning(&format!("unable to copy script {source}, may be binary: {why}"));
                    continue;
                }
            }
        }
        let directory = bin_path.join(&script.directory);
        let destination = directory.join(script.source.file_name().unwrap_or_default());
        write_script(template, content.as_ref().unwrap_or(&template.content), &directory, &destination)?;
    }
    Ok(())
}

/// The text of a script, or the reason why it can't be written.
pub type Replaced = Result<Vec<u8>, String>;

/// The template with its placeholders replaced by `values`, unless it is not UTF-8.
///
/// # Errors
/// [`Error::Refused`] for a value that the script's shell can't represent.
pub fn replaced(script: &Script, template: &[u8], values: &Values<impl AsRef<[u8]>>) -> Result<Replaced> {
    match std::str::from_utf8(template) {
        Ok(_) => placeholders::replace(template, values, Shell::of_script(&script.source)).map(Ok),
        Err(why) => Ok(Err(why.to_string())),
    }
}

/// The scripts of a directory with their placeholders replaced: each with its path below `bin`.
///
/// # Errors
/// An I/O error if a template can't be read; [`Error::Refused`] for a value that a script's shell can't represent.
pub fn rendered(
    path: &Path,
    platform: Platform,
    values: &Values<impl AsRef<[u8]>>,
) -> Result<Vec<(PathBuf, Template)>> {
    let render = |(template, script): &(Template, Script)| {
        let content = match replaced(script, &template.content, values)? {
            Ok(text) => text,
            Err(_) => template.content.clone(),
        };
        let name = script.directory.join(script.source.file_name().unwrap_or_default());
        Ok((name, template.with(content)))
    };
    templates::read(path, platform)?.iter().map(render).collect()
}

/// Refuses a link or file in place of a subdirectory of `bin_path` that receives scripts.
fn check_directories(bin_path: &Path, templates: &[(Template, Script)]) -> Result<()> {
    let below = templates.iter().filter(|(_, script)| !script.directory.as_os_str().is_empty());
    let directories: Vec<_> = below.map(|(_, script)| bin_path.join(&script.directory)).collect();
    fs::check_directories(bin_path, directories.iter().map(PathBuf::as_path))
}

/// Writes a script made from `template`, and creates its directory if missing.
fn write_script(template: &fs::Template, content: &[u8], directory: &Path, path: &Path) -> Result<()> {
    match fs::write_like(template, content, path) {
        Err(_) if !fs::exists(directory) => {
            fs::create_directory(directory)?;
            fs::write_like(template, content, path)
        }
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_makes_the_directory_it_goes_to() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(&temp.path().join("template"), b"").unwrap();
        let template = fs::read_template(&temp.path().join("template")).unwrap();
        let directory = temp.path().join("bin/sub");
        write_script(&template, b"text", &directory, &directory.join("script")).unwrap();
        assert_eq!(fs::read(&directory.join("script")).unwrap(), b"text");
    }
}
