//! Windows' verbatim paths: `\\\\?\\C:\\...` and `\\\\?\\UNC\\server\\share\\...`.

use std::path::{Path, PathBuf};

/// The usual form of a verbatim path on a network share: `\\\\server\\share`. `None` for other paths, and for a path that is
/// too long for the usual form. The caller must check that the result is the same file: a name may end with a dot.
pub fn share(verbatim: &Path) -> Option<PathBuf> {
    /// The length from which Windows takes only verbatim paths, unless the user allows more.
    const MAX_PATH: usize = 260;
    let rest = verbatim.to_str()?.strip_prefix(r"\\?\UNC\")?;
    let plain = format!(r"\\{rest}");
    (plain.encode_utf16().count() < MAX_PATH).then(|| plain.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_its_usual_form() {
        let of = |path: &str| share(Path::new(path));
        assert_eq!(of(r"\\?\UNC\server\share\Python 3"), Some(r"\\server\share\Python 3".into()));
        assert_eq!(of(r"\\?\C:\Python"), None);
        assert_eq!(of(r"\\server\share"), None);
        assert_eq!(of(&format!(r"\\?\UNC\server\{}", "x".repeat(260))), None);
    }
}
