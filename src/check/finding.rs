//! One thing that a check found: its kind, where it is, and what it means.

use std::path::PathBuf;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The environment works. It may not for long, or not everywhere.
    Hint,
    /// Something is broken.
    Wrong,
}

impl Severity {
    /// The name in the output for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Wrong => "wrong",
        }
    }
}

/// Declares the kinds: the variant, the name for programs, the usual severity, and why it matters.
macro_rules! kinds {
    ($($variant:ident $name:literal $severity:ident $why:literal;)*) => {
        /// The kind of a finding. Its name never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = $why] $variant,)*
        }

        impl Kind {
            /// All kinds, in the order of a report.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name for programs.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The severity, unless the circumstances make the finding harmless.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// Why it matters, as a sentence.
            pub fn why(self) -> &'static str {
                match self { $(Self::$variant => $why,)* }
            }
        }
    };
}

kinds! {
    OtherPlatform "other-platform" Wrong "Its programs can't run on this system.";
    Unreadable "unreadable" Wrong "It could not be checked, and Python may be unable to read it too.";
    ConfigMissing "config-missing" Wrong "Without it, Python doesn't know that this is an environment.";
    ConfigUnreadable "config-unreadable" Wrong "Python reads this file before anything else, and fails.";
    ConfigTruncated "config-truncated" Wrong "Without the lost lines, Python may see the base's packages or find no base.";
    ConfigNoHome "config-no-home" Wrong "Python finds its standard library through this key.";
    ConfigDuplicateKey "config-duplicate-key" Wrong "Python takes the first home, but the last of other keys.";
    HomeMissing "home-missing" Wrong "The environment uses the interpreter and the standard library of its base.";
    BaseMissing "base-missing" Wrong "The environment uses the interpreter of its base.";
    BaseVersioned "base-versioned" Hint "The next upgrade of the base may remove this directory.";
    ExecutableMissing "executable-missing" Wrong "The environment can't be used without its Python.";
    ExecutableDangling "executable-dangling" Wrong "It can't be started.";
    ExecutableLoop "executable-loop" Wrong "It can't be started.";
    ExecutableForeign "executable-foreign" Wrong "One Python would run with the standard library of another.";
    ExecutableUnusable "executable-unusable" Wrong "It can't be started.";
    SharedLibraryMissing "shared-library-missing" Wrong "A copied interpreter can't start without this library.";
    PackagesMissing "packages-missing" Wrong "Python finds no packages there.";
    PackagesOfOtherVersion "packages-of-other-version" Wrong "Python looks for packages in the directory of its own version.";
    VersionChanged "version-changed" Wrong "Packages are installed for one minor version of Python.";
    VersionRecorded "version-recorded" Hint "Only programs that read this key notice.";
    MovedScript "moved-script" Wrong "Activating would put another directory in PATH.";
    MovedShebang "moved-shebang" Wrong "The program would start another Python, or none.";
    MovedPth "moved-pth" Wrong "Python would import from the old place, or not at all.";
    MovedDirectUrl "moved-direct-url" Hint "pip freeze would name the old place.";
    PipMissingFile "pip-missing-file" Wrong "pip may not start.";
    PipAltered "pip-altered" Wrong "pip isn't what was installed.";
    PipRecord "pip-record" Wrong "pip can't be checked, upgraded or uninstalled.";
    PipHalfInstalled "pip-half-installed" Wrong "An installation of pip was interrupted.";
    ScriptMissing "script-missing" Wrong "The environment can't be activated in this shell.";
    ScriptDamaged "script-damaged" Wrong "Activating would do a part of its work, or none.";
    ScriptExecutes "script-executes" Wrong "A command in a name runs when the environment is activated, or its prompt drawn (CVE-2024-9287).";
    DirectoryLink "directory-link" Wrong "What is installed or cleared here changes another directory.";
    DoesNotStart "does-not-start" Wrong "Nothing in the environment can run.";
    StartsElsewhere "starts-elsewhere" Wrong "Packages would go to another place.";
}

/// One thing that a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing it is.
    pub kind: Kind,
    /// How much it matters.
    pub severity: Severity,
    /// The file or directory that it is about.
    pub path: PathBuf,
    /// What is the case, as a sentence.
    pub message: String,
    /// What to do about it, as a sentence.
    pub advice: String,
}

impl Finding {
    /// A finding with the usual severity of its kind.
    pub fn new(
        kind: Kind,
        path: impl Into<PathBuf>,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        let (message, advice) = (message.into(), advice.into());
        Self { kind, severity: kind.severity(), path: path.into(), message, advice }
    }

    /// The same finding, which is harmless in these circumstances.
    pub fn as_hint(self) -> Self {
        Self { severity: Severity::Hint, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_enum_of_the_python_module_has_the_same_names() {
        let module = include_str!("../../python/fastvenv/check.py");
        let names = module.split_once("class Kind").and_then(|(_, rest)| rest.split_once("class Finding"));
        let names: Vec<_> = names.unwrap().0.split('"').skip(1).step_by(2).collect();
        let docstring = |name: &&str| !name.is_empty() && !name.contains(' ');
        let names: Vec<_> = names.into_iter().filter(docstring).collect();
        assert_eq!(names, Kind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>());
    }

    #[test]
    fn names_are_distinct_and_every_reason_is_a_sentence() {
        let names: HashSet<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            assert!(kind.why().ends_with('.'), "{}", kind.name());
        }
    }
}
