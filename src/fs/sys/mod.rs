//! System calls, and every difference between systems. Both systems offer the same names, so that the code above this
//! module needs no `#[cfg]`.

#[cfg(any(windows, test))]
mod by_path;
#[cfg(any(windows, test))]
mod rules;
#[cfg(test)]
mod tests;
#[cfg(unix)]
mod unix;
#[cfg(any(windows, test))]
mod verbatim;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::{
    CLONES_HAVE_MODES, DIRECTORIES_ARE_HELD, Inherited, RUNNING_PROGRAMS_STAY, current_user, ended,
    ignores_interrupts, is_damage, is_lacking, is_too_many_open_files, kill_group, lead_group, may_execute,
    os_string, protection,
};
#[cfg(unix)]
pub(super) use unix::{
    Handle, close, executable, finish, is_alike, is_executable, is_loop, is_one_file, is_sharing_violation,
    local_time, long_path, metadata_at, mode_of, open_in_place, plain, rename_new, reparse_tag, resolve,
    symlink_file,
};
#[cfg(windows)]
pub use windows::{
    CLONES_HAVE_MODES, DIRECTORIES_ARE_HELD, Inherited, RUNNING_PROGRAMS_STAY, current_user, ended,
    ignores_interrupts, is_damage, is_lacking, is_too_many_open_files, kill_group, lead_group, may_execute,
    os_string, protection,
};
#[cfg(windows)]
pub(super) use windows::{
    Handle, close, executable, finish, is_alike, is_executable, is_loop, is_one_file, is_sharing_violation,
    local_time, long_path, metadata_at, mode_of, open_in_place, plain, rename_new, reparse_tag, resolve,
    symlink_file,
};

use std::time::Duration;

use super::time::Timestamp;

/// The kind of an entry, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A link, a device, a socket...
    Other,
}

/// The file system's data about a file or directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// File, directory or something else.
    pub kind: Kind,
    /// The size in bytes.
    pub size: u64,
    /// When the content changed.
    pub modified: Timestamp,
    /// When content, mode, owner or number of links changed, if known.
    pub changed: Option<Timestamp>,
    /// The permission bits. `0o644` if the system has none.
    pub mode: u32,
    /// The owner's user ID. 0 if the system has none.
    pub owner: u32,
    /// The file system's device number. 0 if unknown.
    pub device: u64,
    /// The file's number in that file system. 0 if unknown.
    pub inode: u64,
}

/// The minimum age of a file's last change. File system clocks are coarse: if the last change is more recent, another
/// one might not alter the metadata.
const GRAIN: Duration = Duration::from_secs(2);

impl Metadata {
    /// Reports whether any later change will alter this metadata. A file's change time (ctime) can't be set, so equal
    /// metadata then means equal content.
    pub fn is_settled(&self) -> bool {
        self.changed.is_some_and(|changed| changed.is_older_than(Timestamp::now(), GRAIN))
    }
}

/// The attributes of a new file.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewFile {
    /// The modification time. `None` means now.
    pub modified: Option<Timestamp>,
    /// Permission bits to add to what the umask leaves of `0o666`.
    pub add_mode: u32,
}

/// Tells whether Windows' access rules protect a directory from other users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Only this user, administrators and the system may change it. Always so where the system has no such rules, but
    /// owners and modes.
    Private,
    /// It belongs to another user.
    Anothers,
    /// The account of this identifier may change it.
    OpenTo(String),
    /// The rules can't be read, and it is not in the user's profile.
    OutsideProfile,
}

/// The users who may access a new directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Those whom the umask permits.
    Umask,
    /// Only the owner: mode `0o700`. On Windows, those whom the directory above lets in.
    Owner,
    /// Only the owner, on Windows too: not even accounts that the directory above lets in.
    OwnerAlone,
}
