//! Clone, hard link or copy: their names, and the fallback of each.

use std::io::ErrorKind;

/// The way to bring files from the cache into an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkMode {
    /// A copy that shares its blocks until one side is changed, if the file system can do that; otherwise a plain copy.
    Clone,
    /// A second name for the same file. It uses no space, but a change in place affects every environment.
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

    /// The mode to try after this one failed in that way; `None` if that would fail too.
    pub(super) fn after(self, failure: ErrorKind) -> Option<Self> {
        let unable = match self {
            // File systems report in many ways that they don't share these blocks. If something else is wrong, the
            // copy reports it.
            Self::Clone => true,
            Self::Hardlink => matches!(
                failure,
                ErrorKind::Unsupported
                    | ErrorKind::CrossesDevices
                    | ErrorKind::TooManyLinks
                    // EPERM comes from file systems without hard links, and from Linux for files that it protects.
                    | ErrorKind::PermissionDenied
            ),
            Self::Copy => false,
        };
        unable.then_some(Self::Copy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_rung_is_left_when_the_next_one_may_do_better() {
        const EPERM: i32 = 1;
        const ENOENT: i32 = 2;
        const EIO: i32 = 5;
        const EXDEV: i32 = 18;
        const EINVAL: i32 = 22;
        const ENOTTY: i32 = 25;
        const ETXTBSY: i32 = 26;
        const ENOSPC: i32 = 28;
        let after = |mode: LinkMode, errno| mode.after(std::io::Error::from_raw_os_error(errno).kind());
        for errno in [EPERM, ENOENT, EIO, EXDEV, EINVAL, ENOTTY, ETXTBSY, ENOSPC] {
            let linked = [EPERM, EXDEV].contains(&errno).then_some(LinkMode::Copy);
            assert_eq!(after(LinkMode::Clone, errno), Some(LinkMode::Copy), "{errno}");
            assert_eq!(after(LinkMode::Hardlink, errno), linked, "{errno}");
            assert_eq!(after(LinkMode::Copy, errno), None, "{errno}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn too_many_links_and_lacking_support_are_known_by_their_errno() {
        const EMLINK: i32 = 31;
        const ENOSYS: i32 = 38;
        const EOPNOTSUPP: i32 = 95;
        for errno in [EMLINK, ENOSYS, EOPNOTSUPP] {
            let error = std::io::Error::from_raw_os_error(errno);
            assert_eq!(LinkMode::Hardlink.after(error.kind()), Some(LinkMode::Copy), "{errno}");
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
