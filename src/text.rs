//! Names and output of the system as text. They may hold any bytes.

use std::ffi::OsStr;
use std::fmt::Write;

/// What stands before a byte of a name that is not UTF-8, in two hexadecimal digits: in Python it is a surrogate
/// (PEP 383).
const SURROGATE: &str = "\\udc";
/// The same before a byte in output, and in a file.
const BYTE: &str = "\\x";

/// The name as Python's `repr` shows it.
pub fn quoted(name: impl AsRef<OsStr>) -> String {
    let bytes = name.as_ref().as_encoded_bytes();
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let text =
        decoded(bytes, SURROGATE, |out, text| text.chars().for_each(|c| push_as_in_repr(out, c, quote)));
    format!("{quote}{text}{quote}")
}

/// The name as Python writes it to stderr.
pub fn shown(name: impl AsRef<OsStr>) -> String {
    decoded(name.as_ref().as_encoded_bytes(), SURROGATE, String::push_str)
}

/// The output of a program, decoded as with Python's `backslashreplace`.
pub fn printed(output: &[u8]) -> String {
    decoded(output, BYTE, String::push_str)
}

/// The name as a part of one line: what a reader of the file might treat as the end of a line is escaped.
pub fn in_one_line(name: impl AsRef<OsStr>) -> String {
    decoded(name.as_ref().as_encoded_bytes(), BYTE, push_in_one_line)
}

/// What is UTF-8 in these bytes, as `push` appends it, and each other byte in two hexadecimal digits after `prefix`.
fn decoded(bytes: &[u8], prefix: &str, mut push: impl FnMut(&mut String, &str)) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        push(&mut out, chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(out, "{prefix}{byte:02x}");
        }
    }
    out
}

fn push_as_in_repr(out: &mut String, c: char, quote: char) {
    let _ = match (c, u32::from(c)) {
        ('\\', _) => write!(out, "\\\\"),
        ('\n' | '\r' | '\t', _) => write!(out, "{}", c.escape_default()),
        (c, _) if c == quote => write!(out, "\\{c}"),
        (c, _) if is_printable(c) => write!(out, "{c}"),
        (_, code @ ..0x100) => write!(out, "\\x{code:02x}"),
        (_, code @ ..0x1_0000) => write!(out, "\\u{code:04x}"),
        (_, code) => write!(out, "\\U{code:08x}"),
    };
}

/// Reports whether a character is shown as it is (`str.isprintable`), by the Unicode tables that Rust's own `Debug` has.
fn is_printable(c: char) -> bool {
    // After another character, since a combining one at the start of a text is escaped.
    matches!(c, '"' | '\'') || !(c.is_whitespace() && c != ' ') && format!("a{c}").escape_debug().count() == 2
}

fn push_in_one_line(out: &mut String, text: &str) {
    for c in text.chars() {
        let _ = match (c, u32::from(c)) {
            ('\n' | '\r' | '\t', _) => write!(out, "{}", c.escape_default()),
            ('\u{2028}' | '\u{2029}', code) => write!(out, "\\u{code:04x}"),
            (c, code) if c.is_control() => write!(out, "\\x{code:02x}"),
            (c, _) => write!(out, "{c}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_follows_python_repr() {
        for (text, expected) in [
            ("/plain", "'/plain'"),
            ("it's", "\"it's\""),
            ("it's \"x\"", "'it\\'s \"x\"'"),
            ("a\nb", "'a\\nb'"),
            ("a\u{7}\u{ad}b", "'a\\x07\\xadb'"),
            ("\u{200b}\u{e0001}", "'\\u200b\\U000e0001'"),
            ("ü\u{301} 日本", "'ü\u{301} 日本'"),
            ("\u{a0}\u{3000}", "'\\xa0\\u3000'"),
            ("a\\b", "'a\\\\b'"),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn output_that_is_no_text_is_escaped() {
        assert_eq!(printed(b"caf\xe9\n"), "caf\\xe9\n");
    }
}
