//! The word that an activation script assigns to a variable: unquoted, as far as it is literal.

use crate::environment::scripts::quoting::Shell;

/// A word of a shell.
#[derive(Debug, PartialEq, Eq)]
pub struct Word {
    /// Its text without quotes.
    pub text: Vec<u8>,
    /// It has no expansions, so that the text is its value.
    pub is_literal: bool,
    /// It is one pair of double quotes with an unescaped text, as in scripts before CVE-2024-9287.
    pub is_in_double_quotes: bool,
}

/// The words that a script assigns to a variable, in the order of the script.
pub fn assigned(script: &[u8], shell: Shell, variable: &str) -> Vec<Word> {
    let starts: Vec<String> = match shell {
        Shell::Sh => vec![format!("{variable}="), format!("export {variable}=")],
        Shell::Fish => vec![format!("set -gx {variable} ")],
        Shell::Csh => {
            vec![format!("setenv {variable} "), format!("set {variable}="), format!("set {variable} = ")]
        }
        Shell::PowerShell | Shell::Batch => Vec::new(),
    };
    let mut found = Vec::new();
    let mut line = 0;
    while line < script.len() {
        let rest = &script[line..];
        let text = rest.trim_ascii_start();
        for start in &starts {
            if let Some(value) = text.strip_prefix(start.as_bytes()) {
                found.push(word(value, shell));
            }
        }
        line += memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    }
    found
}

/// The first word of a text.
fn word(text: &[u8], shell: Shell) -> Word {
    if let Some(inside) = text.strip_prefix(b"\"").filter(|inside| inside.starts_with(b"/")) {
        // The old templates put the path between double quotes as it is, so the line ends it.
        let end = memchr::memchr(b'\n', inside).unwrap_or(inside.len());
        if let Some(raw) = inside[..end].trim_ascii_end().strip_suffix(b"\"") {
            return Word { text: raw.to_vec(), is_literal: true, is_in_double_quotes: true };
        }
    }
    let mut is_literal = true;
    let (mut out, mut quote, mut bytes) = (Vec::new(), None, text.iter().copied().peekable());
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b')') => break,
            (None | Some(b'"'), b'\\') => out.extend(bytes.next()),
            // csh escapes a newline in single quotes.
            (Some(_), b'\\') if shell == Shell::Csh && bytes.peek() == Some(&b'\n') => {
                out.extend(bytes.next())
            }
            (Some(_), b'\\') if shell == Shell::Fish && matches!(bytes.peek(), Some(b'\\' | b'\'')) => {
                out.extend(bytes.next());
            }
            (None | Some(b'"'), b'$' | b'`' | b'(') => {
                is_literal = false;
                out.push(byte);
            }
            _ => out.push(byte),
        }
    }
    Word { text: out, is_literal, is_in_double_quotes: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_quoted_is_read_back() {
        for value in ["/plain", "/a b", "/it's", "/$(id)`x`", "/a\nb", "/a\\b!c", "/ünï"] {
            for (shell, start) in
                [(Shell::Sh, "export V="), (Shell::Fish, "set -gx V "), (Shell::Csh, "setenv V ")]
            {
                let quoted = shell.quote(value.as_bytes()).unwrap();
                let script = [b"x\n  ", start.as_bytes(), &quoted, b"\nV2=y\n"].concat();
                let text = value.as_bytes().to_vec();
                let expected = Word { text, is_literal: true, is_in_double_quotes: false };
                assert_eq!(assigned(&script, shell, "V"), [expected], "{shell:?} {value}");
            }
        }
    }

    #[test]
    fn the_old_form_is_known_by_its_double_quotes() {
        for raw in ["/a/$(id) b", "/quo\"te"] {
            let words = assigned(format!("VIRTUAL_ENV=\"{raw}\"\n").as_bytes(), Shell::Sh, "VIRTUAL_ENV");
            let text = raw.as_bytes().to_vec();
            assert_eq!(words, [Word { text, is_literal: true, is_in_double_quotes: true }]);
        }
    }

    #[test]
    fn a_word_with_an_expansion_is_no_value() {
        for word in ["$(dirname -- x)", "\"$(dirname -- x)\"", "/a$(printf x)b", "''(dirname x)''"] {
            let words = assigned(format!("VIRTUAL_ENV={word}\n").as_bytes(), Shell::Sh, "VIRTUAL_ENV");
            assert!(words.iter().all(|word| !word.is_literal), "{word}");
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic() {
        for script in [b"V=".as_slice(), b"V=\"", b"V='\\", b"V=\\", b"\nV=\"\\\n\"", b"V=\xff\xfe", b""] {
            for shell in [Shell::Sh, Shell::Fish, Shell::Csh, Shell::PowerShell] {
                assigned(script, shell, "V");
            }
        }
    }
}
