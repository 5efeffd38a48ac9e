//! Compares launchers with those of pip's own `ScriptMaker`, from the wheels of every CPython found: `python3` in PATH,
//! and those of pyenv. Each interpreter runs the pip that it brings, set up as on Windows.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::bundled::{self, BundledWheel};
use super::super::console_scripts::{EntryPoints, body};
use super::*;
use crate::base::tests::{cpython, found};
use crate::base::{Build, Platform};
use crate::fs::Timestamp;

/// Makes one launcher for each line of its standard input: a file to write, the name of the program, a date or
/// nothing, and the path of the interpreter. `os.name` and the like must be those of Windows when distlib's classes
/// are made, but not while other modules are imported.
const SCRIPT_MAKER: &str = r#"
import importlib, os, struct, sys, time, types
sys.path.insert(0, sys.argv[1])
from pip._vendor.distlib import scripts
posix = os.name, os.linesep, sys.platform
def be(name, linesep, platform):
    os.name, os.linesep, sys.platform = name, linesep, platform
be("nt", "\r\n", "win32")
importlib.reload(scripts)
be(*posix)
from pip._internal.operations.install.wheel import PipScriptMaker
lines = sys.stdin.read().split("\0")
be("nt", "\r\n", "win32")
time.time = lambda: 1234567890
class Keep:
    def write_binary_file(self, path, content):
        self.path, self.content = path, content
for line in filter(None, lines):
    target, stub, epoch, sys.executable = line.split("|")
    scripts.struct = types.SimpleNamespace(calcsize=lambda _: 4 if "32" in stub else 8)
    scripts.get_platform = lambda: "win-arm64" if "arm" in stub else "win-amd64"
    os.environ["SOURCE_DATE_EPOCH"] = epoch
    keep = Keep()
    maker = PipScriptMaker(None, "Scripts", fileop=keep)
    maker.variants = {""}
    made = maker.make("pip3.9 = " + sys.argv[2])
    assert [os.path.basename(path) for path in made] == ["pip3.9.exe"], made
    with open(target, "wb") as file:
        file.write(keep.content)
"#;

const STUB_NAMES: [&str; 3] = ["t32.exe", "t64.exe", "t64-arm.exe"];

const EXECUTABLES: [&str; 5] = [
    r"C:\env\Scripts\python.exe",
    r"C:\Program Files\it's\Scripts\python.exe",
    "\\\\server\\a \"b\" %TEMP%\\python.exe",
    r"C:\Användare\日本語\🐍\python_d.exe",
    r"\\?\C:\no spaces but one\$x`\python.exe",
];

#[test]
fn launchers_are_those_of_pips_own_script_maker() {
    let pythons = pythons();
    for (python, wheel) in &pythons {
        compare(python, wheel);
    }
    if pythons.is_empty() {
        eprintln!("skipped: there is no CPython with a wheel of pip that has launchers");
    }
}

fn compare(python: &Path, wheel: &BundledWheel) {
    let archive = std::fs::read(&wheel.path).unwrap();
    let wheel_read = Wheel::read(&archive, &wheel.name_and_version()).unwrap();
    let EntryPoints::Pip(entry) = EntryPoints::read(wheel_read.metadata("entry_points.txt").unwrap()) else {
        panic!("{wheel:?}");
    };
    let temp = tempfile::tempdir().unwrap();
    let cases: Vec<_> = STUB_NAMES
        .iter()
        .flat_map(|stub| EXECUTABLES.map(|executable| (*stub, executable)))
        .zip(["", "1700000001", "315532800", "4354819199"].into_iter().cycle())
        .collect();
    let file = |index: usize| temp.path().join(index.to_string());
    let line = |(index, ((stub, executable), epoch)): (usize, &((&str, &str), &str))| {
        format!("{}|{stub}|{epoch}|{executable}\0", file(index).display())
    };
    std::fs::write(temp.path().join("lines"), cases.iter().enumerate().map(line).collect::<String>())
        .unwrap();
    let input = std::fs::File::open(temp.path().join("lines")).unwrap();
    let mut command = Command::new(python);
    command
        .args(["-I", "-X", "utf8", "-c", SCRIPT_MAKER])
        .arg(&wheel.path)
        .arg(&entry)
        .env("TZ", "UTC")
        .stdin(input);
    assert!(command.status().unwrap().success(), "{python:?}");
    for (index, ((stub, executable), epoch)) in cases.into_iter().enumerate() {
        let end = line_end(&wheel_read, stub).unwrap_or_else(|| panic!("{wheel:?}: {stub}"));
        let seconds = if epoch.is_empty() { 1_234_567_890 } else { epoch.parse().unwrap() };
        let date = DosTime::of(Calendar::utc(Timestamp::from_parts(seconds, 0))).unwrap();
        let program =
            &wheel_read.files.iter().find(|file| file.path == format!("{STUBS}/{stub}")).unwrap().content;
        let script = body(&wheel_read, &entry).unwrap();
        let made = launcher(program, executable, end, &script, date);
        assert!(made == std::fs::read(file(index)).unwrap(), "{wheel:?}: {stub}, {executable}, {epoch}");
    }
}

/// CPython 3.10 and later, and the wheel of pip that each brings, if it has the programs: Debian
/// takes them out.
fn pythons() -> Vec<(PathBuf, BundledWheel)> {
    let has_stub = |wheel: &BundledWheel| {
        let archive = std::fs::read(&wheel.path).unwrap();
        let read = Wheel::read(&archive, &wheel.name_and_version()).unwrap();
        read.files.iter().any(|file| file.path == format!("{STUBS}/t64.exe"))
    };
    let with_wheel = |base: &Base| Some((base.executable.clone(), bundled::find(base).ok()?.pop()?));
    let pythons = found().into_iter().filter_map(|one| with_wheel(&one.base));
    pythons.filter(|(_, wheel)| has_stub(wheel)).collect()
}

#[test]
fn the_program_is_chosen_by_pointer_size_and_processor() {
    let base = |is_64bit, arm64| Base {
        is_64bit,
        build: Build { arm64, ..Build::default() },
        ..cpython(Platform::Nt, 13)
    };
    assert_eq!(stub(&base(true, false), None), "t64.exe");
    assert_eq!(stub(&base(false, false), None), "t32.exe");
    assert_eq!(stub(&base(true, true), None), "t64-arm.exe");
    assert_eq!(stub(&base(true, true), Some("arm64")), "t64-arm.exe");
    assert_eq!(stub(&base(true, true), Some("x64")), "t64.exe");
}

#[test]
fn a_zip_file_holds_no_time_before_1980_or_after_2107() {
    let of = |seconds| DosTime::of(Calendar::utc(Timestamp::from_parts(seconds, 0)));
    assert!(of(315_532_799).is_none() && of(315_532_800).is_some());
    assert!(of(4_354_819_199).is_some() && of(4_354_819_200).is_none());
}
