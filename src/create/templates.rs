//! The script templates of a directory, read once and kept until they change.
//!
//! Listing and reading fastvenv's own templates takes as long as writing the scripts.

use std::io::ErrorKind::{NotADirectory, NotFound};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use crate::base::Platform;
use crate::environment::scripts::templates::{Script, is_launcher};
use crate::error::Result;
use crate::fs::{self, Seen, Template};

/// Templates and their destinations.
pub type Templates = Arc<Vec<(Template, Script)>>;

/// Templates that were read, and what reveals a change.
struct Kept {
    path: PathBuf,
    platform: Platform,
    /// `None` if a change might not show.
    seen: Option<Seen>,
    templates: Templates,
}

static KEPT: Mutex<Option<Kept>> = Mutex::new(None);

/// The files of the package's directory `scripts`, for programs that have no package: directory, name, content.
const OWN: [(&str, &str, &[u8]); 6] = [
    ("common", "Activate.ps1", include_bytes!("../../python/fastvenv/scripts/common/Activate.ps1")),
    ("common", "activate", include_bytes!("../../python/fastvenv/scripts/common/activate")),
    ("common", "activate.fish", include_bytes!("../../python/fastvenv/scripts/common/activate.fish")),
    ("nt", "activate.bat", include_bytes!("../../python/fastvenv/scripts/nt/activate.bat")),
    ("nt", "deactivate.bat", include_bytes!("../../python/fastvenv/scripts/nt/deactivate.bat")),
    ("posix", "activate.csh", include_bytes!("../../python/fastvenv/scripts/posix/activate.csh")),
];

/// fastvenv's own templates for a platform.
pub fn own(platform: Platform) -> Templates {
    static POSIX: LazyLock<Templates> = LazyLock::new(|| built_in(Platform::Posix));
    static NT: LazyLock<Templates> = LazyLock::new(|| built_in(Platform::Nt));
    match platform {
        Platform::Posix => Arc::clone(&POSIX),
        Platform::Nt => Arc::clone(&NT),
    }
}

fn built_in(platform: Platform) -> Templates {
    let own = OWN.iter().filter(|(directory, ..)| ["common", platform.name()].contains(directory));
    let script = |name: &str| Script { source: name.into(), directory: PathBuf::new() };
    Arc::new(own.map(|(_, name, content)| (Template::built_in(content), script(name))).collect())
}

/// The templates for a platform in this directory.
///
/// # Errors
/// An I/O error if a directory can't be listed or a template can't be read: an environment without scripts would seem
/// complete.
pub fn read(path: &Path, platform: Platform) -> Result<Templates> {
    // Don't wait for the lock: after a fork, the thread that held it may not exist.
    let mut kept = KEPT.try_lock();
    if let Ok(Some(kept)) = kept.as_deref()
        && (kept.path.as_path(), kept.platform) == (path, platform)
        && kept.is_current()
    {
        return Ok(Arc::clone(&kept.templates));
    }
    let read = Kept::read(path, platform)?;
    let templates = Arc::clone(&read.templates);
    if let Ok(kept) = kept.as_deref_mut() {
        *kept = Some(read);
    }
    Ok(templates)
}

impl Kept {
    fn read(path: &Path, platform: Platform) -> Result<Self> {
        let mut watched = vec![path.to_owned()];
        let scripts = scripts_in(path, platform, &mut watched)?;
        watched.extend(scripts.iter().map(|script| script.source.clone()));
        let seen = Seen::of(watched.iter().map(PathBuf::as_path));
        let read = scripts.into_iter().map(|script| Ok((fs::read_template(&script.source)?, script)));
        let templates = Arc::new(read.collect::<Result<Vec<_>>>()?);
        Ok(Self { path: path.to_owned(), platform, seen, templates })
    }

    /// Reports whether reading them again would give the same templates.
    fn is_current(&self) -> bool {
        self.seen.as_ref().is_some_and(Seen::is_current)
    }
}

