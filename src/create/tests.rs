//! Compares whole environments from the core, created without an interpreter in this process, with those of `python -m
//! fastvenv`.
//!
//! They use the CPython that is `python3` in PATH. Without one, nothing is compared. The package is the one in the
//! directory that `FASTVENV_TEST_PACKAGE` names. Without it, the same cargo builds the extension module, into a separate
//! directory below `target`.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::OnceLock;
use std::{fs, io};

use super::{Creation, environment};
use crate::base::{Base, query};
use crate::environment::config::Options;
use crate::observer::Observer;
use crate::seed::Variables;

/// The options of both sides: command-line arguments, and the same as values.
type Case = (&'static [&'static str], fn(Options) -> Options);

const CASES: [Case; 4] = [
    (&["--without-pip"], |options| options),
    (&["--without-pip", "--without-scm-ignore-files"], |options| Options {
        scm_ignore_files: false,
        ..options
    }),
    (&["--without-pip", "--copies", "--system-site-packages"], |options| Options {
        symlinks: false,
        system_site_packages: true,
        ..options
    }),
    (&["--without-pip", "--prompt", "it's \"so\""], |options| Options {
        prompt: Some("it's \"so\"".to_owned()),
        ..options
    }),
];

#[test]
fn an_environment_without_pip_is_that_of_the_package() {
    let Some(python) = python() else { return };
    let temp = tempfile::tempdir().unwrap();
    let place = Place::new(temp.path());
    for (arguments, options) in CASES {
        let theirs = place.by_package(python, arguments, &[]);
        let ours = place.by_core(python, &options(Options { with_pip: false, ..usual() }), &[]).0;
        assert_same(&ours, &theirs);
        // A second creation changes nothing.
        assert_same(&place.again(python, &options(Options { with_pip: false, ..usual() })), &theirs);
    }
}

#[test]
#[ignore = "slow: CI runs it"]
fn an_environment_with_pip_is_that_of_the_package_with_a_cold_and_a_warm_cache() {
    let Some(python) = python() else { return };
    let temp = tempfile::tempdir().unwrap();
    let place = Place::new(temp.path());
    let (cold, said) = place.by_core(python, &usual(), &[]);
    assert!(said.contains("installed natively"), "{said}");
    assert!(said.contains("origin: Built"), "{said}");
    assert_same(&cold, &place.by_package(python, &[], &[]));
    let (warm, said) = place.by_core(python, &usual(), &[]);
    assert!(said.contains("origin: Cache"), "{said}");
    assert_same(&warm, &cold);
}

#[test]
#[ignore = "slow: CI runs it"]
fn an_environment_with_pip_by_ensurepip_is_that_of_the_package() {
    let Some(python) = python() else { return };
    let temp = tempfile::tempdir().unwrap();
    let place = Place::new(temp.path());
    // Bytecode then contains the hash of its source instead of its time.
    let variables = [("FASTVENV_SEED", "ensurepip"), ("SOURCE_DATE_EPOCH", "1700000000")];
    let (ours, said) = place.by_core(python, &usual(), &variables);
    assert!(said.contains("because FASTVENV_SEED asks for it"), "{said}");
    assert_same(&ours, &place.by_package(python, &[], &variables));
}

fn usual() -> Options {
    Options { symlinks: true, with_pip: true, scm_ignore_files: true, ..Options::default() }
}

/// The interpreter, and the directory of a `fastvenv` package that it can import.
struct Python {
    base: Base,
    package: PathBuf,
}

fn python() -> Option<&'static Python> {
    static PYTHON: OnceLock<Option<Python>> = OnceLock::new();
    let found = PYTHON.get_or_init(|| {
        let base = asked("python3").filter(|base| base.is_cpython && base.version.at_least(10))?;
        let given = std::env::var_os("FASTVENV_TEST_PACKAGE").map(PathBuf::from);
        Some(Python { package: given.unwrap_or_else(|| built(&base)), base })
    });
    if found.is_none() {
        eprintln!("skipped: there is no CPython in PATH");
    }
    found.as_ref()
}

/// The interpreter of that name in PATH.
fn asked(name: &str) -> Option<Base> {
    let paths = std::env::var_os("PATH")?;
    let path =
        std::env::split_paths(&paths).map(|directory| directory.join(name)).find(|path| path.is_file())?;
    let mut observer = Ear { variables: Vec::new(), heard: String::new() };
    // A shim has another name than the interpreter that it starts.
    let interpreter = query(&path, &mut observer).ok()?;
    Some((*interpreter.base).clone())
}

