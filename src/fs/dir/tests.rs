//! Tests of [`Dir`] for every system.

use super::*;
use crate::fs::time::Timestamp;

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn a_tree_is_removed_without_following_links() {
    let (root, outside) = (scratch(), scratch());
    std::fs::write(outside.path().join("kept"), "").unwrap();
    let dir = Dir::open(root.path()).unwrap();
    let inner = dir.enter("a", Access::Umask).unwrap().enter("b", Access::Owner).unwrap();
    inner.create("file", b"x", NewFile::default()).unwrap();
    crate::fs::symlink(outside.path(), &inner.path().join("link")).unwrap();
    dir.remove_tree("a").unwrap();
    dir.remove_tree("a").unwrap();
    assert!(dir.names().unwrap().is_empty());
    assert!(outside.path().join("kept").exists());
}

#[test]
fn replacing_breaks_a_link_instead_of_writing_through_it() {
    let (root, outside) = (scratch(), scratch());
    let target = outside.path().join("target");
    std::fs::write(&target, "kept").unwrap();
    let dir = Dir::open(root.path()).unwrap();
    crate::fs::symlink(&target, &root.path().join("name")).unwrap();
    dir.replace("name", b"new", NewFile::default()).unwrap();
    assert_eq!(dir.read("name").unwrap().0, b"new");
    assert_eq!(std::fs::read(target).unwrap(), b"kept");
}

/// A program counts as running while Windows has it loaded, as a library would be.
#[cfg(windows)]
#[test]
fn a_program_that_is_running_is_renamed_and_replaced() {
    use std::os::windows::ffi::OsStrExt;
    use windows_sys::Win32::Foundation::FreeLibrary;
    use windows_sys::Win32::System::LibraryLoader::{DONT_RESOLVE_DLL_REFERENCES, LoadLibraryExW};
    let root = scratch();
    let dir = Dir::open(root.path()).unwrap();
    let path = root.path().join("pip.exe");
    std::fs::copy(std::env::current_exe().unwrap(), &path).unwrap();
    let text: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    // SAFETY: the path ends with 0, and nothing of the program is run.
    let loaded = unsafe { LoadLibraryExW(text.as_ptr(), std::ptr::null_mut(), DONT_RESOLVE_DLL_REFERENCES) };
    assert!(!loaded.is_null());
    assert!(dir.remove_file("pip.exe").is_err());
    dir.replace("pip.exe", b"new", NewFile::default()).unwrap();
    assert_eq!(dir.read("pip.exe").unwrap().0, b"new");
    assert!(root.path().join("pip.exe.deleteme").exists());
    // SAFETY: it was loaded above, and nothing of it is used.
    unsafe { FreeLibrary(loaded) };
    dir.replace("pip.exe", b"newer", NewFile::default()).unwrap();
    assert_eq!(dir.read("pip.exe").unwrap().0, b"newer");
}

#[test]
fn a_lock_has_one_holder_until_it_is_dropped() {
    let root = scratch();
    let dir = Dir::open(root.path()).unwrap();
    let held = dir.try_lock("lock").unwrap();
    assert!(held.is_some());
    assert!(dir.try_lock("lock").unwrap().is_none());
    drop(held);
    assert!(dir.try_lock("lock").unwrap().is_some());
}

#[cfg(unix)]
#[test]
fn a_file_that_was_removed_is_no_lock() {
    let root = scratch();
    let dir = Dir::open(root.path()).unwrap();
    let file = dir.lock_file("lock".as_ref()).unwrap();
    dir.remove_file("lock").unwrap();
    assert!(dir.try_lock_file("lock".as_ref(), file).is_none());
    let file = dir.lock_file("lock".as_ref()).unwrap();
    dir.remove_file("lock").unwrap();
    let _new = dir.lock_file("lock".as_ref()).unwrap();
    assert!(dir.try_lock_file("lock".as_ref(), file).is_none());
    assert!(dir.try_lock("lock").unwrap().is_some());
}

#[test]
fn what_others_remove_or_add_meanwhile_is_fine() {
    let root = scratch();
    let dir = Dir::open(root.path()).unwrap();
    let (inner, other) = (root.path().join("a/b/c"), root.path().join("a/d"));
    let remove = || drop(std::fs::remove_dir_all(root.path().join("a")));
    let add = || drop(std::fs::write(other.join("new"), ""));
    for act in [&remove as &dyn Fn(), &add] {
        for moment in 1..12 {
            std::fs::create_dir_all(&inner).unwrap();
            std::fs::create_dir_all(&other).unwrap();
            std::fs::write(inner.join("file"), "").unwrap();
            let mut asked = 0;
            let mut others = || {
                asked += 1;
                if asked == moment {
                    act();
                }
                false
            };
            dir.clear(&mut others).unwrap();
            assert!(dir.names().unwrap().is_empty());
        }
    }
}

/// Windows takes 260 characters, unless a path is written in another way.
#[test]
fn a_path_may_be_long() {
    let root = scratch();
    let mut directory = Dir::open(root.path()).unwrap();
    for _ in 0..8 {
        directory = directory.enter("x".repeat(50), Access::Umask).unwrap();
    }
    assert!(directory.path().as_os_str().len() > 400);
    directory.write_whole("file", b"abc").unwrap();
    directory.rename("file", "other").unwrap();
    assert_eq!(directory.read("other").unwrap().0, b"abc");
    assert!(directory.try_lock("lock").unwrap().is_some());
    assert_eq!(directory.names().unwrap().len(), 2);
    Dir::open(root.path()).unwrap().remove_tree("x".repeat(50)).unwrap();
}

#[test]
fn files_have_the_content_and_time_they_were_made_with() {
    let root = scratch();
    let dir = Dir::open(root.path()).unwrap();
    let modified = Timestamp::from_parts(1_700_000_000, 0);
    dir.create("file", b"abc", NewFile { modified: Some(modified), add_mode: 0 }).unwrap();
    let (content, metadata) = dir.read("file").unwrap();
    assert_eq!((content.as_slice(), metadata.size, metadata.modified), (&b"abc"[..], 3, modified));
}

#[test]
fn an_error_names_operation_and_path() {
    let root = scratch();
    let dir = Dir::open(root.path()).unwrap();
    dir.create("file", b"", NewFile::default()).unwrap();
    let taken = dir.create("file", b"", NewFile::default()).unwrap_err();
    let missing = dir.metadata_of("missing").unwrap_err();
    for (error, operation, name) in [(taken, "write", "file"), (missing, "examine", "missing")] {
        let path = crate::text::quoted(root.path().join(name));
        assert!(error.to_string().starts_with(&format!("cannot {operation} {path}: ")), "{error}");
    }
    assert!(dir.make_directory("folder", Access::Umask).unwrap());
    assert!(!dir.make_directory("folder", Access::Umask).unwrap());
}

#[test]
fn a_file_written_whole_takes_the_place_of_the_old_one() {
    let root = scratch();
    let dir = Dir::open(root.path()).unwrap();
    for content in [b"old", b"new"] {
        dir.write_whole("file", content).unwrap();
        assert_eq!(dir.read("file").unwrap().0, content);
        assert_eq!(dir.names().unwrap(), ["file"]);
    }
    dir.make_directory("folder", Access::Umask).unwrap();
    assert!(dir.write_whole("folder", b"").is_err());
    assert_eq!(dir.names().unwrap().len(), 2);
}
