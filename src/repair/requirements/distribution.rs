//! One installed package: its `.dist-info` directory, or the `.egg-info` and `.egg-link` of older installers.

use std::ffi::OsStr;
use std::path::Path;

use super::direct_url;
use super::name::{normalized, required, valid, valid_version};
use crate::fs;
use crate::text::quoted;

/// The largest file that is read: METADATA contains the whole description of a project.
const LARGEST: u64 = 16 << 20;

/// One entry of a directory of packages.
#[derive(Debug)]
pub enum Installed {
    /// A package that a requirement can be written for.
    Known(Distribution),
    /// Something else.
    Unclear {
        /// Its name, as an error shows it.
        directory: String,
        /// The reason.
        why: &'static str,
    },
}

impl Installed {
    /// What orders and identifies it.
    pub fn key(&self) -> (&str, bool) {
        match self {
            Self::Known(known) => (&known.key, false),
            Self::Unclear { directory, .. } => (directory, true),
        }
    }

    /// The package, if it is known.
    pub fn known(&self) -> Option<&Distribution> {
        match self {
            Self::Known(known) => Some(known),
            Self::Unclear { .. } => None,
        }
    }
}

/// An installed package.
#[derive(Debug)]
pub struct Distribution {
    /// The normalised name.
    pub key: String,
    /// The program that installed it.
    pub installer: String,
    /// It has the file REQUESTED.
    pub requested: bool,
    /// The normalised names of the packages that it requires.
    pub requires: Vec<String>,
    /// It is installed for a Python whose `venv` installed setuptools.
    pub is_before_3_12: bool,
    /// `name==version`.
    pinned: String,
    /// The requirement, if it doesn't come from an index.
    direct: Option<String>,
    /// A remark on the requirement.
    remark: Option<&'static str>,
}

impl Distribution {
    /// The requirement.
    pub fn line(&self) -> &str {
        self.direct.as_deref().unwrap_or(&self.pinned)
    }

    /// The requirement, after a remark if there is one.
    pub fn lines(&self) -> Vec<String> {
        let remark = self.remark.map(|remark| format!("# {}: {remark}", self.pinned));
        remark.into_iter().chain([self.line().to_owned()]).collect()
    }

    /// Reports whether it was installed by its name.
    pub fn is_from_index(&self) -> bool {
        self.direct.is_none()
    }
}

/// Reads the entry of that name in a directory of packages. `None` if it describes no package.
pub fn read(site_packages: &Path, name: &OsStr) -> Option<Installed> {
    let path = site_packages.join(name);
    let text = name.to_string_lossy();
    // pip renames a package to such a name while it uninstalls it.
    if text.starts_with('~') {
        return None;
    }
    let found = if text.ends_with(".dist-info") {
        distribution(site_packages, &path, "METADATA")
    } else if text.ends_with(".egg-info") && fs::is_directory(&path) {
        distribution(site_packages, &path, "PKG-INFO")
    } else if text.ends_with(".egg-info") {
        distribution(site_packages, &path, "")
    } else if let Some(name) = text.strip_suffix(".egg-link") {
        egg_link(&path, name)
    } else {
        return None;
    };
    let unclear = |why| Installed::Unclear { directory: quoted(Path::new(name)), why };
    Some(found.map_or_else(unclear, Installed::Known))
}

fn distribution(site_packages: &Path, path: &Path, metadata: &str) -> Result<Distribution, &'static str> {
    let file = if metadata.is_empty() { path.to_owned() } else { path.join(metadata) };
    let text = read_text(&file).ok_or("its metadata can't be read")?;
    let name = header(&text, "Name").next().and_then(valid).ok_or("its metadata has no valid name")?;
    let version =
        header(&text, "Version").next().and_then(valid_version).ok_or("its metadata has no valid version")?;
    let (direct, remark) = match read_text(&path.join("direct_url.json")) {
        Some(json) => match direct_url::requirement(name, &json) {
            Some(line) if is_inside(site_packages, &json) => {
                (Some(line), Some("its source is inside the environment; keep a copy"))
            }
            Some(line) => (Some(line), None),
            None => (None, Some("its direct_url.json is not understood; it may not come from an index")),
        },
        None => (None, None),
    };
    Ok(Distribution {
        key: normalized(name),
        installer: read_text(&path.join("INSTALLER")).unwrap_or_default().trim().to_owned(),
        requested: fs::is_file(&path.join("REQUESTED")),
        requires: header(&text, "Requires-Dist").filter_map(required).collect(),
        is_before_3_12: is_before_3_12(site_packages),
        pinned: format!("{name}=={version}"),
        direct,
        remark,
    })
}

/// `setup.py develop` of old: the first line is the directory of the source.
fn egg_link(path: &Path, name: &str) -> Result<Distribution, &'static str> {
    let name = valid(name).ok_or("its name is not valid")?;
    let text = read_text(path).ok_or("it can't be read")?;
    let source = text.lines().next().unwrap_or_default().trim();
    let is_plain = Path::new(source).is_absolute() && !source.contains(char::is_control);
    let direct = is_plain.then(|| format!("-e {}", direct_url::file_url(source)));
    Ok(Distribution {
        key: normalized(name),
        installer: String::new(),
        requested: true,
        requires: Vec::new(),
        is_before_3_12: false,
        pinned: name.to_owned(),
        direct: Some(direct.ok_or("it has no absolute path")?),
        remark: None,
    })
}

/// Reports whether a local source is inside the environment, as after `pip install -e git+…`.
fn is_inside(site_packages: &Path, json: &str) -> bool {
    let environment = site_packages.ancestors().nth(3);
    direct_url::local_path(json)
        .zip(environment)
        .is_some_and(|(path, environment)| path.starts_with(environment))
}

fn is_before_3_12(site_packages: &Path) -> bool {
    let name = site_packages.parent().and_then(Path::file_name).and_then(OsStr::to_str);
    let version = name.and_then(crate::check::LibraryName::read);
    version.is_some_and(|version| (version.major, version.minor) < (3, 12))
}

fn read_text(path: &Path) -> Option<String> {
    let content = fs::read_regular(path, LARGEST).ok()?;
    Some(String::from_utf8_lossy(&content).into_owned())
}

/// The values of a header. Headers end at the first empty line.
fn header<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().take_while(|line| !line.trim().is_empty()).filter_map(move |line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
