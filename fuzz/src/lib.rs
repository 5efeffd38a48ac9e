//! The oracles of fuzzing: small readers of each shell's language, written from its documentation and knowing nothing
//! of how fastvenv writes it. Each gives `None` for whatever is not plainly data.

/// What no shell takes for anything but itself in the middle of a word.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"@%+=:,./-_".contains(&byte)
}

/// What `reader` makes of `text`, taken step by step: each step gives the bytes that it stands for, and the rest.
fn read(mut text: &[u8], step: impl Fn(&[u8]) -> Option<(Vec<u8>, &[u8])>) -> Option<Vec<u8>> {
    let mut value = Vec::new();
    while !text.is_empty() {
        let (bytes, rest) = step(text)?;
        value.extend(bytes);
        text = rest;
    }
    Some(value)
}

/// The text up to `end`, and what comes after it.
fn until(text: &[u8], end: u8) -> Option<(&[u8], &[u8])> {
    let position = text.iter().position(|byte| *byte == end)?;
    Some((&text[..position], &text[position + 1..]))
}

/// Whether the shells with expansions of their own for a bare word find none in this one: `=ls` and `a:=ls` are paths
/// of commands to zsh, `%self` was a process to fish.
fn is_inert_bare(word: &[u8]) -> bool {
    !word.is_empty()
        && !word.starts_with(b"=")
        && !word.starts_with(b"%")
        && !contains(word, b":=")
        && !contains(word, b"==")
}

/// Whether `part` is somewhere in `text`.
pub fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// A word of POSIX sh: bare characters, `'...'`, and `"..."` with nothing special in it (XCU, 2.2 Quoting).
pub fn sh(literal: &[u8]) -> Option<Vec<u8>> {
    if literal.iter().copied().all(is_plain) {
        return is_inert_bare(literal).then(|| literal.to_vec());
    }
    read(literal, |text| match text {
        [b'\'', rest @ ..] => until(rest, b'\'').map(|(inner, rest)| (inner.to_vec(), rest)),
        [b'"', rest @ ..] => {
            let (inner, rest) = until(rest, b'"')?;
            (!inner.iter().any(|byte| b"$`\\!".contains(byte))).then(|| (inner.to_vec(), rest))
        }
        [byte, rest @ ..] if is_plain(*byte) => Some((vec![*byte], rest)),
        _ => None,
    })
}

/// A word of fish: bare characters, and `'...'` in which a backslash escapes itself and the quote.
pub fn fish(literal: &[u8]) -> Option<Vec<u8>> {
    if literal.iter().copied().all(is_plain) {
        return is_inert_bare(literal).then(|| literal.to_vec());
    }
    let inner = literal.strip_prefix(b"'")?.strip_suffix(b"'")?;
    read(inner, |text| match text {
        [b'\\', byte @ (b'\\' | b'\''), rest @ ..] => Some((vec![*byte], rest)),
        [b'\'' | b'\\', ..] | [] => None,
        [byte, rest @ ..] => Some((vec![*byte], rest)),
    })
}

/// A word of tcsh: as in sh, but history (`!`) is looked for in all quotes, a newline in quotes needs a backslash,
/// and what other backslashes in quotes mean depends on `backslash_quote`.
pub fn csh(literal: &[u8]) -> Option<Vec<u8>> {
    if literal.iter().copied().all(is_plain) {
        return is_inert_bare(literal).then(|| literal.to_vec());
    }
    read(literal, |text| match text {
        [b'\\', byte @ (b'!' | b'\\'), rest @ ..] => Some((vec![*byte], rest)),
        [b'\'', rest @ ..] => {
            let (inner, rest) = until(rest, b'\'')?;
            let value = read(inner, |text| match text {
                [b'\\', b'\n', rest @ ..] => Some((vec![b'\n'], rest)),
                [b'\\' | b'\n' | b'!', ..] | [] => None,
                [byte, rest @ ..] => Some((vec![*byte], rest)),
            })?;
            Some((value, rest))
        }
        [b'"', b'\'', b'"', rest @ ..] => Some((vec![b'\''], rest)),
        [byte, rest @ ..] if is_plain(*byte) => Some((vec![*byte], rest)),
        _ => None,
    })
}

/// A verbatim string of PowerShell: each of five characters is a single quote, and stands for itself when doubled.
pub fn powershell(literal: &[u8]) -> Option<Vec<u8>> {
    let is_quote = |c: char| "'\u{2018}\u{2019}\u{201a}\u{201b}".contains(c);
    let literal: Vec<char> = std::str::from_utf8(literal).ok()?.chars().collect();
    let [first, inner @ .., last] = literal.as_slice() else { return None };
    if !is_quote(*first) || !is_quote(*last) {
        return None;
    }
    let (mut value, mut rest) = (String::new(), inner);
    while let [c, after @ ..] = rest {
        value.push(*c);
        rest = after;
        if is_quote(*c) {
            let [second, after @ ..] = rest else { return None };
            rest = is_quote(*second).then_some(after)?;
        }
    }
    Some(value.into_bytes())
}

/// Text between double quotes in a batch file: two percent signs are one, a single one would start a variable.
pub fn batch(literal: &[u8]) -> Option<Vec<u8>> {
    std::str::from_utf8(literal).ok()?;
    read(literal, |text| match text {
        [b'%', b'%', rest @ ..] => Some((vec![b'%'], rest)),
        [b'%' | b'"' | 0..=0x1f | 0x7f, ..] | [] => None,
        [byte, rest @ ..] => Some((vec![*byte], rest)),
    })
}

/// The lines of a text, as those readers see them that know the most kinds of line ends: Python's `str.splitlines`.
pub fn python_lines(text: &str) -> Vec<&str> {
    let ends = |c: char| "\n\r\x0b\x0c\x1c\x1d\x1e\u{85}\u{2028}\u{2029}".contains(c);
    let (mut lines, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        lines.push(line);
        let end = if after.starts_with("\r\n") { 2 } else { after.chars().next().map_or(0, char::len_utf8) };
        rest = &after[end..];
    }
    lines
}

/// What `site` reads from a line of `pyvenv.cfg`: the key without regard to case, and the value.
pub fn site_pair(line: &str) -> Option<(String, &str)> {
    let (key, value) = line.split_once('=')?;
    Some((key.trim().to_lowercase(), value.trim()))
}
