//! The answer of another interpreter that was asked, as a [`Base`].

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Base, Build, Platform, Scheme, Version};
use crate::fs;
use crate::text::quoted;

/// An interpreter other than the running one.
#[derive(Clone, Debug)]
pub struct Interpreter {
    /// What environments depend on.
    pub base: Arc<Base>,
    /// `sys.implementation.name`: `cpython`, `pypy`.
    pub implementation: String,
    /// `sys.platform`: `linux`, `cygwin`.
    pub system: String,
    /// The file that its process ran, links resolved, if the system says it.
    pub program: Option<PathBuf>,
    /// The files that the answer depends on, besides the executable.
    pub sources: Vec<PathBuf>,
    /// There are no other files that the answer depends on.
    pub knows_sources: bool,
    /// The answer itself.
    pub text: String,
}

impl Interpreter {
    /// The oldest version of CPython whose environments fastvenv can create.
    const OLDEST: u8 = 8;

    /// The reason, if any, why only the interpreter's own `venv` can create its environments. `host` is the platform
    /// that fastvenv runs on.
    pub fn obstacle(&self, host: Platform) -> Option<String> {
        let Version { major, minor, .. } = self.base.version;
        let what = if self.implementation != "cpython" {
            format!("is {}, not CPython", self.implementation)
        } else if !self.base.version.at_least(Self::OLDEST) {
            format!("is Python {major}.{minor}, older than 3.{}", Self::OLDEST)
        } else if self.base.platform != host {
            format!("is for another platform ({})", self.system)
        } else if !fs::exists(&self.base.library.join("os.py")) {
            "has no standard library in a directory".to_owned()
        } else {
            return None;
        };
        Some(format!("{} {what}", quoted(&self.base.running)))
    }
}

/// Reads the answer that `query.py` prints. Returns `None` for anything else.
pub fn read(text: &str) -> Option<Interpreter> {
    let facts: Map<String, Value> = serde_json::from_str(text).ok()?;
    let facts = Members(&facts);
    let os_module = facts.path("os_module")?;
    let implementation = facts.text("implementation")?;
    let system = facts.text("platform")?;
    let base = Base {
        platform: if facts.text("os")? == "nt" { Platform::Nt } else { Platform::Posix },
        version: facts.version()?,
        is_cpython: implementation == "cpython",
        macos: system == "darwin",
        is_64bit: facts.is_true("is_64bit")?,
        utf8_file_names: facts.is_true("utf8_file_names")?,
        abiflags: facts.text("abiflags")?,
        platlibdir: facts.text("platlibdir")?,
        scheme: Scheme::Own,
        running: facts.path("executable")?,
        home: facts.path("home")?,
        executable: facts.path("base_executable")?,
        prefix: facts.path("base_prefix")?,
        library: os_module.parent()?.to_owned(),
        cache_tag: Some(facts.text("cache_tag")?).filter(|tag| !tag.is_empty()),
        magic: facts.bytes("magic")?,
        wheel_pkg_dir: facts.some_path("wheel_pkg_dir")?,
        build: Build {
            is_tree: facts.is_true("is_build_tree")?,
            free_threaded: facts.is_true("free_threaded")?,
            arm64: facts.is_true("arm64")?,
        },
    };
    Some(Interpreter {
        base: Arc::new(base),
        implementation,
        system,
        program: facts.some_path("program")?,
        sources: facts.paths("sources")?,
        knows_sources: facts.is_true("knows_sources")?,
        text: text.to_owned(),
    })
}

/// The members of the answer. Each text is a string with one character for each byte.
struct Members<'a>(&'a Map<String, Value>);

