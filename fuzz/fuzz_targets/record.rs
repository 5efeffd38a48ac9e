//! RECORD: any text is read or refused, what is written reads back, and added rows stand where sorting puts them.
#![no_main]

use std::collections::HashSet;

use arbitrary::Arbitrary;
use fastvenv::seed::record::{Row, read, render, with_rows};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    text: &'a str,
    added: Vec<(&'a str, &'a [u8])>,
}

fuzz_target!(|input: Input| {
    let Some(mut rows) = read(input.text) else { return };
    // An empty row is no line, and a carriage return ends one: neither is in a RECORD that a wheel's names allow.
    if rows.iter().any(|row| [&row.path, &row.hash, &row.size].into_iter().any(|field| field.contains('\r')))
    {
        return;
    }
    let rendered = render(rows.clone());
    rows.sort();
    assert_eq!(read(&rendered).as_ref(), Some(&rows));

    let mut seen: HashSet<_> = rows.iter().map(|row| row.path.as_str()).collect();
    if seen.len() != rows.len() {
        return;
    }
    let plain = |path: &str| !path.is_empty() && !path.contains([',', '"', '\n', '\r']);
    let added: Vec<_> =
        input.added.into_iter().filter(|(path, _)| plain(path) && seen.insert(path)).collect();
    let added: Vec<_> = added.into_iter().map(|(path, content)| Row::of(path, content)).collect();
    let all = rows.iter().chain(&added).cloned().collect();
    assert_eq!(with_rows(&rendered, added), render(all));
});
