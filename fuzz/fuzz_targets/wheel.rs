//! No archive makes the reader of wheels panic, and none that it takes has a name that leaves the directory, a file that
//! RECORD doesn't vouch for, or two files of one name.
#![no_main]

use std::collections::HashSet;
use std::io::{Cursor, Write};

use arbitrary::Arbitrary;
use fastvenv::seed::console_scripts::{EntryPoints, body};
use fastvenv::seed::record::{Row, render};
use fastvenv::seed::wheel::Wheel;
use libfuzzer_sys::fuzz_target;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

#[derive(Arbitrary, Debug)]
struct Member<'a> {
    name: &'a str,
    content: &'a [u8],
    mode: u32,
    link: bool,
}

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    Bytes(&'a [u8]),
    Archive { members: Vec<Member<'a>>, sound: bool, flips: Vec<(u16, u8)>, cut: Option<u16> },
}

fuzz_target!(|input: Input| {
    let archive = match input {
        Input::Bytes(bytes) => bytes.to_vec(),
        Input::Archive { members, sound, flips, cut } => {
            let Some(mut archive) = build(&members, sound) else { return };
            let length = archive.len();
            for (position, bits) in flips {
                archive[usize::from(position) % length] ^= bits;
            }
            archive.truncate(cut.map_or(length, usize::from));
            archive
        }
    };
    let Ok(wheel) = Wheel::read(&archive, "demo-1") else { return };
    let mut seen = HashSet::new();
    for file in &wheel.files {
        assert!(stays_inside(&file.path), "{:?}", file.path);
        assert!(seen.insert(&file.path), "{:?} twice", file.path);
        assert!(wheel.rows.contains(&Row::of(file.path.as_str(), &file.content)), "{:?}", file.path);
    }
    assert_eq!(wheel.rows.len(), wheel.files.len() + 1);
    let _ = wheel.metadata("entry_points.txt").map(EntryPoints::read);
    let _ = body(&wheel, "demo:main");
});

/// An archive of these members, with what a wheel must have if it is to be `sound`.
fn build(members: &[Member], sound: bool) -> Option<Vec<u8>> {
    let basics = [
        ("demo-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"),
        ("demo-1.dist-info/METADATA", "Name: demo\n"),
    ];
    let mut rows: Vec<_> = members.iter().map(|member| Row::of(member.name, member.content)).collect();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for member in members {
        let options = SimpleFileOptions::default().unix_permissions(member.mode);
        if member.link {
            writer.add_symlink(member.name, "/etc/passwd", options).ok()?;
        } else {
            writer.start_file(member.name, options).ok()?;
            writer.write_all(member.content).ok()?;
        }
    }
    if sound {
        rows.extend(basics.map(|(path, text)| Row::of(path, text.as_bytes())));
        rows.push(Row::unchecked("demo-1.dist-info/RECORD"));
        let record = render(rows);
        for (path, text) in basics.into_iter().chain([("demo-1.dist-info/RECORD", record.as_str())]) {
            writer.start_file(path, SimpleFileOptions::default()).ok()?;
            writer.write_all(text.as_bytes()).ok()?;
        }
    }
    Some(writer.finish().ok()?.into_inner())
}

/// Whether a file of this name lands below the directory on POSIX and on Windows.
fn stays_inside(path: &str) -> bool {
    let odd = |c: char| c == '\\' || c == ':' || c.is_control();
    !path.starts_with('/')
        && !path.contains(odd)
        && path.split('/').all(|part| !["", ".", ".."].contains(&part))
}
