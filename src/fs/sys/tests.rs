//! The same promises, held by both forms of `Handle`.

use std::ffi::OsStr;
use std::io::ErrorKind;

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

const FILE: &str = "file";
const FOLDER: &str = "folder";

fn name(text: &str) -> &OsStr {
    text.as_ref()
}

macro_rules! promises {
    ($form:ident) => {
        mod $form {
            use super::super::$form::Handle;
            use super::super::{Access, Kind};
            use super::{ErrorKind, FILE, FOLDER, name, scratch};
            use std::io::{Read, Write};

            #[test]
            fn files_have_the_content_and_time_they_are_given() {
                let root = scratch();
                let dir = Handle::open(root.path()).unwrap();
                dir.create_file(name(FILE)).unwrap().write_all(b"abc").unwrap();
                let (mut file, facts) = dir.open_file(name(FILE)).unwrap();
                let mut content = Vec::new();
                file.read_to_end(&mut content).unwrap();
                assert_eq!((content.as_slice(), facts.size, facts.kind), (&b"abc"[..], 3, Kind::File));
                let modified = 1_700_000_000_000_000_000;
                dir.set_modified(name(FILE), modified).unwrap();
                assert_eq!(dir.facts_of(name(FILE)).unwrap().modified, modified);
            }

            #[test]
            fn a_taken_name_is_an_error_that_says_so() {
                let root = scratch();
                let dir = Handle::open(root.path()).unwrap();
                dir.create_file(name(FILE)).unwrap();
                assert_eq!(dir.create_file(name(FILE)).unwrap_err().kind(), ErrorKind::AlreadyExists);
                for access in [Access::Umask, Access::Owner] {
                    let _ = dir.make_folder(name(FOLDER), access);
                    let error = dir.make_folder(name(FOLDER), access).unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
                }
            }

            #[test]
            fn links_are_refused_where_a_file_or_folder_must_be() {
                let root = scratch();
                let dir = Handle::open(root.path()).unwrap();
                dir.make_folder(name(FOLDER), Access::Umask).unwrap();
                dir.create_file(name(FILE)).unwrap();
                for target in [FOLDER, FILE] {
                    let link = root.path().join(format!("link-to-{target}"));
                    crate::fs::symlink(&root.path().join(target), &link).unwrap();
                }
                let link = name("link-to-folder");
                assert!(dir.open_folder(name(FOLDER)).is_ok());
                assert_eq!(dir.open_folder(link).unwrap_err().kind(), ErrorKind::NotADirectory);
                assert!(dir.open_unmounted(name(FOLDER)).is_ok());
                assert_eq!(dir.open_unmounted(link).unwrap_err().kind(), ErrorKind::NotADirectory);
                assert!(dir.open_file(name(FILE)).is_ok());
                assert!(dir.open_file(name("link-to-file")).is_err());
                assert!(dir.open_file(name(FOLDER)).is_err());
            }

            #[test]
            fn a_link_to_a_folder_is_followed_only_where_it_may_be() {
                let root = scratch();
                let (path, link) = (root.path().join(FOLDER), root.path().join("link"));
                Handle::open(root.path()).unwrap().make_folder(name(FOLDER), Access::Umask).unwrap();
                crate::fs::symlink(&path, &link).unwrap();
                for opened in [Handle::open(&link), Handle::open_itself(&path)] {
                    assert_eq!(opened.unwrap().facts().unwrap().kind, Kind::Folder);
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
                assert!(dir.itself().is_none_or(|folder| folder.try_lock().is_ok()));
            }

            #[test]
            fn files_of_one_folder_inherit_the_same() {
                let root = scratch();
                let dir = Handle::open(root.path()).unwrap();
                let [one, other] = ["a", "b"].map(|file| {
                    dir.create_file(name(file)).unwrap();
                    dir.inherited(name(file)).unwrap()
                });
                assert_eq!(one, other);
            }

            #[test]
            fn renaming_and_linking_move_names_only() {
                let root = scratch();
                let dir = Handle::open(root.path()).unwrap();
                dir.create_file(name("a")).unwrap().write_all(b"1").unwrap();
                dir.rename(name("a"), name("b")).unwrap();
                dir.make_folder(name(FOLDER), Access::Umask).unwrap();
                let other = dir.open_folder(name(FOLDER)).unwrap();
                dir.link(name("b"), &other).unwrap();
                dir.remove_file(name("b")).unwrap();
                assert_eq!(other.open_file(name("b")).unwrap().1.size, 1);
                other.remove_file(name("b")).unwrap();
                dir.remove_folder(name(FOLDER)).unwrap();
                assert!(dir.names().unwrap().is_empty());
            }
        }
    };
}

promises!(by_path);
#[cfg(unix)]
promises!(unix);
