//! Bringing files from one folder to another by clone, hard link or copy, whichever the file system allows.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::atomic::{AtomicU8, Ordering};

use super::dir::{Dir, Facts, Kind, NewFile, clone_content, close, finish, mode_of};
use crate::error::Error;

/// How the files of an environment come from the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkMode {
    /// A copy that shares its blocks until one side is changed, where the file system can; else a copy.
    Clone,
    /// A second name for the same file: no space is used, but a change in place shows in every environment.
    Hardlink,
    /// A copy.
    Copy,
}

impl LinkMode {
    /// The mode of that name in `FASTVENV_LINK_MODE`.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Clone, Self::Hardlink, Self::Copy].into_iter().find(|mode| mode.name() == name)
    }

    /// The name in `FASTVENV_LINK_MODE`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clone => "clone",
            Self::Hardlink => "hardlink",
            Self::Copy => "copy",
        }
    }

    /// The next rung of the ladder after this one failed so; `None` if the failure has another cause than the
    /// file systems' abilities.
    fn after(self, failure: &io::Error) -> Option<Self> {
        let unable = match failure.kind() {
            ErrorKind::Unsupported | ErrorKind::CrossesDevices | ErrorKind::TooManyLinks => true,
            // EPERM is what file systems without hard links answer, and Linux for files it protects.
            ErrorKind::PermissionDenied => self == Self::Hardlink,
            // EINVAL: the blocks of this file can't be shared.
            ErrorKind::InvalidInput => self == Self::Clone,
            // ENOTTY: the file system has never heard of cloning. It has no kind of its own.
            _ => self == Self::Clone && failure.raw_os_error() == Some(25),
        };
        (unable && self != Self::Copy).then_some(Self::Copy)
    }
}

/// What a file in the cache must look like to be trusted.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// In bytes.
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: i64,
    /// The user id.
    pub owner: u32,
}

impl Expected {
    fn is_met_by(&self, facts: &Facts) -> bool {
        let seen = (facts.kind, facts.size, facts.modified, facts.owner);
        seen == (Kind::File, self.size, self.modified, self.owner)
    }
}

/// Why a file was not brought over.
#[derive(Debug)]
pub enum Failure {
    /// The file in the cache is missing, unreadable or not what it must be.
    Stale,
    /// The destination can't be written.
    Io(Error),
}

/// One ladder of link modes, shared by all files of one placement: a rung that failed once is not tried again.
#[derive(Debug)]
pub struct Transfer {
    rung: AtomicU8,
}

impl Transfer {
    /// A ladder that starts at `mode`.
    pub fn new(mode: LinkMode) -> Self {
        Self { rung: AtomicU8::new(mode as u8) }
    }

    /// The rung that the ladder stands on now.
    pub fn mode(&self) -> LinkMode {
        match self.rung.load(Ordering::Relaxed) {
            mode if mode == LinkMode::Clone as u8 => LinkMode::Clone,
            mode if mode == LinkMode::Hardlink as u8 => LinkMode::Hardlink,
            _ => LinkMode::Copy,
        }
    }

    /// Brings the file `name` from one folder to the other, in place of whatever has the name there.
    ///
    /// `how` applies to clones and copies; a hard link has the mode and the time of its source. `buffer` is
    /// working space, kept by the caller from file to file.
    pub fn bring(
        &self,
        (from, to): (&Dir, &Dir),
        name: &str,
        expected: &Expected,
        how: NewFile,
        buffer: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        if self.mode() == LinkMode::Hardlink && self.link((from, to), name, expected)? {
            return Ok(());
        }
        let (mut source, facts) = from.open_file(name).map_err(|_| Failure::Stale)?;
        if !expected.is_met_by(&facts) {
            return Err(Failure::Stale);
        }
        let written = |source| Failure::Io(Error::io("write", to.path().join(name), source));
        let mut target = unless_taken(to, name, || to.create_file(name)).map_err(written)?;
        if !self.cloned(&source, &target).map_err(written)? {
            buffer.clear();
            source.read_to_end(buffer).map_err(|_| Failure::Stale)?;
            if buffer.len() as u64 != expected.size {
                return Err(Failure::Stale);
            }
            target.write_all(buffer).map_err(written)?;
        }
        finish(&target, how, || mode_of(&target)).and_then(|()| close(target)).map_err(written)
    }

