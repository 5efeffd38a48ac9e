//! The parts of an environment, each repaired in its own way.

use crate::check::Kind;

/// The part of an environment that a finding is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `pyvenv.cfg`, the base and the executables.
    Python,
    /// The activation scripts.
    Scripts,
    /// Programs in `bin`.
    Programs,
    /// The directory of packages.
    Packages,
    /// pip.
    Pip,
    /// What a repair doesn't change.
    Other,
}

/// The part that findings of this kind are about.
pub fn part(kind: Kind) -> Part {
    match kind {
        Kind::ConfigMissing
        | Kind::ConfigUnreadable
        | Kind::ConfigTruncated
        | Kind::ConfigNoHome
        | Kind::ConfigDuplicateKey
        | Kind::HomeMissing
        | Kind::BaseMissing
        | Kind::BaseVersioned
        | Kind::ExecutableMissing
        | Kind::ExecutableDangling
        | Kind::ExecutableLoop
        | Kind::ExecutableForeign
        | Kind::ExecutableUnusable
        | Kind::SharedLibraryMissing
        | Kind::PackagesOfOtherVersion
        | Kind::VersionChanged
        | Kind::VersionRecorded
        | Kind::DoesNotStart
        | Kind::StartsElsewhere => Part::Python,
        Kind::PackagesMissing => Part::Packages,
        Kind::MovedScript | Kind::ScriptMissing | Kind::ScriptDamaged | Kind::ScriptExecutes => Part::Scripts,
        Kind::MovedShebang => Part::Programs,
        Kind::PipMissingFile | Kind::PipAltered | Kind::PipRecord | Kind::PipHalfInstalled => Part::Pip,
        Kind::OtherPlatform
        | Kind::Unreadable
        | Kind::MovedPth
        | Kind::MovedDirectUrl
        | Kind::DirectoryLink => Part::Other,
    }
}