/// Builds the extension module and puts it beside a copy of the package's Python files.
fn built(base: &Base) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = root.join("target/whole");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["rustc", "--quiet", "--lib", "--features=python", "--crate-type=cdylib", "--target-dir"]);
    cargo.arg(&target).current_dir(root);
    cargo.env("PYO3_BUILD_EXTENSION_MODULE", "1").env("PYO3_PYTHON", &base.running);
    if cfg!(target_os = "macos") {
        cargo.args(["--", "-Clink-arg=-undefined", "-Clink-arg=dynamic_lookup"]);
    }
    assert!(cargo.status().unwrap().success());
    let package = target.join("package/fastvenv");
    fs::create_dir_all(&package).unwrap();
    let mut copy = Command::new("cp");
    assert!(copy.arg("-R").arg(root.join("python/fastvenv/.")).arg(&package).status().unwrap().success());
    let library = if cfg!(target_os = "macos") { "libfastvenv.dylib" } else { "libfastvenv.so" };
    fs::copy(target.join("debug").join(library), package.join("_core.abi3.so")).unwrap();
    package
}

/// The place where both sides create the same environment, one after the other.
struct Place {
    directory: PathBuf,
    cache: PathBuf,
}

impl Place {
    fn new(temp: &Path) -> Self {
        let temp = fs::canonicalize(temp).unwrap();
        Self { directory: temp.join("an env"), cache: temp.join("cache") }
    }

    fn by_package(&self, python: &Python, arguments: &[&str], variables: &[(&str, &str)]) -> Tree {
        let mut command = Command::new(&python.base.running);
        command.args(["-m", "fastvenv"]).args(arguments).arg(&self.directory);
        for name in Variables::NAMES {
            command.env_remove(name);
        }
        command.env("FASTVENV_CACHE_DIR", &self.cache).envs(variables.iter().copied());
        command.env("PYTHONPATH", python.package.parent().unwrap());
        assert!(command.status().unwrap().success());
        let tree = snapshot(&self.directory);
        fs::remove_dir_all(&self.directory).unwrap();
        tree
    }

    /// The core's environment, and the observer's messages.
    fn by_core(&self, python: &Python, options: &Options, variables: &[(&str, &str)]) -> (Tree, String) {
        let mut observer = Ear { variables: variables.to_vec(), heard: String::new() };
        self.create(python, options, &mut observer);
        let tree = snapshot(&self.directory);
        fs::remove_dir_all(&self.directory).unwrap();
        (tree, observer.heard)
    }

    fn again(&self, python: &Python, options: &Options) -> Tree {
        let mut observer = Ear { variables: Vec::new(), heard: String::new() };
        self.create(python, options, &mut observer);
        self.create(python, options, &mut observer);
        let tree = snapshot(&self.directory);
        fs::remove_dir_all(&self.directory).unwrap();
        tree
    }

    fn create(&self, python: &Python, options: &Options, observer: &mut Ear<'_>) {
        let set = observer.variables.clone();
        let value = |name| set.iter().find(|(set, _)| *set == name).map(|(_, value)| value.into());
        let variables = Variables::from_lookup(|name| Ok::<_, ()>(value(name))).unwrap();
        let creation = Creation {
            base: &python.base,
            directory: &self.directory,
            options,
            variables: &variables,
            cache_directory: Some(&self.cache),
            prompt: options.prompt.as_deref().map(OsStr::new),
            own: &python.package,
            home: Path::new("/nowhere"),
        };
        environment(&creation, observer).unwrap();
    }
}

/// An observer that keeps the messages and sets variables for processes.
struct Ear<'a> {
    variables: Vec<(&'a str, &'a str)>,
    heard: String,
}

impl Observer for Ear<'_> {
    fn debug(&mut self, message: &str) {
        self.heard += message;
    }

    fn warning(&mut self, message: &str) {
        panic!("{message}");
    }

    fn interrupted(&mut self) -> bool {
        false
    }

    fn start(&mut self, command: &mut Command) -> io::Result<Child> {
        command.envs(self.variables.iter().copied()).spawn()
    }
}

/// Each path with its mode, and with the content of a file or the text of a link.
type Tree = BTreeMap<OsString, (u32, Vec<u8>)>;

fn snapshot(root: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut rest = vec![root.to_owned()];
    while let Some(path) = rest.pop() {
        let found = fs::symlink_metadata(&path).unwrap();
        let content = if found.is_dir() {
            rest.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            Vec::new()
        } else if found.is_symlink() {
            fs::read_link(&path).unwrap().into_os_string().into_vec()
        } else {
            fs::read(&path).unwrap()
        };
        let below = path.strip_prefix(root).unwrap().as_os_str().to_owned();
        tree.insert(below, (found.permissions().mode(), content));
    }
    tree
}

fn assert_same(ours: &Tree, theirs: &Tree) {
    let names = |tree: &Tree| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(ours), names(theirs));
    for (name, (mode, content)) in ours {
        let (their_mode, their_content) = &theirs[name];
        assert_eq!(mode, their_mode, "{name:?}");
        let shown = |content: &[u8]| OsStr::from_bytes(&content[..content.len().min(2000)]).to_owned();
        assert!(content == their_content, "{name:?}: {:?} {:?}", shown(content), shown(their_content));
    }
    assert!(ours.contains_key(OsStr::new("pyvenv.cfg")));
}
