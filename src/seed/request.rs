//! The request: the interpreter, the environment and the variables, passed in by the border.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::bundled::{self, BundledWheel};
use super::bytecode::Validation;
use super::cache::default_directory;
use super::image::Recipe;
use super::launchers::{self, DosTime};
use super::link_mode::LinkMode;
use super::place::{Scripts, Target, relative_path};
use super::reason::{Reason, Stop};
use crate::base::{Base, Platform};
use crate::environment::Environment;
use crate::environment::config::Parsed;
use crate::error::{Error, Result};
use crate::fs::dir::{Dir, current_user};
use crate::fs::{Calendar, Timestamp};

/// A request to install pip into a new environment.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The base interpreter.
    pub base: &'a Base,
    /// The paths in the environment.
    pub environment: &'a Environment,
    /// The variables that matter.
    pub variables: &'a Variables,
    /// The directory of the cache, [`Variables::cache_directory`]; `None` if there is no place for one.
    pub cache_directory: Option<&'a Path>,
}

/// The variables that matter here, with their values in `os.environ`.
#[derive(Clone, Debug, Default)]
pub struct Variables(Vec<(&'static str, OsString)>);

impl Variables {
    /// Their names. The border looks up only these.
    pub const NAMES: [&'static str; 12] = [
        "FASTVENV_SEED",
        "FASTVENV_LINK_MODE",
        "FASTVENV_CACHE_DIR",
        "FASTVENV_NO_CACHE",
        "SOURCE_DATE_EPOCH",
        "VSCMD_ARG_TGT_ARCH",
        "PYTHONOPTIMIZE",
        "PYTHONPYCACHEPREFIX",
        "PYTHONNODEBUGRANGES",
        "ENSUREPIP_OPTIONS",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
    ];

    /// The variables of [`Variables::NAMES`] that `look_up` finds. An empty one counts as unset, as in Python.
    pub fn from_lookup<E>(
        mut look_up: impl FnMut(&'static str) -> Result<Option<OsString>, E>,
    ) -> Result<Self, E> {
        let mut found = Vec::new();
        for name in Self::NAMES {
            match look_up(name)? {
                // pip checks only that this one exists.
                Some(value) if !value.is_empty() || name == "ENSUREPIP_OPTIONS" => found.push((name, value)),
                _ => {}
            }
        }
        Ok(Self(found))
    }

    /// Refuses unknown values, before anything is written.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub fn check(&self) -> Result<()> {
        self.link_mode()?;
        self.forbids_cache()?;
        self.asks_for_ensurepip().map(drop)
    }

    /// The requested link mode.
    ///
    /// # Errors
    /// [`Error::Refused`] if there is no link mode of that name.
    pub fn link_mode(&self) -> Result<LinkMode> {
        let Some(value) = self.get("FASTVENV_LINK_MODE") else { return Ok(LinkMode::Clone) };
        let refused = || {
            Error::Refused(format!(
                "FASTVENV_LINK_MODE is {value:?}, not clone, hardlink or copy. Correct the variable or unset it."
            ))
        };
        value.to_str().and_then(LinkMode::from_name).ok_or_else(refused)
    }

    /// Reports whether `ensurepip` is requested instead of native placement.
    ///
    /// # Errors
    /// [`Error::Refused`] for any other request.
    pub fn asks_for_ensurepip(&self) -> Result<bool> {
        match self.get("FASTVENV_SEED").map(|value| (value.to_str(), value)) {
            None | Some((Some("native"), _)) => Ok(false),
            Some((Some("ensurepip"), _)) => Ok(true),
            Some((_, value)) => Err(Error::Refused(format!(
                "FASTVENV_SEED is {value:?}, not native or ensurepip. Correct the variable or unset it."
            ))),
        }
    }

    /// Reports whether no cache may be used or created.
    ///
    /// # Errors
    /// [`Error::Refused`] for an unknown value.
    pub fn forbids_cache(&self) -> Result<bool> {
        match self.get("FASTVENV_NO_CACHE").map(|value| (value.to_str(), value)) {
            None | Some((Some("0"), _)) => Ok(false),
            Some((Some("1"), _)) => Ok(true),
            Some((_, value)) => Err(Error::Refused(format!(
                "FASTVENV_NO_CACHE is {value:?}, not 0 or 1. Correct the variable or unset it."
            ))),
        }
    }

    /// The directory of the cache; `None` if there is no place for one.
    pub fn cache_directory(&self) -> Option<PathBuf> {
        self.get("FASTVENV_CACHE_DIR")
            .map(|directory| crate::fs::absolute(directory.as_ref()))
            .or_else(default_directory)
    }

    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_os_str())
    }
}

