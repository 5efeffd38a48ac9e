//! Writes `pyvenv.cfg` and the ignore files.

use std::path::Path;

use crate::base::{Base, Platform};
use crate::environment::config::{Configuration, Options};
use crate::error::Result;
use crate::fs;

const GIT_IGNORE: &str = "# Created by venv; see https://docs.python.org/3/library/venv.html\n*\n";

/// Writes `pyvenv.cfg` to `path` (`EnvBuilder.create_configuration`). `home` is the directory of the base interpreter,
/// `prompt` the value of the key `prompt`.
///
/// # Errors
/// [`crate::error::Error::Refused`] if the file can't store `home`; errors of the file system.
pub fn write(
    path: &Path,
    base: &Base,
    env_dir: &Path,
    home: &Path,
    prompt: Option<&str>,
    options: &Options,
) -> Result<()> {
    let configuration = Configuration {
        home,
        version: base.version,
        prompt_repr: prompt,
        real_executable: &fs::real_path(&base.running),
        executable: &base.running,
        env_dir,
        platform: base.platform,
        options,
    };
    fs::write(path, configuration.render()?.as_bytes())
}

/// Writes the file that makes Git ignore the environment (`EnvBuilder.create_git_ignore_file`).
pub fn write_git_ignore(platform: Platform, env_dir: &Path) -> Result<()> {
    let text = GIT_IGNORE.replace('\n', platform.line_end());
    fs::write(&env_dir.join(".gitignore"), text.as_bytes())
}