    /// False if the ladder went down a rung, so that the file is still to be brought.
    fn link(&self, (from, to): (&Dir, &Dir), name: &str, expected: &Expected) -> Result<bool, Failure> {
        match from.facts_of(name) {
            Ok(facts) if expected.is_met_by(&facts) => {}
            _ => return Err(Failure::Stale),
        }
        match unless_taken(to, name, || from.link(name, to)) {
            Ok(()) => Ok(true),
            Err(error) if self.descend(LinkMode::Hardlink, &error) => Ok(false),
            Err(source) => {
                let paths = (from.path().join(name), to.path().join(name));
                Err(Failure::Io(Error::io2("link", paths.0, paths.1, source)))
            }
        }
    }

    fn cloned(&self, source: &File, target: &File) -> io::Result<bool> {
        if self.mode() != LinkMode::Clone {
            return Ok(false);
        }
        match clone_content(source, target) {
            Ok(()) => Ok(true),
            Err(error) if self.descend(LinkMode::Clone, &error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn descend(&self, from: LinkMode, failure: &io::Error) -> bool {
        let next = from.after(failure);
        if let Some(mode) = next {
            self.rung.store(mode as u8, Ordering::Relaxed);
        }
        next.is_some()
    }
}

/// Does `make`; if the name is taken, by a placement that was interrupted, removes what has it and tries again.
fn unless_taken<T>(to: &Dir, name: &str, make: impl Fn() -> io::Result<T>) -> io::Result<T> {
    match make() {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => match to.remove_file(name) {
            Err(Error::Io { source, .. }) => Err(source),
            _ => make(),
        },
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_rung_is_left_only_when_the_file_systems_cannot() {
        const EPERM: i32 = 1;
        const ENOENT: i32 = 2;
        const EXDEV: i32 = 18;
        const EINVAL: i32 = 22;
        const ENOTTY: i32 = 25;
        const ENOSPC: i32 = 28;
        let after = |mode: LinkMode, errno| mode.after(&io::Error::from_raw_os_error(errno));
        for errno in [EXDEV, EINVAL, ENOTTY] {
            assert_eq!(after(LinkMode::Clone, errno), Some(LinkMode::Copy), "{errno}");
        }
        for errno in [EXDEV, EPERM] {
            assert_eq!(after(LinkMode::Hardlink, errno), Some(LinkMode::Copy), "{errno}");
        }
        for mode in [LinkMode::Clone, LinkMode::Hardlink, LinkMode::Copy] {
            for errno in [ENOENT, ENOSPC] {
                assert_eq!(after(mode, errno), None, "{mode:?} {errno}");
            }
        }
        assert_eq!(after(LinkMode::Copy, EXDEV), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn too_many_links_and_lacking_support_are_known_by_their_errno() {
        const EMLINK: i32 = 31;
        const ENOSYS: i32 = 38;
        const EOPNOTSUPP: i32 = 95;
        for errno in [EMLINK, ENOSYS, EOPNOTSUPP] {
            let error = io::Error::from_raw_os_error(errno);
            assert_eq!(LinkMode::Hardlink.after(&error), Some(LinkMode::Copy), "{errno}");
        }
    }

    #[test]
    fn the_names_of_link_modes_are_read_back() {
        for mode in [LinkMode::Clone, LinkMode::Hardlink, LinkMode::Copy] {
            assert_eq!(LinkMode::from_name(mode.name()), Some(mode));
        }
        assert_eq!(LinkMode::from_name("symlink"), None);
    }
}
