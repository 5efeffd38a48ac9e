//! Predicting whether pip can be placed natively, before the environment exists.

use std::path::Path;

use super::bundled;
use super::request::{Variables, refuse_variables};
use super::{is_leftover, is_of};
use crate::base::Base;
use crate::fs::dir::Dir;

/// The information that is known in advance.
#[derive(Clone, Copy, Debug)]
pub struct Prospect<'a> {
    /// The interpreter that the environment is for.
    pub base: &'a Base,
    /// The variables that matter.
    pub variables: &'a Variables,
    /// Site-packages, if the environment may already exist and is not cleared first.
    pub site_packages: Option<&'a Path>,
}

impl Prospect<'_> {
    /// Returns false if [`seed`](super::seed) would certainly leave the work to `ensurepip`.
    pub fn is_good(&self) -> bool {
        if let Err(super::Stop::NotServed(_)) = refuse_variables(self.variables) {
            return false;
        }
        let Ok(wheels) = bundled::find(self.base) else {
            return false;
        };
        let found =
            self.site_packages.and_then(|path| Dir::open(path).and_then(|packages| packages.names()).ok());
        found.unwrap_or_default().iter().all(|name| is_leftover(name, &wheels) || is_of(name, &wheels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Platform, tests::cpython};
    use std::fs;

    #[test]
    fn wheels_make_it_good_and_an_installed_project_or_a_variable_bad() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        let is_good = |set: &'static str| {
            let look_up = |name| Ok::<_, ()>((name == set).then(|| "1".into()));
            let base = Base {
                wheel_pkg_dir: Some(at("wheels")),
                library: at("lib"),
                ..cpython(Platform::Posix, 13)
            };
            let variables = &Variables::from_lookup(look_up).unwrap();
            Prospect { base: &base, variables, site_packages: Some(&at("packages")) }.is_good()
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
