//! The reasons to run `ensurepip`, as the standard library does, instead of placing pip natively.

use std::fmt;
use std::path::PathBuf;

use super::bundled::Unclear;
use super::wheel::Defect;
use crate::error::Error;
use crate::text::quoted;

/// One reason; its text completes "pip is installed by ensurepip, because ...".
#[derive(Debug)]
pub enum Reason {
    /// The interpreter for Windows runs from its build tree, for which pip's scripts name another path.
    BuildTree,
    /// A part of the path to the scripts isn't Unicode, so RECORD can't name it.
    Name(PathBuf),
    /// `FASTVENV_SEED=ensurepip`.
    Asked,
    /// A variable is set that changes the result of `ensurepip`.
    Variable(&'static str),
    /// The interpreter writes no bytecode files.
    NoCacheTag,
    /// The environment can use the base interpreter's packages, perhaps a pip among them.
    SystemSitePackages,
    /// The environment already contains something.
    Occupied(PathBuf),
    /// It is not clear which wheels `ensurepip` would use.
    Unclear(Unclear),
    /// A wheel can't be read.
    Unreadable(Error),
    /// A wheel can't be installed natively.
    Wheel(PathBuf, Defect),
    /// A wheel's sources don't show how its pip writes scripts.
    Scripts(PathBuf),
    /// A wheel isn't for this version of Python.
    RequiresPython(PathBuf),
    /// The environment's Python can't be executed, for example on a file system mounted `noexec`.
    Inexecutable(PathBuf),
    /// The environment's Python doesn't start, or is not the running one.
    OtherPython(PathBuf),
    /// The base interpreter couldn't compile.
    Compiler(String),
    /// The environment's file system refuses or ignores a file's time or mode.
    Attributes(Error),
    /// A new file looks different when it is checked again.
    Changed(PathBuf),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuildTree => f.write_str("the interpreter runs from its build tree"),
            Self::Name(path) => write!(f, "{} has a name that RECORD can't hold", quoted(path)),
            Self::Asked => f.write_str("FASTVENV_SEED asks for it"),
            Self::Variable(name) => write!(f, "{name} is set"),
            Self::NoCacheTag => f.write_str("this interpreter has no cache tag for bytecode files"),
            Self::SystemSitePackages => f.write_str("the environment can use the system's packages"),
            Self::Occupied(path) => write!(f, "{} already exists", quoted(path)),
            Self::Unclear(Unclear::Missing(project)) => write!(f, "no wheel of {project} is bundled"),
            Self::Unclear(Unclear::Several(project)) => write!(f, "several wheels of {project} are bundled"),
            Self::Unclear(Unclear::Name(project)) => write!(f, "the wheel of {project} has an odd name"),
            Self::Unreadable(error) => write!(f, "the wheel can't be read: {error}"),
            Self::Wheel(path, defect) => write!(f, "{} is unusual: {defect}", quoted(path)),
            Self::Scripts(path) => {
                write!(f, "the pip in {} writes scripts in an unknown format", quoted(path))
            }
            Self::RequiresPython(path) => write!(f, "{} is not for this version of Python", quoted(path)),
            Self::Attributes(error) => {
                write!(f, "the file system does not keep these times or modes: {error}")
            }
            Self::Changed(path) => write!(f, "{} has changed since it was created", quoted(path)),
            Self::Inexecutable(path) => write!(f, "{} can't be executed", quoted(path)),
            Self::OtherPython(path) => {
                write!(f, "{} does not start the running Python", quoted(path))
            }
            Self::Compiler(message) => write!(f, "the base interpreter compiled no bytecode: {message}"),
        }
    }
}

/// The reasons for which a step ends early.
#[derive(Debug)]
pub enum Stop {
    /// pip can't be placed natively.
    NotServed(Reason),
    /// It failed, or Python has a signal to handle.
    Failed(Error),
}

impl From<Reason> for Stop {
    fn from(reason: Reason) -> Self {
        Self::NotServed(reason)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
