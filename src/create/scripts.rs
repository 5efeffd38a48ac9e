//! The activation scripts and users' own, written into the environment.

use std::io::ErrorKind::{NotADirectory, NotFound};
use std::path::{Path, PathBuf};

use crate::base::Platform;
use crate::environment::scripts::placeholders::{self, Values};
use crate::environment::scripts::quoting::Shell;
use crate::environment::scripts::templates::{Script, is_binary, is_launcher};
use crate::error::{Error, Result, quoted};
use crate::fs::{self, Template};
use crate::observer::Observer;

/// Installs the scripts of a directory (`EnvBuilder.install_scripts`). `replace` gives a template's text with its
/// placeholders replaced, or why it is no text that can be written; such a file is skipped with a warning.
///
/// # Errors
/// Those of `replace` and of the file system; [`Error::NotAFolder`], before anything is written, for a link or file in
/// the place of a directory.
pub fn install<E: From<Error>>(
    path: &Path,
    platform: Platform,
    bin_path: &Path,
    mut replace: impl FnMut(&Script, &[u8]) -> Result<Replaced, E>,
    observer: &mut dyn Observer,
) -> Result<(), E> {
    for (template, script) in read_all(path, platform, bin_path)? {
        let mut content = None;
        if !is_binary(&script.source, platform) {
            match replace(&script, &template.content)? {
                Ok(text) => content = Some(text),
                Err(why) => {
                    let source = quoted(&script.source);
                    observer.warning(&format!("unable to copy script {source}, may be binary: {why}"));
                    continue;
                }
            }
        }
        let folder = bin_path.join(&script.folder);
        let destination = folder.join(script.source.file_name().unwrap_or_default());
        write_script(&template, content.as_ref().unwrap_or(&template.content), &folder, &destination)?;
    }
    Ok(())
}

/// The text of a script, or why it can't be written.
pub type Replaced = Result<Vec<u8>, String>;

/// The template with its placeholders replaced by `values`, unless it isn't UTF-8.
///
/// # Errors
/// [`Error::Refused`] for a value that the script's shell can't hold.
pub fn replaced(script: &Script, template: &[u8], values: &Values<impl AsRef<[u8]>>) -> Result<Replaced> {
    match std::str::from_utf8(template) {
        Ok(_) => placeholders::replace(template, values, Shell::of_script(&script.source)).map(Ok),
        Err(why) => Ok(Err(why.to_string())),
    }
}

/// Reads all templates before the first script is written.
fn read_all(path: &Path, platform: Platform, bin_path: &Path) -> Result<Vec<(Template, Script)>> {
    let scripts = scripts_in(path, platform)?;
    check_folders(bin_path, &scripts)?;
    scripts.into_iter().map(|script| Ok((fs::read_template(&script.source)?, script))).collect()
}

/// Lists the templates below `path`: those in its folder `common` and in the one of the platform's name, with
/// what is below them. Files beside the two are not templates, and links to folders are not followed.
///
/// A folder that is missing counts as empty, as for `os.walk`. One that can't be listed does not: an environment
/// without scripts would seem complete.
fn scripts_in(path: &Path, platform: Platform) -> Result<Vec<Script>> {
    let mut found = Vec::new();
    for name in ["common", platform.name()] {
        let folder = path.join(name);
        if !fs::is_link(&folder) {
            collect(&folder, Path::new(""), platform, &mut found)?;
        }
    }
    Ok(found)
}

fn collect(folder: &Path, relative: &Path, platform: Platform, found: &mut Vec<Script>) -> Result<()> {
    let listing = match fs::list(folder) {
        Err(error) if matches!(error.kind(), Some(NotFound | NotADirectory)) => return Ok(()),
        listing => listing?,
    };
    for name in listing.files {
        if !is_launcher(&name.to_string_lossy(), platform) {
            found.push(Script { source: folder.join(name), folder: relative.to_owned() });
        }
    }
    for name in listing.folders {
        collect(&folder.join(&name), &relative.join(&name), platform, found)?;
    }
    Ok(())
}

/// Refuses a link or file in the place of a folder below that of executables which a script goes to.
fn check_folders(bin_path: &Path, scripts: &[Script]) -> Result<()> {
    let below = scripts.iter().filter(|script| !script.folder.as_os_str().is_empty());
    let folders: Vec<_> = below.map(|script| bin_path.join(&script.folder)).collect();
    fs::check_folders(bin_path, folders.iter().map(PathBuf::as_path))
}

/// Writes a script made from `template`, creating the folder it goes to.
fn write_script(template: &fs::Template, content: &[u8], folder: &Path, path: &Path) -> Result<()> {
    match fs::write_like(template, content, path) {
        Err(_) if !fs::exists(folder) => {
            fs::create_folder(folder)?;
            fs::write_like(template, content, path)
        }
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let temp = tempfile::tempdir().unwrap();
        for file in files {
            let path = temp.path().join(file);
            fs::create_folder(path.parent().unwrap()).unwrap();
            fs::write(&path, b"").unwrap();
        }
        temp
    }

    #[test]
    fn each_platform_has_its_own_and_the_common_ones() {
        let temp =
            tree(&["top", "common/a", "posix/b", "posix/sub/c", "nt/d.bat", "nt/python.exe", "else/e"]);
        let names = |platform| -> Vec<_> {
            let scripts = scripts_in(temp.path(), platform).unwrap();
            scripts.iter().map(|s| s.folder.join(s.source.file_name().unwrap())).collect()
        };
        assert_eq!(names(Platform::Posix), ["a", "b", "sub/c"].map(PathBuf::from));
        assert_eq!(names(Platform::Nt), ["a", "d.bat"].map(PathBuf::from));
    }

    #[test]
    fn a_script_makes_the_folder_it_goes_to() {
        let temp = tree(&["template"]);
        let template = fs::read_template(&temp.path().join("template")).unwrap();
        let folder = temp.path().join("bin/sub");
        write_script(&template, b"text", &folder, &folder.join("script")).unwrap();
        assert_eq!(fs::read(&folder.join("script")).unwrap(), b"text");
    }
}
