//! Console scripts, as the pip in the wheel would write them.
//!
//! The text of a script differs from one pip to the next, so it is taken from the wheel's own sources: from
//! `PipScriptMaker` if pip has a template of its own, otherwise from the distlib that it contains. The rule for the
//! first line is the same in every pip that CPython 3.10 to 3.15 bundles. A wheel whose sources no longer show that
//! rule is left to pip.

use super::wheel::Wheel;

const MAKER: &str = "pip/_internal/operations/install/wheel.py";
pub(super) const DISTLIB: &str = "pip/_vendor/distlib/scripts.py";

/// The parts that distlib's `scripts.py` must contain for [`first_line`] to match it.
pub const RULE: [&str; 7] = [
    "if ' ' in executable:",
    "executable = '\"%s\"' % executable",
    "len(executable) + len(post_interp) + 3",
    "max_shebang_length = 512",
    "max_shebang_length = 127",
    "result = b'#!' + executable + post_interp + b'\\n'",
    "result += b\"'''exec' \" + executable + post_interp + b' \"$0\" \"$@\"\\n'",
];

/// It must contain one of these too: the line end after the lines for the shell.
pub const LINE_END: [&str; 2] = ["result += b\"' '''\\n\"", "shebang += linesep"];

/// The entry points of a wheel that become scripts.
#[derive(Debug, PartialEq, Eq)]
pub enum EntryPoints {
    /// No entry points, as in setuptools.
    None,
    /// The `pip` of pip, as `module:function`.
    Pip(String),
    /// Others, for which only pip's own installer makes scripts.
    Other,
}

impl EntryPoints {
    /// Reads `entry_points.txt`
    /// (<https://packaging.python.org/en/latest/specifications/entry-points/#file-format>).
    pub fn read(text: &str) -> Self {
        let mut section = "";
        let mut pip = Self::None;
        for line in
            text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';']))
        {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                section = name.trim();
                continue;
            }
            let (name, target) = line.split_once('=').unwrap_or((line, ""));
            match (section, name.trim(), target.trim()) {
                ("console_scripts", "pip", target) if is_entry_point(target) => {
                    pip = Self::Pip(target.to_owned())
                }
                // pip replaces these with the ones that fit the interpreter.
                ("console_scripts", name, _) if name != "pip" && is_versioned_pip(name) => {}
                ("console_scripts" | "gui_scripts", ..) => return Self::Other,
                _ => {}
            }
        }
        pip
    }
}

/// Reports whether the pip in this wheel writes the first line as [`first_line`] does.
pub fn has_first_line(wheel: &Wheel) -> bool {
    let rules = wheel.text(DISTLIB).map(packed).unwrap_or_default();
    RULE.iter().all(|rule| rules.contains(rule)) && LINE_END.iter().any(|rule| rules.contains(rule))
}

/// The text below the first line of the scripts that the pip in this wheel would write for that entry point. `None` if
/// the wheel's sources don't show it in a known form.
pub fn body(wheel: &Wheel, entry_point: &str) -> Option<String> {
    let (maker, distlib) = (wheel.text(MAKER)?, wheel.text(DISTLIB)?);
    let template = if maker.contains("script_template") {
        // The text stands on the same line or, in pip 25, on the next one.
        let text = maker.split_once("script_template = textwrap.dedent(")?.1.trim_start();
        dedent(text.strip_prefix("\"\"\"\\\n")?.split_once("\"\"\"")?.0)?
    } else {
        between(distlib, "SCRIPT_TEMPLATE = r'''", "'''")?.to_owned()
    };
    let (module, function) = entry_point.split_once(':')?;
    let import_name = function.split('.').next()?;
    let text = template
        .replace("%(module)s", module)
        .replace("%(import_name)s", import_name)
        .replace("%(func)s", function);
    (!text.contains('%') && text.contains("sys.exit(")).then_some(text)
}

