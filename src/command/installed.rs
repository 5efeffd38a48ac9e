//! The Python that fastvenv was installed for, as its place tells it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::base::{Base, Directory, Platform, is_version};
use crate::fs;

/// The directory that an installer writes beside the package.
const DIST_INFO: &str = concat!("fastvenv-", env!("CARGO_PKG_VERSION"), ".dist-info");

/// The path of the Python in the same installation or environment, if programs are in `directory`.
pub fn beside(directory: &Path, platform: Platform) -> Option<PathBuf> {
    let paths = match platform {
        Platform::Posix => vec![directory.join("python3"), directory.join("python")],
        Platform::Nt if is_named(directory, "scripts") => {
            vec![directory.join("python.exe"), directory.parent()?.join("python.exe")]
        }
        Platform::Nt => vec![directory.join("python.exe")],
    };
    // If the only ones are links to nothing, the error will say so.
    let found = paths.iter().find(|path| fs::is_file(path));
    found.or_else(|| paths.iter().find(|path| fs::is_link(path))).cloned()
}

/// Reports whether fastvenv is in the packages of that interpreter, if programs are in `directory`: the usual case,
/// which takes one look.
pub fn is_for(directory: &Path, base: &Base) -> bool {
    directory.parent().is_some_and(|root| has_it(&base.directory(Directory::Platlib, root)))
}

fn has_it(packages: &Path) -> bool {
    fs::is_directory(&packages.join(DIST_INFO))
}

/// The versions of Python that have fastvenv in the packages that belong to this directory of programs, the newest
/// first. So `pip install --user` and `--prefix`, and Debian's pip, install it.
pub fn versions(directory: &Path, platform: Platform) -> Vec<String> {
    let Some(root) = directory.parent() else { return Vec::new() };
    let mut found = match platform {
        Platform::Posix => {
            let libraries = ["lib", "lib64"].map(|name| of_library(&root.join(name)));
            libraries.into_iter().flatten().chain(of_framework(root)).collect()
        }
        Platform::Nt => Vec::from_iter(of_windows(root)),
    };
    // The directory of a framework may have any name.
    found.retain(|version| is_version(OsStr::new(version)));
    found.sort_by_key(|version| std::cmp::Reverse(numbers(version)));
    found.dedup();
    found
}

/// Of a directory with `python3.12`, and `site-packages` or Debian's `dist-packages` in it.
fn of_library(library: &Path) -> Vec<String> {
    let has_ours = |directory: &OsString| {
        let packages = ["site-packages", "dist-packages"].map(|name| library.join(directory).join(name));
        packages.iter().any(|packages| has_it(packages))
    };
    let directories = fs::list(library).unwrap_or_default().directories;
    let versions = directories.into_iter().filter_map(|directory| {
        let version = directory.to_str()?.strip_prefix("python")?.to_owned();
        (!version.is_empty() && has_ours(&directory)).then_some(version)
    });
    versions.collect()
}

/// With `--user`, a framework of macOS has one directory for each version, with `bin` and `lib/python`.
fn of_framework(root: &Path) -> Option<String> {
    has_it(&root.join("lib/python/site-packages")).then(|| name(root))
}

/// With `--user`, Windows has `Python312` with `Scripts` and `site-packages`.
fn of_windows(root: &Path) -> Option<String> {
    let name = name(root).to_lowercase();
    let (major, minor) = name.strip_prefix("python")?.split_at_checked(1)?;
    has_it(&root.join("site-packages")).then(|| format!("{major}.{minor}"))
}