impl<'a> Request<'a> {
    /// Chooses how to build images.
    pub(super) fn choose_recipe(&self) -> Result<Recipe<'a>, Stop> {
        self.refuse_what_is_unusual()?;
        self.recipe()
    }

    /// The recipe, whatever the environment contains.
    pub(super) fn recipe(&self) -> Result<Recipe<'a>, Stop> {
        let plain =
            |tag: &&String| tag.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        let cache_tag = self.base.cache_tag.as_ref().filter(plain).ok_or(Reason::NoCacheTag)?;
        let hashed = self.variables.get("SOURCE_DATE_EPOCH").is_some();
        let validation = if hashed { Validation::CheckedHash } else { Validation::Timestamp };
        Ok(Recipe { base: self.base, cache_tag, validation, stub: self.stub() })
    }

    /// Finds the wheels that `ensurepip` would install.
    pub(super) fn find_wheels(&self) -> Result<Vec<BundledWheel>, Reason> {
        bundled::find(self.base).map_err(Reason::Unclear)
    }

    /// Opens the directories to install into.
    pub(super) fn open_target(&self) -> Result<Target, Stop> {
        let Environment { purelib, bin, .. } = self.environment;
        Ok(Target {
            packages: Dir::open(purelib)?,
            bin: Dir::open(bin)?,
            to_bin: relative_path(purelib, bin).ok_or_else(|| Reason::Name(bin.clone()))?,
            scripts: self.choose_scripts()?,
            version: self.base.version,
            owner: current_user(),
        })
    }

    /// The program that pip makes its scripts from on Windows.
    fn stub(&self) -> Option<&'static str> {
        let target = self.variables.get("VSCMD_ARG_TGT_ARCH").and_then(OsStr::to_str);
        (self.base.platform == Platform::Nt).then(|| launchers::stub(self.base, target))
    }

    /// Chooses how to write pip's scripts.
    fn choose_scripts(&self) -> Result<Scripts, Reason> {
        let executable = &self.environment.executable;
        let Some(stub) = self.stub() else {
            let executable = executable.as_os_str().as_encoded_bytes().to_owned();
            return Ok(Scripts::Texts { executable, macos: self.base.macos });
        };
        let executable = executable.to_str().ok_or_else(|| Reason::Name(executable.clone()))?.to_owned();
        // Python's `int` takes more than digits. Those values, and times that a zip file can't hold, are left to pip.
        let epoch = |value: &OsStr| {
            let digits = value.to_str().filter(|value| value.bytes().all(|byte| byte.is_ascii_digit()));
            digits.and_then(|digits| digits.parse().ok()).map(|seconds| Timestamp::from_parts(seconds, 0))
        };
        let date = match self.variables.get("SOURCE_DATE_EPOCH") {
            Some(value) => epoch(value).map(Calendar::utc),
            None => Some(Calendar::now()),
        };
        let date = date.and_then(DosTime::of).ok_or(Reason::Variable("SOURCE_DATE_EPOCH"))?;
        Ok(Scripts::Launchers { stub, executable, date })
    }

    fn refuse_what_is_unusual(&self) -> Result<(), Stop> {
        refuse_variables(self.variables)?;
        if self.base.build.is_tree {
            return Err(Reason::BuildTree.into());
        }
        let config = crate::fs::read(&self.environment.config())?;
        if Parsed::read(&String::from_utf8_lossy(&config)).is_isolated() {
            Ok(())
        } else {
            Err(Reason::SystemSitePackages.into())
        }
    }
}

/// Refuses variables for which only `ensurepip` gives exactly the right result.
pub(super) fn refuse_variables(variables: &Variables) -> Result<(), Stop> {
    if variables.asks_for_ensurepip()? {
        return Err(Reason::Asked.into());
    }
    for name in ["PYTHONOPTIMIZE", "PYTHONPYCACHEPREFIX", "PYTHONNODEBUGRANGES", "ENSUREPIP_OPTIONS"] {
        if variables.get(name).is_some() {
            return Err(Reason::Variable(name).into());
        }
    }
    Ok(())
}
