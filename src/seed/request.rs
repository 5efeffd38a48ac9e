//! What is asked for: facts about interpreter and environment, handed in by the border.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::bundled::{self, BundledWheel};
use super::bytecode::Validation;
use super::cache::default_folder;
use super::image::Recipe;
use super::link_mode::LinkMode;
use super::place::{Target, relative};
use super::reason::{Reason, Stop};
use crate::base::{Platform, Version};
use crate::error::{Error, Result};
use crate::fs::dir::{Dir, current_user};

/// A new environment that pip is asked for, and the interpreter that it is for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which layout applies.
    pub platform: Platform,
    /// `sys.version_info[:3]`.
    pub version: Version,
    /// `sys.platform == "darwin"`.
    pub macos: bool,
    /// `sys._base_executable`.
    pub base_executable: PathBuf,
    /// `sys.abiflags`.
    pub abiflags: String,
    /// `sys.implementation.cache_tag`.
    pub cache_tag: Option<String>,
    /// `importlib.util.MAGIC_NUMBER`.
    pub magic: Vec<u8>,
    /// The folder of the package `ensurepip` in the standard library.
    pub ensurepip: PathBuf,
    /// `sysconfig.get_config_var("WHEEL_PKG_DIR")`, if it is set and not empty.
    pub wheel_pkg_dir: Option<PathBuf>,
    /// Site-packages of the environment.
    pub site_packages: PathBuf,
    /// `context.bin_path`.
    pub bin_path: PathBuf,
    /// `context.env_exe`.
    pub env_exe: PathBuf,
    /// The `pyvenv.cfg` of the environment.
    pub config: PathBuf,
    /// The variables that matter.
    pub variables: Variables,
    /// The folder of the cache, [`Variables::cache_folder`]; `None` if there is no place for one.
    pub cache_folder: Option<PathBuf>,
}

/// The variables that matter here, as `os.environ` has them.
#[derive(Clone, Debug, Default)]
pub struct Variables(Vec<(&'static str, OsString)>);

impl Variables {
    /// Their names: the border looks these up and no others.
    pub const NAMES: [&'static str; 10] = [
        "FASTVENV_SEED",
        "FASTVENV_LINK_MODE",
        "FASTVENV_CACHE_DIR",
        "SOURCE_DATE_EPOCH",
        "PYTHONOPTIMIZE",
        "PYTHONPYCACHEPREFIX",
        "PYTHONNODEBUGRANGES",
        "ENSUREPIP_OPTIONS",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
    ];

    /// Those of [`Variables::NAMES`] that `look_up` finds. An empty one counts as unset, as it does for Python.
    pub fn from_lookup<E>(
        mut look_up: impl FnMut(&'static str) -> Result<Option<OsString>, E>,
    ) -> Result<Self, E> {
        let mut found = Vec::new();
        for name in Self::NAMES {
            match look_up(name)? {
                // pip asks only whether this one is there.
                Some(value) if !value.is_empty() || name == "ENSUREPIP_OPTIONS" => found.push((name, value)),
                _ => {}
            }
        }
        Ok(Self(found))
    }

    /// The link mode asked for.
    ///
    /// # Errors
    /// [`Error::Refused`] if there is no link mode of that name.
    pub fn link_mode(&self) -> Result<LinkMode> {
        let Some(value) = self.get("FASTVENV_LINK_MODE") else { return Ok(LinkMode::Clone) };
        let refused = || {
            Error::Refused(format!(
                "FASTVENV_LINK_MODE is {value:?}, not clone, hardlink or copy: correct the variable or unset it"
            ))
        };
        value.to_str().and_then(LinkMode::from_name).ok_or_else(refused)
    }

    /// Whether `ensurepip` is asked for, rather than the native way.
    ///
    /// # Errors
    /// [`Error::Refused`] if something else is asked for.
    pub fn asks_for_ensurepip(&self) -> Result<bool> {
        match self.get("FASTVENV_SEED").map(|value| (value.to_str(), value)) {
            None | Some((Some("native"), _)) => Ok(false),
            Some((Some("ensurepip"), _)) => Ok(true),
            Some((_, value)) => Err(Error::Refused(format!(
                "FASTVENV_SEED is {value:?}, not native or ensurepip: correct the variable or unset it"
            ))),
        }
    }

    /// The folder of the cache; `None` if there is no place for one.
    pub fn cache_folder(&self) -> Option<PathBuf> {
        self.get("FASTVENV_CACHE_DIR")
            .map(|folder| crate::fs::absolute(folder.as_ref()))
            .or_else(default_folder)
    }

    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_os_str())
    }
}

impl Request {
    /// With what images are built.
    pub(super) fn recipe(&self) -> Result<Recipe, Stop> {
        self.refuse_what_is_unusual()?;
        let plain =
            |tag: &&String| tag.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        let tag = self.cache_tag.as_ref().filter(plain).ok_or(Reason::NoCacheTag)?;
        let hashed = self.variables.get("SOURCE_DATE_EPOCH").is_some();
        Ok(Recipe {
            base_executable: self.base_executable.clone(),
            version: self.version,
            cache_tag: tag.clone(),
            magic: self.magic.clone(),
            validation: if hashed { Validation::CheckedHash } else { Validation::Timestamp },
        })
    }

    /// The wheels that `ensurepip` would install.
    pub(super) fn wheels(&self) -> Result<Vec<BundledWheel>, Reason> {
        bundled::find(self.version, self.wheel_pkg_dir.as_deref(), &self.ensurepip).map_err(Reason::Unclear)
    }

    /// Where they go.
    pub(super) fn target(&self) -> Result<Target, Stop> {
        let to_bin = relative(&self.site_packages, &self.bin_path);
        Ok(Target {
            packages: Dir::open(&self.site_packages)?,
            bin: Dir::open(&self.bin_path)?,
            to_bin: to_bin.ok_or(Reason::Platform)?,
            env_exe: self.env_exe.as_os_str().as_encoded_bytes().to_owned(),
            macos: self.macos,
            version: self.version,
            owner: current_user(),
        })
    }

    fn refuse_what_is_unusual(&self) -> Result<(), Stop> {
        refuse_variables(self.platform, &self.variables)?;
        let config = crate::fs::read(&self.config)?;
        let isolated = String::from_utf8_lossy(&config).lines().any(|line| {
            let (key, value) = line.split_once('=').unwrap_or_default();
            key.trim() == "include-system-site-packages" && value.trim() == "false"
        });
        if isolated { Ok(()) } else { Err(Reason::SystemSitePackages.into()) }
    }
}

/// Refuses a platform and variables with which only `ensurepip` does exactly what is asked for.
pub(super) fn refuse_variables(platform: Platform, variables: &Variables) -> Result<(), Stop> {
    if variables.asks_for_ensurepip()? {
        return Err(Reason::Asked.into());
    }
    if platform == Platform::Nt {
        return Err(Reason::Platform.into());
    }
    for name in ["PYTHONOPTIMIZE", "PYTHONPYCACHEPREFIX", "PYTHONNODEBUGRANGES", "ENSUREPIP_OPTIONS"] {
        if variables.get(name).is_some() {
            return Err(Reason::Variable(name).into());
        }
    }
    Ok(())
}
