//! An image: a wheel unpacked, with its bytecode and its manifest, ready to be placed in any number of environments.
//!
//! ```text
//! manifest    written last: a directory without one is no image
//! tree/       the files as in site-packages
//! ```

use super::bundled::BundledWheel;
use super::bytecode::{Compiler, Job, Validation};
use super::console_scripts::{EntryPoints, body, has_first_line};
use super::launchers::{self, LineEnd};
use super::manifest::{ImageDirectory, ImageFile, Manifest};
use super::reason::{Reason, Stop};
use super::record::{self, Row};
use super::transfer::Content;
use super::walk::Walk;
use super::wheel::{Wheel, header};
use crate::base::{Base, Version};
use crate::error::{Error, Result};
use crate::fs::dir::{Access, DIRECTORIES_ARE_HELD, Dir, Metadata, NewFile};
use crate::fs::{Timestamp, attributes_refused};
use crate::observer::Observer;

const MANIFEST: &str = "manifest";
const TREE: &str = "tree";
const COMPILING: &str = "compiling";

/// The way to build images.
#[derive(Clone, Copy, Debug)]
pub struct Recipe<'a> {
    /// The interpreter that compiles.
    pub base: &'a Base,
    /// Its tag in the names of bytecode files.
    pub cache_tag: &'a str,
    /// How Python checks that bytecode fits its source.
    pub validation: Validation,
    /// The program that pip makes its scripts from on Windows.
    pub stub: Option<&'static str>,
}

/// An image, opened.
#[derive(Debug)]
pub struct Image {
    /// The list of its content.
    pub manifest: Manifest,
    /// The directory with the files.
    pub tree: Dir,
    /// The metadata of the image's own directory.
    pub directory: Metadata,
    /// True if its files are another user's, so that none may be linked.
    pub is_anothers: bool,
}

impl Image {
    /// Opens the image in this directory. `None` if its manifest is missing or damaged.
    pub fn open(directory: &Dir) -> Option<Self> {
        let (text, _) = directory.read(MANIFEST).ok()?;
        let manifest = Manifest::parse(std::str::from_utf8(&text).ok()?)?;
        Some(Self {
            manifest,
            tree: directory.open_directory(TREE).ok()?,
            directory: directory.metadata().ok()?,
            is_anothers: false,
        })
    }

    /// The same image after its directory was renamed. A directory that is known by its path has another one now.
    pub fn renamed(self, parent: &Dir, name: &str) -> Result<Self> {
        if DIRECTORIES_ARE_HELD {
            return Ok(self);
        }
        Ok(Self { tree: parent.open_directory(name)?.open_directory(TREE)?, ..self })
    }

    /// The time of the last use of the image in this directory, as [`Image::mark_used`] recorded it.
    pub fn last_used(directory: &Dir) -> Option<Timestamp> {
        Some(directory.metadata_of(MANIFEST).ok()?.modified)
    }

    /// Records that the image in this directory was used `now`.
    pub fn mark_used(directory: &Dir, now: Timestamp) {
        // If this fails, the image is only removed sooner.
        let _ = directory.set_modified(MANIFEST, now);
    }
}

/// Builds an image in an empty directory from the bytes of a wheel.
///
/// All files get the same modification time: now, in even seconds, which every file system and archive can store.
pub fn build(
    directory: &Dir,
    recipe: Recipe<'_>,
    bundled: &BundledWheel,
    archive: &[u8],
    observer: &mut dyn Observer,
) -> Result<Image, Stop> {
    let defect = |defect| Reason::Wheel(bundled.path.clone(), defect);
    let mut wheel = Wheel::read(archive, &bundled.name_and_version()).map_err(defect)?;
    // The order is directory by directory, parents first.
    wheel.files.sort_by(|a, b| split(&a.path).cmp(&split(&b.path)));
    if !runs_on(&wheel, recipe.base.version) {
        return Err(Reason::RequiresPython(bundled.path.clone()).into());
    }
    let (script, line_end) = pip_script(&wheel, bundled, recipe.stub)?.unzip();
    let modified = Timestamp::now().to_even_seconds();
    let tree = directory.enter(TREE, Access::Umask)?;
    let (jobs, mode) = unpack(&tree, &wheel, recipe, modified, observer)?;
    let bytecode = compile(directory, &tree, recipe, modified, jobs, observer)?;
    give_time(&tree, &bytecode, modified)?;
    let manifest = Manifest {
        directories: inventory(&tree, &wheel, &bytecode, modified)?,
        record: base_record(&wheel, bytecode),
        dist_info: wheel.dist_info,
        mode,
        script,
        line_end: line_end.flatten(),
    };
    directory.create(MANIFEST, manifest.render().as_bytes(), NewFile::default())?;
    Ok(Image { manifest, tree, directory: directory.metadata()?, is_anothers: false })
}

/// A file that was written into the tree, and its content.
struct Written<'a> {
    path: &'a str,
    content: Content,
    executable: bool,
}

/// Compiles the sources that can be compiled. Returns the bytecode files and their content.
fn compile(
    directory: &Dir,
    tree: &Dir,
    recipe: Recipe<'_>,
    modified: Timestamp,
    jobs: Vec<Job>,
    observer: &mut dyn Observer,
) -> Result<Vec<(String, Content)>, Stop> {
    let compiler = Compiler {
        executable: &recipe.base.executable,
        magic: &recipe.base.magic,
        validation: recipe.validation,
        modified,
    };
    let work = directory.enter(COMPILING, Access::Owner)?;
    let compiled = compiler.run(tree, &work, jobs, observer)?;
    directory.remove_tree(COMPILING)?;
    Ok(compiled.into_iter().filter_map(|(job, content)| Some((job.target, content?))).collect())
}

