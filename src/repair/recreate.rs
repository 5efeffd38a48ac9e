//! The commands that create an environment again, for a Python of another minor version.

use std::path::Path;

use super::Repair;
use super::config::command;
use crate::check::Reading;
use crate::environment::scripts::quoting::Shell;

/// The file of requirements in the commands.
const FILE: &str = "requirements.txt";

/// The commands, for a POSIX shell.
pub fn commands(repair: &Repair<'_>, reading: &Reading, has_requirements: bool) -> Vec<String> {
    let python = word(&repair.running.running);
    let directory = word(&reading.directory);
    let mut commands = Vec::new();
    if has_requirements {
        commands.push(format!("{python} -m fastvenv.repair --requirements {directory} > {FILE}"));
    }
    let options: String = options(repair, reading).iter().map(|option| format!(" {option}")).collect();
    commands.push(format!("{python} -m fastvenv --clear{options} {directory}"));
    if has_requirements {
        let own = word(&reading.bin.join("python"));
        commands.push(format!("{own} -m pip install -r {FILE}"));
    }
    commands
}

/// The options that the environment was created with.
fn options(repair: &Repair<'_>, reading: &Reading) -> Vec<String> {
    let keys = reading.keys();
    let recorded = keys.get("command").and_then(command::split).map_or("", |found| found.options);
    let mut options = Vec::new();
    if let Some(python) = repair.python {
        options.push(format!("--python={}", word(Path::new(python))));
    }
    if keys.get("include-system-site-packages").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        options.push("--system-site-packages".to_owned());
    }
    if recorded.contains("--copies ") {
        options.push("--copies".to_owned());
    }
    if let Some(prompt) = super::places::Shown::of(reading, false).prompt {
        options.push(format!("--prompt={}", word(Path::new(&prompt))));
    }
    options
}

fn word(path: &Path) -> String {
    let quoted = Shell::Sh.quote(path.as_os_str().as_encoded_bytes()).unwrap_or_default();
    String::from_utf8_lossy(&quoted).into_owned()
}
