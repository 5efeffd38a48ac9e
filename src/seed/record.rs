//! RECORD: the list of an installed project's files, as pip writes it.
//!
//! Rows of `path,hash,size`, the hash as `sha256=` and URL-safe base64 without padding
//! (<https://packaging.python.org/en/latest/specifications/recording-installed-packages/>). pip sorts the rows by
//! their text and ends each with CR LF, the default of Python's `csv`. Names that `csv` would quote are refused
//! when the wheel is read, so that rows are plain joined text here.

use sha2::{Digest, Sha256};

/// The content of the file INSTALLER: the name of the tool that uninstalls.
pub const INSTALLER: &[u8] = b"pip\n";

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The file, relative to site-packages, with `/` between the parts.
    pub path: String,
    /// `sha256=...`, or empty for files that may change: bytecode and RECORD itself.
    pub hash: String,
    /// In bytes, or empty as the hash.
    pub size: String,
}

impl Row {
    /// The row of a file with that content.
    pub fn of(path: impl Into<String>, content: &[u8]) -> Self {
        Self { path: path.into(), hash: hash(content), size: content.len().to_string() }
    }

    /// The row of a file without hash and size.
    pub fn unchecked(path: impl Into<String>) -> Self {
        Self { path: path.into(), hash: String::new(), size: String::new() }
    }
}

/// Reads the rows of a wheel's RECORD; `None` if a line isn't three plain fields.
pub fn read(text: &str) -> Option<Vec<Row>> {
    let row = |line: &str| {
        let mut fields = line.split(',').map(str::to_owned);
        let row = Row { path: fields.next()?, hash: fields.next()?, size: fields.next()? };
        (fields.next().is_none() && !line.contains('"')).then_some(row)
    };
    text.lines().filter(|line| !line.is_empty()).map(row).collect()
}

/// The text of these rows, sorted.
pub fn render(mut rows: Vec<Row>) -> String {
    rows.sort();
    rows.iter().map(line).collect()
}

/// A rendered RECORD with more rows in it, each in its sorted place.
pub fn with_rows(rendered: &str, mut added: Vec<Row>) -> String {
    added.sort();
    let mut out = String::with_capacity(rendered.len() + added.len() * 100);
    let mut added = added.into_iter().peekable();
    for old in rendered.split_inclusive('\n') {
        let path = old.split(',').next().unwrap_or_default();
        while let Some(row) = added.next_if(|row| row.path.as_str() < path) {
            out.push_str(&line(&row));
        }
        out.push_str(old);
    }
    added.for_each(|row| out.push_str(&line(&row)));
    out
}

/// The hash of some content, in the format of a RECORD row.
pub fn hash(content: &[u8]) -> String {
    format!("sha256={}", base64(&Sha256::digest(content)))
}

fn line(row: &Row) -> String {
    format!("{},{},{}\r\n", row.path, row.hash, row.size)
}

/// URL-safe base64 without padding (RFC 4648, section 5).
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let index = (group >> (18 - 6 * place)) & 63;
            out.push(char::from(ALPHABET[index as usize]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_agrees_with_the_examples_of_rfc_4648() {
        let cases =
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("\u{3ff}", "z78")];
        for (plain, encoded) in cases {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn an_empty_file_has_the_row_that_pip_gives_it() {
        let row = Row::of("REQUESTED", b"");
        assert_eq!(line(&row), "REQUESTED,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\r\n");
    }

    #[test]
    fn added_rows_come_where_sorting_puts_them() {
        let base = vec![Row::unchecked("pip/a.py"), Row::unchecked("a")];
        let added = vec![Row::unchecked("zz"), Row::unchecked("../b"), Row::unchecked("pip/B.py")];
        let expected = render(base.iter().chain(&added).cloned().collect());
        assert_eq!(with_rows(&render(base), added), expected);
        assert_eq!(expected, "../b,,\r\na,,\r\npip/B.py,,\r\npip/a.py,,\r\nzz,,\r\n");
    }

    #[test]
    fn quoted_and_short_rows_are_refused() {
        assert_eq!(read("a,b,1\nc,,\n").map(|rows| rows.len()), Some(2));
        for text in ["a,b\n", "a,b,1,2\n", "\"a\",b,1\n"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
