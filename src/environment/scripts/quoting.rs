//! Quoting a value for a shell, so that the shell reads exactly that value.
//!
//! ```
//! use fastvenv::environment::scripts::quoting::Shell;
//!
//! assert_eq!(Shell::Sh.quote(b"/srv/env")?, b"/srv/env");
//! assert_eq!(Shell::Sh.quote(b"$(id)")?, b"'$(id)'");
//! assert_eq!(Shell::Fish.quote(b"it's")?, br"'it\'s'");
//! assert_eq!(Shell::Csh.quote(b"oh! no")?, br"'oh'\!' no'");
//! assert!(Shell::Batch.quote(b"\"& calc").is_err());
//! # Ok::<(), fastvenv::error::Error>(())
//! ```

use std::path::Path;

use crate::error::{Error, Result};

/// The languages that scripts are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// POSIX sh: bash, zsh, ksh, dash. An unknown suffix counts as this one too, as in `venv`.
    Sh,
    /// fish 3 and later.
    Fish,
    /// tcsh, and csh as far as it behaves the same.
    Csh,
    /// PowerShell, on every platform.
    PowerShell,
    /// The batch files of Windows' `cmd.exe`.
    Batch,
}

impl Shell {
    /// The language of a script, by the suffix of its name: `.ps1`, `.bat`, `.fish`, `.csh`, else POSIX sh.
    ///
    /// The case of the suffix makes no difference, since Windows runs an `Activate.BAT` as well.
    pub fn of_script(script: &Path) -> Self {
        let name = script.as_os_str().as_encoded_bytes();
        let has = |suffix: &str| {
            name.len() >= suffix.len()
                && name[name.len() - suffix.len()..].eq_ignore_ascii_case(suffix.as_bytes())
        };
        [(".ps1", Self::PowerShell), (".bat", Self::Batch), (".fish", Self::Fish), (".csh", Self::Csh)]
            .into_iter()
            .find_map(|(suffix, shell)| has(suffix).then_some(shell))
            .unwrap_or(Self::Sh)
    }

    /// `value` as a literal of this language. Templates place it outside quotes, but those of [`Shell::Batch`] inside
    /// double quotes, since that language has no literals.
    ///
    /// The result equals that of Python's `shlex.quote`, unless the value has characters that the shell, unlike sh,
    /// treats specially. Exceptions are PowerShell (always in single quotes) and batch (no quotes).
    ///
    /// # Errors
    /// [`Error::Refused`] for a value that the language can't represent: NUL in all of them, text that isn't UTF-8 in
    /// PowerShell and batch, quotes and control characters in batch.
    pub fn quote(self, value: &[u8]) -> Result<Vec<u8>> {
        if value.contains(&0) {
            return Err(self.refusal(value, "a NUL character"));
        }
        match self {
            Self::PowerShell => self.text(value).map(powershell),
            Self::Batch => self.batch(value),
            _ if is_ordinary(value) => Ok(value.to_vec()),
            Self::Sh => Ok(sh(value)),
            Self::Fish => Ok(fish(value)),
            Self::Csh => Ok(csh(value)),
        }
    }

    /// Doubles `%`, which starts a variable even in quotes. A double quote can't be represented, since it ends the
    /// template's quotes. Neither can control characters, some of which end the line or the file.
    fn batch(self, value: &[u8]) -> Result<Vec<u8>> {
        let text = self.text(value)?;
        if text.contains('"') {
            return Err(self.refusal(value, "a double quote"));
        }
        if text.contains(|c: char| c.is_ascii_control()) {
            return Err(self.refusal(value, "a control character"));
        }
        Ok(text.replace('%', "%%").into_bytes())
    }

    /// The value as text, if it is valid in a UTF-8 script.
    fn text(self, value: &[u8]) -> Result<&str> {
        std::str::from_utf8(value).map_err(|_| self.refusal(value, "bytes that are not UTF-8"))
    }

    fn refusal(self, value: &[u8], what: &str) -> Error {
        let language = match self {
            Self::Sh => "shell",
            Self::Fish => "fish",
            Self::Csh => "csh",
            Self::PowerShell => "PowerShell",
            Self::Batch => "batch",
        };
        Error::Refused(format!(
            "a {language} script cannot represent {what}, as in {:?}",
            String::from_utf8_lossy(value)
        ))
    }
}

/// Reports whether a value needs no quotes in sh, fish and csh. It has only characters that `shlex.quote` leaves alone,
/// and none of them where one of these shells would expand it.
fn is_ordinary(value: &[u8]) -> bool {
    let plain = |&byte: &u8| byte.is_ascii_alphanumeric() || b"@%+=:,./-_".contains(&byte);
    // zsh: "=ls" is the path of ls, also after ":" and "=". tcsh: "=1" is a directory of the stack. fish: "%self".
    let expands = |pair: &[u8]| pair[1] == b'=' && matches!(pair[0], b':' | b'=');
    !value.is_empty()
        && value.iter().all(plain)
        && !value.starts_with(b"=")
        && !value.starts_with(b"%")
        && !value.windows(2).any(expands)
}

