//! The answers of interpreters, stored in the cache: to ask one takes longer than all the rest.
//!
//! An answer is used only while everything that it came from looks the same. Where that isn't certain, the interpreter is
//! asked.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::base::{Interpreter, Provenance, configurations, kept_or, query};
use crate::error::Result;
use crate::fs::{self, Seen};
use crate::observer::Observer;
use crate::seed::Variables;
use crate::seed::cache::Facts;

/// The longest that an interpreter may take for an answer that is stored. A file that changed at the beginning would
/// otherwise look as if it had not changed for a while.
const LONGEST_ANSWER: Duration = Duration::from_secs(1);

/// Asks interpreters, and stores their answers.
#[derive(Debug)]
pub struct Asking {
    /// `None` if nothing may be stored, or can be.
    facts: Option<Facts>,
    circumstances: Vec<u8>,
}

impl Asking {
    /// Opens the cache that the variables name, unless they forbid it.
    ///
    /// # Errors
    /// [`crate::error::Error::Refused`] for an unknown value of a variable.
    pub fn new(variables: &Variables, observer: &mut dyn Observer) -> Result<Self> {
        let is_forbidden = variables.forbids_cache()?;
        let mut asking = Self { facts: None, circumstances: circumstances(std::env::vars_os()) };
        let Some(directory) = variables.cache_directory().filter(|_| !is_forbidden) else {
            return Ok(asking);
        };
        let opened = if has_usual_locale(|name| std::env::var_os(name)) {
            Facts::open_at(&directory).map_err(|why| why.to_string())
        } else {
            Err("the locale is not UTF-8".to_owned())
        };
        match opened {
            Ok(facts) => asking.facts = Some(facts),
            Err(why) => observer.debug(&format!("no answer of an interpreter is stored: {why}")),
        }
        Ok(asking)
    }

    /// The interpreter at an absolute path: see [`query`].
    ///
    /// # Errors
    /// Those of [`query`].
    pub fn ask(&self, executable: &Path, observer: &mut dyn Observer) -> Result<Arc<Interpreter>> {
        kept_or(executable, || {
            let known = self.facts.as_ref().and_then(|facts| facts.find(executable, &self.circumstances));
            if let Some((interpreter, provenance)) = known {
                return Ok((interpreter, Some(provenance)));
            }
            let (before, began) = (seen_before_asking(executable), Instant::now());
            let interpreter = query(executable, observer)?;
            let provenance = storable(executable, &interpreter);
            // This comes last: files that are exchanged meanwhile must not be stored with the old answer.
            let is_certain =
                began.elapsed() < LONGEST_ANSWER && before.is_some_and(|before| before.is_current());
            let provenance = provenance.filter(|_| is_certain);
            if let (Some(facts), Some(provenance)) = (&self.facts, &provenance) {
                facts.store(&interpreter, provenance, &self.circumstances);
            }
            Ok((interpreter, provenance))
        })
    }
}

/// What decides which Python starts at this path, before it is asked.
fn seen_before_asking(executable: &Path) -> Option<Seen> {
    let configurations = configurations(executable)?;
    Seen::of(configurations.iter().map(|path| path.as_path()).chain([executable]))
}

/// What an answer came from, if all of that is known.
fn storable(executable: &Path, interpreter: &Interpreter) -> Option<Provenance> {
    let provenance = Provenance::of(executable, interpreter)?;
    // A script or program that starts the real interpreter under its own name.
    let is_shim = match &interpreter.program {
        Some(program) => program != provenance.real_path(),
        None => fs::File::open(executable).and_then(|file| fs::read_start(file, 2)).ok()? == b"#!",
    };
    (interpreter.knows_sources && interpreter.base.is_cpython && !is_shim).then_some(provenance)
}

/// The variables that decide which libraries an interpreter loads.
fn circumstances(variables: impl Iterator<Item = (OsString, OsString)>) -> Vec<u8> {
    let is_one = |name: &[u8]| name.starts_with(b"LD_") || name.starts_with(b"DYLD_");
    let mut found: Vec<_> = variables.filter(|(name, _)| is_one(name.as_encoded_bytes())).collect();
    found.sort();
    let line = |(name, value): (OsString, OsString)| {
        [name.as_encoded_bytes(), b"=", value.as_encoded_bytes(), b"\0"].concat()
    };
    found.into_iter().flat_map(line).collect()
}

/// Reports whether file names are UTF-8 in the locale, whichever locales are installed.
fn has_usual_locale(value: impl Fn(&str) -> Option<OsString>) -> bool {
    let is_set = |value: &OsString| !value.is_empty();
    let Some(locale) = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(value).find(is_set) else {
        return true;
    };
    let locale = locale.to_string_lossy().to_lowercase();
    // language.encoding@modifier, or as on macOS the encoding alone
    let locale = locale.split('@').next().unwrap_or_default();
    matches!(locale.rsplit('.').next(), Some("c" | "posix" | "utf-8" | "utf8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_the_dynamic_linker_count_in_any_order() {
        let of = |given: &[(&str, &str)]| {
            circumstances(given.iter().map(|(name, value)| (name.into(), value.into())))
        };
        let one = of(&[("LD_LIBRARY_PATH", "/a"), ("PATH", "/b"), ("DYLD_INSERT_LIBRARIES", "/c")]);
        assert_eq!(one, of(&[("DYLD_INSERT_LIBRARIES", "/c"), ("LD_LIBRARY_PATH", "/a"), ("PATH", "/d")]));
        assert_ne!(one, of(&[("LD_LIBRARY_PATH", "/a")]));
        assert_ne!(of(&[("LD_LIBRARY_PATH", "")]), of(&[]));
    }

    #[test]
    fn a_locale_is_usual_if_it_is_utf_8_whether_it_is_installed_or_not() {
        let usual = |given: &[(&str, &str)]| {
            has_usual_locale(|name| given.iter().find(|(own, _)| *own == name).map(|(_, value)| value.into()))
        };
        for value in ["C", "POSIX", "C.UTF-8", "de_DE.utf8", "UTF-8", "sr_RS.UTF-8@latin", ""] {
            assert!(usual(&[("LANG", value)]), "{value}");
        }
        assert!(usual(&[]) && usual(&[("LC_ALL", "C.UTF-8"), ("LANG", "de_DE")]));
        for value in ["de_DE", "de_DE.ISO-8859-1", "ja_JP.eucJP", "de_DE@euro", "de_DE.ISO-8859-15@euro"] {
            assert!(!usual(&[("LC_CTYPE", value), ("LANG", "C.UTF-8")]), "{value}");
        }
    }
}
