//! Hostile files in an environment: no panic, and whatever was quoted is read back.
#![no_main]

use std::path::{Path, PathBuf};

use fastvenv::check::{LibraryName, shebang, word};
use fastvenv::environment::config::Parsed;
use fastvenv::environment::scripts::quoting::Shell;
use fastvenv::seed::console_scripts::first_line;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    shebang::interpreter(content);
    for shell in [Shell::Sh, Shell::Fish, Shell::Csh] {
        word::assigned(content, shell, "VIRTUAL_ENV");
        read_back(content, shell);
    }
    if let Ok(text) = std::str::from_utf8(content) {
        LibraryName::read(text);
        let parsed = Parsed::read(text);
        for (key, value) in parsed.pairs() {
            assert!(parsed.values(key).any(|found| found == value));
        }
        // A plain path comes back from the first line that is written for it.
        if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_. ".contains(&byte))
            && !text.contains("..")
        {
            let path = format!("/{text}/bin/python");
            let script = first_line(path.as_bytes(), false);
            let found = shebang::interpreter(&script);
            assert_eq!(found.as_deref().map(Path::as_os_str), Some(PathBuf::from(path).as_os_str()));
        }
    }
});

/// The path that a script assigns is the one that was quoted for it.
fn read_back(path: &[u8], shell: Shell) {
    let Ok(quoted) = shell.quote(path) else { return };
    let start: &[u8] = match shell {
        Shell::Fish => b"set -gx VIRTUAL_ENV ",
        Shell::Csh => b"setenv VIRTUAL_ENV ",
        _ => b"VIRTUAL_ENV=",
    };
    let script = [start, &quoted, b"\n"].concat();
    let words = word::assigned(&script, shell, "VIRTUAL_ENV");
    assert!(words.first().is_some_and(|word| word.is_literal && word.text == path));
}
