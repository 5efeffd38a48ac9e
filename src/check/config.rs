//! `pyvenv.cfg`: there, readable, whole, and each key once.

use super::{ConfigFile, Finding, Kind, Reading};

/// The keys whose value changes what Python does.
const DECISIVE: [&str; 2] = ["home", "include-system-site-packages"];

/// Checks the file.
pub fn check(reading: &Reading) -> Vec<Finding> {
    let text = match &reading.config {
        ConfigFile::Missing => {
            return vec![finding(reading, Kind::ConfigMissing, "'pyvenv.cfg' is missing.")];
        }
        ConfigFile::Unreadable(why) => {
            let message = format!("'pyvenv.cfg' can't be read: {why}.");
            return vec![finding(reading, Kind::ConfigUnreadable, &message)];
        }
        ConfigFile::Text(text) => text,
    };
    let mut found = duplicates(reading);
    match truncated(reading, text) {
        // The missing home is part of what was lost.
        Some(truncated) => found.push(truncated),
        None if reading.home().is_none() => {
            found.push(finding(reading, Kind::ConfigNoHome, "'pyvenv.cfg' has no key 'home'."));
        }
        None => {}
    }
    found
}

/// A file that ends too early. Every maker ends each line, and writes the two keys that are looked for.
fn truncated(reading: &Reading, text: &str) -> Option<Finding> {
    let keys = reading.keys();
    let message = if text.trim().is_empty() {
        "'pyvenv.cfg' is empty.".to_owned()
    } else if let Some(value) = keys.get("include-system-site-packages") {
        if ["true", "false"].iter().any(|known| value.eq_ignore_ascii_case(known)) {
            return (!text.ends_with('\n') && reading.home().is_some()).then(|| {
                let message = "'pyvenv.cfg' has no end of line: it may have been cut off.";
                finding(reading, Kind::ConfigTruncated, message).as_hint()
            });
        }
        format!("'pyvenv.cfg' has neither true nor false for 'include-system-site-packages', but {value:?}.")
    } else if keys.get("home").is_none() && text.ends_with('\n') {
        return None;
    } else {
        "'pyvenv.cfg' lacks the key 'include-system-site-packages'.".to_owned()
    };
    Some(finding(reading, Kind::ConfigTruncated, &message))
}

/// Keys that occur more than once. If all values are equal, or Python ignores the key, this is only odd.
fn duplicates(reading: &Reading) -> Vec<Finding> {
    let keys = reading.keys();
    let mut seen: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for (key, _) in keys.pairs() {
        let is_seen = seen.iter().any(|known| known.eq_ignore_ascii_case(key));
        seen.push(key);
        let values: Vec<_> = keys.values(key).collect();
        if is_seen || values.len() < 2 {
            continue;
        }
        let differ = values.iter().any(|value| *value != values[0]);
        let message = if differ {
            format!("'pyvenv.cfg' has the key {key:?} {} times, with different values.", values.len())
        } else {
            format!("'pyvenv.cfg' has the key {key:?} {} times.", values.len())
        };
        let one = finding(reading, Kind::ConfigDuplicateKey, &message);
        let is_decisive = DECISIVE.iter().any(|known| known.eq_ignore_ascii_case(key));
        found.push(if differ && is_decisive { one } else { one.as_hint() });
    }
    found
}

fn finding(reading: &Reading, kind: Kind, message: &str) -> Finding {
    Finding::new(kind, reading.config_path(), message, super::REPAIR)
}
