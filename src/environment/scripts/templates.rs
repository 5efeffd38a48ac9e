//! Script templates: their names, and the check of their values.

use std::path::{Path, PathBuf};

use super::quoting::Shell;
use crate::base::Platform;
use crate::error::Result;

/// A template and its place in the environment.
#[derive(Debug, PartialEq, Eq)]
pub struct Script {
    /// The template's path.
    pub source: PathBuf,
    /// The directory that it goes to, relative to the environment's directory of executables.
    pub directory: PathBuf,
}

/// Reports whether the file is a Windows launcher or its debug data, which `setup_python` places.
pub fn is_launcher(name: &str, platform: Platform) -> bool {
    let name = name.to_ascii_lowercase();
    platform == Platform::Nt
        && ["python", "venv"].iter().any(|start| name.starts_with(start))
        && is_binary(Path::new(&name), platform)
}

/// Reports whether the file is copied unchanged, whatever its content: executables and debug data on Windows.
pub fn is_binary(path: &Path, platform: Platform) -> bool {
    platform == Platform::Nt && path.extension().is_some_and(|suffix| suffix == "exe" || suffix == "pdb")
}

/// Refuses values that the activation scripts of a platform can't represent. This check comes before anything is
/// written, so that no partial environment is left. `Activate.ps1` contains no values.
///
/// # Errors
/// [`crate::error::Error::Refused`], as from [`Shell::quote`].
pub fn check_values(platform: Platform, values: &[&[u8]]) -> Result<()> {
    // A value that the strictest shell can represent, the others can too.
    let strictest = match platform {
        Platform::Posix => Shell::Sh,
        Platform::Nt => Shell::Batch,
    };
    values.iter().try_for_each(|value| strictest.quote(value).map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_refused_where_a_script_of_the_platform_cannot_hold_them() {
        let refused = |platform, value: &[u8]| check_values(platform, &[b"fine", value]).is_err();
        for value in [b"a\"b".as_slice(), b"a\nb", b"a\x1bb", b"\xff"] {
            assert!(refused(Platform::Nt, value), "{value:?}");
            assert!(!refused(Platform::Posix, value), "{value:?}");
        }
        assert!(refused(Platform::Nt, b"a\0b") && refused(Platform::Posix, b"a\0b"));
        assert!(!refused(Platform::Nt, "100% & <ünïcode> it's ^!$(x)".as_bytes()));
    }
}
