//! The file that marks a directory as our cache. Without it, fastvenv never writes to or sweeps a directory of the
//! user's that `FASTVENV_CACHE_DIR` names by mistake.
//!
//! It stays when the cache is cleaned: a process that has just set it creates the cache's directories next, and a
//! directory that has these and no tag may be the user's own. Backup tools know the tag and skip the directory
//! (<https://bford.info/cachedir/>).

use crate::error::Result;
use crate::fs::dir::Dir;

/// The tag's name.
const NAME: &str = "CACHEDIR.TAG";
const TEXT: &[u8] =
    b"Signature: 8a477f597d28d172789f06886806bc55\n# Made by fastvenv; may be deleted at any time.\n";
/// The start of its name while [`Dir::write_whole`] writes it.
const DRAFT: &str = "CACHEDIR.TAG.";

/// Reports whether the directory is our cache. An empty one counts too, since it can be tagged.
pub(super) fn is_ours(directory: &Dir) -> Result<bool> {
    // The tag is checked twice: another process may set it and fill the directory after the first check.
    Ok(is_tagged(directory) || is_empty(directory)? || is_tagged(directory))
}

/// Tags an empty directory by one rename, so that other processes see the whole file.
pub(super) fn set(directory: &Dir) -> Result<()> {
    if is_tagged(directory) { Ok(()) } else { directory.write_whole(NAME, TEXT) }
}

/// Reports whether the directory has our tag.
pub(super) fn is_tagged(directory: &Dir) -> bool {
    directory.read(NAME).is_ok_and(|(text, _)| text == TEXT)
}

/// Reports whether the directory is empty, apart from files of the file system or of a process that sets the tag.
fn is_empty(directory: &Dir) -> Result<bool> {
    let harmless = |name: &[u8]| name == b"lost+found" || name.starts_with(DRAFT.as_bytes());
    Ok(directory.names()?.iter().all(|name| harmless(name.as_encoded_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::dir::NewFile;

    #[test]
    fn only_a_tagged_or_empty_directory_is_ours() {
        let temp = tempfile::tempdir().unwrap();
        let directory = Dir::open(temp.path()).unwrap();
        assert!(is_ours(&directory).unwrap());
        directory.create("images", b"", NewFile::default()).unwrap();
        assert!(!is_ours(&directory).unwrap());
        directory.create(NAME, b"Signature: somebody else's", NewFile::default()).unwrap();
        assert!(!is_ours(&directory).unwrap());
        directory.remove_file(NAME).unwrap();
        set(&directory).unwrap();
        assert!(is_ours(&directory).unwrap());
    }
}
