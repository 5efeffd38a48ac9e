//! Noticing that files have changed.

use std::path::{Path, PathBuf};

use super::dir::{Metadata, metadata_at};
use crate::error::Result;

/// Paths and what was there: metadata, or nothing.
#[derive(Clone, Debug)]
pub struct Seen(Vec<(PathBuf, Option<Metadata>)>);

impl Seen {
    /// Looks at these paths, links followed. Returns `None` if a later change might not show: something changed only a
    /// moment ago, or can't be examined.
    pub fn of<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Option<Self> {
        let look = |path: &'a Path| {
            let found = look(path).ok()?;
            found.is_none_or(|metadata| metadata.is_settled()).then(|| (path.to_owned(), found))
        };
        paths.into_iter().map(look).collect::<Option<_>>().map(Self)
    }

    /// Reports whether everything is as it was.
    pub fn is_current(&self) -> bool {
        self.0.iter().all(|(path, seen)| look(path).is_ok_and(|found| found == *seen))
    }
}

fn look(path: &Path) -> Result<Option<Metadata>> {
    match metadata_at(path) {
        Err(error) if error.is_not_found() => Ok(None),
        found => found.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs;

    #[test]
    fn what_is_new_is_not_trusted_and_what_appears_is_noticed() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("file");
        let seen = Seen::of([file.as_path()]).unwrap();
        assert!(seen.is_current());
        fs::write(&file, b"").unwrap();
        assert!(!seen.is_current());
        assert!(Seen::of([file.as_path()]).is_none());
    }
}
