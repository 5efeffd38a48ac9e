//! The plan for Windows: links to the base interpreter and its DLLs, or copies of the base's launchers.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::base::{Base, Version};
use crate::environment::layout::is_debug_build;

/// The facts that the plan needs besides the base interpreter.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The directory of the base interpreter.
    pub python_dir: &'a Path,
    /// The names of the files in `python_dir`.
    pub files: &'a [OsString],
    /// The file name of the environment's executable.
    pub exe_name: &'a str,
}

/// One file in the environment's `Scripts`, and its source.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// The file's name in `Scripts`.
    pub name: OsString,
    /// The file to link to or copy.
    pub source: PathBuf,
}

/// Both ways to create the environment's executables.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The links: all of them are created, or none.
    pub links: Vec<Entry>,
    /// The copies of launchers.
    pub copies: Vec<Entry>,
}

/// Plans the executables of 3.13 and later. [`super::nt_older`] has those of earlier versions.
///
/// The launchers are in the base's library or, in a build tree, beside the executable.
pub fn plan(base: &Base, found: Found<'_>) -> Plan {
    let debug = if is_debug_build(found.exe_name) { "_d" } else { "" };
    let launchers = if base.build.is_tree { found.python_dir.to_owned() } else { base.launchers() };
    let mut plan = Plan::default();
    for (stem, launcher) in [("python", "venvlauncher"), ("pythonw", "venvwlauncher")] {
        let linked = found.python_dir.join(linked_name(base, found.files, stem, debug));
        let copied = launchers.join(launcher_name(base, launcher, debug));
        for name in names(base, stem, debug) {
            plan.links.push(Entry { name: name.clone().into(), source: linked.clone() });
            plan.copies.push(Entry { name: name.into(), source: copied.clone() });
        }
    }
    let dlls = found.files.iter().filter(|name| is_runtime_dll(name));
    plan.links.extend(dlls.map(|name| Entry { name: name.clone(), source: found.python_dir.join(name) }));
    plan
}

/// The names of one executable: plain, of the debug build, and of the free-threaded build with its version.
fn names(base: &Base, stem: &str, debug: &str) -> Vec<String> {
    let mut suffixes = vec![String::new()];
    if base.build.free_threaded {
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

/// The base's executable. Since 3.15, a free-threaded base may have only the plain name.
fn linked_name(base: &Base, files: &[OsString], stem: &str, debug: &str) -> String {
    let plain = format!("{stem}{debug}.exe");
    if !base.build.free_threaded {
        return plain;
    }
    let suffix = free_threaded_suffix(base.version);
    let has_versioned = files.iter().any(|f| f == OsStr::new(&format!("python{suffix}{debug}.exe")));
    if has_versioned || !base.version.at_least(15) { format!("{stem}{suffix}{debug}.exe") } else { plain }
}

/// The launcher's file name.
fn launcher_name(base: &Base, launcher: &str, debug: &str) -> String {
    let threads = if base.build.free_threaded { "t" } else { "" };
    format!("{launcher}{threads}{debug}.exe")
}

/// Reports whether links need this file beside the executable: `python*.dll` and `vcruntime*.dll`.
fn is_runtime_dll(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_lowercase();
    (name.starts_with("python") || name.starts_with("vcruntime")) && name.ends_with(".dll")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::cpython;
    use crate::base::{Build, Platform};

    fn base(minor: u8) -> Base {
        Base { library: "lib".into(), ..cpython(Platform::Nt, minor) }
    }

    fn free_threaded(minor: u8) -> Base {
        Base { build: Build { free_threaded: true, ..Build::default() }, ..base(minor) }
    }

    fn planned(base: &Base, exe_name: &str, files: &[OsString]) -> Plan {
        plan(base, Found { python_dir: Path::new("base"), files, exe_name })
    }

    fn pairs_of(entries: &[Entry]) -> Vec<(String, String)> {
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
        let plan = planned(&base(13), "python.exe", &files);
        assert_eq!(
            pairs_of(&plan.links),
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
        let copies = |minor| pairs_of(&planned(&base(minor), "python.exe", &[]).copies);
        assert_eq!(
            copies(13),
            pairs(&[
                ("python.exe", "lib/venv/scripts/nt/venvlauncher.exe"),
                ("pythonw.exe", "lib/venv/scripts/nt/venvwlauncher.exe")
            ])
        );
    }

    #[test]
    fn a_debug_build_has_both_names() {
        let plan = planned(&base(14), "python_d.exe", &[]);
        assert_eq!(
            pairs_of(&plan.copies)[..2],
            pairs(&[
                ("python.exe", "lib/venv/scripts/nt/venvlauncher_d.exe"),
                ("python_d.exe", "lib/venv/scripts/nt/venvlauncher_d.exe")
            ])
        );
    }

    #[test]
    fn a_free_threaded_base_keeps_its_versioned_names() {
        let files = [OsString::from("python3.13t.exe")];
        let plan = planned(&free_threaded(13), "python.exe", &files);
        assert_eq!(
            pairs_of(&plan.links)[..2],
            pairs(&[("python.exe", "base/python3.13t.exe"), ("python3.13t.exe", "base/python3.13t.exe")])
        );
        assert_eq!(
            pairs_of(&plan.copies)[2..],
            pairs(&[
                ("pythonw.exe", "lib/venv/scripts/nt/venvwlaunchert.exe"),
                ("pythonw3.13t.exe", "lib/venv/scripts/nt/venvwlaunchert.exe"),
            ])
        );
    }

    #[test]
    fn from_3_15_on_a_free_threaded_base_may_have_the_plain_name() {
        let plan = planned(&free_threaded(15), "python.exe", &[]);
        assert_eq!(pairs_of(&plan.links)[0].1, "base/python.exe");
    }
}
