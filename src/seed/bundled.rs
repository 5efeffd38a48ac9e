//! Finding the wheels that this interpreter's `ensurepip` would install, without importing it.
//!
//! `ensurepip` uses the wheels of `WHEEL_PKG_DIR`, a directory that distributions set when they build Python. If it has
//! several versions, the last by name wins. Otherwise `ensurepip` uses the one in `ensurepip/_bundled` that its source
//! names. Up to 3.11 it installs setuptools too, and uses the directory only if it has both.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::base::{Base, Version};
use crate::fs::dir::Dir;

/// A wheel that `ensurepip` would install.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundledWheel {
    /// Its path.
    pub path: PathBuf,
    /// The name of the project: `pip`.
    pub project: &'static str,
    /// The version from its file name: `24.2`.
    pub version: String,
}

impl BundledWheel {
    /// The start of its file name: `pip-24.2`.
    pub fn name_and_version(&self) -> String {
        format!("{}-{}", self.project, self.version)
    }

    /// The project's names in site-packages besides its `.dist-info` directory, in the bundled versions.
    pub fn packages(&self) -> &'static [&'static str] {
        packages_of(self.project)
    }
}

fn packages_of(project: &str) -> &'static [&'static str] {
    match project {
        "setuptools" => &["setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence.pth"],
        _ => &["pip"],
    }
}

/// The projects that `ensurepip` of that Python installs, in its order.
pub fn projects(version: Version) -> &'static [&'static str] {
    if version.at_least(12) { &["pip"] } else { &["setuptools", "pip"] }
}

/// The directories in site-packages that `ensurepip` of that Python installs, besides those of metadata.
pub fn package_directories(version: Version) -> impl Iterator<Item = &'static str> {
    let packages = projects(version).iter().flat_map(|project| packages_of(project));
    packages.copied().filter(|name| !name.ends_with(".pth"))
}

/// Reports whether `ensurepip` of that Python installs this name in site-packages, in any version of its projects.
pub fn is_installed(name: &OsStr, version: Version) -> bool {
    let is_metadata = |project: &str| {
        let rest = name.to_str().and_then(|name| name.strip_prefix(project)?.strip_prefix('-'));
        rest.is_some_and(|rest| rest.ends_with(".dist-info") || rest.ends_with(".egg-info"))
    };
    let of_project =
        |project: &&str| packages_of(project).iter().any(|own| name == *own) || is_metadata(project);
    projects(version).iter().any(of_project)
}

/// The reasons why the wheels are not clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// There is none.
    Missing(&'static str),
    /// There are several in `ensurepip/_bundled`.
    Several(&'static str),
    /// Its file name is not that of a pure wheel for Python 3.
    Name(&'static str),
}

/// Finds the wheels, in the order in which pip would install them, with pip last.
pub fn find(base: &Base) -> Result<Vec<BundledWheel>, Unclear> {
    let projects = projects(base.version);
    if let Some(directory) = &base.wheel_pkg_dir {
        let names = names(directory);
        if projects.iter().all(|project| candidates(&names, project).next().is_some()) {
            let last = |project| candidates(&names, project).max().ok_or(Unclear::Missing(project));
            return projects.iter().map(|project| wheel(directory, last(project)?, project)).collect();
        }
    }
    let directory = base.ensurepip().join("_bundled");
    let names = names(&directory);
    let only = |project| {
        let mut found = candidates(&names, project);
        let first = found.next().ok_or(Unclear::Missing(project))?;
        if found.next().is_none() { Ok(first) } else { Err(Unclear::Several(project)) }
    };
    projects.iter().map(|project| wheel(&directory, only(project)?, project)).collect()
}

fn names(directory: &Path) -> Vec<OsString> {
    Dir::open(directory).and_then(|directory| directory.names()).unwrap_or_default()
}

fn candidates<'a>(names: &'a [OsString], project: &'a str) -> impl Iterator<Item = &'a str> {
    let of_project = move |name: &&str| {
        name.strip_prefix(project).is_some_and(|rest| rest.starts_with('-')) && name.ends_with(".whl")
    };
    names.iter().filter_map(|name| name.to_str()).filter(of_project)
}

fn wheel(directory: &Path, name: &str, project: &'static str) -> Result<BundledWheel, Unclear> {
    let parts: Vec<_> = name.trim_end_matches(".whl").split('-').collect();
    let [_, version, "py3" | "py2.py3", "none", "any"] = parts[..] else {
        return Err(Unclear::Name(project));
    };
    Ok(BundledWheel { path: directory.join(name), project, version: version.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Platform, tests::cpython};

    const NEW: u8 = 13;
    const OLD: u8 = 11;

    struct Case {
        version: u8,
        packaged: &'static [&'static str],
        bundled: &'static [&'static str],
        expected: Result<&'static [&'static str], Unclear>,
    }

    #[test]
    fn the_wheels_are_those_that_ensurepip_would_take() {
        let cases = [
            Case {
                version: NEW,
                packaged: &[],
                bundled: &["pip-24.2-py3-none-any.whl", "__init__.py"],
                expected: Ok(&["b/pip 24.2"]),
            },
            Case {
                version: NEW,
                packaged: &["pip-9.0-py3-none-any.whl", "pip-26.2-py3-none-any.whl"],
                bundled: &["pip-24.2-py3-none-any.whl"],
                expected: Ok(&["w/pip 9.0"]),
            },
            Case {
                version: NEW,
                packaged: &["setuptools-84-py3-none-any.whl"],
                bundled: &["pip-24.2-py3-none-any.whl"],
                expected: Ok(&["b/pip 24.2"]),
            },
            Case {
                version: OLD,
                packaged: &["pip-26.2-py3-none-any.whl"],
                bundled: &["pip-24.2-py3-none-any.whl", "setuptools-65.5.0-py3-none-any.whl"],
                expected: Ok(&["b/setuptools 65.5.0", "b/pip 24.2"]),
            },
            Case {
                version: OLD,
                packaged: &[],
                bundled: &["pip-24.2-py3-none-any.whl"],
                expected: Err(Unclear::Missing("setuptools")),
            },
            Case {
                version: NEW,
                packaged: &[],
                bundled: &["pip-24.2-py3-none-any.whl", "pip-24.1-py3-none-any.whl"],
                expected: Err(Unclear::Several("pip")),
            },
            Case {
                version: NEW,
                packaged: &[],
                bundled: &["pip-24.2-cp313-cp313-linux.whl"],
                expected: Err(Unclear::Name("pip")),
            },
            Case { version: NEW, packaged: &[], bundled: &[], expected: Err(Unclear::Missing("pip")) },
        ];
        for Case { version, packaged, bundled, expected } in cases {
            let root = tempfile::tempdir().unwrap();
            let packages = root.path().join("w");
            let base = Base {
                wheel_pkg_dir: Some(packages.clone()),
                library: root.path().to_owned(),
                ..cpython(Platform::Posix, version)
            };
            for (directory, names) in [(&packages, packaged), (&base.ensurepip().join("_bundled"), bundled)] {
                std::fs::create_dir_all(directory).unwrap();
                names.iter().for_each(|name| std::fs::write(directory.join(name), "").unwrap());
            }
            let told = |wheel: BundledWheel| {
                let origin = if wheel.path.starts_with(&packages) { "w" } else { "b" };
                format!("{origin}/{} {}", wheel.project, wheel.version)
            };
            let found = find(&base);
            let found = found.map(|wheels| wheels.into_iter().map(told).collect::<Vec<_>>());
            assert_eq!(found, expected.map(|names| names.iter().map(|name| (*name).to_owned()).collect()));
        }
    }
}