/// The first line or lines of a script, with the path of the interpreter that runs it.
///
/// It has distlib's form where that is right: `#!` and the path, or, with a space in the path or more than 127 bytes
/// (512 on macOS), a shell's `exec` that Python reads as a string. A path with other characters that the kernel, a
/// shell or Python would misread is passed to the shell as data.
pub fn first_line(executable: &[u8], macos: bool) -> Vec<u8> {
    let longest = if macos { 512 } else { 127 };
    let utf8 = std::str::from_utf8(executable).is_ok();
    let plain = utf8 && !executable.iter().any(u8::is_ascii_control);
    let spaced = executable.contains(&b' ');
    if plain && !spaced && executable.len() + 3 <= longest {
        return [b"#!", executable, b"\n"].concat();
    }
    let ends_string = executable.windows(3).any(|bytes| bytes == b"'''");
    let quoted = if !plain || ends_string || !executable.iter().all(|byte| is_safe(*byte, spaced)) {
        printf(executable)
    } else if spaced {
        [b"\"", executable, b"\""].concat()
    } else {
        executable.to_owned()
    };
    [b"#!/bin/sh\n'''exec' ", quoted.as_slice(), b" \"$0\" \"$@\"\n' '''\n"].concat()
}

/// The names of pip's scripts for this Python, as pip creates them when `ENSUREPIP_OPTIONS` is not set.
pub fn names(major: u8, minor: u8) -> [String; 3] {
    ["pip".to_owned(), format!("pip{major}"), format!("pip{major}.{minor}")]
}

/// Reports whether this byte is literal in a shell, inside or outside double quotes, and in a Python string.
fn is_safe(byte: u8, in_quotes: bool) -> bool {
    match byte {
        b'"' | b'$' | b'`' | b'\\' => false,
        _ if in_quotes => true,
        b'@' | b'%' | b'+' | b'=' | b':' | b',' | b'.' | b'/' | b'-' | b'_' => true,
        _ => byte.is_ascii_alphanumeric() || byte >= 0x80,
    }
}

/// A shell word for any path, in pure ASCII: all but plain bytes become octal escapes.
fn printf(path: &[u8]) -> Vec<u8> {
    // The shell drops newlines at the end of a command's output, so those are added after it.
    let end = path.iter().rposition(|byte| *byte != b'\n').map_or(0, |last| last + 1);
    let (path, newlines) = path.split_at(end);
    let escaped = |byte: &u8| match byte {
        b' ' => " ".to_owned(),
        byte if byte.is_ascii() && is_safe(*byte, false) => char::from(*byte).to_string(),
        byte => format!("\\0{byte:03o}"),
    };
    let escaped: String = path.iter().map(escaped).collect();
    format!("\"$(printf %b '{escaped}'){}\"", "\n".repeat(newlines.len())).into_bytes()
}

/// A source without the comments behind its code, and with all white space as one space: some versions spread
/// expressions over lines.
pub(super) fn packed(text: &str) -> String {
    let code = text.lines().map(|line| line.split_once(" # ").map_or(line, |(code, _)| code));
    code.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let from = text.split_once(start)?.1;
    Some(from.split_once(end)?.0)
}

/// `textwrap.dedent` for a text of spaces, letters and plain line ends; `None` for others.
fn dedent(text: &str) -> Option<String> {
    if text.contains(['\t', '\\', '\r']) {
        return None;
    }
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let margin = text.lines().filter(|line| !line.trim().is_empty()).map(|line| indent(&line)).min()?;
    Some(text.lines().map(|line| format!("{}\n", line.get(margin..).unwrap_or_default())).collect())
}

fn is_entry_point(target: &str) -> bool {
    let name = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
    };
    target.split_once(':').is_some_and(|(module, function)| name(module) && name(function))
}

/// Reports whether pip regards this name as its own: `pip(\d+(\.\d+)?)?`.
fn is_versioned_pip(name: &str) -> bool {
    let Some(version) = name.strip_prefix("pip") else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    version.is_empty() || version.split_once('.').map_or(digits(version), |(a, b)| digits(a) && digits(b))
}

#[cfg(test)]
mod tests {
    use super::super::wheel::WheelFile;
    use super::*;