/// Lists the templates in the directories `common` and the platform's name below `path`, and in their subdirectories.
/// Files beside these two directories are not templates. Links to directories are not followed.
///
/// A missing directory counts as empty, as for `os.walk`. A directory that can't be listed is an error: an environment
/// without scripts would seem complete.
///
/// Adds to `watched` what else would change if there were more templates: the directories, and each entry that may come
/// to lead to a file.
fn scripts_in(path: &Path, platform: Platform, watched: &mut Vec<PathBuf>) -> Result<Vec<Script>> {
    let mut found = Vec::new();
    for name in ["common", platform.name()] {
        let directory = path.join(name);
        if !fs::is_link(&directory) {
            collect(&directory, Path::new(""), platform, (&mut found, watched))?;
        }
    }
    Ok(found)
}

fn collect(
    directory: &Path,
    relative: &Path,
    platform: Platform,
    (found, watched): (&mut Vec<Script>, &mut Vec<PathBuf>),
) -> Result<()> {
    let listing = match fs::list(directory) {
        Err(error) if matches!(error.kind(), Some(NotFound | NotADirectory)) => return Ok(()),
        listing => listing?,
    };
    watched.push(directory.to_owned());
    watched.extend(listing.others.iter().map(|name| directory.join(name)));
    for name in listing.files {
        if !is_launcher(&name.to_string_lossy(), platform) {
            found.push(Script { source: directory.join(name), directory: relative.to_owned() });
        }
    }
    for name in listing.directories {
        collect(&directory.join(&name), &relative.join(&name), platform, (found, watched))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let temp = tempfile::tempdir().unwrap();
        for file in files {
            let path = temp.path().join(file);
            fs::create_directory(path.parent().unwrap()).unwrap();
            fs::write(&path, b"").unwrap();
        }
        temp
    }

    #[test]
    fn each_platform_has_its_own_and_the_common_ones() {
        let temp =
            tree(&["top", "common/a", "posix/b", "posix/sub/c", "nt/d.bat", "nt/python.exe", "else/e"]);
        let names = |platform| -> Vec<_> {
            let templates = read(temp.path(), platform).unwrap();
            templates.iter().map(|(_, s)| s.directory.join(s.source.file_name().unwrap())).collect()
        };
        assert_eq!(names(Platform::Posix), ["a", "b", "sub/c"].map(PathBuf::from));
        assert_eq!(names(Platform::Nt), ["a", "d.bat"].map(PathBuf::from));
    }

    #[test]
    fn the_built_in_templates_are_those_of_the_package() {
        let package = super::super::nt_tests::sources().join("python/fastvenv/scripts");
        for platform in [Platform::Posix, Platform::Nt] {
            let contents = |templates: Templates| -> Vec<_> {
                let name = |script: &Script| script.source.file_name().unwrap().to_owned();
                templates.iter().map(|(template, script)| (name(script), template.content.clone())).collect()
            };
            assert_eq!(contents(own(platform)), contents(read(&package, platform).unwrap()));
        }
    }

    #[test]
    fn a_change_of_any_template_shows() {
        let temp = tree(&["common/a"]);
        let contents = || -> Vec<_> {
            let templates = read(temp.path(), Platform::Posix).unwrap();
            templates.iter().map(|(template, _)| template.content.clone()).collect()
        };
        assert_eq!(contents(), [b""]);
        fs::write(&temp.path().join("common/a"), b"new").unwrap();
        assert_eq!(contents(), [b"new"]);
        fs::write(&temp.path().join("common/b"), b"more").unwrap();
        assert_eq!(contents(), [b"new".as_slice(), b"more"]);
    }

    /// Reads the templates once their last change is old enough to reveal the next one.
    fn settled(temp: &tempfile::TempDir) -> Kept {
        loop {
            let kept = Kept::read(temp.path(), Platform::Posix).unwrap();
            if kept.is_current() {
                return kept;
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_directory_that_appears_later_shows() {
        let temp = tree(&["common/a"]);
        let kept = settled(&temp);
        fs::create_directory(&temp.path().join("posix")).unwrap();
        assert!(!kept.is_current());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_comes_to_lead_to_a_template_shows() {
        let temp = tree(&["common/a"]);
        let elsewhere = tempfile::tempdir().unwrap();
        let target = elsewhere.path().join("target");
        fs::create_directory(&target).unwrap();
        fs::symlink(&target, &temp.path().join("common/link")).unwrap();
        let kept = settled(&temp);
        std::fs::remove_dir(&target).unwrap();
        assert!(!kept.is_current());
    }
}
