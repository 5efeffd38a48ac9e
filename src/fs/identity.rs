//! Finds out which file a name leads to, and what kind of file that is.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use super::sys::{Metadata, is_loop, metadata_at};
use crate::error::{Error, Result};

/// The kind of thing at a path and, for a link, whether it leads to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Nothing is there, or it can't be examined.
    Nothing,
    /// A link that never leads to a file: it dangles, loops or leads to a directory.
    DeadLink,
    /// A link to a file, or to something that can't be examined now.
    Link,
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A device, a socket...
    Other,
}

/// Examines what is at that path.
pub fn entry(path: &Path) -> Entry {
    match fs::symlink_metadata(path) {
        Err(_) => Entry::Nothing,
        Ok(found) if found.is_symlink() => {
            if leads_nowhere(path) {
                Entry::DeadLink
            } else {
                Entry::Link
            }
        }
        Ok(found) if found.is_file() => Entry::File,
        Ok(found) if found.is_dir() => Entry::Directory,
        Ok(_) => Entry::Other,
    }
}

/// Reports whether the path certainly leads to no file. False if it merely can't be followed now: a directory on the
/// way denies permission, or a server is down.
fn leads_nowhere(path: &Path) -> bool {
    use ErrorKind::{InvalidFilename, NotADirectory, NotFound};
    match fs::metadata(path) {
        Ok(found) => found.is_dir(),
        Err(error) => matches!(error.kind(), NotFound | NotADirectory | InvalidFilename) || is_loop(&error),
    }
}

/// Fails if the file is missing. A file that can't be examined passes.
pub fn check_presence(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Err(source) if source.kind() == ErrorKind::NotFound => Err(Error::io("read", path, source)),
        _ => Ok(()),
    }
}

/// Reports whether both paths lead to the same file. If the system does not number its files, their real paths decide.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    match (metadata_at(one), metadata_at(other)) {
        (Ok(one), Ok(other)) if one.inode != 0 => is_one_file(&one, &other),
        (Ok(_), Ok(_)) => super::real_path(one) == super::real_path(other),
        _ => false,
    }
}

/// Reports whether both metadata belong to the same file.
pub fn is_one_file(one: &Metadata, other: &Metadata) -> bool {
    (one.device, one.inode) == (other.device, other.inode)
}

/// Reports whether following `path`, link by link, reaches `through`. `through` need not exist.
pub fn passes_through(path: &Path, through: &Path) -> bool {
    // Linux follows this many links.
    const LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        if path == through {
            return true;
        }
        let (Ok(target), Some(directory)) = (fs::read_link(&path), path.parent()) else { return false };
        path = directory.join(target);
    }
    false
}

/// Reports whether a file starts like text, such as a script. False for an empty file and for machine code.
pub fn is_text(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(64).read_to_end(&mut start));
    read.is_ok() && !start.is_empty() && !start.contains(&0)
}

/// Reports whether two files have the same content.
pub fn have_same_content(one: &Path, other: &Path) -> bool {
    let same = || -> io::Result<bool> {
        Ok(fs::metadata(one)?.len() == fs::metadata(other)?.len() && fs::read(one)? == fs::read(other)?)
    };
    same().unwrap_or(false)
}

/// Metadata of the program that this process runs, on systems that have a path for it, such as Linux.
pub fn running_program() -> Result<Metadata> {
    super::dir::metadata_at(Path::new("/proc/self/exe"))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::super::symlink;
    use super::*;

    #[test]
    fn a_link_that_leads_to_no_file_is_dead() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        fs::write(at("file"), "").unwrap();
        fs::create_dir(at("directory")).unwrap();
        let targets = ["file", "directory", "nowhere", "loop", "file/below"];
        for (link, target) in ["live", "astray", "dangling", "loop", "below"].iter().zip(targets) {
            symlink(Path::new(target), &at(link)).unwrap();
        }
        assert_eq!(entry(&at("live")), Entry::Link);
        for dead in ["astray", "dangling", "loop", "below"] {
            assert_eq!(entry(&at(dead)), Entry::DeadLink, "{dead}");
        }
        assert_eq!(entry(&at("missing")), Entry::Nothing);
        assert_eq!([entry(&at("file")), entry(&at("directory"))], [Entry::File, Entry::Directory]);
    }

    #[test]
    fn a_chain_of_links_passes_through_each_of_its_names() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        symlink(Path::new("./second"), &at("first")).unwrap();
        symlink(Path::new("nowhere"), &at("second")).unwrap();
        symlink(Path::new("loop"), &at("loop")).unwrap();
        assert!(passes_through(&at("first"), &at("second")));
        assert!(passes_through(&at("first"), &at("nowhere")));
        assert!(!passes_through(&at("second"), &at("first")));
        assert!(!passes_through(&at("loop"), &at("first")));
    }

    #[test]
    fn a_file_is_the_same_by_every_name() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        fs::write(at("file"), "#!/bin/sh").unwrap();
        fs::copy(at("file"), at("copy")).unwrap();
        fs::hard_link(at("file"), at("twin")).unwrap();
        symlink(Path::new("twin"), &at("link")).unwrap();
        assert!(is_same_file(&at("file"), &at("link")));
        assert!(!is_same_file(&at("file"), &at("copy")));
        assert!(have_same_content(&at("file"), &at("copy")));
        assert!(is_text(&at("file")));
        fs::write(at("copy"), b"\x7fELF\0").unwrap();
        assert!(!is_text(&at("copy")));
    }
}
