//! Checking that the environment's Python starts, and that pip is placed for it.
//!
//! A link to the file that this process runs needs no further check. Otherwise it is started, once for each base
//! interpreter. `sys._base_executable` may be any path that the caller chose (`exec -a /usr/bin/python3 ...`), and on
//! macOS it is a stub for the program that runs. A copy may not find the library that its original finds beside itself.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::cache::Cache;
use super::hash::{digest, hex};
use super::reason::{Reason, Stop};
use super::request::Request;
use crate::base::{Base, Platform, Version};
use crate::error::Result;
use crate::fs::dir::{Metadata, metadata_at};
use crate::fs::{self, Entry};
use crate::observer::{Observer, wait};

/// Succeeds in a Python that looks for pip, and for bytecode, where we place them. Its argument is the result of
/// [`identity`].
const PROGRAM: &str = "\
import sys
from importlib._bootstrap_external import MAGIC_NUMBER
own = '%d.%d' % sys.version_info[:2], getattr(sys, 'abiflags', ''), sys.implementation.cache_tag, MAGIC_NUMBER.hex()
sys.exit(sys.argv[1] != ' '.join(own))
";

/// The results of this process. The cache may be missing, and doesn't store results for files that have just changed.
static KNOWN: Mutex<Vec<(Metadata, String)>> = Mutex::new(Vec::new());

/// Stops if pip, placed for the running interpreter, would not fit the environment's Python. `ensurepip` then does the
/// right thing for that Python, or fails as in the standard library.
pub fn check(request: Request<'_>, cache: Option<&Cache>, observer: &mut dyn Observer) -> Result<(), Stop> {
    let (env_exe_path, base_path) = (&request.environment.executable, &request.base.executable);
    let other = || Reason::OtherPython(env_exe_path.clone());
    let base = metadata_at(base_path).map_err(|_| other())?;
    let env_exe = metadata_at(env_exe_path).map_err(|_| other())?;
    let kind = match fs::entry(env_exe_path) {
        Entry::Link if fs::is_one_file(&env_exe, &base) => {
            if fs::running_program().is_ok_and(|program| fs::is_one_file(&program, &base)) {
                return Ok(());
            }
            "link"
        }
        Entry::File if env_exe.size == base.size => {
            if !fs::may_execute(env_exe_path) {
                return Err(Reason::Inexecutable(env_exe_path.clone()).into());
            }
            "copy"
        }
        // Its launcher on Windows, of which each version of Python has another one.
        Entry::File if request.base.platform == Platform::Nt => "launcher",
        _ => return Err(other().into()),
    };
    let identity = identity(request.base);
    let name = base_path.join(kind);
    let size = if kind == "launcher" { env_exe.size } else { base.size };
    let digest = digest(format!("{kind} {size} {identity} {}", libraries(request)).as_bytes());
    if is_known(&base, &digest) || cache.is_some_and(|cache| cache.remembers(&name, &base, &digest)) {
        return Ok(());
    }
    if !answers(env_exe_path, &identity, observer)? {
        return Err(other().into());
    }
    if let Some(cache) = cache {
        cache.remember(&name, &base, &digest);
    }
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).push((base, digest));
    Ok(())
}

fn is_known(base: &Metadata, digest: &str) -> bool {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.iter().any(|(metadata, found)| metadata == base && found == digest)
}

fn identity(base: &Base) -> String {
    let Version { major, minor, .. } = base.version;
    let tag = base.cache_tag.as_deref().unwrap_or_default();
    format!("{major}.{minor} {} {tag} {}", base.abiflags, hex(&base.magic))
}

/// The directories where the system looks for libraries before those that the interpreter names.
fn libraries(request: Request<'_>) -> String {
    ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"]
        .map(|name| format!("{:?}", request.variables.get(name)))
        .join(" ")
}

/// Starts it and returns its answer. It uses no pipe, for the reason given in [`super::bytecode`].
fn answers(python: &Path, identity: &str, observer: &mut dyn Observer) -> Result<bool> {
    let mut command = Command::new(python);
    command.args(["-I", "-S", "-c", PROGRAM, identity]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut process) = observer.start(&mut command) else { return Ok(false) };
    Ok(wait(&mut process, Duration::ZERO, observer)?.is_ok_and(|status| status.success()))
}
