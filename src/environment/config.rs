//! `pyvenv.cfg` (PEP 405), written and read: a file of `key = value` lines that the interpreter reads at start-up.
//!
//! No value can add a line. If the interpreter depends on a value that a line can't hold, it is refused. A value that
//! is only recorded is escaped.

use std::fmt::Write;
use std::path::Path;

use crate::base::{Platform, Version};
use crate::error::{Error, Result};
use crate::text::{in_one_line, quoted};

/// The options of a creation, as the recorded command line shows them.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Link to the base interpreter rather than copy it.
    pub symlinks: bool,
    /// Install pip.
    pub with_pip: bool,
    /// Give access to the base's site-packages.
    pub system_site_packages: bool,
    /// Delete what is in the directory first.
    pub clear: bool,
    /// Keep the directory and renew its interpreter.
    pub upgrade: bool,
    /// Bring pip up to date from the index.
    pub upgrade_deps: bool,
    /// The prompt as the caller gave it.
    pub prompt: Option<String>,
    /// Write ignore files for version control.
    pub scm_ignore_files: bool,
}

/// The contents of `pyvenv.cfg`.
#[derive(Debug)]
pub struct Configuration<'a> {
    /// The directory of the base interpreter.
    pub home: &'a Path,
    /// The version of the running interpreter.
    pub version: Version,
    /// Python's `repr` of the prompt, if one was given.
    pub prompt_repr: Option<&'a str>,
    /// The running interpreter, links resolved.
    pub real_executable: &'a Path,
    /// The running interpreter, by the path it was called with.
    pub executable: &'a Path,
    /// The environment's directory.
    pub env_dir: &'a Path,
    /// The platform, whose defaults the recorded command omits.
    pub platform: Platform,
    /// The options of the creation.
    pub options: &'a Options,
}

impl Configuration<'_> {
    /// The text of the file, in UTF-8.
    ///
    /// Refuses a `home` that a line of the file can't hold: see [`check_home`].
    pub fn render(&self) -> Result<String> {
        check_home(self.home)?;
        let Version { major, minor, micro } = self.version;
        let mut lines = vec![
            ("home", in_one_line(self.home)),
            ("include-system-site-packages", self.options.system_site_packages.to_string()),
            ("version", format!("{major}.{minor}.{micro}")),
        ];
        if let Some(prompt) = self.prompt_repr {
            lines.push(("prompt", in_one_line(prompt)));
        }
        lines.push(("executable", in_one_line(self.real_executable)));
        lines.push(("command", self.command()));
        let end = self.platform.line_end();
        Ok(lines.iter().fold(String::new(), |mut text, (key, value)| {
            let _ = write!(text, "{key} = {value}{end}");
            text
        }))
    }

    /// A command line of the interpreter's own `venv` that creates the same environment.
    fn command(&self) -> String {
        let mut words = vec![in_one_line(self.executable), "-m venv".to_owned()];
        words.extend(self.flags().into_iter().map(str::to_owned));
        if let Some(prompt) = &self.options.prompt {
            words.push(format!("--prompt=\"{}\"", in_one_line(prompt)));
        }
        // Before 3.13, `venv` had no such option and wrote no such files.
        if !self.options.scm_ignore_files && self.version.at_least(13) {
            words.push("--without-scm-ignore-files".to_owned());
        }
        words.push(in_one_line(self.env_dir));
        words.join(" ")
    }

    fn flags(&self) -> Vec<&'static str> {
        let o = self.options;
        [
            (o.symlinks && self.platform == Platform::Nt, "--symlinks"),
            (!o.symlinks && self.platform == Platform::Posix, "--copies"),
            (!o.with_pip, "--without-pip"),
            (o.system_site_packages, "--system-site-packages"),
            (o.clear, "--clear"),
            (o.upgrade, "--upgrade"),
            (o.upgrade_deps, "--upgrade-deps"),
        ]
        .into_iter()
        .filter_map(|(given, flag)| given.then_some(flag))
        .collect()
    }
}

