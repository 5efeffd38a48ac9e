//! The file by which a directory is known to be a cache of ours: nobody's own directory is ever written to or swept because
//! `FASTVENV_CACHE_DIR` happened to name it.
//!
//! It stays when the cache is cleaned: whoever has just set it makes the cache's directories next, and a directory that has
//! these and no tag may be somebody's own. It is the tag by which backup tools know what to leave out
//! (<https://bford.info/cachedir/>).

use crate::error::Result;
use crate::fs::dir::Dir;

/// The tag's name.
const NAME: &str = "CACHEDIR.TAG";
const TEXT: &[u8] =
    b"Signature: 8a477f597d28d172789f06886806bc55\n# Made by fastvenv; may be deleted at any time.\n";
/// What its name starts with while [`Dir::write_whole`] writes it.
const DRAFT: &str = "CACHEDIR.TAG.";

/// Whether the directory is a cache of ours. An empty one becomes one if it gets the tag.
pub(super) fn is_ours(directory: &Dir) -> Result<bool> {
    // Asked again last: another process may just have set the tag and gone on.
    Ok(is_tagged(directory) || is_empty(directory)? || is_tagged(directory))
}

/// Gives an empty directory the tag, by one rename, so that other processes see it whole.
pub(super) fn set(directory: &Dir) -> Result<()> {
    if is_tagged(directory) { Ok(()) } else { directory.write_whole(NAME, TEXT) }
}

fn is_tagged(directory: &Dir) -> bool {
    directory.read(NAME).is_ok_and(|(text, _)| text == TEXT)
}

/// Whether nothing stands there but what a file system or a process that is setting the tag puts there.
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
