//! What an error code means where it has no [`io::ErrorKind`] of its own.

use std::io;

use rustix::io::Errno;

/// The codes seen for a call that a file system does not offer.
///
/// `symlink` alone gives most of them: EPERM on FAT and vboxsf, EPROTO on vboxsf, ENODATA and EOPNOTSUPP on CIFS,
/// ENOSYS on FUSE. EINVAL and EILSEQ are for names that it can't store.
const LACKING: [Errno; 7] =
    [Errno::PERM, Errno::NOSYS, Errno::OPNOTSUPP, Errno::NOTSUP, Errno::PROTO, Errno::INVAL, Errno::ILSEQ];

/// Reports whether the call failed because the file system, or a sandbox, has no such feature. A caller that can do
/// without it may then go on. False for a full, read-only or broken disk, and where a mode denies access.
pub fn is_lacking(source: &io::Error) -> bool {
    let Some(code) = source.raw_os_error() else { return false };
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    if code == Errno::NODATA.raw_os_error() {
        return true;
    }
    LACKING.iter().any(|errno| errno.raw_os_error() == code)
}

/// Whether this is what the system says of a file that a disk has lost, or whose checksum the file system found wrong.
pub fn is_damage(error: &io::Error) -> bool {
    let errno = Errno::from_io_error(error);
    #[cfg(target_os = "linux")]
    if errno == Some(Errno::UCLEAN) {
        return true;
    }
    matches!(errno, Some(Errno::IO | Errno::BADMSG))
}

/// Reports whether a link leads to itself, at once or by way of others.
pub fn is_loop(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::LOOP)
}

/// Reports whether the process or the system has too many open files.
pub fn is_too_many_open_files(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE))
}

/// Reports whether another program has the file open in such a way that nothing else may be done to it: never here.
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
