//! The names of Pythons and of their directories.

use std::ffi::OsStr;

/// The parts of a name such as `python3.13t` or `pypy3.10`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryName {
    /// `python` or `pypy`.
    pub implementation: String,
    /// The 3 of 3.13.
    pub major: u8,
    /// The 13 of 3.13.
    pub minor: u8,
    /// The `t` of a build without a GIL; usually empty.
    pub abiflags: String,
}

impl LibraryName {
    /// Takes the name of a directory in `lib`, or of an executable, apart.
    pub fn read(name: &str) -> Option<Self> {
        let implementation = ["python", "pypy"].into_iter().find(|start| name.starts_with(start))?;
        let (major, rest) = name[implementation.len()..].split_once('.')?;
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (minor, abiflags) = rest.split_at(end);
        let number =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
        matches!(abiflags, "" | "t" | "d" | "td" | "m").then_some(())?;
        Some(Self {
            implementation: implementation.to_owned(),
            major: number(major)?,
            minor: number(minor)?,
            abiflags: abiflags.to_owned(),
        })
    }
}

/// Reports whether a name in `bin` is that of a Python: `python`, `python3`, `python3.13t`, `pypy3`, `python.exe`, or
/// `Python`, the program in the `Python.app` of macOS's framework builds.
pub fn is_python(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    if name == "Python" {
        return true;
    }
    let name = name.strip_suffix(".exe").unwrap_or(name);
    let Some(rest) = ["python", "pypy"].iter().find_map(|start| name.strip_prefix(start)) else {
        return false;
    };
    let rest = rest.strip_suffix("-dbg").or_else(|| rest.strip_suffix("_d")).unwrap_or(rest);
    rest.is_empty()
        || rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.trim_end_matches(['t', 'd', 'm']).bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_pythons_are_told_from_those_of_their_tools() {
        for name in
            ["python", "python3", "python3.13", "python3.13t", "python3.13-dbg", "pypy3.10", "python_d.exe"]
        {
            assert!(is_python(OsStr::new(name)), "{name}");
        }
        for name in
            ["python3-config", "python3.13-config", "python-argcomplete", "pythonw", "ipython", "pypyd", "py"]
        {
            assert!(!is_python(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn a_directory_of_packages_has_a_version_in_its_name() {
        let read = |name| LibraryName::read(name).map(|n| (n.implementation, n.major, n.minor, n.abiflags));
        assert_eq!(read("python3.13t"), Some(("python".into(), 3, 13, "t".into())));
        assert_eq!(read("pypy3.10"), Some(("pypy".into(), 3, 10, String::new())));
        for name in [
            "python3",
            "python3.",
            "python.3",
            "python3.999",
            "python3.1x",
            "python3.12-config",
            "libpython3.1",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }
}
