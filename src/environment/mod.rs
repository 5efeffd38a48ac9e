//! One environment: its paths, the contents of its files, its executables and its scripts. Nothing here accesses the
//! disk.

pub mod config;
pub mod executables;
pub mod layout;
pub mod scripts;

use std::convert::Infallible;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::base::{Base, Directory, include_is_in_scheme, include_name};

/// The paths of one environment.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The environment's directory.
    pub directory: PathBuf,
    /// `bin` or `Scripts`.
    pub bin: PathBuf,
    /// The directory for headers.
    pub include: PathBuf,
    /// `site-packages`.
    pub purelib: PathBuf,
    /// `site-packages` for extension modules, from Python 3.15 on.
    pub platlib: Option<PathBuf>,
    /// The environment's own executable, which the others lead to.
    pub executable: PathBuf,
}

impl Environment {
    /// The environment in that directory. `normal` is the same path, normalised.
    pub fn of(base: &Base, directory: &Path, normal: &Path) -> Self {
        match Self::by(base, directory, |what| Ok::<_, Infallible>(base.directory(what, normal))) {
            Ok(environment) => environment,
            Err(never) => match never {},
        }
    }

    /// The environment in that directory. `place` returns the path of each directory inside it.
    pub fn by<E>(
        base: &Base,
        directory: &Path,
        mut place: impl FnMut(Directory) -> Result<PathBuf, E>,
    ) -> Result<Self, E> {
        let bin = place(Directory::Scripts)?;
        let include = if include_is_in_scheme(base.version) {
            place(Directory::Include)?
        } else {
            directory.join(include_name(base.platform))
        };
        let purelib = place(Directory::Purelib)?;
        let has_platlib = layout::has_platlib_directory(base.version);
        let platlib = has_platlib.then(|| place(Directory::Platlib)).transpose()?;
        let executable = bin.join(executable_name(base));
        Ok(Self { directory: directory.to_owned(), bin, include, purelib, platlib, executable })
    }

    /// The directories inside it.
    pub fn directories(&self) -> impl Iterator<Item = &Path> {
        let platlib = self.platlib.as_deref();
        [Some(&*self.include), Some(&*self.purelib), platlib, Some(&*self.bin)].into_iter().flatten()
    }

    /// The path of `pyvenv.cfg`.
    pub fn config(&self) -> PathBuf {
        self.directory.join("pyvenv.cfg")
    }
}

/// The file name of the environment's own executable.
pub fn executable_name(base: &Base) -> String {
    let name = base.executable.file_name().unwrap_or(OsStr::new("")).to_string_lossy();
    layout::executable_name(base.platform, &name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Platform;
    use crate::base::tests::cpython;

    #[test]
    fn an_environment_has_the_directories_of_its_version() {
        let at = |minor| {
            let environment =
                Environment::of(&cpython(Platform::Posix, minor), Path::new("/a/../env"), Path::new("/env"));
            environment.directories().map(Path::to_owned).collect::<Vec<_>>()
        };
        let site_packages = |minor| format!("/env/lib/python3.{minor}/site-packages").into();
        assert_eq!(at(13), ["/env/include/python3.13".into(), site_packages(13), PathBuf::from("/env/bin")]);
        assert_eq!(
            at(15),
            ["/a/../env/include".into(), site_packages(15), site_packages(15), PathBuf::from("/env/bin")]
        );
    }
}
