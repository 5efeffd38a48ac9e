//! Copies of single files, with or without their mode, never with extended attributes.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use super::permissions::permit_at;
use super::sys::{executable, is_executable, is_one_file, plain};
use super::whole::write_whole;
use crate::error::{Error, Result};

/// Copies the content of a file, as `shutil.copyfile` does. A link at the destination is replaced, not written
/// through: it may lead to another base interpreter.
pub fn copy_contents(source: &Path, destination: &Path) -> Result<()> {
    copy(source, destination, Keep::Content)
}

/// Copies the content, mode and modification time of a file, as `venv` copies Windows launchers. A link at the
/// destination is replaced, as in [`copy_contents`].
pub fn copy_with_mode(source: &Path, destination: &Path) -> Result<()> {
    copy(source, destination, Keep::ModeAndTime)
}

/// The parts of its source that a copy keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Content,
    ModeAndTime,
}

fn copy(source: &Path, destination: &Path, keep: Keep) -> Result<()> {
    let failed = |error| Error::io2("copy", source, destination, error);
    let mut from = File::open(source).map_err(|error| Error::io("read", source, error))?;
    let original = from.metadata().map_err(failed)?;
    if fs::symlink_metadata(destination).is_ok_and(|found| is_one_file(&original, &found)) {
        return Err(Error::SameFile { source_path: source.to_owned(), destination: destination.to_owned() });
    }
    let permissions = (keep == Keep::ModeAndTime).then(|| original.permissions());
    let mut cut_short = false;
    let fill = |to: &mut File| {
        let copied = from.rewind().and_then(|()| io::copy(&mut from, to));
        cut_short = copied.is_err();
        copied?;
        if keep == Keep::ModeAndTime { to.set_modified(original.modified()?) } else { Ok(()) }
    };
    let copied = write_whole(destination, permissions.as_ref(), fill);
    copied.map_err(|error| if cut_short { failed(error) } else { Error::io("write", destination, error) })
}

/// Gives a file the mode 0755, if the system has modes. A link is left alone: it may lead to the base interpreter.
pub fn make_executable(path: &Path) -> Result<()> {
    let Some(wanted) = executable() else { return Ok(()) };
    let make = || {
        let found = fs::symlink_metadata(path)?;
        if found.is_symlink() { Ok(()) } else { permit_at(path, &found.permissions(), &wanted) }
    };
    make().map_err(|source| Error::io("make executable", path, source))
}

/// Reports whether two regular files have the same content but the second is not executable.
pub fn is_inexecutable_copy(original: &Path, path: &Path) -> bool {
    let look = || -> io::Result<bool> {
        let other = fs::symlink_metadata(path)?;
        if !other.is_file() || is_executable(&other.permissions()) {
            return Ok(false);
        }
        let one = fs::symlink_metadata(original)?;
        Ok(one.is_file() && one.len() == other.len() && fs::read(original)? == fs::read(path)?)
    };
    look().unwrap_or(false)
}

/// A file's content and mode, from which other files are written.
#[derive(Clone, Debug)]
pub struct Template {
    /// The file's content.
    pub content: Vec<u8>,
    permissions: Option<Permissions>,
}

impl Template {
    /// A template that is part of the program, with the mode that an installed file has.
    pub fn built_in(content: &[u8]) -> Self {
        Self { content: content.to_owned(), permissions: plain() }
    }

    /// Other content with the same mode.
    pub fn with(&self, content: Vec<u8>) -> Self {
        Self { content, permissions: self.permissions.clone() }
    }
}

/// Reads a file and its mode.
pub fn read_template(path: &Path) -> Result<Template> {
    let read = || -> io::Result<Template> {
        let file = File::open(path)?;
        let found = file.metadata()?;
        // A known size saves a system call. File systems that generate content on the fly report 0.
        let size = if found.len() == 0 { u64::MAX } else { found.len() };
        let mut content = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(0));
        file.take(size).read_to_end(&mut content)?;
        Ok(Template { content, permissions: Some(found.permissions()) })
    };
    read().map_err(|source| Error::io("read", path, source))
}

/// Writes `content` to `path` with the template's mode.
pub fn write_like(template: &Template, content: &[u8], path: &Path) -> Result<()> {
    write_whole(path, template.permissions.as_ref(), |file| file.write_all(content))
        .map_err(|source| Error::io("write", path, source))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_file_is_never_copied_onto_itself() {
        let temp = tempfile::tempdir().unwrap();
        let (file, twin) = (temp.path().join("file"), temp.path().join("twin"));
        fs::write(&file, "precious").unwrap();
        fs::hard_link(&file, &twin).unwrap();
        assert!(matches!(copy_contents(&file, &twin), Err(Error::SameFile { .. })));
        assert_eq!(fs::read(&file).unwrap(), b"precious");
    }

    #[test]
    fn a_link_at_the_destination_is_replaced_and_its_target_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        fs::write(at("new"), "new").unwrap();
        fs::write(at("other"), "other").unwrap();
        for copy in [copy_contents, copy_with_mode] {
            for target in ["other", "new", "dangling"] {
                super::super::symlink(Path::new(target), &at("destination")).unwrap();
                copy(&at("new"), &at("destination")).unwrap();
                assert_eq!(fs::read(at("destination")).unwrap(), b"new");
                assert!(!at("destination").is_symlink());
                fs::remove_file(at("destination")).unwrap();
            }
        }
        assert_eq!(fs::read(at("other")).unwrap(), b"other");
        assert!(!at("dangling").exists());
    }

    #[test]
    fn a_copy_with_mode_has_the_time_too_over_whatever_stands_there() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        fs::write(at("new"), "new").unwrap();
        fs::set_permissions(at("new"), Permissions::from_mode(0o751)).unwrap();
        let then = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
        File::open(at("new")).unwrap().set_modified(then).unwrap();
        fs::write(at("file"), "a longer old text").unwrap();
        super::super::symlink(Path::new("nowhere"), &at("link")).unwrap();
        for name in ["nothing", "file", "link"] {
            copy_with_mode(&at("new"), &at(name)).unwrap();
            assert_eq!((fs::read(at(name)).unwrap().as_slice(), mode(&at(name))), (&b"new"[..], 0o751));
            assert_eq!(fs::metadata(at(name)).unwrap().modified().unwrap(), then);
        }
    }

    #[test]
    fn the_mode_of_the_template_is_kept() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        fs::write(at("template"), "text").unwrap();
        fs::set_permissions(at("template"), Permissions::from_mode(0o751)).unwrap();
        let template = read_template(&at("template")).unwrap();
        write_like(&template, b"other text", &at("copy")).unwrap();
        assert_eq!(mode(&at("copy")), 0o751);
    }
}
