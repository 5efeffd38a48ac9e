//! Compares the executables with those of each version's own `venv`, run on this system as if it were Windows.

use std::collections::BTreeMap;
use std::fs as std_fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::found::{Bin, OtherLinks};
use super::*;
use crate::base::tests::{cpython, found};
use crate::base::{Build, Platform};
use crate::observer::tests::Listener;

/// Runs `setup_python` with the given base directory, library, `Scripts` and name of the executable.
const VENV: &str = r#"
import logging, os, shlex, shutil, subprocess, sys, sysconfig, types
os.name = "nt"
import venv
base, library, scripts, exe, symlinks, tree, threads = sys.argv[1:]
venv.__file__ = library + "/venv/__init__.py"
sysconfig.is_python_build = lambda *_: tree == "true"
sysconfig.get_config_var = lambda name: int(threads == "true")
os.path.normcase = str.lower
logging.disable()
builder = venv.EnvBuilder(symlinks=symlinks == "true")
context = types.SimpleNamespace(bin_path=scripts, env_exe=scripts + "/" + exe, python_dir=base, env_dir=scripts)
builder.setup_python(context)
"#;

struct Layout {
    name: &'static str,
    exe: &'static str,
    base: &'static [&'static str],
    launchers: &'static [&'static str],
    build: Build,
}

const USUAL: &[&str] = &[
    "python.exe",
    "pythonw.exe",
    "python3.dll",
    "Python3xx.DLL",
    "vcruntime140.dll",
    "other.exe",
    "LICENSE.txt",
];
const LAUNCHERS: &[&str] = &["python.exe", "pythonw.exe", "venvlauncher.exe", "venvwlauncher.exe"];
const PLAIN: Build = Build { is_tree: false, free_threaded: false, arm64: false };

const LAYOUTS: [Layout; 7] = [
    Layout { name: "usual", exe: "python.exe", base: USUAL, launchers: LAUNCHERS, build: PLAIN },
    // A directory of aliases, without the libraries.
    Layout {
        name: "the Store's",
        exe: "python.exe",
        base: &[
            "python.exe",
            "python3.exe",
            "python3.13.exe",
            "pythonw.exe",
            "pythonw3.13.exe",
            "pip.exe",
            "idle.exe",
        ],
        launchers: LAUNCHERS,
        build: PLAIN,
    },
    Layout {
        name: "the install manager's",
        exe: "python.exe",
        base: &[
            "python.exe",
            "python3.13-64.exe",
            "python3.13.exe",
            "pythonw.exe",
            "pythonw3.13-64.exe",
            "python3.dll",
            "python313.dll",
            "vcruntime140.dll",
            "vcruntime140_1.dll",
            "__install__.json",
        ],
        launchers: LAUNCHERS,
        build: PLAIN,
    },
    Layout {
        name: "debug",
        exe: "python_d.exe",
        base: &[
            "python.exe",
            "pythonw.exe",
            "python_d.exe",
            "pythonw_d.exe",
            "python3_d.dll",
            "sqlite3_d.dll",
        ],
        launchers: &[
            "python.exe",
            "python_d.exe",
            "pythonw_d.exe",
            "venvlauncher_d.exe",
            "venvwlauncher_d.exe",
        ],
        build: PLAIN,
    },
    Layout {
        name: "tree",
        exe: "python.exe",
        base: &[
            "python.exe",
            "pythonw.exe",
            "venvlauncher.exe",
            "venvwlauncher.exe",
            "python3.dll",
            "sqlite3.dll",
        ],
        launchers: &[],
        build: Build { is_tree: true, ..PLAIN },
    },
    Layout { name: "no launchers", exe: "python.exe", base: USUAL, launchers: &[], build: PLAIN },
    Layout {
        name: "free-threaded",
        exe: "python.exe",
        base: &["python3.13t.exe", "pythonw3.13t.exe", "python313t.dll"],
        launchers: &["venvlaunchert.exe", "venvwlaunchert.exe"],
        build: Build { free_threaded: true, ..PLAIN },
    },
];

#[test]
fn each_version_has_the_executables_of_its_own_venv() {
    let pythons = found();
    for (python, base) in pythons.iter().map(|python| (&python.base.executable, &python.base)) {
        for layout in LAYOUTS.iter().filter(|layout| !layout.build.free_threaded || base.version.minor == 13)
        {
            for copies in [false, true] {
                for existing in [None, Some("pythonw.exe")] {
                    let what = format!("3.{}, {}, {copies}, {existing:?}", base.version.minor, layout.name);
                    assert_eq!(
                        ours(base, layout, copies, existing),
                        theirs(python, layout, copies, existing),
                        "{what}"
                    );
                }
            }
        }
    }
    if pythons.is_empty() {
        eprintln!("skipped: there is no CPython");
    }
}

/// The base and an empty `Scripts`, in a directory whose path has the same length each time.
fn lay_out(root: &Path, layout: &Layout, existing: Option<&str>) -> [PathBuf; 3] {
    let [base, library, scripts] = ["base", "base/Lib", "Scripts"].map(|name| root.join(name));
    std_fs::create_dir_all(library.join("venv/scripts/nt")).unwrap();
    std_fs::create_dir_all(&scripts).unwrap();
    for name in layout.base {
        std_fs::write(base.join(name), format!("base {name}")).unwrap();
    }
    for name in layout.launchers {
        std_fs::write(library.join("venv/scripts/nt").join(name), format!("launcher {name}")).unwrap();
    }
    if let Some(name) = existing {
        std_fs::write(scripts.join(name), "old").unwrap();
    }
    [base, library, scripts]
}

fn theirs(python: &Path, layout: &Layout, copies: bool, existing: Option<&str>) -> BTreeMap<String, String> {
    let temp = tempfile::tempdir().unwrap();
    let [base, library, scripts] = lay_out(temp.path(), layout, existing);
    let mut command = Command::new(python);
    command.args(["-I", "-S", "-c", VENV]).args([base, library]).arg(&scripts).arg(layout.exe);
    command.args([!copies, layout.build.is_tree, layout.build.free_threaded].map(|set| set.to_string()));
    assert!(command.status().unwrap().success());
    files(temp.path(), &scripts)
}

fn ours(python: &Base, layout: &Layout, copies: bool, existing: Option<&str>) -> BTreeMap<String, String> {
    let temp = tempfile::tempdir().unwrap();
    let [python_dir, library, scripts] = lay_out(temp.path(), layout, existing);
    let base = Base { library, build: layout.build, ..cpython(Platform::Nt, python.version.minor) };
    let env_exe = scripts.join(layout.exe);
    let bin =
        Bin { path: &scripts, env_exe: &env_exe, base: &python_dir, copies, links: OtherLinks::Refused };
    set_up(&base, &python_dir, (temp.path(), &bin), &mut Listener::default()).unwrap();
    files(temp.path(), &scripts)
}

/// Each name with the content, or with the text of the link below `root`.
fn files(root: &Path, scripts: &Path) -> BTreeMap<String, String> {
    let content = |path: &Path| match std_fs::read_link(path) {
        Ok(target) => format!("-> {}", target.strip_prefix(root).unwrap().display()),
        Err(_) => std_fs::read_to_string(path).unwrap(),
    };
    let entries = std_fs::read_dir(scripts).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), content(&entry.path()))).collect()
}
