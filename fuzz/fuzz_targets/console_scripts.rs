//! The first line of a console script starts exactly the interpreter that was given, by the kernel or by sh, and is
//! one string to Python; and no text of a wheel's sources makes their readers panic.
#![no_main]

use arbitrary::Arbitrary;
use fastvenv::seed::console_scripts::{EntryPoints, LINE_END, RULE, body, first_line};
use fastvenv::seed::wheel::{Wheel, WheelFile};
use fastvenv_fuzz::contains;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    executable: &'a [u8],
    macos: bool,
    entry_points: &'a str,
    maker: &'a str,
    template: &'a str,
}

fuzz_target!(|input: Input| {
    if !input.executable.contains(&0) && input.executable.starts_with(b"/") {
        let line = first_line(input.executable, input.macos);
        assert_eq!(
            started(&line, input.macos).as_deref(),
            Some(input.executable),
            "{:?}",
            String::from_utf8_lossy(&line)
        );
    }
    if let EntryPoints::Pip(target) = EntryPoints::read(input.entry_points) {
        assert!(target.chars().all(|c| c.is_ascii_alphanumeric() || "_.:".contains(c)), "{target:?}");
    }
    let rules = [RULE.as_slice(), &LINE_END].concat().join("\n");
    let sources = [
        ("pip/_internal/operations/install/wheel.py", input.maker.to_owned()),
        ("pip/_vendor/distlib/scripts.py", format!("SCRIPT_TEMPLATE = r'''{}'''\n{rules}", input.template)),
    ];
    let file = |(path, text): (&str, String)| WheelFile {
        path: path.to_owned(),
        content: text.into_bytes(),
        executable: false,
    };
    let wheel = Wheel {
        dist_info: "demo-1.dist-info".to_owned(),
        files: sources.into_iter().map(file).collect(),
        rows: Vec::new(),
    };
    let _ = body(&wheel, "demo:main");
});

/// The program that the script's first lines start, or `None` if they are not plainly one.
fn started(text: &[u8], macos: bool) -> Option<Vec<u8>> {
    std::str::from_utf8(text).ok()?;
    let Some(rest) = text.strip_prefix(b"#!/bin/sh\n'''exec' ") else {
        // The kernel takes the line up to the first blank, and no more than so many bytes of it.
        let path = text.strip_prefix(b"#!")?.strip_suffix(b"\n")?;
        let sound = !path.iter().any(|byte| *byte == b' ' || byte.is_ascii_control());
        return (sound && text.len() <= if macos { 512 } else { 127 }).then(|| path.to_vec());
    };
    let word = rest.strip_suffix(b" \"$0\" \"$@\"\n' '''\n")?;
    // To Python, all of it is a string: nothing ends that early, and a backslash only starts an octal number.
    let octal = |pair: &[u8]| pair[0] != b'\\' || pair[1] == b'0';
    if contains(word, b"'''") || !word.windows(2).all(octal) || word.ends_with(b"\\") {
        return None;
    }
    sh_word(word)
}

/// A word of sh: bare, in double quotes, or the output of `printf %b` in them, less the newlines at its end.
fn sh_word(word: &[u8]) -> Option<Vec<u8>> {
    let bare = |byte: &u8| byte.is_ascii_alphanumeric() || b"@%+=:,./-_".contains(byte) || *byte >= 0x80;
    let Some(inner) = word.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return word.iter().all(bare).then(|| word.to_vec());
    };
    let Some(rest) = inner.strip_prefix(b"$(printf %b '") else {
        return (!inner.iter().any(|byte| b"\"$`\\".contains(byte))).then(|| inner.to_vec());
    };
    let end = rest.windows(2).position(|pair| pair == b"')")?;
    let mut output = printf(&rest[..end])?;
    while output.ends_with(b"\n") {
        output.pop();
    }
    let tail = &rest[end + 2..];
    tail.iter().all(|byte| *byte == b'\n').then(|| [output.as_slice(), tail].concat())
}

/// What `printf %b` prints for a text in single quotes: `\0` and three octal digits are a byte.
fn printf(mut text: &[u8]) -> Option<Vec<u8>> {
    let mut output = Vec::new();
    while let [byte, rest @ ..] = text {
        text = rest;
        match byte {
            b'\'' => return None,
            b'\\' => {
                let digits = std::str::from_utf8(rest.strip_prefix(b"0")?.get(..3)?).ok()?;
                output.push(u8::from_str_radix(digits, 8).ok()?);
                text = &rest[4..];
            }
            byte => output.push(*byte),
        }
    }
    Some(output)
}
