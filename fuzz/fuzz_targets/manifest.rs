//! The manifest of a cached image: any text is read or refused, also one whose hash fits, and what is written reads
//! back as it was.
#![no_main]

use arbitrary::Arbitrary;
use fastvenv::fs::Timestamp;
use fastvenv::seed::launchers::LineEnd;
use fastvenv::seed::manifest::{ImageDirectory, ImageFile, Manifest};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    text: &'a str,
    dist_info: &'a str,
    mode: u32,
    script: Option<String>,
    is_launcher: bool,
    directories: Vec<(&'a str, Vec<File<'a>>)>,
    record: &'a str,
}

#[derive(Arbitrary, Debug)]
struct File<'a> {
    name: &'a str,
    size: u64,
    modified: i64,
    mode: u32,
    checksum: u32,
    executable: bool,
}

fuzz_target!(|input: Input| {
    let _ = Manifest::parse(input.text);
    let digest: String = Sha256::digest(input.text).iter().map(|byte| format!("{byte:02x}")).collect();
    if let Some(manifest) = Manifest::parse(&format!("fastvenv image 2 {digest}\n{}", input.text)) {
        assert_eq!(Manifest::parse(&manifest.render()).as_ref(), Some(&manifest));
    }
    // A wheel with a line break in a name is refused before.
    let plain = |name: &str| !name.contains('\n');
    let file = |file: File| ImageFile {
        name: file.name.to_owned(),
        size: file.size,
        modified: Timestamp::from_nanoseconds(file.modified),
        mode: file.mode,
        checksum: file.checksum,
        executable: file.executable,
        owner: None,
    };
    let names =
        input.directories.iter().flat_map(|(path, files)| files.iter().map(|file| file.name).chain([*path]));
    if !names.chain([input.dist_info]).all(plain) {
        return;
    }
    let directories = input.directories.into_iter().map(|(path, files)| ImageDirectory {
        path: path.to_owned(),
        files: files.into_iter().map(file).collect(),
    });
    let manifest = Manifest {
        dist_info: input.dist_info.to_owned(),
        mode: input.mode,
        script: input.script,
        line_end: input.is_launcher.then_some(LineEnd::Lf),
        directories: directories.collect(),
        record: input.record.to_owned(),
    };
    assert_eq!(Manifest::parse(&manifest.render()), Some(manifest));
});
