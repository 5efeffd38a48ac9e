//! Which templates a folder of scripts holds for a platform, and where each goes.

use std::io::ErrorKind::{NotADirectory, NotFound};
use std::path::{Path, PathBuf};

use crate::base::Platform;
use crate::environment::scripts::quoting::Shell;
use crate::error::Result;
use crate::fs;

/// A template and its place in the environment.
#[derive(Debug, PartialEq, Eq)]
pub struct Script {
    /// The template's path.
    pub source: PathBuf,
    /// The folder that it goes to, relative to the environment's folder of executables.
    pub folder: PathBuf,
}

/// Lists the templates below `path`: those in its folder `common` and in the one of the platform's name, with
/// what is below them. Files beside the two are not templates, and links to folders are not followed.
///
/// A folder that is missing counts as empty, as for `os.walk`. One that can't be listed does not: an environment
/// without scripts would seem complete.
pub fn scripts_in(path: &Path, platform: Platform) -> Result<Vec<Script>> {
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

/// Whether the file is one of Windows' launchers and their debug data, which `setup_python` places.
fn is_launcher(name: &str, platform: Platform) -> bool {
    let name = name.to_ascii_lowercase();
    platform == Platform::Nt
        && ["python", "venv"].iter().any(|start| name.starts_with(start))
        && is_binary(Path::new(&name), platform)
}

/// Whether the file is copied as it is, whatever it holds: executables and debug data on Windows.
pub fn is_binary(path: &Path, platform: Platform) -> bool {
    platform == Platform::Nt && path.extension().is_some_and(|suffix| suffix == "exe" || suffix == "pdb")
}

/// Refuses values that the activation scripts of a platform can't represent: asked before anything is written, so that
/// no half environment is left. `Activate.ps1` holds no values.
///
/// # Errors
/// [`crate::error::Error::Refused`], as from [`Shell::quote`].
pub fn check_values(platform: Platform, values: &[&[u8]]) -> Result<()> {
    // What the strictest one can hold, the others can.
    let strictest = match platform {
        Platform::Posix => Shell::Sh,
        Platform::Nt => Shell::Batch,
    };
    values.iter().try_for_each(|value| strictest.quote(value).map(drop))
}

/// Refuses a link or file in the place of a folder below that of executables which a script goes to.
pub fn check_folders(bin_path: &Path, scripts: &[Script]) -> Result<()> {
    let below = scripts.iter().filter(|script| !script.folder.as_os_str().is_empty());
    let folders: Vec<_> = below.map(|script| bin_path.join(&script.folder)).collect();
    fs::check_folders(bin_path, folders.iter().map(PathBuf::as_path))
}

/// Writes a script made from `template`, creating the folder it goes to.
pub fn write_script(template: &fs::Template, content: &[u8], folder: &Path, path: &Path) -> Result<()> {
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
    fn values_are_refused_where_a_script_of_the_platform_cannot_hold_them() {
        let refused = |platform, value: &[u8]| check_values(platform, &[b"fine", value]).is_err();
        for value in [b"a\"b".as_slice(), b"a\nb", b"a\x1bb", b"\xff"] {
            assert!(refused(Platform::Nt, value), "{value:?}");
            assert!(!refused(Platform::Posix, value), "{value:?}");
        }
        assert!(refused(Platform::Nt, b"a\0b") && refused(Platform::Posix, b"a\0b"));
        assert!(!refused(Platform::Nt, "100% & <ünïcode> it's ^!$(x)".as_bytes()));
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