/// A `pyvenv.cfg`, read as `site` reads it: names of keys in any case, and the last of several lines counts.
#[derive(Debug)]
pub struct Parsed<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Parsed<'a> {
    /// Reads the text of a file. Lines without `=` say nothing.
    pub fn read(text: &'a str) -> Self {
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        Self(pairs.map(|(key, value)| (key.trim(), value.trim())).collect())
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().rev().find(|(found, _)| found.eq_ignore_ascii_case(key)).map(|(_, value)| *value)
    }

    /// The value of the first line with this key. Python's start-up code takes `home` from there, before `site` runs.
    pub fn first(&self, key: &str) -> Option<&'a str> {
        self.values(key).next()
    }

    /// The values of a key, in the order of the lines.
    pub fn values<'s>(&'s self, key: &'s str) -> impl Iterator<Item = &'a str> + 's {
        self.0.iter().filter(move |(found, _)| found.eq_ignore_ascii_case(key)).map(|(_, value)| *value)
    }

    /// All keys with their values, in the order of the lines.
    pub fn pairs(&self) -> impl Iterator<Item = (&'a str, &'a str)> + '_ {
        self.0.iter().copied()
    }

    /// Reports whether the environment is certain not to see the base interpreter's packages.
    pub fn is_isolated(&self) -> bool {
        self.get("include-system-site-packages") == Some("false")
    }
}

/// Refuses a directory of the base interpreter that `pyvenv.cfg` can't store: `site` reads the file line by line, as
/// UTF-8, and strips the values.
pub fn check_home(home: &Path) -> Result<()> {
    let faithful = home.to_str().is_some_and(|text| text.trim() == text && in_one_line(text) == text);
    if faithful {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "Unable to use the base interpreter in {}: pyvenv.cfg can't store this name. \
         Move the interpreter, or link it, to a directory whose name is plain UTF-8 text.",
        quoted(home)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn render(minor: u8, env_dir: &Path, prompt: Option<&str>, options: Options) -> String {
        Configuration {
            home: Path::new("/usr/bin"),
            version: Version { major: 3, minor, micro: 2 },
            prompt_repr: prompt.map(|text| format!("'{text}'")).as_deref(),
            real_executable: Path::new("/usr/bin/python3.14"),
            executable: Path::new("/usr/bin/python3"),
            env_dir,
            platform: Platform::Posix,
            options: &Options { prompt: prompt.map(str::to_owned), ..options },
        }
        .render()
        .unwrap()
    }

    #[test]
    fn keys_stand_in_the_order_of_the_stdlib() {
        let text = render(14, Path::new("/env"), Some("work"), Options::default());
        assert_eq!(
            text,
            "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.14.2\nprompt = 'work'\n\
             executable = /usr/bin/python3.14\ncommand = /usr/bin/python3 -m venv --copies --without-pip \
             --prompt=\"work\" --without-scm-ignore-files /env\n"
        );
    }

    #[test]
    fn the_recorded_command_is_one_that_the_interpreter_accepts() {
        assert!(!render(12, Path::new("/env"), None, Options::default()).contains("scm-ignore"));
    }

    #[test]
    fn what_is_rendered_is_read_back() {
        let options = Options { system_site_packages: true, ..Options::default() };
        let text = render(14, Path::new("/an = env"), Some("a = b"), options);
        let parsed = Parsed::read(&text);
        assert_eq!(parsed.get("home"), Some("/usr/bin"));
        assert_eq!(parsed.get("Version"), Some("3.14.2"));
        assert_eq!(parsed.get("prompt"), Some("'a = b'"));
        assert!(parsed.get("command").is_some_and(|command| command.ends_with("/an = env")));
        assert!(!parsed.is_isolated());
        assert_eq!(parsed.get("missing"), None);
    }

    #[test]
    fn the_last_line_of_a_key_counts_as_for_site() {
        let isolated = |text| Parsed::read(text).is_isolated();
        assert!(isolated("home = /usr/bin\ninclude-system-site-packages=false\n"));
        assert!(!isolated("include-system-site-packages = false\nInclude-System-Site-Packages = true\n"));
        assert!(!isolated("home = /usr/bin\nno line of ours\n"));
    }

    #[test]
    fn no_value_adds_a_line() {
        let hostile = "x\ninclude-system-site-packages = true\r\u{85}\u{2028}\u{0}y";
        let env_dir = PathBuf::from(format!("/{hostile}"));
        let text = render(14, &env_dir, Some(hostile), Options::default());
        assert_eq!(text.lines().count(), 6);
        assert_eq!(text.matches("\\ninclude-system-site-packages = true\\r\\x85\\u2028\\x00y").count(), 3);
    }

    #[test]
    fn a_home_that_a_line_cannot_hold_is_refused() {
        for home in ["/a\nb", "/trailing ", "/bell\u{7}"] {
            assert!(matches!(check_home(Path::new(home)), Err(Error::Refused(_))), "{home:?}");
        }
        assert!(check_home(Path::new("/ordinary folder/ünïcode")).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_utf_8_is_recorded_in_one_line() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"/caf\xe9"));
        assert_eq!(in_one_line(path), "/caf\\xe9");
        assert!(check_home(path).is_err());
    }
}
