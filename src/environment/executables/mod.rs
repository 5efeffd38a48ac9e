//! The names of the environment's `python` and, on Windows, their sources.

pub mod nt;
pub mod nt_older;

use crate::base::{Base, Version};

/// A name that Python 3.14 adds as an Easter egg (gh-119535). Not every file system can store it.
pub const OPTIONAL_NAME: &str = "𝜋thon";

/// The other names of the executable in `bin`, in the order in which they are created.
///
/// `python3.9` came with 3.9. Python 3.14 adds [`OPTIONAL_NAME`] if file names are UTF-8.
pub fn posix_names(base: &Base) -> Vec<String> {
    let Version { major, minor, .. } = base.version;
    let mut names = vec!["python".to_owned(), "python3".to_owned()];
    if base.version.at_least(9) {
        names.push(format!("python3.{minor}"));
    }
    if (major, minor) == (3, 14) && base.utf8_file_names {
        names.push(OPTIONAL_NAME.to_owned());
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Platform;
    use crate::base::tests::cpython;

    #[test]
    fn names_follow_the_version() {
        let names = |minor, utf8_file_names| {
            posix_names(&Base { utf8_file_names, ..cpython(Platform::Posix, minor) })
        };
        assert_eq!(names(8, true), ["python", "python3"]);
        assert_eq!(names(13, true), ["python", "python3", "python3.13"]);
        assert_eq!(names(14, true), ["python", "python3", "python3.14", "𝜋thon"]);
        assert_eq!(names(14, false).len(), 3);
        assert_eq!(names(15, true).len(), 3);
    }
}