impl Members<'_> {
    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        bytes(self.0.get(name)?)
    }

    fn text(&self, name: &str) -> Option<String> {
        String::from_utf8(self.bytes(name)?).ok()
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        fs::os_string(self.bytes(name)?).map(OsString::into)
    }

    fn paths(&self, name: &str) -> Option<Vec<PathBuf>> {
        let path = |value| fs::os_string(bytes(value)?).map(PathBuf::from);
        self.0.get(name)?.as_array()?.iter().map(path).collect()
    }

    /// `Some(None)` for an empty path.
    fn some_path(&self, name: &str) -> Option<Option<PathBuf>> {
        self.path(name).map(|path| Some(path).filter(|path| !path.as_os_str().is_empty()))
    }

    fn is_true(&self, name: &str) -> Option<bool> {
        Some(self.0.get(name)?.as_u64()? != 0)
    }

    fn version(&self) -> Option<Version> {
        let [major, minor, micro] = self.0.get("version")?.as_array()?.as_slice() else { return None };
        let number = |value: &Value| u8::try_from(value.as_u64()?).ok();
        Some(Version { major: number(major)?, minor: number(minor)?, micro: number(micro)? })
    }
}

fn bytes(text: &Value) -> Option<Vec<u8>> {
    text.as_str()?.chars().map(|c| u8::try_from(c).ok()).collect()
}

#[cfg(test)]
pub mod tests {
    //! An answer for other modules' tests.

    #[cfg(unix)]
    use std::path::Path;

    use super::*;

    pub const ANSWER: &str = r#"{"os": "posix", "platform": "linux", "implementation": "cpython", "version": [3, 12, 1],
        "is_64bit": 1, "utf8_file_names": 1, "abiflags": "", "platlibdir": "lib", "executable": "/env/bin/python",
        "base_executable": "/opt/\u00e9/bin/python3", "home": "/opt/\u00e9/bin", "base_prefix": "/opt/\u00e9", "magic": "\u00cb\r\r\n",
        "os_module": "/opt/\u00e9/lib/python3.12/os.py", "cache_tag": "cpython-312", "wheel_pkg_dir": "",
        "program": "", "sources": ["/opt/\u00e9/lib/python3.12/os.py"], "knows_sources": 1, "is_build_tree": 0, "free_threaded": 0, "arm64": 0}"#;

    // The paths of the answer are no UTF-8.
    #[cfg(unix)]
    #[test]
    fn an_answer_becomes_a_base() {
        let Interpreter { base, sources, .. } = read(ANSWER).unwrap();
        assert_eq!(base.version, Version { major: 3, minor: 12, micro: 1 });
        assert_eq!(base.running, Path::new("/env/bin/python"));
        assert_eq!(base.home, base.prefix.join("bin"));
        assert_eq!(base.magic, b"\xcb\r\r\n");
        assert_eq!(base.wheel_pkg_dir, None);
        assert_eq!(sources, [base.library.join("os.py")]);
    }

    #[cfg(unix)]
    #[test]
    fn paths_are_bytes() {
        use std::os::unix::ffi::OsStrExt;
        assert_eq!(read(ANSWER).unwrap().base.prefix.as_os_str().as_bytes(), b"/opt/\xe9");
    }

    #[test]
    fn an_incomplete_answer_is_none() {
        for (old, new) in [("\"os\"", "\"so\""), ("[3, 12, 1]", "[3, 12]"), ("u00e9", "u20ac")] {
            assert!(read(&ANSWER.replacen(old, new, 1)).is_none(), "{old}");
        }
        assert!(read("").is_none());
    }

    #[cfg(unix)]
    #[test]
    fn only_cpython_3_8_and_later_for_this_platform_is_native() {
        let told = |old, new| {
            read(&ANSWER.replacen(old, new, 1)).unwrap().obstacle(Platform::Posix).unwrap_or_default()
        };
        assert!(told("\"cpython\"", "\"pypy\"").ends_with("is pypy, not CPython"));
        assert!(told("[3, 12, 1]", "[3, 7, 1]").ends_with("is Python 3.7, older than 3.8"));
        assert!(told("\"posix\"", "\"nt\"").ends_with("is for another platform (linux)"));
        assert!(told("x", "x").ends_with("has no standard library in a directory"));
    }
}
