//! Windows: links to the base interpreter and its DLLs, or copies of the launchers that come with it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::base::Version;
use crate::environment::layout::is_debug_build;
use crate::error::{Error, Result};
use crate::fs;

/// What the plan depends on.
#[derive(Debug)]
pub struct Base<'a> {
    /// The folder of the base interpreter.
    pub python_dir: &'a Path,
    /// The names of the files in `python_dir`.
    pub files: &'a [OsString],
    /// The folder of the launchers: `venv/scripts/nt` in the base's library, or `python_dir` in a build tree.
    pub launchers_dir: &'a Path,
    /// Whether the base runs from a build tree (`sysconfig.is_python_build`).
    pub is_build: bool,
    /// The version of the base.
    pub version: Version,
    /// Whether the base is free-threaded (`Py_GIL_DISABLED`).
    pub free_threaded: bool,
    /// The file name of the environment's executable.
    pub exe_name: &'a str,
}

/// One file of the environment's `Scripts`, and where it comes from.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// The file's name in `Scripts`.
    pub name: OsString,
    /// What it links to, or is a copy of.
    pub source: PathBuf,
}

/// Both ways to make the environment's executables.
#[derive(Debug, PartialEq, Eq)]
pub struct Plan {
    /// With links: all of them, or none.
    pub links: Vec<Entry>,
    /// With copies of launchers.
    pub copies: Vec<Entry>,
}

/// Plans the executables as 3.13 and later make them; before, the same with the launchers' older names.
pub fn plan(base: &Base) -> Plan {
    let debug = if is_debug_build(base.exe_name) { "_d" } else { "" };
    let mut plan = Plan { links: Vec::new(), copies: Vec::new() };
    for (stem, launcher) in [("python", "venvlauncher"), ("pythonw", "venvwlauncher")] {
        let linked = base.python_dir.join(linked_name(base, stem, debug));
        let copied = base.launchers_dir.join(launcher_name(base, stem, launcher, debug));
        for name in names(base, stem, debug) {
            plan.links.push(Entry { name: name.clone().into(), source: linked.clone() });
            plan.copies.push(Entry { name: name.into(), source: copied.clone() });
        }
    }
    let dlls = base.files.iter().filter(|name| is_runtime_dll(name));
    plan.links.extend(dlls.map(|name| Entry { name: name.clone(), source: base.python_dir.join(name) }));
    plan
}

/// The names of one executable: plain, of the debug build, and of the free-threaded build with its version.
fn names(base: &Base, stem: &str, debug: &str) -> Vec<String> {
    let mut suffixes = vec![String::new()];
    if base.free_threaded {
        suffixes.push(free_threaded_suffix(base.version));
    }
    let mut names = Vec::new();
    for suffix in suffixes {
        names.push(format!("{stem}{suffix}.exe"));
        names.push(format!("{stem}{suffix}{debug}.exe"));
    }
    names.dedup();
    names
}

fn free_threaded_suffix(version: Version) -> String {
    format!("{}.{}t", version.major, version.minor)
}

/// The base's executable. From 3.15 on, a free-threaded base may have the plain name only.
fn linked_name(base: &Base, stem: &str, debug: &str) -> String {
    let plain = format!("{stem}{debug}.exe");
    if !base.free_threaded {
        return plain;
    }
    let suffix = free_threaded_suffix(base.version);
    let has_versioned = base.files.iter().any(|f| f == OsStr::new(&format!("python{suffix}{debug}.exe")));
    if has_versioned || !base.version.at_least(15) { format!("{stem}{suffix}{debug}.exe") } else { plain }
}

/// The launcher's file name: installed before 3.13, it had the name of the executable that it becomes.
fn launcher_name(base: &Base, stem: &str, launcher: &str, debug: &str) -> String {
    if !base.version.at_least(13) && !base.is_build {
        return format!("{stem}{debug}.exe");
    }
    let threads = if base.free_threaded { "t" } else { "" };
    format!("{launcher}{threads}{debug}.exe")
}

