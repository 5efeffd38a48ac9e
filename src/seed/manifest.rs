//! The manifest of an image: the list of its files, with the expected properties of each.
//!
//! It is a text file. Its first line has the format's version and the SHA-256 of the rest, which reveals a truncated or
//! changed manifest. Then come lines of `key value`, the files directory by directory, and RECORD without the rows of
//! the scripts, which differ between environments.

use std::fmt::Write;

use super::hash::digest;
use super::launchers::LineEnd;
use crate::fs::Timestamp;

const MAGIC: &str = "fastvenv image 2 ";

/// The content of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The name of the project's `.dist-info` directory.
    pub dist_info: String,
    /// The permission bits of its ordinary files, under the builder's umask.
    pub mode: u32,
    /// The text of the scripts below their first line, if the project has scripts.
    pub script: Option<String>,
    /// The end of the first line of the scripts, if they are launchers.
    pub line_end: Option<LineEnd>,
    /// The directories that have files, each after its parents.
    pub directories: Vec<ImageDirectory>,
    /// RECORD without the rows of the scripts.
    pub record: String,
}

/// A directory of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageDirectory {
    /// Its path from site-packages, with `/` between the parts; empty for site-packages itself.
    pub path: String,
    /// Its files.
    pub files: Vec<ImageFile>,
}

/// A file of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageFile {
    /// Its name, without the directory.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// The time of modification.
    pub modified: Timestamp,
    /// The permission bits, as the cache's file system reports them.
    pub mode: u32,
    /// The CRC-32 of its content.
    pub checksum: u32,
    /// True if it has the executable bits.
    pub executable: bool,
    /// The owner of a new file, as the file system reports it. The manifest doesn't store it. In an image from the
    /// user's own cache it is `None`, and the owner must be the user.
    pub owner: Option<u32>,
}

impl ImageFile {
    /// Reports whether bytecode depends on this file's modification time.
    pub fn is_source(&self) -> bool {
        self.name.ends_with(".py")
    }
}

impl Manifest {
    /// Expects that every file belongs to this user, and that nobody else may write to it.
    pub fn belongs_to(&mut self, owner: u32) {
        for file in self.directories.iter_mut().flat_map(|directory| &mut directory.files) {
            file.owner = Some(owner);
            file.mode &= !0o022;
        }
    }

    /// The manifest as text.
    pub fn render(&self) -> String {
        let mut text = format!("dist-info {}\nmode {:o}\n", self.dist_info, self.mode);
        if let Some(script) = &self.script {
            text += &format!("script {}\n", script.replace('\\', "\\\\").replace('\n', "\\n"));
        }
        if let Some(end) = self.line_end {
            text += &format!("line-end {}\n", end.name());
        }
        for directory in &self.directories {
            text += &format!("folder {}\n", directory.path);
            for file in &directory.files {
                let kind = if file.executable { 'x' } else { 'f' };
                let ImageFile { name, size, mode, checksum, .. } = file;
                let modified = file.modified.nanoseconds();
                // Writing to a String can't fail.
                let _ = writeln!(text, "{kind} {mode:o} {size} {modified} {checksum:08x} {name}");
            }
        }
        text += "record\n";
        text += &self.record;
        format!("{MAGIC}{}\n{text}", digest(text.as_bytes()))
    }

    /// Reads a manifest; `None` if it is not the output of [`Manifest::render`].
    pub fn parse(text: &str) -> Option<Self> {
        let (first, rest) = text.split_once('\n')?;
        if first.strip_prefix(MAGIC)? != digest(rest.as_bytes()) {
            return None;
        }
        let (lines, record) = rest.split_once("\nrecord\n")?;
        let mut manifest = Self { record: record.to_owned(), ..Self::default() };
        for line in lines.split('\n') {
            let (key, value) = line.split_once(' ')?;
            match key {
                "dist-info" => value.clone_into(&mut manifest.dist_info),
                "mode" => manifest.mode = u32::from_str_radix(value, 8).ok()?,
                "script" => manifest.script = Some(unescape(value)),
                "line-end" => manifest.line_end = Some(LineEnd::from_name(value)?),
                "folder" => {
                    manifest.directories.push(ImageDirectory { path: value.to_owned(), files: Vec::new() })
                }
                _ => manifest.directories.last_mut()?.files.push(file(key, value)?),
            }
        }
        Some(manifest)
    }
}

fn file(kind: &str, value: &str) -> Option<ImageFile> {
    let mut fields = value.splitn(5, ' ');
    let mut field = || fields.next();
    // The fields are evaluated here in their order in the line.
    Some(ImageFile {
        mode: u32::from_str_radix(field()?, 8).ok()?,
        size: field()?.parse().ok()?,
        modified: Timestamp::from_nanoseconds(field()?.parse().ok()?),
        checksum: u32::from_str_radix(field()?, 16).ok()?,
        name: field()?.to_owned(),
        executable: kind == "x",
        owner: None,
    })
}

fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            (_, Some('n')) => out.push('\n'),
            (c, _) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Manifest {
        let file = |name: &str, executable| ImageFile {
            name: name.to_owned(),
            size: 3,
            modified: Timestamp::from_nanoseconds(7),
            mode: 0o640,
            checksum: 0x0a0b_0c0d,
            executable,
            owner: None,
        };
        let directory = |path: &str, files| ImageDirectory { path: path.to_owned(), files };
        Manifest {
            dist_info: "pip-24.2.dist-info".to_owned(),
            mode: 0o644,
            line_end: Some(LineEnd::Lf),
            script: Some("re.sub(r'\\.exe\\n', '')\n\nend\n".to_owned()),
            directories: vec![
                directory("", vec![file("a b.pth", false)]),
                directory("pip/x", vec![file("run.py", true)]),
            ],
            record: "a,,\r\nrecord\nb,,\r\n".to_owned(),
        }
    }

    #[test]
    fn what_is_rendered_is_read_back() {
        for manifest in [sample(), Manifest { script: None, line_end: None, ..sample() }] {
            assert_eq!(Manifest::parse(&manifest.render()), Some(manifest));
        }
    }

    #[test]
    fn files_of_another_user_must_be_theirs_alone() {
        let mut manifest = sample();
        manifest.directories[0].files[0].mode = 0o666;
        manifest.belongs_to(7);
        let files = manifest.directories.iter().flat_map(|directory| &directory.files);
        let seen: Vec<_> = files.map(|file| (file.owner, file.mode)).collect();
        assert_eq!(seen, [(Some(7), 0o644), (Some(7), 0o640)]);
    }

    #[test]
    fn a_manifest_cut_short_or_altered_is_refused() {
        let text = sample().render();
        for length in 0..text.len() {
            assert_eq!(Manifest::parse(&text[..length]), None, "cut to {length}");
        }
        for index in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[index] ^= 1;
            let altered = String::from_utf8(bytes).unwrap();
            assert_eq!(Manifest::parse(&altered), None, "altered at {index}");
        }
    }
}
