//! System calls, and every difference between systems. Both systems offer the same names, so that the code above this
//! module needs no `#[cfg]`.

#[cfg(any(windows, test))]
mod by_path;
#[cfg(test)]
mod tests;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::{
    Handle, clone_content, close, executable, finish, is_alike, is_executable, is_loop, is_one_file,
    is_sharing_violation, metadata_at, mode_of, open_in_place, rename_new, resolve, symlink_file,
};
#[cfg(unix)]
pub use unix::{Inherited, current_user, is_damage, is_lacking, is_too_many_open_files, may_execute};
#[cfg(windows)]
pub(super) use windows::{
    Handle, clone_content, close, executable, finish, is_alike, is_executable, is_loop, is_one_file,
    is_sharing_violation, metadata_at, mode_of, open_in_place, rename_new, resolve, symlink_file,
};
#[cfg(windows)]
pub use windows::{Inherited, current_user, is_damage, is_lacking, is_too_many_open_files, may_execute};

use super::time::Timestamp;

/// What kind of thing a name stands for, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A link, a device, a socket...
    Other,
}

/// What the file system knows of a file or directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// File, directory or something else.
    pub kind: Kind,
    /// In bytes.
    pub size: u64,
    /// When the content changed.
    pub modified: Timestamp,
    /// When content, mode, owner or number of links changed, if that is known.
    pub changed: Option<Timestamp>,
    /// The permission bits; `0o644` where there are none.
    pub mode: u32,
    /// The user id of the owner; 0 where there is none.
    pub owner: u32,
    /// The file system it is on; 0 where unknown.
    pub device: u64,
    /// Its number there; 0 where unknown.
    pub inode: u64,
}

/// How a file is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewFile {
    /// The time of modification; now if `None`.
    pub modified: Option<Timestamp>,
    /// Permission bits to add to those that the umask leaves of `0o666`.
    pub add_mode: u32,
}

/// Whom a new directory lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whom the umask lets in.
    Umask,
    /// The owner alone: mode `0o700`.
    Owner,
}
