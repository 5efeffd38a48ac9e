//! The same promises, held by both forms of `Dir`.

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

macro_rules! promises {
    ($form:ident) => {
        mod $form {
            use super::super::$form::Dir;
            use super::super::{Access, Kind, NewFile};
            use super::scratch;

            #[test]
            fn files_have_the_content_and_time_they_were_made_with() {
                let root = scratch();
                let dir = Dir::open(root.path()).unwrap();
                let modified = 1_700_000_000_000_000_000;
                dir.create("file", b"abc", NewFile { modified: Some(modified), add_mode: 0 }).unwrap();
                let (content, facts) = dir.read("file").unwrap();
                assert_eq!((content.as_slice(), facts.size, facts.kind), (&b"abc"[..], 3, Kind::File));
                assert_eq!(facts.modified, modified);
                dir.set_modified("file", modified + 2_000_000_000).unwrap();
                assert_eq!(dir.facts_of("file").unwrap().modified, modified + 2_000_000_000);
            }

            #[test]
            fn a_taken_name_is_an_error_that_says_so() {
                let root = scratch();
                let dir = Dir::open(root.path()).unwrap();
                dir.create("file", b"", NewFile::default()).unwrap();
                let error = dir.create("file", b"", NewFile::default()).unwrap_err();
                assert!(error.to_string().starts_with("cannot write "), "{error}");
                assert!(dir.make_folder("folder", Access::Umask).unwrap());
                assert!(!dir.make_folder("folder", Access::Umask).unwrap());
            }

            #[test]
            fn links_are_refused_where_a_file_or_folder_must_be() {
                let root = scratch();
                let dir = Dir::open(root.path()).unwrap();
                dir.make_folder("folder", Access::Umask).unwrap();
                dir.create("file", b"", NewFile::default()).unwrap();
                for name in ["folder", "file"] {
                    let link = root.path().join(format!("link-to-{name}"));
                    crate::fs::symlink(&root.path().join(name), &link).unwrap();
                }
                assert!(dir.open_folder("folder").is_ok());
                assert!(dir.open_folder("link-to-folder").is_err());
                assert!(dir.open_file("file").is_ok());
                assert!(dir.open_file("link-to-file").is_err());
                assert!(dir.open_file("folder").is_err());
            }

            #[test]
            fn a_folder_is_opened_by_its_path_and_a_link_to_one_only_where_it_may_be() {
                let root = scratch();
                let (path, link) = (root.path().join("folder"), root.path().join("link"));
                let dir = Dir::open(root.path()).unwrap();
                dir.make_folder("folder", Access::Umask).unwrap();
                crate::fs::symlink(&path, &link).unwrap();
                for opened in [Dir::open(&link), Dir::open_itself(&path)] {
                    assert_eq!(opened.unwrap().facts().unwrap().kind, Kind::Folder);
                }
                assert!(Dir::open_itself(&link).is_err());
                assert_eq!(dir.open_unmounted("folder".as_ref()).unwrap().path(), path);
                let error = dir.open_unmounted("link".as_ref()).unwrap_err();
                assert_eq!(error.kind(), std::io::ErrorKind::NotADirectory);
            }

            #[test]
            fn a_lock_file_is_made_once_and_has_its_name_until_it_is_removed() {
                let root = scratch();
                let dir = Dir::open(root.path()).unwrap();
                let files = [(); 2].map(|()| dir.lock_file("lock").unwrap());
                assert!(!files.iter().any(|file| dir.is_removed("lock", file)));
                assert_eq!(dir.names().unwrap(), ["lock"]);
                let lock = dir.itself().map(|folder| folder.try_lock());
                assert!(lock.is_none_or(|lock| lock.is_ok()));
            }

            #[test]
            fn files_of_one_folder_inherit_the_same() {
                let root = scratch();
                let dir = Dir::open(root.path()).unwrap();
                for name in ["a", "b"] {
                    dir.create(name, b"", NewFile::default()).unwrap();
                }
                assert_eq!(dir.inherited("a").unwrap(), dir.inherited("b").unwrap());
            }

            #[test]
            fn renaming_and_linking_move_names_only() {
                let root = scratch();
                let dir = Dir::open(root.path()).unwrap();
                dir.create("a", b"1", NewFile::default()).unwrap();
                dir.rename("a", "b").unwrap();
                dir.make_folder("other", Access::Umask).unwrap();
                let other = dir.open_folder("other").unwrap();
                dir.link("b", &other).unwrap();
                dir.remove_file("b").unwrap();
                assert_eq!(other.read("b").unwrap().0, b"1");
                other.remove_file("b").unwrap();
                dir.remove_folder("other").unwrap();
                assert!(dir.names().unwrap().is_empty());
            }
        }
    };
}

promises!(by_path);
#[cfg(unix)]
promises!(unix);
