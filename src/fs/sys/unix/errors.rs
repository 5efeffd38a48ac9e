//! The meaning of error codes that have no [`io::ErrorKind`] of their own.

use std::io;

use rustix::io::Errno;

/// The codes observed for calls that a file system does not support.
///
/// `symlink` alone causes most of them: EPERM on FAT and vboxsf, EPROTO on vboxsf, ENODATA and EOPNOTSUPP on CIFS,
/// ENOSYS on FUSE. EINVAL and EILSEQ mean names that the file system can't store.
const LACKING: [Errno; 7] =
    [Errno::PERM, Errno::NOSYS, Errno::OPNOTSUPP, Errno::NOTSUP, Errno::PROTO, Errno::INVAL, Errno::ILSEQ];

/// Reports whether the call failed because the file system or a sandbox lacks the feature. A caller that does not need
/// it may then continue. False for a full, read-only or broken disk and for denied access.
pub fn is_lacking(source: &io::Error) -> bool {
    let Some(code) = source.raw_os_error() else { return false };
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    if code == Errno::NODATA.raw_os_error() {
        return true;
    }
    LACKING.iter().any(|errno| errno.raw_os_error() == code)
}

/// Reports whether the disk has lost the file's data, or the file system found a wrong checksum.
pub fn is_damage(error: &io::Error) -> bool {
    let errno = Errno::from_io_error(error);
    #[cfg(target_os = "linux")]
    if errno == Some(Errno::UCLEAN) {
        return true;
    }
    matches!(errno, Some(Errno::IO | Errno::BADMSG))
}

/// Reports whether a link leads to itself, directly or through other links.
pub fn is_loop(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::LOOP)
}

/// Reports whether the process or the system has too many open files.
pub fn is_too_many_open_files(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE))
}

/// Reports whether another program's open file blocks the operation. Never on Unix.
pub fn is_sharing_violation(_: &io::Error) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_or_broken_disk_lacks_no_feature() {
        let said = |errno: Errno| is_lacking(&errno.into());
        assert!([Errno::PERM, Errno::NOSYS, Errno::OPNOTSUPP, Errno::PROTO].into_iter().all(said));
        assert!(
            ![Errno::NOSPC, Errno::DQUOT, Errno::ROFS, Errno::IO, Errno::ACCESS, Errno::MFILE]
                .into_iter()
                .any(said)
        );
        assert!(!is_lacking(&io::Error::other("odd")));
    }

    #[test]
    fn too_many_open_files_are_known_by_their_code() {
        assert!([Errno::MFILE, Errno::NFILE].into_iter().all(|errno| is_too_many_open_files(&errno.into())));
        assert!(!is_too_many_open_files(&io::Error::other("odd")));
    }
}