fn numbers(version: &str) -> Vec<u32> {
    version.trim_end_matches('t').split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_named(path: &Path, lower: &str) -> bool {
    name(path).to_lowercase() == lower
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::cpython;

    /// A directory with these empty files; paths that end in `/` are directories.
    fn with(paths: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for path in paths {
            let path = root.path().join(path.replace("OURS", DIST_INFO));
            if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
                fs::create_directory(&path).unwrap();
            } else {
                fs::create_directory(path.parent().unwrap()).unwrap();
                fs::write(&path, b"").unwrap();
            }
        }
        root
    }

    #[test]
    fn the_version_is_written_as_installers_write_it() {
        // Of a prerelease they write 0.2.0rc1, not 0.2.0-rc.1 as cargo does.
        assert!(!env!("CARGO_PKG_VERSION").contains(['-', '+']));
    }

    #[test]
    fn the_python_beside_is_python3_or_python_or_above_scripts() {
        let is = |paths: &[&str], programs: &str, platform, expected: Option<&str>| {
            let root = with(paths);
            let expected = expected.map(|path| root.path().join(path));
            assert_eq!(beside(&root.path().join(programs), platform), expected, "{paths:?}");
        };
        is(&["bin/python", "bin/python3"], "bin", Platform::Posix, Some("bin/python3"));
        is(&["bin/python"], "bin", Platform::Posix, Some("bin/python"));
        is(&["bin/python3.12"], "bin", Platform::Posix, None);
        is(&["Scripts/python.exe", "python.exe"], "Scripts", Platform::Nt, Some("Scripts/python.exe"));
        is(&["python.exe", "Scripts/pip.exe"], "Scripts", Platform::Nt, Some("python.exe"));
        is(&["python.exe", "bin/pip.exe"], "bin", Platform::Nt, None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nothing_counts_if_there_is_nothing_better() {
        let root = with(&["bin/"]);
        let bin = root.path().join("bin");
        fs::symlink(Path::new("gone"), &bin.join("python3")).unwrap();
        assert_eq!(beside(&bin, Platform::Posix), Some(bin.join("python3")));
        fs::write(&bin.join("python"), b"").unwrap();
        assert_eq!(beside(&bin, Platform::Posix), Some(bin.join("python")));
    }

    #[test]
    fn an_interpreter_with_this_fastvenv_in_its_packages_is_the_one() {
        let root = with(&["env/lib/python3.12/site-packages/OURS/", "nt/Lib/site-packages/OURS/"]);
        let is_for = |directory: &str, platform, minor| {
            super::is_for(&root.path().join(directory), &cpython(platform, minor))
        };
        assert!(is_for("env/bin", Platform::Posix, 12) && !is_for("env/bin", Platform::Posix, 13));
        assert!(is_for("nt/Scripts", Platform::Nt, 12) && !is_for("other/Scripts", Platform::Nt, 12));
    }

    #[test]
    fn versions_are_those_of_the_packages_that_have_this_fastvenv() {
        let are = |paths: &[&str], programs: &str, platform, expected: &[&str]| {
            let root = with(paths);
            assert_eq!(versions(&root.path().join(programs), platform), expected, "{paths:?}");
        };
        let posix = Platform::Posix;
        are(
            &["lib/python3.9/site-packages/OURS/", "lib/python3.12/site-packages/OURS/"],
            "bin",
            posix,
            &["3.12", "3.9"],
        );
        are(&["lib/python3.11/dist-packages/OURS/"], "bin", posix, &["3.11"]);
        are(&["lib64/python3.13t/site-packages/OURS/"], "bin", posix, &["3.13t"]);
        are(&["lib/python3.12/site-packages/fastvenv-0.0.0.dist-info/"], "bin", posix, &[]);
        are(&["3.12/lib/python/site-packages/OURS/"], "3.12/bin", posix, &["3.12"]);
        are(&["Python312/site-packages/OURS/"], "Python312/Scripts", Platform::Nt, &["3.12"]);
        are(&["tools/lib/python/site-packages/OURS/"], "tools/bin", posix, &[]);
        are(&["Python312/Scripts/"], "Python312/Scripts", Platform::Nt, &[]);
        are(&[], "bin", posix, &[]);
    }
}
