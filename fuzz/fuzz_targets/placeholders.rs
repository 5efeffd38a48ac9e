//! A script is its template with each placeholder's literal in its place: no more and no less, whatever the values.
#![no_main]

use arbitrary::Arbitrary;
use fastvenv::environment::scripts::placeholders::{Values, replace};
use fastvenv::environment::scripts::quoting::Shell;
use libfuzzer_sys::fuzz_target;

const PLACEHOLDERS: [&[u8]; 5] =
    [b"__VENV_DIR__", b"__VENV_NAME__", b"__VENV_PROMPT__", b"__VENV_BIN_NAME__", b"__VENV_PYTHON__"];

#[derive(Arbitrary, Debug)]
enum Piece<'a> {
    Placeholder(u8),
    Text(&'a [u8]),
    Underscores(u8),
}

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    template: Vec<Piece<'a>>,
    values: [&'a [u8]; 5],
    shell: u8,
}

fuzz_target!(|input: Input| {
    let shells = [Shell::Sh, Shell::Fish, Shell::Csh, Shell::PowerShell, Shell::Batch];
    let shell = shells[usize::from(input.shell) % 5];
    let mut template = Vec::new();
    for piece in &input.template {
        match piece {
            Piece::Placeholder(number) => template.extend(PLACEHOLDERS[usize::from(*number) % 5]),
            Piece::Text(text) => template.extend_from_slice(text),
            Piece::Underscores(count) => template.extend(vec![b'_'; usize::from(*count % 4)]),
        }
    }
    let [env_dir, env_name, prompt, bin_name, env_exe] = input.values;
    let values = Values { env_dir, env_name, prompt, bin_name, env_exe };
    assert_eq!(replace(&template, &values, shell).ok(), expected(&template, &input.values, shell));
});

/// The same, byte by byte: `None` if a value that is asked for can't be represented.
fn expected(template: &[u8], values: &[&[u8]; 5], shell: Shell) -> Option<Vec<u8>> {
    let (mut script, mut position) = (Vec::new(), 0);
    while position < template.len() {
        match PLACEHOLDERS.iter().position(|name| template[position..].starts_with(name)) {
            Some(number) => {
                script.extend(shell.quote(values[number]).ok()?);
                position += PLACEHOLDERS[number].len();
            }
            None => {
                script.push(template[position]);
                position += 1;
            }
        }
    }
    Some(script)
}