/// Whether links need this file beside the executable: `python*.dll` and `vcruntime*.dll`.
fn is_runtime_dll(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_lowercase();
    (name.starts_with("python") || name.starts_with("vcruntime")) && name.ends_with(".dll")
}

/// Makes links, all or none.
///
/// After a failure the links that were made are removed again, and the first error tells why; the others tell
/// which links could not be removed.
pub fn link_all(plan: &Plan, bin_path: &Path) -> std::result::Result<(), Vec<Error>> {
    let mut made: Vec<PathBuf> = Vec::new();
    for entry in &plan.links {
        let link = bin_path.join(&entry.name);
        if let Err(error) = fs::symlink(&entry.source, &link) {
            let unremoved = made.iter().filter_map(|link| fs::remove_file(link).err());
            return Err(std::iter::once(error).chain(unremoved).collect());
        }
        made.push(link);
    }
    Ok(())
}

/// Copies the launchers; gives the errors of those that could not be copied.
pub fn copy_all(plan: &Plan, bin_path: &Path) -> Vec<Error> {
    let copied = plan.copies.iter().map(|e| fs::copy_with_mode(&e.source, &bin_path.join(&e.name)));
    copied.filter_map(Result::err).collect()
}

/// Copies the `init.tcl` of a build tree: it goes to the folder of the same name in the environment's `Lib`.
pub fn copy_tcl(python_dir: &Path, env_dir: &Path) -> Result<()> {
    let Some(folder) = folder_with(python_dir, "init.tcl") else { return Ok(()) };
    let target = env_dir.join("Lib").join(folder.file_name().unwrap_or_default());
    fs::check_folders(env_dir, [target.as_path()])?;
    fs::create_folder(&target)?;
    fs::copy_contents(&folder.join("init.tcl"), &target.join("init.tcl"))
}

