use std::io::Write;

use zip::System;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

/// A wheel with these members and their RECORD, as changed by `spoil`.
fn wheel(members: &[(&str, &str)], spoil: impl Fn(String) -> String) -> Vec<u8> {
    let basics = [
        ("demo-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"),
        ("demo-1.dist-info/METADATA", "Name: demo\n\nRequires-Dist: only-text\n"),
    ];
    let members: Vec<_> =
        basics.iter().filter(|basic| members.iter().all(|own| own.0 != basic.0)).chain(members).collect();
    let mut rows: Vec<_> = members.iter().map(|(path, text)| Row::of(*path, text.as_bytes())).collect();
    rows.push(Row::unchecked("demo-1.dist-info/RECORD"));
    let record = spoil(record::render(rows));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in members.into_iter().copied().chain([("demo-1.dist-info/RECORD", record.as_str())]) {
        let mode = if path.ends_with(".sh") { 0o755 } else { 0o644 };
        writer
            .start_file(path, SimpleFileOptions::default().system(System::Unix).unix_permissions(mode))
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn refusal(archive: &[u8]) -> String {
    Wheel::read(archive, "demo-1").unwrap_err().to_string()
}

#[test]
fn a_sound_wheel_gives_its_files_and_rows() {
    let archive = wheel(&[("demo/__init__.py", "x = 1\n"), ("demo/run.sh", "true\n")], |record| record);
    let wheel = Wheel::read(&archive, "demo-1").unwrap();
    let seen: Vec<_> = wheel.files.iter().map(|file| (file.path.as_str(), file.executable)).collect();
    let expected =
        ["demo-1.dist-info/WHEEL", "demo-1.dist-info/METADATA", "demo/__init__.py"].map(|path| (path, false));
    assert_eq!(seen[..3], expected);
    assert_eq!(seen[3], ("demo/run.sh", true));
    assert_eq!(wheel.rows.len(), 5);
    assert_eq!(wheel.text("demo/__init__.py"), Some("x = 1\n"));
}

#[test]
fn names_that_leave_the_directory_are_refused() {
    for name in [
        "/etc/x",
        "../x",
        "a/../x",
        "a//x",
        "./x",
        "a\\x",
        "C:x",
        "a,b",
        "a\"b",
        "a\nb",
        "demo-1.data/scripts/x",
    ] {
        let message = refusal(&wheel(&[(name, "")], |record| record));
        assert!(message.contains("named") || message.contains("RECORD"), "{name}: {message}");
        assert!(!is_plain_path(name), "{name}");
    }
}

#[test]
fn files_that_record_does_not_vouch_for_are_refused() {
    let member = [("demo/a.py", "x = 1\n")];
    let hash = record::hash(b"x = 1\n");
    let spoilt: [(&str, &dyn Fn(String) -> String); 4] = [
        ("another hash", &|record| record.replace(&hash, &record::hash(b"x = 2\n"))),
        ("another size", &|record| record.replace(",6\r", ",7\r")),
        ("no row", &|record| record.split_inclusive('\n').filter(|line| !line.contains("a.py")).collect()),
        ("a row too many", &|record| record + "demo/b.py,,\r\n"),
    ];
    for (what, spoil) in spoilt {
        assert!(refusal(&wheel(&member, spoil)).contains("does not match RECORD"), "{what}");
    }
}

#[test]
fn links_are_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("demo/link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    assert!(refusal(&writer.finish().unwrap().into_inner()).contains("is a link"));
}

#[test]
fn what_only_pip_can_install_is_refused() {
    let cases = [
        ("WHEEL", "Wheel-Version: 2.0\nRoot-Is-Purelib: true\n"),
        ("WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n"),
        ("METADATA", "Name: demo\nRequires-Dist: other\n"),
        ("INSTALLER", "me\n"),
    ];
    for (name, text) in cases {
        let archive = wheel(&[(&format!("demo-1.dist-info/{name}"), text)], |record| record);
        assert!(matches!(Wheel::read(&archive, "demo-1"), Err(Defect::Unusual(_))), "{name}: {text}");
    }
}

#[test]
fn no_cut_or_flipped_archive_is_taken_for_sound() {
    let sound = wheel(&[("demo/a.py", "x = 1\n")], |record| record);
    for length in 0..sound.len() {
        assert!(Wheel::read(&sound[..length], "demo-1").is_err(), "cut to {length}");
    }
    for index in 0..sound.len() {
        let mut flipped = sound.clone();
        flipped[index] ^= 0x10;
        if let Ok(wheel) = Wheel::read(&flipped, "demo-1") {
            assert_eq!(wheel.text("demo/a.py"), Some("x = 1\n"), "flipped at {index}");
        }
    }
}
