//! Errors by which a system says that a file system lacks a feature, as opposed to being full or broken.

use std::io;

#[cfg(unix)]
use rustix::io::Errno;

/// The codes seen for a call that a file system does not offer.
///
/// `symlink` alone gives most of them: EPERM on FAT and vboxsf, EPROTO on vboxsf, ENODATA and EOPNOTSUPP on CIFS,
/// ENOSYS on FUSE. EINVAL and EILSEQ are for names that it can't store.
#[cfg(unix)]
const LACKING: [Errno; 7] =
    [Errno::PERM, Errno::NOSYS, Errno::OPNOTSUPP, Errno::NOTSUP, Errno::PROTO, Errno::INVAL, Errno::ILSEQ];

/// Reports whether the call failed because the file system, or a sandbox, has no such feature. A caller that can do
/// without it may then go on. False for a full, read-only or broken disk, and where a mode denies access.
#[cfg(unix)]
pub fn is_lacking(source: &io::Error) -> bool {
    let Some(code) = source.raw_os_error() else { return false };
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    if code == Errno::NODATA.raw_os_error() {
        return true;
    }
    LACKING.iter().any(|errno| errno.raw_os_error() == code)
}

/// Windows links and copies nothing that is optional.
#[cfg(windows)]
pub fn is_lacking(_: &io::Error) -> bool {
    false
}

#[cfg(test)]
#[cfg(unix)]
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
}
