//! Creates whole environments as on Windows, pip included, with another CPython in the place of a
//! Windows Python. On Linux a shell script stands in for `python.exe`. Under Wine, `.ci/other-platforms` provides a
//! program that starts the Linux Python, and that Python's answer to `base/query.py`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Creation, environment};
use crate::base::{Base, Build, Platform};
use crate::environment::Environment;
use crate::environment::config::Options;
use crate::observer::tests::Listener;
use crate::seed::{Variables, record};

/// A base interpreter for Windows, below `root`. Before 3.13 copies have no mode, without which a script doesn't start.
#[cfg(unix)]
fn base(root: &Path) -> Option<Base> {
    use std::os::unix::fs::PermissionsExt;
    let pythons = crate::base::tests::found();
    let python = pythons.iter().rfind(|python| python.base.version.at_least(13))?;
    let script = format!("#!/bin/sh\nexec '{}' \"$@\"\n", python.base.executable.display());
    Some(installed(root, &python.base, |path| {
        fs::write(path, &script).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }))
}

#[cfg(windows)]
fn base(root: &Path) -> Option<Base> {
    let answer = fs::read_to_string(std::env::var_os("OTHER_PLATFORMS_ANSWER")?).unwrap();
    let found = crate::base::answered(&answer).unwrap();
    let shim = std::env::var_os("OTHER_PLATFORMS_SHIM")?;
    Some(installed(root, &found.base, |path| {
        fs::copy(&shim, path).unwrap();
    }))
}

/// What an installer for Windows would leave, with the wheels of the other Python.
fn installed(root: &Path, other: &Base, place_program: impl Fn(&Path)) -> Base {
    let home = root.join("base");
    let base = Base {
        platform: Platform::Nt,
        running: home.join("python.exe"),
        executable: home.join("python.exe"),
        prefix: home.clone(),
        library: home.join("Lib"),
        wheel_pkg_dir: Some(on_this_system(
            other.wheel_pkg_dir.clone().unwrap_or_else(|| other.ensurepip().join("_bundled")),
        )),
        abiflags: String::new(),
        build: Build::default(),
        home,
        ..other.clone()
    };
    fs::create_dir_all(base.launchers()).unwrap();
    for name in ["python.exe", "pythonw.exe"] {
        place_program(&base.home.join(name));
    }
    for name in ["python.exe", "pythonw.exe", "venvlauncher.exe", "venvwlauncher.exe"] {
        place_program(&base.launchers().join(name));
    }
    base
}

/// The directory of the sources. Under Wine it isn't the one in which they were compiled.
pub fn sources() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
}

/// Wine has the root of Linux as a drive.
fn on_this_system(path: PathBuf) -> PathBuf {
    if cfg!(windows) { Path::new("Z:").join(path) } else { path }
}

#[test]
fn an_environment_for_windows_has_pip_with_launchers() {
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().join("a place");
    let Some(base) = base(&root) else {
        eprintln!("skipped: there is no CPython to stand in for one of Windows");
        return;
    };
    let (first, heard) = create(&base, &root, "first");
    if heard.contains("writes scripts in an unknown format") {
        eprintln!("skipped: this Python's wheel of pip has no launchers");
        return;
    }
    assert!(heard.contains("installed natively") && heard.contains("origin: Built"), "{heard}");
    check(&base, &first);
    let (second, heard) = create(&base, &root, "second");
    assert!(heard.contains("installed natively") && heard.contains("origin: Cache"), "{heard}");
    check(&base, &second);
}

fn create(base: &Base, root: &Path, name: &str) -> (Environment, String) {
    let sources = sources();
    let mut listener = Listener::default();
    let creation = Creation {
        base,
        directory: &root.join(name),
        options: &Options { with_pip: true, scm_ignore_files: true, ..Options::default() },
        variables: &Variables::default(),
        cache_directory: Some(&root.join("cache")),
        prompt: None,
        own: &sources.join("python/fastvenv"),
        home: Path::new("/nowhere"),
    };
    let environment = environment(&creation, &mut listener).unwrap();
    (environment, listener.heard)
}

/// Checks that RECORD names all files of pip and their content, the launchers included, and that the launchers start
/// this environment's Python.
fn check(base: &Base, environment: &Environment) {
    let dist_info = names(&environment.purelib).into_iter().find(|name| name.starts_with("pip-")).unwrap();
    let text = fs::read_to_string(environment.purelib.join(dist_info).join("RECORD")).unwrap();
    let rows = record::read(&text).unwrap();
    for row in &rows {
        let content = fs::read(environment.purelib.join(&row.path)).unwrap();
        if !row.hash.is_empty() {
            assert_eq!(
                (row.hash.clone(), row.size.clone()),
                (record::hash(&content), content.len().to_string()),
                "{row:?}"
            );
        }
    }
    let scripts: BTreeSet<_> =
        rows.iter().filter_map(|row| row.path.strip_prefix("../../Scripts/")).collect();
    let versioned = format!("pip3.{}.exe", base.version.minor);
    assert_eq!(scripts, BTreeSet::from(["pip.exe", "pip3.exe", versioned.as_str()]));
    let launcher = fs::read(environment.bin.join("pip.exe")).unwrap();
    let line = format!("#!\"{}\"\n", environment.executable.display()).into_bytes();
    assert!(launcher.starts_with(b"MZ") && launcher.windows(line.len()).any(|bytes| bytes == line));
    let is_in_record = |path: &str| rows.iter().any(|row| row.path == path);
    assert!(is_in_record(&format!("pip/__pycache__/__init__.{}.pyc", base.cache_tag.as_deref().unwrap())));
    assert!(
        names(&environment.bin)
            .is_superset(&["python.exe", "pythonw.exe", "activate.bat"].map(str::to_owned).into())
    );
    assert!(!environment.directory.join("lib64").exists());
    for text in [environment.config(), environment.directory.join(".gitignore")] {
        let text = fs::read_to_string(text).unwrap();
        assert!(
            text.ends_with("\r\n") && text.matches('\n').count() == text.matches("\r\n").count(),
            "{text:?}"
        );
    }
}

fn names(directory: &Path) -> BTreeSet<String> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
