//! Bringing files from one directory to another by clone, hard link or copy, as the file system allows.

use std::io::{self, ErrorKind, Read};

use super::halt::Halt;
use super::link_mode::LinkMode;
use crate::error::{Error, Result};
use crate::fs::Timestamp;
use crate::fs::dir::{Dir, Draft, Kind, Metadata, NewFile};
use crate::fs::{File, attributes_refused, is_damage};

/// The size and checksum of a file's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// In bytes.
    pub size: u64,
    /// The CRC-32. It detects a bad disk or a lost write, but not a forgery.
    pub checksum: u32,
}

impl Content {
    /// The size and checksum of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self { size: bytes.len() as u64, checksum: crc32fast::hash(bytes) }
    }
}

/// The properties that a file in the cache must have to be trusted.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// Its content. Only a copy checks the checksum, since only a copy reads the bytes.
    pub content: Content,
    /// The time of modification.
    pub modified: Timestamp,
    /// The permission bits of its creation. A move of the cache may have removed some, but must not let others write.
    pub mode: u32,
    /// The user id.
    pub owner: u32,
}

impl Expected {
    fn is_met_by(&self, metadata: &Metadata) -> bool {
        let seen = (metadata.kind, metadata.size, metadata.modified, metadata.owner);
        let opened_up = metadata.mode & !self.mode & 0o022 != 0;
        seen == (Kind::File, self.content.size, self.modified, self.owner) && !opened_up
    }

    /// Reports whether the file is known to be missing or different.
    fn is_missed_by(&self, seen: &Result<Metadata>) -> bool {
        match seen {
            Ok(metadata) => !self.is_met_by(metadata),
            Err(error) => error.is_not_found(),
        }
    }
}

/// A ladder of link modes, shared by all files of one placement. A mode that failed once is not tried again.
#[derive(Debug)]
pub struct Transfer {
    rung: LinkMode,
    /// True once a file at the destination has kept its time.
    keeps_times: bool,
    /// A buffer, reused for each file.
    buffer: Vec<u8>,
}

impl Transfer {
    /// A ladder that starts at `mode`.
    pub fn new(mode: LinkMode) -> Self {
        Self { rung: mode, keeps_times: false, buffer: Vec::new() }
    }

    /// The current rung of the ladder.
    pub fn mode(&self) -> LinkMode {
        self.rung
    }

    /// Brings the file `name` from one directory to the other, and replaces any file of that name there.
    ///
    /// `how` applies to clones and copies; a hard link has the mode and the time of its source.
    pub fn bring(
        &mut self,
        (from, to): (&Dir, &Dir),
        name: &str,
        expected: &Expected,
        how: NewFile,
    ) -> Result<(), Halt> {
        let stale = || Halt::Stale(name.into());
        if self.mode() == LinkMode::Hardlink && self.link((from, to), name, expected)? {
            return Ok(());
        }
        let unread = |error| match expected.is_missed_by(&from.metadata_of(name)) {
            true => stale(),
            false => Halt::Unreadable(error),
        };
        // A file that opens but can't be read will also fail the next time.
        let lost = |source| match is_damage(&source) {
            true => stale(),
            false => unread(Error::io("read", from.path().join(name), source)),
        };
        let (mut source, metadata) = from.open_file(name).map_err(unread)?;
        if !expected.is_met_by(&metadata) {
            return Err(stale());
        }
        let target = match self.cloned(&source, to, name)? {
            Some(target) => target,
            None => {
                let mut target = unless_taken(to, name, || to.begin(name.as_ref()))?;
                let bytes = read(&mut source, expected.content.size, &mut self.buffer).map_err(lost)?;
                if Content::of(bytes) != expected.content {
                    return Err(stale());
                }
                target.write(bytes)?;
                target
            }
        };
        target.finish(how)?;
        self.check_time(to, name, how)
    }

    /// Checks the first file that got a time. Some file systems ignore it without an error, and bytecode would then
    /// never fit its source.
    fn check_time(&mut self, to: &Dir, name: &str, how: NewFile) -> Result<(), Halt> {
        let Some(modified) = how.modified.filter(|_| !self.keeps_times) else { return Ok(()) };
        self.keeps_times =
            to.metadata_of(name).is_ok_and(|metadata| metadata.modified.seconds() == modified.seconds());
        if self.keeps_times {
            return Ok(());
        }
        Err(attributes_refused(to.path().join(name), ErrorKind::Unsupported.into()).into())
    }

    /// Makes a hard link. Returns false if the file must be copied: the ladder went down a rung, or the cached file
    /// lost bits of its mode.
    fn link(&mut self, (from, to): (&Dir, &Dir), name: &str, expected: &Expected) -> Result<bool, Halt> {
        match unless_taken(to, name, || from.link(name, to)) {
            Ok(()) => {
                // The new name is checked, since no other process changes it: another file can't replace it meanwhile.
                let seen = to.metadata_of(name);
                if seen
                    .as_ref()
                    .is_ok_and(|metadata| expected.is_met_by(metadata) && metadata.mode == expected.mode)
                {
                    return Ok(true);
                }
                // If it can't be removed, the copy or a second run replaces it.
                let _ = to.remove_file(name);
                if expected.is_missed_by(&seen) { Err(Halt::Stale(name.into())) } else { Ok(false) }
            }
            Err(error) if self.descend(LinkMode::Hardlink, error.kind()) => Ok(false),
            Err(_) if expected.is_missed_by(&from.metadata_of(name)) => Err(Halt::Stale(name.into())),
            // Linux reports this for a file that, according to its file system, has no links.
            Err(error) if error.is_not_found() => {
                self.rung = LinkMode::Copy;
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Clones the file. Returns `None` if the ladder went down a rung.
    fn cloned<'t>(&mut self, source: &File, to: &'t Dir, name: &'t str) -> Result<Option<Draft<'t>>> {
        if self.mode() != LinkMode::Clone {
            return Ok(None);
        }
        match unless_taken(to, name, || to.begin_clone(name.as_ref(), source)) {
            Ok(target) => Ok(Some(target)),
            Err(error) if self.descend(LinkMode::Clone, error.kind()) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn descend(&mut self, from: LinkMode, failure: Option<ErrorKind>) -> bool {
        let next = failure.and_then(|kind| from.after(kind));
        if let Some(mode) = next {
            self.rung = mode;
        }
        next.is_some()
    }
}

/// Reads a file of `size` bytes in one call. It requests one byte more, so that a shorter result shows the end. It
/// stops before the end only in a file that has grown meanwhile.
fn read<'b>(file: &mut impl Read, size: u64, buffer: &'b mut Vec<u8>) -> io::Result<&'b [u8]> {
    let room =
        usize::try_from(size).ok().and_then(|size| size.checked_add(1)).ok_or(ErrorKind::FileTooLarge)?;
    if buffer.len() < room {
        buffer.resize(room, 0);
    }
    let mut filled = 0;
    while filled < room {
        match file.read(&mut buffer[filled..room]) {
            Ok(0) => break,
            // This is the whole file: another read would only return the end.
            Ok(count) if filled == 0 && count + 1 == room => return Ok(&buffer[..count]),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(&buffer[..filled])
}

/// Calls `make`. If an interrupted placement left a file of that name, removes it and retries.
fn unless_taken<T>(to: &Dir, name: &str, make: impl Fn() -> Result<T>) -> Result<T> {
    match make() {
        Err(error) if error.kind() == Some(ErrorKind::AlreadyExists) => {
            to.remove_file(name)?;
            make()
        }
        outcome => outcome,
    }
}