    #[test]
    fn entry_points_are_read_as_pip_reads_them() {
        let pip = |target: &str| EntryPoints::Pip(target.to_owned());
        for (text, expected) in [
            (
                "[console_scripts]\npip = pip._internal.cli.main:main\npip3 = x:y\npip3.9 = x:y\n",
                pip("pip._internal.cli.main:main"),
            ),
            ("[console_scripts]\npip=a:b\npip3=a:b\n\n", pip("a:b")),
            ("[distutils.commands]\nalias = setuptools.command.alias:alias\n", EntryPoints::None),
            ("[console_scripts]\neasy_install = a:b\n", EntryPoints::Other),
            ("[console_scripts]\npip = a:b [extra]\n", EntryPoints::Other),
            ("[console_scripts]\npip = a\n", EntryPoints::Other),
            ("[gui_scripts]\npip = a:b\n", EntryPoints::Other),
        ] {
            assert_eq!(EntryPoints::read(text), expected, "{text}");
        }
        for (name, expected) in
            [("pip", true), ("pip3", true), ("pip3.14", true), ("pipx", false), ("pip3.", false)]
        {
            assert_eq!(is_versioned_pip(name), expected, "{name}");
        }
    }

    #[test]
    fn the_text_is_found_in_each_layout_of_pips_source() {
        let body_of = |template: &str| {
            let file = |path: &str, content: &str| WheelFile {
                path: path.to_owned(),
                content: content.as_bytes().to_owned(),
                executable: false,
            };
            let maker = format!("    script_template = textwrap.dedent({template}\n");
            let files = vec![file(MAKER, &maker), file(DISTLIB, "SCRIPT_TEMPLATE = r'''%(func)s'''")];
            body(&Wheel { dist_info: String::new(), files, rows: Vec::new() }, "a.b:c.d")
        };
        let text =
            "\"\"\"\\\n        from %(module)s import %(import_name)s\n        sys.exit(%(func)s())\n\"\"\"";
        let expected = "from a.b import c\nsys.exit(c.d())\n";
        for template in [format!("{text})"), format!("\n        {text}\n    )")] {
            assert_eq!(body_of(&template).as_deref(), Some(expected), "{template}");
        }
        assert_eq!(body_of("TEXT)"), None);
    }

    #[test]
    fn the_first_line_has_distlibs_three_forms() {
        let line = |path: &str, macos| String::from_utf8(first_line(path.as_bytes(), macos)).unwrap();
        assert_eq!(line("/env/bin/python", false), "#!/env/bin/python\n");
        assert_eq!(line("/é$/bin/python", false), "#!/é$/bin/python\n");
        for path in ["/a b/python", "/it's b/python"] {
            assert_eq!(line(path, false), format!("#!/bin/sh\n'''exec' \"{path}\" \"$0\" \"$@\"\n' '''\n"));
        }
        let fits = format!("/{}", "x".repeat(123));
        assert_eq!(line(&fits, false), format!("#!{fits}\n"));
        let long = format!("/{}", "x".repeat(124));
        assert_eq!(line(&long, false), format!("#!/bin/sh\n'''exec' {long} \"$0\" \"$@\"\n' '''\n"));
        assert_eq!(line(&long, true), format!("#!{long}\n"));
    }

    #[test]
    fn what_a_shell_would_expand_is_given_as_data() {
        let line = first_line(b"/a $(x)/\xff\n'\\/python", false);
        let expected = b"#!/bin/sh\n'''exec' \"$(printf %b '/a \\0044\\0050x\\0051/\\0377\\0012\\0047\\0134/python')\" \"$0\" \"$@\"\n' '''\n";
        assert_eq!(line, expected);
    }

    #[test]
    fn newlines_at_the_end_of_a_path_are_kept() {
        let line = first_line(b"/env/bin/python\n\n", false);
        let word = "\"$(printf %b '/env/bin/python')\n\n\"";
        assert_eq!(line, format!("#!/bin/sh\n'''exec' {word} \"$0\" \"$@\"\n' '''\n").as_bytes());
    }

    #[test]
    fn dedent_takes_the_common_margin() {
        assert_eq!(dedent("    a\n      b\n\n    c\n").as_deref(), Some("a\n  b\n\nc\n"));
        assert_eq!(dedent("\ta\n"), None);
    }
}