/// The first folder at or below `folder` that holds a file of this name.
fn folder_with(folder: &Path, file: &str) -> Option<PathBuf> {
    let listing = fs::list(folder).ok()?;
    if listing.files.iter().any(|name| name == file) {
        return Some(folder.to_owned());
    }
    listing.folders.iter().find_map(|name| folder_with(&folder.join(name), file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base<'a>(minor: u8, exe_name: &'a str, files: &'a [OsString]) -> Base<'a> {
        Base {
            python_dir: Path::new("base"),
            files,
            launchers_dir: Path::new("nt"),
            is_build: false,
            version: Version { major: 3, minor, micro: 0 },
            free_threaded: false,
            exe_name,
        }
    }

    fn told(entries: &[Entry]) -> Vec<(String, String)> {
        let text = |e: &Entry| {
            (e.name.to_string_lossy().into_owned(), e.source.to_string_lossy().replace('\\', "/"))
        };
        entries.iter().map(text).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|&(name, source)| (name.to_owned(), source.to_owned())).collect()
    }

    #[test]
    fn links_bring_the_dlls_along() {
        let files = ["python.exe", "Python313.DLL", "vcruntime140.dll", "sqlite3.dll"].map(OsString::from);
        let plan = plan(&base(13, "python.exe", &files));
        assert_eq!(
            told(&plan.links),
            pairs(&[
                ("python.exe", "base/python.exe"),
                ("pythonw.exe", "base/pythonw.exe"),
                ("Python313.DLL", "base/Python313.DLL"),
                ("vcruntime140.dll", "base/vcruntime140.dll"),
            ])
        );
    }

    #[test]
    fn launchers_have_the_names_of_their_version() {
        let copies = |minor| told(&plan(&base(minor, "python.exe", &[])).copies);
        assert_eq!(
            copies(13),
            pairs(&[("python.exe", "nt/venvlauncher.exe"), ("pythonw.exe", "nt/venvwlauncher.exe")])
        );
        assert_eq!(copies(12), pairs(&[("python.exe", "nt/python.exe"), ("pythonw.exe", "nt/pythonw.exe")]));
    }

    #[test]
    fn a_debug_build_has_both_names() {
        let plan = plan(&base(14, "python_d.exe", &[]));
        assert_eq!(
            told(&plan.copies)[..2],
            pairs(&[("python.exe", "nt/venvlauncher_d.exe"), ("python_d.exe", "nt/venvlauncher_d.exe")])
        );
    }

    #[test]
    fn a_free_threaded_base_keeps_its_versioned_names() {
        let files = [OsString::from("python3.13t.exe")];
        let plan = plan(&Base { free_threaded: true, ..base(13, "python.exe", &files) });
        assert_eq!(
            told(&plan.links)[..2],
            pairs(&[("python.exe", "base/python3.13t.exe"), ("python3.13t.exe", "base/python3.13t.exe")])
        );
        assert_eq!(
            told(&plan.copies)[2..],
            pairs(
                &[("pythonw.exe", "nt/venvwlaunchert.exe"), ("pythonw3.13t.exe", "nt/venvwlaunchert.exe"),]
            )
        );
    }

    #[test]
    fn from_3_15_on_a_free_threaded_base_may_have_the_plain_name() {
        let plan = plan(&Base { free_threaded: true, ..base(15, "python.exe", &[]) });
        assert_eq!(told(&plan.links)[0].1, "base/python.exe");
    }

    #[test]
    fn a_build_tree_brings_its_tcl() {
        let temp = tempfile::tempdir().unwrap();
        let (base, env) = (temp.path().join("base"), temp.path().join("env"));
        fs::create_folder(&base.join("externals/tcl8.6")).unwrap();
        fs::write(&base.join("externals/tcl8.6/init.tcl"), b"tcl").unwrap();
        copy_tcl(&base, &env).unwrap();
        assert_eq!(fs::read(&env.join("Lib/tcl8.6/init.tcl")).unwrap(), b"tcl");
    }

    #[cfg(unix)]
    #[test]
    fn copies_over_links_leave_the_base_alone() {
        let temp = tempfile::tempdir().unwrap();
        let (python_dir, launchers_dir) = (temp.path().join("base"), temp.path().join("nt"));
        let bin_path = temp.path().join("Scripts");
        let names = ["python.exe", "pythonw.exe", "python313.dll"];
        for folder in [&python_dir, &launchers_dir, &bin_path] {
            fs::create_folder(folder).unwrap();
        }
        for name in names {
            fs::write(&python_dir.join(name), b"the base").unwrap();
        }
        for name in ["venvlauncher.exe", "venvwlauncher.exe"] {
            fs::write(&launchers_dir.join(name), b"a launcher").unwrap();
        }
        let files = names.map(OsString::from);
        let made =
            Base { python_dir: &python_dir, launchers_dir: &launchers_dir, ..base(13, "python.exe", &files) };
        let plan = plan(&made);
        link_all(&plan, &bin_path).unwrap();
        // A second run can't make the links again, and goes on with copies.
        assert_eq!(link_all(&plan, &bin_path).unwrap_err().len(), 1);
        assert!(copy_all(&plan, &bin_path).is_empty());
        for name in names {
            assert_eq!(fs::read(&python_dir.join(name)).unwrap(), b"the base", "{name}");
        }
        for name in ["python.exe", "pythonw.exe"] {
            assert!(!fs::is_link(&bin_path.join(name)));
            assert_eq!(fs::read(&bin_path.join(name)).unwrap(), b"a launcher");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_failed_link_takes_the_others_with_it() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(&temp.path().join("pythonw.exe"), b"in the way").unwrap();
        let errors = link_all(&plan(&base(13, "python.exe", &[])), temp.path()).unwrap_err();
        assert_eq!(errors.len(), 1);
        assert!(!fs::is_link(&temp.path().join("python.exe")));
    }
}
