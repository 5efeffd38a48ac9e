//! The key `command`, which only people read: `<executable> -m venv <options> <directory>`.

/// How `venv` and fastvenv are recorded.
pub const VENV: &str = " -m venv ";

/// The parts of a recorded command. Joined, they give the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded<'a> {
    /// The interpreter.
    pub executable: &'a str,
    /// ` -m venv ` or ` -m virtualenv `.
    pub module: &'a str,
    /// The options, with a space after the last.
    pub options: &'a str,
    /// The environment's directory at that time.
    pub directory: &'a str,
}

/// Takes a recorded command apart. `None` for any other text.
pub fn split(command: &str) -> Option<Recorded<'_>> {
    let module = [VENV, " -m virtualenv "].into_iter().find(|module| command.contains(module))?;
    let (executable, rest) = command.split_once(module)?;
    // virtualenv has options with separate values, so only the last word is certain to be the directory.
    let end = if module == VENV { options_end(rest) } else { rest.rfind(' ').map_or(0, |space| space + 1) };
    let (options, directory) = rest.split_at(end);
    (!directory.is_empty()).then_some(Recorded { executable, module, options, directory })
}

/// Where the options of `venv` end. The value of `--prompt` is in double quotes, and may contain spaces.
fn options_end(text: &str) -> usize {
    let mut end = 0;
    while text[end..].starts_with("--") {
        let rest = &text[end..];
        let length = match rest.strip_prefix("--prompt=\"") {
            // The last quote before another option or the directory.
            Some(value) => value.find("\" ").map(|quote| "--prompt=\"".len() + quote + 2),
            None => rest.find(' ').map(|space| space + 1),
        };
        let Some(length) = length else { break };
        end += length;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_command_is_taken_apart() {
        for (options, directory) in [
            ("", "/env"),
            ("--copies --without-pip ", "/my env"),
            ("--prompt=\"a b\" --without-scm-ignore-files ", "/env"),
        ] {
            let command = format!("/usr/bin/python3 -m venv {options}{directory}");
            let found = split(&command).unwrap();
            assert_eq!(
                (found.executable, found.options, found.directory),
                ("/usr/bin/python3", options, directory)
            );
        }
        assert_eq!(split("/p -m virtualenv -p 3.12 /env").map(|found| found.directory), Some("/env"));
        for text in ["", "uv venv", "/p -m venv ", "/p -m venv --copies"] {
            assert!(split(text).is_none_or(|found| found.directory == "--copies"), "{text}");
        }
    }
}
