//! What interpreters said, so that they needn't be asked each time.
//!
//! ```text
//! <the SHA-256 of the rest, in hexadecimal digits>
//! <the answer, as the interpreter printed it> NUL <the files that it depends on, as they looked>
//! ```

use std::ffi::OsStr;
use std::path::Path;

use super::super::hash::digest;
use super::directory::{Root, Unusable};
use super::{DAY, KEPT, is_older_than};
use crate::base::{Interpreter, PROGRAM, Provenance, answered};
use crate::fs::dir::Dir;
use crate::fs::{self, Timestamp};

/// The parts of a name that change whenever an answer means something else.
const FORMAT: [&str; 2] = [concat!("1 ", env!("CARGO_PKG_VERSION")), PROGRAM];

/// The facts in a cache, which is trusted.
#[derive(Debug)]
pub struct Facts {
    directory: Dir,
    owner: u32,
    /// False if the cache is root's and we are not root: it is only read.
    is_ours: bool,
}

impl Facts {
    /// Opens the cache in this directory as [`super::Cache::open_at`] does.
    ///
    /// # Errors
    /// The cache can't be used.
    pub fn open_at(path: &Path) -> Result<Self, Unusable> {
        let root = Root::open(path)?;
        Ok(Self { directory: root.enter("facts")?, owner: root.owner, is_ours: root.is_ours })
    }

    /// The interpreter at an absolute path, if its answer is stored and still right, and what that came from.
    /// `circumstances` is everything besides files that the answer depends on.
    pub fn find(&self, executable: &Path, circumstances: &[u8]) -> Option<(Interpreter, Provenance)> {
        let (answer, provenance) = self.read(name(executable, circumstances).as_ref())?;
        let is_right = provenance.executable() == executable && provenance.is_current();
        answered(&answer).filter(|_| is_right).map(|interpreter| (interpreter, provenance))
    }

    /// Stores an answer. If this fails, the interpreter is asked again the next time.
    pub fn store(&self, interpreter: &Interpreter, provenance: &Provenance, circumstances: &[u8]) {
        if self.is_ours {
            sweep(&self.directory, Timestamp::now());
            let facts = [interpreter.text.as_bytes(), b"\0", &provenance.to_bytes()].concat();
            let content = [digest(&facts).as_bytes(), b"\n", &facts].concat();
            let _ = self.directory.write_whole(&name(provenance.executable(), circumstances), &content);
        }
    }

    /// The facts of that name, if they belong to the cache's owner, and no other user may have written them.
    fn read(&self, name: &OsStr) -> Option<(String, Provenance)> {
        let (content, metadata) = self.directory.read(name).ok()?;
        let is_trusted = metadata.owner == self.owner && metadata.mode & 0o022 == 0;
        is_trusted.then(|| whole(&content)).flatten()
    }
}

/// Reads facts. Returns `None` if they are damaged or edited.
fn whole(content: &[u8]) -> Option<(String, Provenance)> {
    let (hash, rest) = content.split_at_checked(64)?;
    let facts = rest.strip_prefix(b"\n").filter(|facts| digest(facts).as_bytes() == hash)?;
    let end = memchr::memchr(0, facts)?;
    let answer = String::from_utf8(facts[..end].to_vec()).ok()?;
    Some((answer, Provenance::read(&facts[end + 1..])?))
}

fn name(executable: &Path, circumstances: &[u8]) -> String {
    let [version, program] = FORMAT.map(str::as_bytes);
    digest(&[version, program, executable.as_os_str().as_encoded_bytes(), circumstances].join(&b'\0'))
}

/// Removes the facts about executables that are gone, those that are damaged or half written, and those written 90 days
/// before `now`.
pub(super) fn sweep(directory: &Dir, now: Timestamp) {
    for name in directory.names().unwrap_or_default() {
        let facts = directory.read(&name).ok();
        let is_useless = match facts.and_then(|(content, _)| whole(&content)) {
            Some((_, provenance)) => {
                !fs::exists(provenance.executable()) || is_older_than(KEPT, directory, &name, now)
            }
            // Another process may be writing them.
            None => is_older_than(DAY, directory, &name, now),
        };
        if is_useless {
            let _ = directory.remove_file(&name);
        }
    }
}

/// Elsewhere the interpreters' paths have another form.
#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::ffi::OsStr;
    use std::path::PathBuf;

    use super::*;
    use crate::fs::dir::Access;

    /// Facts without what `store` needs an interpreter for.
    fn content(answer: &str, executable: &Path) -> Vec<u8> {
        let path = executable.as_os_str().as_encoded_bytes();
        let facts = [answer.as_bytes(), b"\0", path, b"\0", path, b"\0-\0/nothing\0"].concat();
        [digest(&facts).as_bytes(), b"\n", &facts].concat()
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_noticed() {
        let content = content("{}", Path::new("/usr/bin/python3"));
        assert!(whole(&content).is_some());
        for end in 0..content.len() {
            assert!(whole(&content[..end]).is_none(), "{end}");
        }
        for at in 0..content.len() {
            let mut flipped = content.clone();
            flipped[at] ^= 1;
            assert!(whole(&flipped).is_none(), "{at}");
        }
    }

    #[test]
    fn the_name_has_the_path_and_the_circumstances() {
        let names = [("/a", "b"), ("/a", ""), ("/ab", ""), ("/a\0b", "")];
        let names: std::collections::BTreeSet<_> =
            names.iter().map(|(path, rest)| name(&PathBuf::from(path), rest.as_bytes())).collect();
        assert_eq!(names.len(), 4);
        assert!(FORMAT[0].ends_with(env!("CARGO_PKG_VERSION")));
    }

    #[test]
    fn what_is_gone_or_old_or_half_written_is_swept() {
        let temp = tempfile::tempdir().unwrap();
        let directory = Dir::open(temp.path()).unwrap().enter("facts", Access::Owner).unwrap();
        let here = temp.path().to_owned();
        directory.write_whole("here", &content("{}", &here)).unwrap();
        directory.write_whole("gone", &content("{}", &here.join("gone"))).unwrap();
        directory.write_whole("half", b"half").unwrap();
        let left = |now| {
            sweep(&directory, now);
            let mut names = directory.names().unwrap();
            names.sort();
            names
        };
        let after = |age: std::time::Duration| {
            Timestamp::from_nanoseconds(
                Timestamp::now().nanoseconds() + age.as_nanos() as i64 + 1_000_000_000,
            )
        };
        assert_eq!(left(Timestamp::now()), [OsStr::new("half"), OsStr::new("here")]);
        assert_eq!(left(after(DAY)), [OsStr::new("here")]);
        assert!(left(after(KEPT)).is_empty());
    }
}
