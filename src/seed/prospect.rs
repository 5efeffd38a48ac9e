//! Whether pip can be placed natively, as far as that is known before the environment is there.

use std::path::Path;

use super::bundled;
use super::request::{Variables, refuse_variables};
use super::{is_of, is_unfinished};
use crate::base::{Platform, Version};
use crate::fs::dir::Dir;

/// What is known beforehand; the fields are those of a [`Request`](super::Request).
#[derive(Debug)]
pub struct Prospect<'a> {
    /// Which layout applies.
    pub platform: Platform,
    /// `sys.version_info[:3]`.
    pub version: Version,
    /// The directory of the package `ensurepip` in the standard library.
    pub ensurepip: &'a Path,
    /// `sysconfig.get_config_var("WHEEL_PKG_DIR")`, if it is set and not empty.
    pub wheel_pkg_dir: Option<&'a Path>,
    /// The variables that matter.
    pub variables: &'a Variables,
    /// Site-packages, if the environment may be there already and is not cleared first.
    pub site_packages: Option<&'a Path>,
}

impl Prospect<'_> {
    /// False if it is certain that [`seed`](super::seed) would leave the work to `ensurepip`.
    pub fn is_good(&self) -> bool {
        if let Err(super::Stop::NotServed(_)) = refuse_variables(self.platform, self.variables) {
            return false;
        }
        let Ok(wheels) = bundled::find(self.version, self.wheel_pkg_dir, self.ensurepip) else {
            return false;
        };
        let found =
            self.site_packages.and_then(|path| Dir::open(path).and_then(|packages| packages.names()).ok());
        found.unwrap_or_default().iter().all(|name| is_unfinished(name, &wheels) || is_of(name, &wheels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn wheels_make_it_good_and_an_installed_project_or_a_variable_bad() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        let is_good = |set: &'static str| {
            let look_up = |name| Ok::<_, ()>((name == set).then(|| "1".into()));
            Prospect {
                platform: Platform::Posix,
                version: Version { major: 3, minor: 13, micro: 0 },
                ensurepip: &at("ensurepip"),
                wheel_pkg_dir: Some(&at("wheels")),
                variables: &Variables::from_lookup(look_up).unwrap(),
                site_packages: Some(&at("packages")),
            }
            .is_good()
        };
        assert!(!is_good(""));
        fs::create_dir(at("wheels")).unwrap();
        fs::write(at("wheels/pip-24.2-py3-none-any.whl"), "").unwrap();
        assert!(is_good(""));
        assert!(!is_good("PYTHONOPTIMIZE"));
        fs::create_dir_all(at("packages/pip")).unwrap();
        assert!(is_good(""));
        fs::create_dir(at("packages/pip-24.0.dist-info")).unwrap();
        assert!(!is_good(""));
    }
}
