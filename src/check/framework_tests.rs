//! Environments of a framework build for macOS. There the program in `bin` is a stub that starts the one in
//! `Python.app`, and tells it by `__PYVENV_LAUNCHER__` as what it was started. Python then looks for `pyvenv.cfg` beside
//! that path, so a link to the stub makes an environment, and so does a copy.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{Host, Search, check};
use crate::base::{Base, Platform, tests::cpython};
use crate::create::{Creation, environment};
use crate::environment::Environment;
use crate::environment::config::Options;
use crate::observer::tests::Listener;
use crate::seed::Variables;

/// The stub and the program, as python.org installs them below `/`.
const STUB: &str = "bin/python3.13";
const PROGRAM: &str = "Resources/Python.app/Contents/MacOS/Python";

/// A framework build below `root`, and a base for it that was started as this executable.
fn framework(root: &Path, executable: &str) -> Base {
    let prefix = root.join("Library/Frameworks/Python.framework/Versions/3.13");
    for program in [STUB, PROGRAM] {
        let path = prefix.join(program);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("a program: {program}")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::create_dir_all(prefix.join("lib/python3.13")).unwrap();
    let executable = prefix.join(executable);
    Base {
        macos: true,
        home: executable.parent().unwrap().to_owned(),
        running: executable.clone(),
        executable,
        library: prefix.join("lib/python3.13"),
        prefix,
        ..cpython(Platform::Posix, 13)
    }
}

/// A directory, and its real path: `pyvenv.cfg` records that of the executable.
fn directory() -> (tempfile::TempDir, PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(temp.path()).unwrap();
    (temp, root)
}

fn create(base: &Base, directory: &Path, symlinks: bool) -> Environment {
    let creation = Creation {
        base,
        directory,
        options: &Options { symlinks, ..Options::default() },
        variables: &Variables::default(),
        cache_directory: None,
        prompt: None,
        own: &Path::new(env!("CARGO_MANIFEST_DIR")).join("python/fastvenv"),
        home: Path::new("/nowhere"),
    };
    environment(&creation, &mut Listener::default()).unwrap()
}

/// Checks that the names in `bin` lead to the stub or are copies of it, and that nothing is found to be wrong.
fn assert_is_of(base: &Base, environment: &Environment, names: &[&str]) {
    let content = fs::read_to_string(&base.executable).unwrap();
    for name in names {
        let path = environment.bin.join(name);
        assert_eq!(fs::read_to_string(&path).unwrap(), content, "{name}");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o755, "{name}");
    }
    let config = fs::read_to_string(environment.config()).unwrap();
    assert!(config.starts_with(&format!("home = {}\n", base.home.display())), "{config}");
    assert!(config.contains(&format!("\nexecutable = {}\n", base.executable.display())), "{config}");
    assert!(!environment.directory.join("lib64").exists());
    let host =
        Host { platform: Platform::Posix, search: Search { path: None, user: None, library_path: None } };
    let found = check(&environment.directory, &host, false, &mut Listener::default()).unwrap();
    assert!(found.is_empty(), "{found:?}");
}

fn target(path: PathBuf) -> PathBuf {
    fs::read_link(path).unwrap()
}

#[test]
fn links_lead_to_the_stub_of_a_framework() {
    let (_temp, root) = directory();
    let base = framework(&root, STUB);
    let environment = create(&base, &root.join("env"), true);
    assert_is_of(&base, &environment, &["python", "python3", "python3.13"]);
    assert_eq!(target(environment.bin.join("python3.13")), base.executable);
    assert_eq!(target(environment.bin.join("python")), Path::new("python3.13"));
    assert_eq!(target(environment.bin.join("python3")), Path::new("python3.13"));
}

#[test]
fn copies_are_of_the_stub_of_a_framework() {
    let (_temp, root) = directory();
    let base = framework(&root, STUB);
    let environment = create(&base, &root.join("env"), false);
    assert_is_of(&base, &environment, &["python", "python3", "python3.13"]);
    assert!(!environment.bin.join("python").is_symlink());
}

#[test]
fn the_program_in_python_app_may_be_started_without_the_stub() {
    let (_temp, root) = directory();
    let base = framework(&root, PROGRAM);
    for (name, symlinks) in [("links", true), ("copies", false)] {
        let environment = create(&base, &root.join(name), symlinks);
        assert_is_of(&base, &environment, &["Python", "python", "python3", "python3.13"]);
    }
}
