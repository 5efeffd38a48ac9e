//! Modes, owners and numbers, as `std` has them.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// The permissions of an executable: mode 0755.
pub fn executable() -> Option<Permissions> {
    Some(Permissions::from_mode(0o755))
}

/// Reports whether anybody may execute such a file.
pub fn is_executable(permissions: &Permissions) -> bool {
    permissions.mode() & 0o111 != 0
}

/// Reports whether this process may execute the file; no file may be executed on a file system mounted `noexec`.
pub fn may_execute(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

/// Reports whether both are one file.
pub fn is_one_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Reports whether replacing a file differs from writing to it in nothing but its second names. To write to a read-only
/// file is to fail, and another owner's file would become ours.
pub fn is_alike(old: &fs::Metadata, new: &fs::Metadata) -> bool {
    old.mode() & 0o200 != 0 && (old.uid(), old.gid()) == (new.uid(), new.gid())
}
