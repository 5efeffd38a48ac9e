//! Noticing that files have changed.

use std::path::{Path, PathBuf};

use super::dir::{Kind, Metadata, metadata_at};
use super::{Timestamp, os_string};
use crate::error::Result;

/// Paths and what was there: metadata, or nothing.
#[derive(Clone, Debug)]
pub struct Seen(Vec<(PathBuf, Option<Metadata>)>);

impl Seen {
    /// Looks at these paths, links followed. Returns `None` if a later change might not show: something changed only a
    /// moment ago, can't be examined, or has a relative path.
    pub fn of<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Option<Self> {
        let look = |path: &'a Path| {
            let found = look(path).ok().filter(|_| path.is_absolute())?;
            found.is_none_or(|metadata| metadata.is_settled()).then(|| (path.to_owned(), found))
        };
        paths.into_iter().map(look).collect::<Option<_>>().map(Self)
    }

    /// Reports whether everything is as it was.
    pub fn is_current(&self) -> bool {
        self.0.iter().all(|(path, seen)| look(path).is_ok_and(|found| found == *seen))
    }

    /// As bytes, for [`Seen::read`]. No path contains a NUL.
    pub fn to_bytes(&self) -> Vec<u8> {
        let entry = |(path, found): &(PathBuf, Option<Metadata>)| {
            let found = found.as_ref().map_or_else(|| "-".to_owned(), numbers);
            [found.as_bytes(), b"\0", path.as_os_str().as_encoded_bytes(), b"\0"].concat()
        };
        self.0.iter().flat_map(entry).collect()
    }

    /// Reads what [`Seen::to_bytes`] has written. Returns `None` for anything else.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let parts: Vec<_> = bytes.strip_suffix(b"\0")?.split(|byte| *byte == 0).collect();
        let (pairs, []) = parts.as_chunks() else { return None };
        let entry = |[found, path]: &[&[u8]; 2]| {
            let found = if *found == b"-" { None } else { Some(metadata(std::str::from_utf8(found).ok()?)?) };
            Some((os_string(path.to_vec())?.into(), found))
        };
        pairs.iter().map(entry).collect::<Option<_>>().map(Self)
    }
}

fn numbers(metadata: &Metadata) -> String {
    let Metadata { kind, size, modified, changed, mode, owner, device, inode } = metadata;
    let kind = match kind {
        Kind::File => "file",
        Kind::Directory => "directory",
        Kind::Other => "other",
    };
    let changed = changed.map_or("-".to_owned(), |changed| changed.nanoseconds().to_string());
    format!("{kind} {size} {} {changed} {mode} {owner} {device} {inode}", modified.nanoseconds())
}

fn metadata(numbers: &str) -> Option<Metadata> {
    let parts: Vec<_> = numbers.split(' ').collect();
    let [kind, size, modified, changed, mode, owner, device, inode] = parts[..] else { return None };
    let time = |text: &str| text.parse().ok().map(Timestamp::from_nanoseconds);
    Some(Metadata {
        kind: match kind {
            "file" => Kind::File,
            "directory" => Kind::Directory,
            "other" => Kind::Other,
            _ => return None,
        },
        size: size.parse().ok()?,
        modified: time(modified)?,
        changed: if changed == "-" { None } else { Some(time(changed)?) },
        mode: mode.parse().ok()?,
        owner: owner.parse().ok()?,
        device: device.parse().ok()?,
        inode: inode.parse().ok()?,
    })
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

    #[test]
    fn what_was_seen_is_read_as_it_was_written() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("a file");
        fs::write(&file, b"text").unwrap();
        let paths = [file, temp.path().join("nothing"), temp.path().to_owned()];
        let seen = Seen(paths.iter().map(|path| (path.clone(), look(path).unwrap())).collect());
        let read = Seen::read(&seen.to_bytes()).unwrap();
        assert_eq!(read.0, seen.0);
        assert!(read.is_current());
        fs::write(&paths[0], b"other").unwrap();
        assert!(!read.is_current());
    }

    #[test]
    fn anything_else_is_not_read() {
        for bytes in
            [&b""[..], b"-", b"-\0", b"-\0/a", b"file 1\0/a\0", b"pipe 1 2 3 4 5 6 7\0/a\0", b"-\0/a\0-\0"]
        {
            assert!(Seen::read(bytes).is_none(), "{bytes:?}");
        }
        assert!(Seen::read(b"-\0/a\0").is_some());
    }
}
