//! The plan for Windows before 3.13: each file of the base goes its own way. If it can't be linked, it alone is copied.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::base::Base;

/// The executables that are copied if the base has them.
const EXECUTABLES: [&str; 4] = ["python.exe", "python_d.exe", "pythonw.exe", "pythonw_d.exe"];

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Nothing.
    Missing,
    /// A link that leads nowhere.
    Dangling,
    /// A file.
    There,
}

/// One file in the environment's `Scripts`.
#[derive(Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: OsString,
    /// What it links to, if links are wanted.
    pub link: Option<PathBuf>,
    /// What it is copied from otherwise. It may be missing.
    pub copy: PathBuf,
    /// True if the base has a dangling link of that name. A missing copy is no surprise then.
    pub dangles: bool,
}

/// Plans the files. `listing` has the names in `python_dir`, if links are wanted, and `exe_name` is the name of the
/// environment's executable.
pub fn plan(
    base: &Base,
    python_dir: &Path,
    exe_name: &str,
    listing: Option<&[OsString]>,
    presence: impl Fn(&Path) -> Presence,
) -> Vec<File> {
    let mut names: Vec<OsString> = match listing {
        Some(files) => files.iter().filter(|name| is_wanted(name, base.build.is_tree)).cloned().collect(),
        None => EXECUTABLES.map(OsString::from).into(),
    };
    if !names.iter().any(|name| name == exe_name) {
        names.push(exe_name.into());
    }
    let file = |name: OsString| {
        let mut source = python_dir.join(&name);
        // The base may only have another name, such as `python3.12.exe`.
        if name == exe_name && presence(&source) == Presence::Missing {
            source.clone_from(&base.executable);
        }
        let found = presence(&source);
        let copy = copy_source(base, python_dir, &name, &presence);
        let link = (listing.is_some() && found == Presence::There).then_some(source);
        let file = File { name, link, copy, dangles: found == Presence::Dangling };
        (found != Presence::Missing).then_some(file)
    };
    names.into_iter().filter_map(file).collect()
}

/// Reports whether a file of the base is linked: every program and library, but in a build tree only Python's.
fn is_wanted(name: &OsStr, is_tree: bool) -> bool {
    let name = name.to_string_lossy().to_ascii_lowercase();
    let is_own = name.starts_with("python") || name.starts_with("vcruntime");
    (name.ends_with(".exe") || name.ends_with(".dll")) && (is_own || !is_tree)
}

/// The file of the launchers' directory or, if there is none and in a build tree, one beside the base's executable.
fn copy_source(
    base: &Base,
    python_dir: &Path,
    name: &OsStr,
    presence: &impl Fn(&Path) -> Presence,
) -> PathBuf {
    let launcher = base.launchers().join(name);
    if !base.build.is_tree && presence(&launcher) == Presence::There {
        return launcher;
    }
    let name = name.to_string_lossy();
    let (stem, suffix) = name.rsplit_once('.').unwrap_or((&*name, ""));
    let (stem, debug) = stem.strip_suffix("_d").map_or((stem, ""), |stem| (stem, "_d"));
    let stem = match stem {
        "python" => "venvlauncher",
        "pythonw" => "venvwlauncher",
        stem => stem,
    };
    python_dir.join(format!("{stem}{debug}.{suffix}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Platform, tests::cpython};

    #[test]
    fn a_base_with_another_name_still_gives_python() {
        let executable = PathBuf::from("base/python3.12.exe");
        let base =
            Base { executable: executable.clone(), library: "Lib".into(), ..cpython(Platform::Nt, 12) };
        let launcher = base.launchers().join("python.exe");
        let presence = |path: &Path| {
            if [&executable, &launcher].iter().any(|there| *there == path) {
                Presence::There
            } else {
                Presence::Missing
            }
        };
        let planned = |listing| plan(&base, Path::new("base"), "python.exe", listing, presence);
        let python = |link| File { name: "python.exe".into(), link, copy: launcher.clone(), dangles: false };
        assert_eq!(planned(None), [python(None)]);
        let linked = planned(Some(&["python3.12.exe".into()]));
        assert_eq!(linked.last(), Some(&python(Some(executable.clone()))));
    }

    #[test]
    fn a_dangling_name_is_copied_and_no_surprise() {
        let base = Base { library: "Lib".into(), ..cpython(Platform::Nt, 12) };
        let presence = |path: &Path| {
            if path == Path::new("base").join("python.exe") { Presence::Dangling } else { Presence::Missing }
        };
        let files = plan(&base, Path::new("base"), "python.exe", Some(&["python.exe".into()]), presence);
        let copy = Path::new("base").join("venvlauncher.exe");
        assert_eq!(files, [File { name: "python.exe".into(), link: None, copy, dangles: true }]);
    }
}
