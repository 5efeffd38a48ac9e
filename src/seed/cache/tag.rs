//! The file by which a folder is known to be a cache of ours: nobody's own folder is ever written to or swept because
//! `FASTVENV_CACHE_DIR` happened to name it.
//!
//! It stays when the cache is cleaned: whoever has just set it makes the cache's folders next, and a folder that has
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

/// Whether the folder is a cache of ours. An empty one becomes one if it gets the tag.
pub(super) fn is_ours(folder: &Dir) -> Result<bool> {
    // Asked again last: another process may just have set the tag and gone on.
    Ok(is_tagged(folder) || is_empty(folder)? || is_tagged(folder))
}

/// Gives an empty folder the tag, by one rename, so that other processes see it whole.
pub(super) fn set(folder: &Dir) -> Result<()> {
    if is_tagged(folder) { Ok(()) } else { folder.write_whole(NAME, TEXT) }
}

fn is_tagged(folder: &Dir) -> bool {
    folder.read(NAME).is_ok_and(|(text, _)| text == TEXT)
}

/// Whether nothing stands there but what a file system or a process that is setting the tag puts there.
fn is_empty(folder: &Dir) -> Result<bool> {
    let harmless = |name: &[u8]| name == b"lost+found" || name.starts_with(DRAFT.as_bytes());
    Ok(folder.names()?.iter().all(|name| harmless(name.as_encoded_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::dir::NewFile;

    #[test]
    fn only_a_tagged_or_empty_folder_is_ours() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Dir::open(temp.path()).unwrap();
        assert!(is_ours(&folder).unwrap());
        folder.create("images", b"", NewFile::default()).unwrap();
        assert!(!is_ours(&folder).unwrap());
        folder.create(NAME, b"Signature: somebody else's", NewFile::default()).unwrap();
        assert!(!is_ours(&folder).unwrap());
        folder.remove_file(NAME).unwrap();
        set(&folder).unwrap();
        assert!(is_ours(&folder).unwrap());
    }
}