/// In single quotes only the quote itself is special.
fn sh(value: &[u8]) -> Vec<u8> {
    enclosed(value, |out, byte| match byte {
        b'\'' => out.extend_from_slice(br#"'"'"'"#),
        _ => out.push(byte),
    })
}

/// Backslashes escape themselves and the quote, also in single quotes:
/// <https://fishshell.com/docs/current/language.html#quotes>.
fn fish(value: &[u8]) -> Vec<u8> {
    enclosed(value, |out, byte| match byte {
        b'\'' | b'\\' => out.extend([b'\\', byte]),
        _ => out.push(byte),
    })
}

/// `!` recalls history even in single quotes, and a newline there needs a backslash. Other backslashes are placed
/// outside the quotes, where they mean the same with and without `set backslash_quote`.
fn csh(value: &[u8]) -> Vec<u8> {
    enclosed(value, |out, byte| match byte {
        b'\'' => out.extend_from_slice(br#"'"'"'"#),
        b'!' | b'\\' => out.extend([b'\'', b'\\', byte, b'\'']),
        b'\n' => out.extend_from_slice(b"\\\n"),
        _ => out.push(byte),
    })
}

/// In single quotes only the quote is special. It is doubled, and so is each typographic quote that PowerShell treats
/// like it: see about_Quoting_Rules, and `CharExtensions.IsSingleQuote` in its sources.
fn powershell(text: &str) -> Vec<u8> {
    let mut out = String::from("'");
    for c in text.chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            out.push(c);
        }
        out.push(c);
    }
    out.push('\'');
    out.into_bytes()
}

fn enclosed(value: &[u8], mut escape: impl FnMut(&mut Vec<u8>, u8)) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 2);
    out.push(b'\'');
    for &byte in value {
        escape(&mut out, byte);
    }
    out.push(b'\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Shell; 5] = [Shell::Sh, Shell::Fish, Shell::Csh, Shell::PowerShell, Shell::Batch];

    #[test]
    fn the_language_is_that_of_the_suffix() {
        for (name, shell) in [
            ("activate", Shell::Sh),
            ("bin/activate.sh", Shell::Sh),
            ("activate.xsh", Shell::Sh),
            ("activate.fish", Shell::Fish),
            (".csh", Shell::Csh),
            ("Activate.ps1", Shell::PowerShell),
            ("deactivate.BAT", Shell::Batch),
            ("fish", Shell::Sh),
        ] {
            assert_eq!(Shell::of_script(Path::new(name)), shell, "{name}");
        }
    }

    #[test]
    fn ordinary_values_are_written_as_by_shlex() {
        for shell in [Shell::Sh, Shell::Fish, Shell::Csh] {
            for (value, expected) in [
                ("", "''"),
                ("/home/ada/.venv", "/home/ada/.venv"),
                ("a=b,c:d@e%f+g-h_i", "a=b,c:d@e%f+g-h_i"),
                ("my env", "'my env'"),
                ("é", "'é'"),
                ("~", "'~'"),
                ("$(id)`id`&&;|<>*?[]{}#\"", "'$(id)`id`&&;|<>*?[]{}#\"'"),
            ] {
                assert_eq!(shell.quote(value.as_bytes()).unwrap(), expected.as_bytes(), "{shell:?}");
            }
        }
    }

    #[test]
    fn each_shell_has_its_own_escapes() {
        for (shell, value, expected) in [
            (Shell::Sh, r"it's \!", r#"'it'"'"'s \!'"#),
            (Shell::Sh, "=ls", "'=ls'"),
            (Shell::Sh, "a:=ls", "'a:=ls'"),
            (Shell::Fish, "%self", "'%self'"),
            (Shell::Fish, r"it's \!", r"'it\'s \\!'"),
            (Shell::Csh, r"it's \!", r#"'it'"'"'s '\\''\!''"#),
            (Shell::Csh, "a\nb", "'a\\\nb'"),
            (Shell::PowerShell, "plain", "'plain'"),
            (Shell::PowerShell, "it's ’so’ $x", "'it''s ’’so’’ $x'"),
            (Shell::Batch, "100% & more", "100%% & more"),
        ] {
            assert_eq!(String::from_utf8(shell.quote(value.as_bytes()).unwrap()).unwrap(), expected);
        }
    }

    #[test]
    fn what_a_language_cannot_represent_is_refused() {
        for shell in ALL {
            assert!(shell.quote(b"a\0b").is_err(), "{shell:?}");
        }
        for value in [b"a\"b".as_slice(), b"a\nb", b"a\rb", b"a\x1ab", b"\xff"] {
            assert!(Shell::Batch.quote(value).is_err(), "{value:?}");
        }
        assert!(Shell::PowerShell.quote(b"\xff").is_err());
        assert_eq!(
            Shell::Batch.quote(b"a\"b").unwrap_err().to_string(),
            r#"a batch script cannot represent a double quote, as in "a\"b""#
        );
    }

    #[test]
    fn bytes_that_are_not_text_survive() {
        for shell in [Shell::Sh, Shell::Fish, Shell::Csh] {
            assert_eq!(shell.quote(b"\xff/\x80").unwrap(), b"'\xff/\x80'");
        }
    }
}
