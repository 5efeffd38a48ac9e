//! Owners and access lists.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::Path;

use windows_sys::Win32::Foundation::ERROR_INSUFFICIENT_BUFFER;
use windows_sys::Win32::Security::{
    DACL_SECURITY_INFORMATION, GetKernelObjectSecurity, GetTokenInformation, OWNER_SECURITY_INFORMATION,
    SECURITY_ATTRIBUTES, TOKEN_QUERY, TokenUser,
};
use windows_sys::Win32::Storage::FileSystem::{CreateDirectoryW, FILE_FLAG_BACKUP_SEMANTICS, READ_CONTROL};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

use super::super::Protection;
use super::super::rules::{self, Rules};

/// Reports whether other users may change a directory: by its owner and access list or, if these can't be read, by
/// its place. A junction or link counts as the directory that it leads to.
pub fn protection(path: &Path) -> Protection {
    match (rules(path), user()) {
        (Ok(rules), Ok(user)) => rules.protection(&user),
        _ if is_in_profile(path) => Protection::Private,
        _ => Protection::OutsideProfile,
    }
}

/// Creates a directory that only this user, administrators and the system may enter. In the user's profile, what it
/// inherits says so already.
pub fn create_private(path: &Path) -> io::Result<()> {
    let (Some(above), Some(name)) = (path.parent(), path.file_name()) else { return fs::create_dir(path) };
    let own = user().ok().and_then(|user| rules::of_one_user(&user));
    let (Some(mut descriptor), false) = (own, is_in_profile(above)) else { return fs::create_dir(path) };
    let attributes = SECURITY_ATTRIBUTES {
        nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
        lpSecurityDescriptor: descriptor.as_mut_ptr().cast(),
        bInheritHandle: 0,
    };
    // In this form it may be long.
    let path = fs::canonicalize(above)?.join(name);
    let path: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    // SAFETY: the path ends with 0, and the attributes have a whole descriptor.
    let done = unsafe { CreateDirectoryW(path.as_ptr(), &raw const attributes) };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Reports whether a directory is in the user's profile, where only this user, administrators and the system write
/// unless the user changes that.
fn is_in_profile(path: &Path) -> bool {
    let home = std::env::home_dir().and_then(|home| fs::canonicalize(home).ok());
    let real = fs::canonicalize(path);
    home.is_some_and(|home| real.is_ok_and(|real| real != home && real.starts_with(home)))
}

fn rules(path: &Path) -> io::Result<Rules> {
    Rules::read(&descriptor(path)?).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Reads the owner and the access list of a file or directory, links followed: a security descriptor.
pub fn descriptor(path: &Path) -> io::Result<Vec<u8>> {
    let opened =
        OpenOptions::new().access_mode(READ_CONTROL).custom_flags(FILE_FLAG_BACKUP_SEMANTICS).open(path)?;
    let wanted = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    let found = filled(|place, size, needed| {
        // SAFETY: the handle is open, and the place has the given size.
        unsafe {
            GetKernelObjectSecurity(opened.as_raw_handle(), wanted, place.as_mut_ptr().cast(), size, needed)
        }
    })?;
    Ok(bytes(&found))
}

/// The identifier of the user whom this process runs as.
fn user() -> io::Result<String> {
    let mut token = std::ptr::null_mut();
    // SAFETY: the first argument stands for this process, and the last is a valid place for the result.
    if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) } == 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle is new, and nothing else closes it.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    let found = filled(|place, size, needed| {
        // SAFETY: the handle is open, and the place has the given size.
        unsafe {
            GetTokenInformation(token.as_raw_handle(), TokenUser, place.as_mut_ptr().cast(), size, needed)
        }
    })?;
    // A structure that starts with the address of the identifier, which follows it in the same place.
    let address = found.first().map_or(0, |first| *first as usize);
    let offset = address.checked_sub(found.as_ptr().addr());
    let identifier = offset.and_then(|offset| rules::identifier(bytes(&found).get(offset..)?));
    identifier.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// What a call fills in that gets a place, its size in bytes, and where to put the size that it needs. The place is
/// aligned for every structure that has no more than addresses and numbers of 64 bits.
fn filled(mut call: impl FnMut(&mut [u64], u32, &mut u32) -> i32) -> io::Result<Vec<u64>> {
    const UNIT: usize = size_of::<u64>();
    let mut place = vec![0; 128];
    loop {
        let size = (place.len() * UNIT) as u32;
        let mut needed = 0;
        if call(&mut place, size, &mut needed) != 0 {
            return Ok(place);
        }
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(ERROR_INSUFFICIENT_BUFFER as i32) || needed <= size {
            return Err(error);
        }
        place = vec![0; (needed as usize).div_ceil(UNIT)];
    }
}

fn bytes(place: &[u64]) -> Vec<u8> {
    place.iter().flat_map(|unit| unit.to_ne_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::by_path::Handle;
    use super::super::super::rules::tests::granting;
    use super::*;
    use std::ffi::OsStr;
    use windows_sys::Win32::Security::SetFileSecurityW;

    const ALL: u32 = 0x1F_01FF;
    const READ_AND_EXECUTE: u32 = 0x12_00A9;
    const EVERYONE: &str = "S-1-1-0";

    /// Gives a directory this access list.
    fn set_list(path: &Path, grants: &[(&str, u32)]) {
        let path: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
        let mut descriptor = granting(&user().unwrap(), grants);
        let place = descriptor.as_mut_ptr().cast();
        // SAFETY: the path ends with 0, and the place has a whole descriptor.
        let done = unsafe { SetFileSecurityW(path.as_ptr(), DACL_SECURITY_INFORMATION, place) };
        assert_ne!(done, 0, "{}", io::Error::last_os_error());
    }

    #[test]
    fn a_directory_is_private_until_others_may_write_to_it() {
        let temp = tempfile::tempdir().unwrap();
        let user = user().unwrap();
        assert!(user.starts_with("S-1-"), "{user}");
        set_list(temp.path(), &[(&user, ALL)]);
        // What an administrator creates may belong to the administrators.
        assert!([user.as_str(), "S-1-5-32-544"].contains(&rules(temp.path()).unwrap().owner.as_str()));
        assert_eq!(protection(temp.path()), Protection::Private);
        set_list(temp.path(), &[(&user, ALL), (EVERYONE, READ_AND_EXECUTE)]);
        assert_eq!(protection(temp.path()), Protection::Private);
        set_list(temp.path(), &[(&user, ALL), (EVERYONE, ALL)]);
        assert_eq!(protection(temp.path()), Protection::OpenTo(EVERYONE.into()));
    }

    #[test]
    fn a_directory_outside_the_profile_can_be_created_for_this_user_alone() {
        let path = format!(r"C:\fastvenv-test-{}", std::process::id());
        let path = Path::new(&path);
        create_private(path).unwrap();
        let (judged, rules) = (protection(path), rules(path).unwrap());
        fs::remove_dir(path).unwrap();
        assert_eq!(judged, Protection::Private);
        assert!(!rules.grants.unwrap().iter().any(|grant| grant.account == EVERYONE));
    }

    #[test]
    fn files_with_the_same_list_inherit_the_same() {
        let temp = tempfile::tempdir().unwrap();
        let directory = Handle::open(temp.path()).unwrap();
        let [one, other] = ["one", "other"].map(OsStr::new);
        let user = user().unwrap();
        for name in [one, other] {
            directory.create_file(name).unwrap();
            set_list(&temp.path().join(name), &[(&user, ALL)]);
        }
        assert_eq!(directory.inherited(one).unwrap(), directory.inherited(other).unwrap());
        set_list(&temp.path().join(other), &[(&user, ALL), (EVERYONE, READ_AND_EXECUTE)]);
        assert_ne!(directory.inherited(one).unwrap(), directory.inherited(other).unwrap());
    }

    #[test]
    fn what_cannot_be_read_is_private_in_the_users_profile_alone() {
        let temp = tempfile::tempdir().unwrap();
        assert!(is_in_profile(temp.path()));
        assert!(is_in_profile(Path::new(&temp.path().to_str().unwrap().to_uppercase())));
        let outside = Path::new(r"C:\");
        assert!(!is_in_profile(outside) && !is_in_profile(&std::env::home_dir().unwrap()));
        assert_eq!(protection(&temp.path().join("missing")), Protection::OutsideProfile);
    }

    #[test]
    fn a_call_that_needs_more_room_gets_it() {
        let mut sizes = Vec::new();
        let place = filled(|_, size, needed| {
            sizes.push(size);
            *needed = 5000;
            if size < 5000 {
                // Fails with the error that says so.
                // SAFETY: it takes no address.
                unsafe { windows_sys::Win32::Foundation::SetLastError(ERROR_INSUFFICIENT_BUFFER) };
                return 0;
            }
            1
        });
        assert_eq!((place.unwrap().len(), sizes), (625, vec![1024, 5000]));
    }
}
