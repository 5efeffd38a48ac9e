//! pip's scripts on Windows: launchers, as the pip in the wheel would write them.
//!
//! A launcher is one of the programs in the wheel, the line with the path of the interpreter, and a zip file with the
//! script as `__main__.py`. It is plain data, so it is made and tested on every system.

use super::console_scripts::{DISTLIB, packed};
use super::wheel::Wheel;
use crate::base::Base;
use crate::fs::Calendar;

/// The directory of the programs, in a wheel and below site-packages.
pub const STUBS: &str = "pip/_vendor/distlib";

/// The parts that distlib's `scripts.py` must contain for [`launcher`] to match it, besides [`line_end`].
pub const RULE: [&str; 14] = [
    "if ' ' in executable:",
    "executable = '\"%s\"' % executable",
    "if os.name != 'posix': simple_shebang = True",
    "result = b'#!' + executable + post_interp + b'\\n'",
    "with ZipFile(stream, 'w') as zf:",
    "source_date_epoch = os.environ.get('SOURCE_DATE_EPOCH') if source_date_epoch:",
    "date_time = time.gmtime(int(source_date_epoch))[:6]",
    "zinfo = ZipInfo(filename='__main__.py', date_time=date_time) zf.writestr(zinfo, script_bytes)",
    "else: zf.writestr('__main__.py', script_bytes)",
    "script_bytes = launcher + shebang + zip_data",
    "outname = '%s.exe' % outname",
    "if struct.calcsize('P') == 8:",
    "platform_suffix = '-arm' if get_platform() == 'win-arm64' else ''",
    "name = '%s%s%s.exe' % (kind, bits, platform_suffix)",
];

/// Up to distlib 0.3.9 this comes after the first line, which ends with LF: it then gets CR LF too. Later versions don't
/// mention `linesep`.
const ADDED: &str =
    "linesep = os.linesep.encode('utf-8') if not shebang.endswith(linesep): shebang += linesep";

/// The end of a launcher's first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// LF.
    Lf,
    /// LF, then CR LF.
    LfCrLf,
}

impl LineEnd {
    /// The line end of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Lf, Self::LfCrLf].into_iter().find(|end| end.name() == name)
    }

    /// Its name in the manifest of an image.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lf => "lf",
            Self::LfCrLf => "lf-crlf",
        }
    }
}

/// The value of Visual Studio's `VSCMD_ARG_TGT_ARCH` for which distlib takes the interpreter for another one.
const TARGETS: [&str; 3] = ["x86", "x64", "arm"];

/// The name of the program that distlib takes for this interpreter. `target` is the value of `VSCMD_ARG_TGT_ARCH`.
pub fn stub(base: &Base, target: Option<&str>) -> &'static str {
    let arm64 = base.build.arm64 && target.is_none_or(|target| !TARGETS.contains(&target));
    match (base.is_64bit, arm64) {
        (true, true) => "t64-arm.exe",
        (true, false) => "t64.exe",
        (false, true) => "t32-arm.exe",
        (false, false) => "t32.exe",
    }
}

/// The end of the first line of the launchers that this wheel's distlib makes. `None` if the wheel doesn't have this
/// program, or makes launchers in an unknown way.
pub fn line_end(wheel: &Wheel, stub: &str) -> Option<LineEnd> {
    let path = format!("{STUBS}/{stub}");
    let rules = packed(wheel.text(DISTLIB)?);
    let is_known =
        RULE.iter().all(|rule| rules.contains(rule)) && wheel.files.iter().any(|file| file.path == path);
    match (is_known, rules.contains(ADDED), rules.contains("linesep")) {
        (true, true, _) => Some(LineEnd::LfCrLf),
        (true, false, false) => Some(LineEnd::Lf),
        _ => None,
    }
}

/// The name of a script's launcher.
pub fn file_name(script: &str) -> String {
    format!("{script}.exe")
}

/// A launcher: the program, the path of the interpreter that it starts, and the script that this runs.
pub fn launcher(stub: &[u8], executable: &str, line_end: LineEnd, script: &str, date: DosTime) -> Vec<u8> {
    let quotes = if executable.contains(' ') { "\"" } else { "" };
    let end = if line_end == LineEnd::Lf { "\n" } else { "\n\r\n" };
    let line = format!("#!{quotes}{executable}{quotes}{end}");
    [stub, line.as_bytes(), &archive(script.as_bytes(), date)].concat()
}

/// A date and time in a zip file: the 16 bits of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DosTime {
    date: u16,
    time: u16,
}

impl DosTime {
    /// `None` outside the years from 1980 to 2107, for which Python's `zipfile` raises an error.
    pub fn of(at: Calendar) -> Option<Self> {
        let year = at.year.checked_sub(1980).filter(|year| *year < 128)?;
        Some(Self {
            date: year << 9 | at.month << 5 | at.day,
            time: at.hour << 11 | at.minute << 5 | (at.second / 2),
        })
    }
}

/// A zip file with `__main__.py`, byte for byte as Python's `zipfile` writes it on Windows. The libraries for zip
/// files choose other versions and attributes.
fn archive(content: &[u8], date: DosTime) -> Vec<u8> {
    const NAME: &[u8] = b"__main__.py";
    /// What both headers share: version 2.0, no flags, stored, then time, date, checksum, both sizes, and the lengths
    /// of the name and of no extra field.
    fn shared(content: &[u8], date: DosTime) -> Vec<u8> {
        let size = (content.len() as u32).to_le_bytes();
        let mut header = vec![20, 0, 0, 0, 0, 0];
        header.extend(date.time.to_le_bytes());
        header.extend(date.date.to_le_bytes());
        header.extend(crc32fast::hash(content).to_le_bytes());
        header.extend([size, size].concat());
        header.extend([NAME.len() as u8, 0, 0, 0]);
        header
    }
    let shared = shared(content, date);
    let local = [b"PK\x03\x04", &*shared, NAME, content].concat();
    // No comment, first disk, no internal attributes; the external ones are the mode 0o600; the offset is 0.
    let mode = (0o600_u32 << 16).to_le_bytes();
    let central = [b"PK\x01\x02\x14\0", &*shared, &[0; 6], &mode, &[0; 4], NAME].concat();
    let end =
        [&(central.len() as u32).to_le_bytes(), &(local.len() as u32).to_le_bytes(), &[0, 0][..]].concat();
    [&local, &central, &b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], &end].concat()
}

#[cfg(test)]
mod tests;