/// Reports whether this version meets the wheel's Requires-Python, if that has the plain form `>=3.8`. Other forms are
/// left to pip.
fn runs_on(wheel: &Wheel, version: Version) -> bool {
    let Some(required) = wheel.metadata("METADATA").and_then(|text| header(text, "Requires-Python")) else {
        return true;
    };
    let least = required.strip_prefix(">=").and_then(|least| least.trim().split_once('.'));
    let least = least.and_then(|(major, minor)| Some((major.parse::<u8>().ok()?, minor.parse::<u8>().ok()?)));
    least.is_some_and(|least| (version.major, version.minor) >= least)
}

/// The text of pip's scripts. With a `stub`, they become launchers, whose first line has that end.
fn pip_script(
    wheel: &Wheel,
    bundled: &BundledWheel,
    stub: Option<&str>,
) -> Result<Option<(String, Option<LineEnd>)>, Reason> {
    let unknown = || Reason::Scripts(bundled.path.clone());
    match EntryPoints::read(wheel.metadata("entry_points.txt").unwrap_or_default()) {
        EntryPoints::None => Ok(None),
        EntryPoints::Pip(target) if bundled.project == "pip" => {
            let line_end = match stub {
                None => has_first_line(wheel).then_some(None),
                Some(stub) => launchers::line_end(wheel, stub).map(Some),
            };
            body(wheel, &target).zip(line_end).map(Some).ok_or_else(unknown)
        }
        _ => Err(unknown()),
    }
}

/// Writes the wheel's files, and creates the directories for their bytecode. Returns the sources to compile, and the
/// permission bits of ordinary files.
fn unpack(
    tree: &Dir,
    wheel: &Wheel,
    recipe: Recipe<'_>,
    modified: Timestamp,
    observer: &mut dyn Observer,
) -> Result<(Vec<Job>, u32)> {
    let (mut walk, mut jobs, mut mode) = (Walk::new(tree), Vec::new(), 0);
    let make = |parent: &Dir, name: &str| parent.enter(name, Access::Umask);
    for file in &wheel.files {
        if observer.interrupted() {
            return Err(Error::Interrupted);
        }
        let (directory, name) = split(&file.path);
        let add_mode = if file.executable { 0o111 } else { 0 };
        let here = walk.go(directory, make)?;
        mode = here.create(name, &file.content, NewFile { modified: Some(modified), add_mode })?;
        if let Some(stem) = name.strip_suffix(".py") {
            here.make_directory("__pycache__", Access::Umask)?;
            let target = format!("__pycache__/{stem}.{}.pyc", recipe.cache_tag);
            let target = if directory.is_empty() { target } else { format!("{directory}/{target}") };
            jobs.push(Job { source: file.path.clone(), target, size: file.content.len() });
        }
    }
    Ok((jobs, mode))
}

/// Gives bytecode the sources' time, so that an image restored from an archive still matches its manifest.
fn give_time(tree: &Dir, bytecode: &[(String, Content)], modified: Timestamp) -> Result<()> {
    let mut walk = Walk::new(tree);
    for (path, _) in bytecode {
        let (directory, name) = split(path);
        // Without it the image works, but can't be restored from an archive.
        let _ = walk.go(directory, |dir, name| dir.open_directory(name))?.set_modified(name, modified);
    }
    Ok(())
}

/// Lists the tree's content, as the file system reports it. A file shorter or longer than its written content is an
/// error. So is a source without the time that it was `given`, since its bytecode would not fit.
fn inventory(
    tree: &Dir,
    wheel: &Wheel,
    bytecode: &[(String, Content)],
    given: Timestamp,
) -> Result<Vec<ImageDirectory>> {
    let own = wheel.files.iter().map(|file| Written {
        path: &file.path,
        content: Content::of(&file.content),
        executable: file.executable,
    });
    let compiled =
        bytecode.iter().map(|(path, content)| Written { path, content: *content, executable: false });
    let mut files: Vec<_> = own.chain(compiled).collect();
    files.sort_by_key(|file| split(file.path));
    let (mut walk, mut directories) = (Walk::new(tree), Vec::<ImageDirectory>::new());
    for Written { path, content: Content { size: written, checksum }, executable } in files {
        let (directory, name) = split(path);
        let here = walk.go(directory, |dir, name| dir.open_directory(name))?;
        let Metadata { size, modified, mode, owner, .. } = here.metadata_of(name)?;
        if size != written {
            let source = std::io::Error::other(format!("{size} bytes of {written} are there"));
            return Err(Error::io("write", here.path().join(name), source));
        }
        let file = ImageFile {
            name: name.to_owned(),
            size,
            modified,
            mode,
            checksum,
            executable,
            owner: Some(owner),
        };
        if file.is_source() && modified.seconds() != given.seconds() {
            return Err(attributes_refused(here.path().join(name), std::io::ErrorKind::Unsupported.into()));
        }
        match directories.last_mut() {
            Some(last) if last.path == directory => last.files.push(file),
            _ => directories.push(ImageDirectory { path: directory.to_owned(), files: vec![file] }),
        }
    }
    Ok(directories)
}

/// RECORD as pip writes it, without the rows of scripts.
fn base_record(wheel: &Wheel, bytecode: Vec<(String, Content)>) -> String {
    let own = |name: &str, content: &[u8]| Row::of(format!("{}/{name}", wheel.dist_info), content);
    let mut rows = wheel.rows.clone();
    rows.extend([own("INSTALLER", record::INSTALLER), own("REQUESTED", b"")]);
    rows.extend(bytecode.into_iter().map(|(path, _)| Row::unchecked(path)));
    record::render(rows)
}

/// A path's directory and name.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}
