//! The placeholders of a script template, and their values.

use memchr::memmem;

use crate::environment::scripts::quoting::Shell;
use crate::error::Result;

/// The common start of all placeholders.
const COMMON_START: &[u8] = b"__VENV_";

/// The values of the five placeholders, as bytes for the script.
#[derive(Clone, Copy, Debug)]
pub struct Values<T> {
    /// `__VENV_DIR__`: the environment's absolute path.
    pub env_dir: T,
    /// `__VENV_NAME__`: the last part of that path.
    pub env_name: T,
    /// `__VENV_PROMPT__`: the bare prompt, without parentheses.
    pub prompt: T,
    /// `__VENV_BIN_NAME__`: the name of the directory of scripts, `bin` or `Scripts`.
    pub bin_name: T,
    /// `__VENV_PYTHON__`: the absolute path of the environment's interpreter.
    pub env_exe: T,
}

impl<T: AsRef<[u8]>> Values<T> {
    /// The placeholder at the start of `text`, and its value.
    fn at_start_of(&self, text: &[u8]) -> Option<(&'static str, &[u8])> {
        [
            ("__VENV_DIR__", &self.env_dir),
            ("__VENV_NAME__", &self.env_name),
            ("__VENV_PROMPT__", &self.prompt),
            ("__VENV_BIN_NAME__", &self.bin_name),
            ("__VENV_PYTHON__", &self.env_exe),
        ]
        .into_iter()
        .find(|(placeholder, _)| text.starts_with(placeholder.as_bytes()))
        .map(|(placeholder, value)| (placeholder, value.as_ref()))
    }
}

/// The template with every placeholder replaced by its value, quoted for `shell`
/// (`EnvBuilder.replace_variables`, <https://docs.python.org/3/library/venv.html#venv.EnvBuilder.install_scripts>).
///
/// It makes one pass: a value that contains the name of a placeholder stays as it is, whereas `venv` replaces again.
///
/// # Errors
/// [`crate::error::Error::Refused`] if the shell can't represent a value that the template uses. Values that it
/// doesn't use are not checked.
pub fn replace(template: &[u8], values: &Values<impl AsRef<[u8]>>, shell: Shell) -> Result<Vec<u8>> {
    let mut script = Vec::with_capacity(template.len() + 256);
    let mut rest = template;
    let finder = memmem::Finder::new(COMMON_START);
    while let Some(start) = finder.find(rest) {
        let (text, tail) = rest.split_at(start);
        script.extend_from_slice(text);
        match values.at_start_of(tail) {
            Some((placeholder, value)) => {
                script.extend(shell.quote(value)?);
                rest = &tail[placeholder.len()..];
            }
            // This is no placeholder, but one may start at its end.
            None => {
                script.push(tail[0]);
                rest = &tail[1..];
            }
        }
    }
    script.extend_from_slice(rest);
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<&[u8]> = Values {
        env_dir: b"/e v",
        env_name: b"e v",
        prompt: b"__VENV_DIR__",
        bin_name: b"bin",
        env_exe: b"/e v/bin/python",
    };

    #[test]
    fn every_placeholder_is_replaced_wherever_it_stands() {
        let template = b"__VENV_DIR__;__VENV_NAME__;__VENV_BIN_NAME__;___VENV_PYTHON____VENV_BIN_NAME__";
        assert_eq!(replace(template, &VALUES, Shell::Sh).unwrap(), b"'/e v';'e v';bin;_'/e v/bin/python'bin");
    }

    #[test]
    fn a_value_that_names_a_placeholder_is_not_replaced_again() {
        assert_eq!(
            replace(b"__VENV_PROMPT__ __VENV_DIR__", &VALUES, Shell::Sh).unwrap(),
            b"__VENV_DIR__ '/e v'"
        );
    }

    #[test]
    fn other_text_stays_byte_for_byte() {
        assert_eq!(replace(b"__VENV__VENV_NAME__", &VALUES, Shell::Sh).unwrap(), b"__VENV'e v'");
        for text in [b"".as_slice(), b"\xff\0\r\n__VENV_", b"__VENV_DIR_", b"__venv_dir__"] {
            assert_eq!(replace(text, &VALUES, Shell::Batch).unwrap(), text);
        }
    }

    #[test]
    fn only_values_that_are_asked_for_are_refused() {
        let values = Values::<&[u8]> { prompt: b"\"", ..VALUES };
        assert!(replace(b"@echo off __VENV_BIN_NAME__", &values, Shell::Batch).is_ok());
        assert!(replace(b"set \"P=__VENV_PROMPT__\"", &values, Shell::Batch).is_err());
    }
}
