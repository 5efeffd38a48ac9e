//! Modes, owners and file numbers, from `std`'s metadata.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// The permissions of an executable: mode 0755.
pub fn executable() -> Option<Permissions> {
    Some(Permissions::from_mode(0o755))
}

/// The permissions of a plain file, as packages have them: 0644.
pub fn plain() -> Option<Permissions> {
    Some(Permissions::from_mode(0o644))
}

/// Reports whether any user may execute such a file.
pub fn is_executable(permissions: &Permissions) -> bool {
    permissions.mode() & 0o111 != 0
}

/// Reports whether this process may execute the file. On a file system mounted `noexec` it may not.
pub fn may_execute(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

/// Reports whether both are the same file.
pub fn is_one_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Reports whether replacing a file differs from writing to it only for its other hard links. False for a read-only
/// file, because writing would fail, and for another owner's file, because it would become ours.
pub fn is_alike(old: &fs::Metadata, new: &fs::Metadata) -> bool {
    old.mode() & 0o200 != 0 && (old.uid(), old.gid()) == (new.uid(), new.gid())
}
