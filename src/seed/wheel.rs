//! Reading a wheel strictly: every file is listed in RECORD with its hash, every name stays inside, nothing is a link,
//! and sizes are limited. Other wheels are left to pip.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::record::{self, Row};

/// Bundled wheels have 2 MB and 500 files, and unpack to 7 MB. These limits leave them room to grow.
const MOST_FILES: usize = 20_000;
const LARGEST_FILE: u64 = 64 << 20;
const LARGEST_WHOLE: u64 = 512 << 20;

/// The reasons not to install a wheel natively.
#[derive(Debug, thiserror::Error)]
pub enum Defect {
    /// It is not a readable zip file.
    #[error("it is not a readable zip file: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// A member could not be unpacked.
    #[error("{0:?} can't be unpacked: {1}")]
    Member(String, std::io::Error),
    /// A name is absolute, leaves the directory, or has characters that wheels don't have.
    #[error("it has a file named {0:?}")]
    Name(String),
    /// Two members have the same name.
    #[error("it has two files with the same name")]
    Duplicate,
    /// A member is a link.
    #[error("{0:?} is a link")]
    Link(String),
    /// It unpacks to more than any bundled wheel would.
    #[error("it is too large")]
    TooLarge,
    /// RECORD and the members don't match.
    #[error("{0:?} does not match RECORD")]
    Record(String),
    /// It needs something that only pip's own installer does.
    #[error("{0}")]
    Unusual(&'static str),
}

/// A file of a wheel.
#[derive(Debug)]
pub struct WheelFile {
    /// Relative to site-packages, with `/` between the parts.
    pub path: String,
    /// Its content.
    pub content: Vec<u8>,
    /// True if it has an executable bit, which pip keeps.
    pub executable: bool,
}

/// A wheel, read and checked.
#[derive(Debug)]
pub struct Wheel {
    /// The name of its `.dist-info` directory.
    pub dist_info: String,
    /// All files except RECORD, in the order of the archive.
    pub files: Vec<WheelFile>,
    /// The rows of RECORD, including that of RECORD itself.
    pub rows: Vec<Row>,
}

impl Wheel {
    /// Reads the wheel of that project and version. `name_and_version` is the start of its file name: `pip-24.2`.
    pub fn read(archive: &[u8], name_and_version: &str) -> Result<Self, Defect> {
        let mut archive = ZipArchive::new(Cursor::new(archive))?;
        if archive.has_duplicate_names() {
            return Err(Defect::Duplicate);
        }
        if archive.len() > MOST_FILES {
            return Err(Defect::TooLarge);
        }
        let mut files = Vec::with_capacity(archive.len());
        let mut left = LARGEST_WHOLE;
        for index in 0..archive.len() {
            let member = archive.by_index(index)?;
            if member.is_dir() {
                continue;
            }
            let file = read_member(member)?;
            left = left.checked_sub(file.content.len() as u64).ok_or(Defect::TooLarge)?;
            files.push(file);
        }
        let dist_info = format!("{name_and_version}.dist-info");
        let rows = check_record(&mut files, &dist_info)?;
        let wheel = Self { dist_info, files, rows };
        wheel.check_metadata()?;
        Ok(wheel)
    }

    /// The content of a file in the `.dist-info` directory, if it exists and is text.
    pub fn metadata(&self, name: &str) -> Option<&str> {
        self.text(&format!("{}/{name}", self.dist_info))
    }

    /// The content of the file at that path, if it exists and is text.
    pub fn text(&self, path: &str) -> Option<&str> {
        let file = self.files.iter().find(|file| file.path == path)?;
        std::str::from_utf8(&file.content).ok()
    }

    fn check_metadata(&self) -> Result<(), Defect> {
        let wheel = self.metadata("WHEEL").ok_or(Defect::Unusual("it has no file WHEEL"))?;
        if !header(wheel, "Wheel-Version").is_some_and(|version| version.starts_with("1.")) {
            return Err(Defect::Unusual("its format is not version 1"));
        }
        if header(wheel, "Root-Is-Purelib").is_none_or(|value| !value.eq_ignore_ascii_case("true")) {
            return Err(Defect::Unusual("it is not for purelib"));
        }
        let metadata = self.metadata("METADATA").ok_or(Defect::Unusual("it has no file METADATA"))?;
        let mut needs = headers(metadata, "Requires-Dist");
        if needs.any(|need| !need.contains("extra ==")) {
            return Err(Defect::Unusual("it needs other projects"));
        }
        for name in ["INSTALLER", "REQUESTED", "direct_url.json"] {
            if self.metadata(name).is_some() {
                return Err(Defect::Unusual("it has files that only an installer writes"));
            }
        }
        Ok(())
    }
}

/// The first value of a header in the e-mail form of METADATA and WHEEL.
pub fn header<'a>(text: &'a str, name: &'a str) -> Option<&'a str> {
    headers(text, name).next()
}

fn headers<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let fields = text.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':'));
    fields.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

fn read_member(mut member: ZipFile<'_, Cursor<&[u8]>>) -> Result<WheelFile, Defect> {
    let raw = member.name_raw().to_owned();
    let path = String::from_utf8(raw).map_err(|error| Defect::Name(error.to_string()))?;
    if !is_plain_path(&path) {
        return Err(Defect::Name(path));
    }
    if member.is_symlink() {
        return Err(Defect::Link(path));
    }
    if member.size() > LARGEST_FILE {
        return Err(Defect::TooLarge);
    }
    // pip checks the bits of regular files only. An archive without file types therefore has no executables.
    let executable =
        member.unix_mode().is_some_and(|mode| mode & 0o170_000 == 0o100_000 && mode & 0o111 != 0);
    let size = member.size();
    let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    match (&mut member).take(size + 1).read_to_end(&mut content) {
        Ok(_) if content.len() as u64 == size => Ok(WheelFile { path, content, executable }),
        Ok(_) => Err(Defect::TooLarge),
        Err(error) => Err(Defect::Member(path, error)),
    }
}

/// Reports whether a name stays inside, on every system, and needs no quotes in RECORD.
fn is_plain_path(path: &str) -> bool {
    let odd = |c: char| c.is_control() || matches!(c, '\\' | ':' | '"' | ',');
    let part = |part: &str| !matches!(part, "" | "." | "..") && part.len() <= 255;
    path.len() < 1024 && !path.contains(odd) && path.split('/').all(part) && !path.contains(".data/")
}

/// Takes RECORD out of the files, and checks that each file has one row and each row its file.
fn check_record(files: &mut Vec<WheelFile>, dist_info: &str) -> Result<Vec<Row>, Defect> {
    let own = format!("{dist_info}/RECORD");
    let wrong = || Defect::Record(own.clone());
    let position = files.iter().position(|file| file.path == own).ok_or_else(wrong)?;
    let text = String::from_utf8(files.remove(position).content).map_err(|_| wrong())?;
    let rows = record::read(&text).ok_or_else(wrong)?;
    let by_path: HashMap<_, _> = rows.iter().map(|row| (row.path.as_str(), row)).collect();
    if by_path.len() != rows.len() || rows.len() != files.len() + 1 || !by_path.contains_key(own.as_str()) {
        return Err(wrong());
    }
    for file in &*files {
        let row = by_path.get(file.path.as_str());
        if row.is_none_or(|row| **row != Row::of(file.path.as_str(), &file.content)) {
            return Err(Defect::Record(file.path.clone()));
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests;
