//! Placing images into an environment: packages, then scripts, then the `.dist-info` directory by one rename. A
//! placement that is interrupted therefore never looks like an installed pip.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Component, Path};

use super::console_scripts;
use super::halt::Halt;
use super::image::Image;
use super::launchers::{self, DosTime};
use super::link_mode::LinkMode;
use super::manifest::{ImageDirectory, Manifest};
use super::record::{self, INSTALLER, Row};
use super::transfer::{Content, Expected, Transfer};
use super::walk::Walk;
use crate::base::Version;
use crate::error::{Error, Result};
use crate::fs::UNFINISHED;
use crate::fs::dir::{Access, CLONES_HAVE_MODES, Dir, NewFile};
use crate::observer::Observer;

/// The first file of a placement.
const FIRST: &str = "INSTALLER";
/// A file that every image has. It represents the others, which were all created in the same way.
const METADATA: &str = "METADATA";

/// The place for images in an environment.
#[derive(Debug)]
pub struct Target {
    /// Site-packages.
    pub packages: Dir,
    /// The directory of scripts.
    pub bin: Dir,
    /// The path from site-packages to the scripts, with `/` between the parts, as in RECORD.
    pub to_bin: String,
    /// How pip's scripts are written.
    pub scripts: Scripts,
    /// The version of the interpreter.
    pub version: Version,
    /// The owner that files of a cached image must have.
    pub owner: u32,
}

/// How pip's scripts are written, and for which interpreter: `context.env_exe`.
#[derive(Debug)]
pub enum Scripts {
    /// As texts that start with the interpreter.
    Texts {
        /// The bytes of its path.
        executable: Vec<u8>,
        /// Selects macOS's rule for the first line.
        macos: bool,
    },
    /// As launchers.
    Launchers {
        /// The name of the program in the image.
        stub: &'static str,
        /// The path of the interpreter.
        executable: String,
        /// The time of their content.
        date: DosTime,
    },
}

/// Places the packages and scripts of an image, and its `.dist-info` under a temporary name. [`publish`] completes it.
/// Returns the last link mode that was used.
pub fn place(
    image: &Image,
    target: &Target,
    mode: LinkMode,
    observer: &mut dyn Observer,
) -> Result<LinkMode, Halt> {
    let staged = staged_name(&image.manifest);
    // The directory of an interrupted run may be incomplete, so it is removed.
    target.packages.remove_tree(&staged)?;
    let dist_info = target.packages.enter(&staged, Access::Umask)?;
    let file_mode = dist_info.create(FIRST, INSTALLER, NewFile::default())?;
    let inherits = mode == LinkMode::Hardlink || (mode == LinkMode::Clone && CLONES_HAVE_MODES);
    let suits = !inherits || suits_links(image, &dist_info, file_mode);
    let mut transfer = Transfer::new(if suits { mode } else { LinkMode::Copy });
    let in_dist_info = |directory: &&ImageDirectory| {
        directory.path.split('/').next() == Some(image.manifest.dist_info.as_str())
    };
    let directories = &image.manifest.directories;
    let mut placing = Placing { image, target, transfer: &mut transfer, staged: &staged };
    placing.directories(directories.iter().filter(|directory| !in_dist_info(directory)), observer)?;
    let scripts = write_scripts(image, target, file_mode)?;
    placing.directories(directories.iter().filter(in_dist_info), observer)?;
    dist_info.create("REQUESTED", b"", NewFile::default())?;
    let record = record::with_rows(&image.manifest.record, scripts);
    dist_info.create("RECORD", record.as_bytes(), NewFile::default())?;
    Ok(transfer.mode())
}

/// Reports whether hard links to the image's files would look like new files here. A link has the mode, group and ACL
/// of its source; the first file shows what the umask and the directory give a new file. It also has the owner.
fn suits_links(image: &Image, dist_info: &Dir, file_mode: u32) -> bool {
    if image.is_anothers {
        return false;
    }
    let source = || image.tree.open_directory(&image.manifest.dist_info).ok()?.inherited(METADATA).ok();
    file_mode == image.manifest.mode
        // If this is unknown, files are copied, which is always right.
        && dist_info.inherited(FIRST).is_ok_and(|new| source() == Some(new))
}

/// Gives the `.dist-info` directory its final name. After that the project is installed.
pub fn publish(manifest: &Manifest, target: &Target) -> Result<()> {
    target.packages.rename(staged_name(manifest), &manifest.dist_info)
}

/// The path from one directory to another, as from `os.path.relpath`, with `/` between the parts. `None` if a part of
/// it isn't Unicode.
pub fn relative_path(from: &Path, to: &Path) -> Option<String> {
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| Some(".."));
    let down = to[shared..].iter().map(|part: &Component| part.as_os_str().to_str());
    let parts: Option<Vec<_>> = up.chain(down).collect();
    parts.map(|parts| parts.join("/"))
}

struct Placing<'a> {
    image: &'a Image,
    target: &'a Target,
    transfer: &'a mut Transfer,
    staged: &'a str,
}

