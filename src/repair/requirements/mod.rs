//! What was installed into an environment on request, as lines for `pip install -r`. Only files are read.
//!
//! pip marks what was asked for with the file REQUESTED
//! (<https://packaging.python.org/en/latest/specifications/recording-installed-packages/>). uv marks everything, and
//! older installers nothing. Then a package counts as requested if no other one requires it.

mod direct_url;
mod distribution;
mod name;

use std::path::Path;

use self::distribution::{Distribution, Installed};
use crate::fs::dir::Dir;

/// The lines for what is installed in these directories of packages: what was requested, then the rest as comments.
pub fn lines<'a>(site_packages: impl IntoIterator<Item = &'a Path>) -> Vec<String> {
    let mut installed: Vec<_> = site_packages.into_iter().flat_map(read).collect();
    installed.sort_by(|one, other| one.key().cmp(&other.key()));
    installed.dedup_by(|one, other| one.key() == other.key());
    let known: Vec<_> = installed.iter().filter_map(Installed::known).collect();
    let (mut requested, mut others) = (Vec::new(), Vec::new());
    for one in &installed {
        match one {
            Installed::Known(one) if is_tool(one) => {
                others.push(format!("# {}  (came with the environment)", one.line()));
            }
            Installed::Known(one) if is_requested(one, &known) => requested.extend(one.lines()),
            Installed::Known(one) => others.push(format!("# {}  (a dependency)", one.line())),
            Installed::Unclear { directory, why } => others.push(format!("# {directory}: {why}")),
        }
    }
    requested.append(&mut others);
    requested
}

/// Everything installed in one directory.
fn read(site_packages: &Path) -> Vec<Installed> {
    let names = Dir::open(site_packages).and_then(|directory| directory.names()).unwrap_or_default();
    names.iter().filter_map(|name| distribution::read(site_packages, name)).collect()
}

/// Reports whether `ensurepip` or virtualenv may have installed it: REQUESTED doesn't tell.
fn is_tool(one: &Distribution) -> bool {
    one.key == "pip" || (one.key == "setuptools" && one.is_from_index() && one.is_before_3_12)
}

fn is_requested(one: &Distribution, all: &[&Distribution]) -> bool {
    let tells = one.installer == "pip"
        && all.iter().any(|other| other.installer == "pip" && other.requested && !is_tool(other));
    if tells || !one.is_from_index() {
        return one.requested || !one.is_from_index();
    }
    !all.iter().any(|other| other.key != one.key && other.requires.contains(&one.key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs;

    /// A directory of packages with one distribution for each entry: name, files and their contents.
    fn site_packages(distributions: &[(&str, &[(&str, &str)])]) -> tempfile::TempDir {
        let temp = tempfile::tempdir().unwrap();
        let packages = temp.path().join("lib/python3.12/site-packages");
        for (name, files) in distributions {
            fs::create_directory(&packages.join(name)).unwrap();
            for (file, content) in *files {
                fs::write(&packages.join(name).join(file), content.as_bytes()).unwrap();
            }
        }
        temp
    }

    fn lines_of(distributions: &[(&str, &[(&str, &str)])]) -> Vec<String> {
        let temp = site_packages(distributions);
        lines([temp.path().join("lib/python3.12/site-packages").as_path()])
    }

    const PIP: (&str, &str) = ("INSTALLER", "pip\n");
    const UV: (&str, &str) = ("INSTALLER", "uv");
    const REQUESTED: (&str, &str) = ("REQUESTED", "");

    #[test]
    fn pip_marks_what_was_requested() {
        let lines = lines_of(&[
            (
                "top-1.0.dist-info",
                &[PIP, REQUESTED, ("METADATA", "Name: Top\nVersion: 1.0\nRequires-Dist: leaf\n")],
            ),
            ("leaf-2.0.dist-info", &[PIP, ("METADATA", "Name: leaf\nVersion: 2.0\n")]),
            ("alone-3.dist-info", &[PIP, ("METADATA", "Name: alone\nVersion: 3\n")]),
            ("pip-24.0.dist-info", &[PIP, REQUESTED, ("METADATA", "Name: pip\nVersion: 24.0\n")]),
        ]);
        assert_eq!(
            lines,
            [
                "Top==1.0",
                "# alone==3  (a dependency)",
                "# leaf==2.0  (a dependency)",
                "# pip==24.0  (came with the environment)"
            ]
        );
    }

    #[test]
    fn where_everything_is_marked_what_nothing_requires_was_requested() {
        let requires = "Name: top\nVersion: 1\nRequires-Dist: Le_af[x] (>=1) ; python_version > '3'\n\
                        Requires-Dist: free; extra == 'more'\n\nRequires-Dist: text\n";
        let lines = lines_of(&[
            ("top-1.dist-info", &[UV, REQUESTED, ("METADATA", requires)]),
            ("le_af-2.dist-info", &[UV, REQUESTED, ("METADATA", "Name: le.af\nVersion: 2\n")]),
            ("free-3.dist-info", &[UV, REQUESTED, ("METADATA", "Name: free\nVersion: 3\n")]),
        ]);
        assert_eq!(lines, ["free==3", "top==1", "# le.af==2  (a dependency)"]);
    }

    // Windows has no line breaks in names.
    #[cfg(unix)]
    #[test]
    fn nothing_that_metadata_contains_can_add_a_line_or_an_option() {
        let lines = lines_of(&[
            ("a-1.dist-info", &[REQUESTED, ("METADATA", "Name: --index-url=http://evil\nVersion: 1\n")]),
            ("b-1.dist-info", &[REQUESTED, ("METADATA", "Name: b\nVersion: 1 --hash=x\n")]),
            (
                "c-1.dist-info",
                &[
                    REQUESTED,
                    ("METADATA", "Name: c\nVersion: 1\n"),
                    ("direct_url.json", r#"{"url": "file:///c\n-r /etc/passwd", "dir_info": {}}"#),
                ],
            ),
            ("d\n-r x-1.dist-info", &[REQUESTED, ("METADATA", "")]),
            ("e-1.dist-info", &[REQUESTED]),
        ]);
        assert_eq!(lines.len(), 6, "{lines:?}");
        for line in &lines {
            assert!((line.starts_with("# ") || line == "c==1") && !line.contains('\n'), "{line:?}");
        }
    }

    #[test]
    fn setuptools_came_with_the_environment_only_before_3_12() {
        let metadata = [PIP, REQUESTED, ("METADATA", "Name: setuptools\nVersion: 65.5.0\n")];
        assert_eq!(lines_of(&[("setuptools-65.5.0.dist-info", &metadata)]), ["setuptools==65.5.0"]);
        let temp = tempfile::tempdir().unwrap();
        let packages = temp.path().join("lib/python3.11/site-packages");
        fs::create_directory(&packages.join("setuptools-65.5.0.dist-info")).unwrap();
        for (file, content) in metadata {
            fs::write(&packages.join("setuptools-65.5.0.dist-info").join(file), content.as_bytes()).unwrap();
        }
        assert_eq!(lines([packages.as_path()]), ["# setuptools==65.5.0  (came with the environment)"]);
    }
}
