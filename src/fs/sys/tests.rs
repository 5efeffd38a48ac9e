//! Tests that both implementations of `Handle` behave alike.

use std::ffi::OsStr;
use std::io::ErrorKind;

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

const FILE: &str = "file";
const DIRECTORY: &str = "folder";

fn name(text: &str) -> &OsStr {
    text.as_ref()
}

macro_rules! promises {
    ($form:ident) => {
        mod $form {
            use super::super::$form::Handle;
            use super::super::{Access, Kind};
            use super::{DIRECTORY, ErrorKind, FILE, name, scratch};
            use std::io::{Read, Write};

            #[test]
            fn files_have_the_content_and_time_they_are_given() {
                let root = scratch();
                let dir = Handle::open(root.path()).unwrap();
                dir.create_file(name(FILE)).unwrap().write_all(b"abc").unwrap();
                let (mut file, metadata) = dir.open_file(name(FILE)).unwrap();
                let mut content = Vec::new();
                file.read_to_end(&mut content).unwrap();
                assert_eq!((content.as_slice(), metadata.size, metadata.kind), (&b"abc"[..], 3, Kind::File));
                let modified = crate::fs::Timestamp::from_parts(1_700_000_000, 0);
                dir.set_modified(name(FILE), modified).unwrap();
                assert_eq!(dir.metadata_of(name(FILE)).unwrap().modified, modified);
            }

            #[test]
            fn a_taken_name_is_an_error_that_says_so() {
                let root = scratch();
                let dir = Handle::open(root.path()).unwrap();
                dir.create_own_file(name(FILE)).unwrap();
                assert_eq!(dir.create_file(name(FILE)).unwrap_err().kind(), ErrorKind::AlreadyExists);
                for access in [Access::Umask, Access::Owner] {
                    let _ = dir.make_directory(name(DIRECTORY), access);
                    let error = dir.make_directory(name(DIRECTORY), access).unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
                }
            }

            #[test]
            fn links_are_refused_where_a_file_or_directory_must_be() {
                let root = scratch();
                let dir = Handle::open(root.path()).unwrap();
                dir.make_directory(name(DIRECTORY), Access::Umask).unwrap();
                dir.create_file(name(FILE)).unwrap();
                for target in [DIRECTORY, FILE] {
                    let link = root.path().join(format!("link-to-{target}"));
                    crate::fs::symlink(&root.path().join(target), &link).unwrap();
                }
                let link = name("link-to-folder");
                assert!(dir.open_directory(name(DIRECTORY)).is_ok());
                assert_eq!(dir.open_directory(link).unwrap_err().kind(), ErrorKind::NotADirectory);
                assert!(dir.open_unmounted(name(DIRECTORY)).is_ok());
                assert_eq!(dir.open_unmounted(link).unwrap_err().kind(), ErrorKind::NotADirectory);
                assert!(dir.open_file(name(FILE)).is_ok());
                assert!(dir.open_file(name("link-to-file")).is_err());
                assert!(dir.open_file(name(DIRECTORY)).is_err());
            }

            #[test]
            fn a_link_to_a_directory_is_followed_only_where_it_may_be() {
                let root = scratch();
                let (path, link) = (root.path().join(DIRECTORY), root.path().join("link"));
                Handle::open(root.path()).unwrap().make_directory(name(DIRECTORY), Access::Umask).unwrap();
                crate::fs::symlink(&path, &link).unwrap();
                for opened in [Handle::open(&link), Handle::open_itself(&path)] {
                    assert_eq!(opened.unwrap().metadata().unwrap().kind, Kind::Directory);
                }
                assert!(Handle::open_itself(&link).is_err());
            }

            #[test]
            fn a_lock_file_is_made_once_and_has_its_name_until_it_is_removed() {
                let root = scratch();
                let dir = Handle::open(root.path()).unwrap();
                let files = [(); 2].map(|()| dir.lock_file(name("lock")).unwrap());
                assert!(!files.iter().any(|file| dir.is_removed(name("lock"), file)));
                assert_eq!(dir.names().unwrap(), ["lock"]);
                assert!(dir.itself().is_none_or(|directory| directory.try_lock().is_ok()));
            }

            #[test]
            fn files_of_one_directory_inherit_the_same() {
                let root = scratch();
                let dir = Handle::open(root.path()).unwrap();
                let [one, other] = ["a", "b"].map(|file| {
                    dir.create_file(name(file)).unwrap();
                    dir.inherited(name(file)).unwrap()
                });
                assert_eq!(one, other);
            }

            #[test]
            fn a_clone_has_the_content_or_leaves_the_name_free() {
                let root = scratch();
                let dir = Handle::open(root.path()).unwrap();
                dir.create_file(name("a")).unwrap().write_all(b"1").unwrap();
                let (source, _) = dir.open_file(name("a")).unwrap();
                match dir.create_clone(name("b"), &source) {
                    Ok(_) => assert_eq!(dir.open_file(name("b")).unwrap().1.size, 1),
                    Err(_) => assert_eq!(dir.names().unwrap(), ["a"]),
                }
            }

            #[test]
            fn renaming_and_linking_move_names_only() {
                let root = scratch();
                let dir = Handle::open(root.path()).unwrap();
                dir.create_file(name("a")).unwrap().write_all(b"1").unwrap();
                dir.rename(name("a"), name("b")).unwrap();
                dir.make_directory(name(DIRECTORY), Access::Umask).unwrap();
                let other = dir.open_directory(name(DIRECTORY)).unwrap();
                dir.link(name("b"), &other).unwrap();
                dir.remove_file(name("b")).unwrap();
                assert_eq!(other.open_file(name("b")).unwrap().1.size, 1);
                other.remove_file(name("b")).unwrap();
                dir.remove_directory(name(DIRECTORY)).unwrap();
                assert!(dir.names().unwrap().is_empty());
            }
        }
    };
}

promises!(by_path);

#[cfg(unix)]
promises!(unix);