impl Placing<'_> {
    fn directories<'f>(
        &mut self,
        directories: impl Iterator<Item = &'f ImageDirectory>,
        observer: &mut dyn Observer,
    ) -> Result<(), Halt> {
        let (image, target) = (self.image, self.target);
        let (mut from, mut to) = (Walk::new(&image.tree), Walk::new(&target.packages));
        let dist_info = &image.manifest.dist_info;
        let make = |parent: &Dir, name: &str| {
            let name = if name == dist_info { self.staged } else { name };
            // The error is the same wherever in the environment it occurs.
            parent.enter(name, Access::Umask).map_err(|error| match error.kind() {
                Some(ErrorKind::NotADirectory) => Error::NotADirectory(parent.path().join(name)),
                _ => error,
            })
        };
        for directory in directories {
            if observer.interrupted() {
                return Err(Error::Interrupted.into());
            }
            let from = from
                .go(&directory.path, |dir, name| dir.open_directory(name))
                .map_err(|error| unopened(&directory.path, error))?;
            let to = to.go(&directory.path, make)?;
            for file in &directory.files {
                let expected = Expected {
                    content: Content { size: file.size, checksum: file.checksum },
                    modified: file.modified,
                    mode: file.mode,
                    owner: file.owner.unwrap_or(target.owner),
                };
                let how = NewFile {
                    modified: file.is_source().then_some(file.modified),
                    add_mode: if file.executable { 0o111 } else { 0 },
                };
                let brought = self.transfer.bring((from, to), &file.name, &expected, how);
                brought.map_err(|halt| halt.below(&directory.path))?;
            }
        }
        Ok(())
    }
}

/// Converts the error of opening a directory of the image.
fn unopened(directory: &str, error: Error) -> Halt {
    // The cache is our own, so a directory that denies us access has been changed too.
    const SPOILT: [ErrorKind; 3] =
        [ErrorKind::NotFound, ErrorKind::NotADirectory, ErrorKind::PermissionDenied];
    match error.kind() {
        Some(kind) if SPOILT.contains(&kind) => Halt::Stale(directory.into()),
        _ => Halt::Unreadable(error),
    }
}

/// Writes pip's scripts, and returns their rows for RECORD.
fn write_scripts(image: &Image, target: &Target, file_mode: u32) -> Result<Vec<Row>, Halt> {
    let Manifest { script: Some(script), line_end, .. } = &image.manifest else { return Ok(Vec::new()) };
    let names = console_scripts::names(target.version.major, target.version.minor);
    let (names, content, how) = match &target.scripts {
        Scripts::Texts { executable, macos } => {
            let first = console_scripts::first_line(executable, *macos);
            // distlib adds these bits to those that the umask leaves.
            let how = NewFile { modified: None, add_mode: file_mode | 0o555 };
            (names, [&first, script.as_bytes()].concat(), how)
        }
        Scripts::Launchers { stub, executable, date } => {
            let program = read_stub(image, stub)?;
            // An image that was built for scripts of the other kind has none.
            let line_end = line_end.ok_or_else(|| Halt::Stale(launchers::STUBS.into()))?;
            let launcher = launchers::launcher(&program, executable, line_end, script, *date);
            (names.map(|name| launchers::file_name(&name)), launcher, NewFile::default())
        }
    };
    let write = |name: &String| {
        target.bin.replace(name, &content, how)?;
        Ok(Row::of(format!("{}/{name}", target.to_bin), &content))
    };
    names.iter().map(write).collect()
}

/// Reads the program of a launcher from the image.
fn read_stub(image: &Image, name: &str) -> Result<Vec<u8>, Halt> {
    let stale = || Halt::Stale(Path::new(launchers::STUBS).join(name));
    let directory = image.manifest.directories.iter().find(|directory| directory.path == launchers::STUBS);
    let file = directory.and_then(|directory| directory.files.iter().find(|file| file.name == name));
    let file = file.ok_or_else(stale)?;
    let mut walk = Walk::new(&image.tree);
    let opened = walk.go(launchers::STUBS, |dir, name| dir.open_directory(name));
    let directory = opened.map_err(|error| unopened(launchers::STUBS, error))?;
    let (content, _) = directory.read(name).map_err(|error| match error.is_not_found() {
        true => stale(),
        false => Halt::Unreadable(error),
    })?;
    if Content::of(&content) == (Content { size: file.size, checksum: file.checksum }) {
        Ok(content)
    } else {
        Err(stale())
    }
}

fn staged_name(manifest: &Manifest) -> String {
    // The ending differs from that of an installed project, so that tools ignore the directory.
    format!("{UNFINISHED}{}-staged", manifest.dist_info)
}

/// Reports whether [`place`] gives such a name to a directory of this project, in any version. The end is checked too,
/// since a user's directory may start like one.
pub fn is_staged(name: &OsStr, project: &str) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(format!("{UNFINISHED}{project}-").as_bytes()) && name.ends_with(b".dist-info-staged")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_the_scripts_is_relative() {
        for (from, to, expected) in [
            ("/env/lib/python3.14/site-packages", "/env/bin", "../../../bin"),
            ("/env/Lib/site-packages", "/env/Scripts", "../../Scripts"),
            ("/env", "/env/bin", "bin"),
        ] {
            assert_eq!(relative_path(Path::new(from), Path::new(to)).as_deref(), Some(expected));
        }
    }
}
