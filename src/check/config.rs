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
    let mut repeated: Vec<String> = Vec::new();
    for (at, (key, _)) in keys.pairs().enumerate() {
        let key = key.to_ascii_lowercase();
        let is_second = keys.pairs().take(at).any(|(earlier, _)| earlier.eq_ignore_ascii_case(&key));
        if is_second && !repeated.contains(&key) {
            repeated.push(key);
        }
    }
    let differs = |key: &String| {
        let mut values = keys.values(key);
        let first = values.next();
        DECISIVE.contains(&key.as_str()) && values.any(|value| Some(value) != first)
    };
    let (harmful, harmless): (Vec<_>, Vec<_>) = repeated.into_iter().partition(differs);
    let about = |keys: Vec<String>, how: &str| {
        let names = keys.iter().map(|key| format!("{key:?}")).collect::<Vec<_>>().join(", ");
        let message = format!("'pyvenv.cfg' has more than one line for {names}{how}.");
        (!keys.is_empty()).then(|| finding(reading, Kind::ConfigDuplicateKey, &message))
    };
    let harmful = about(harmful, ", with different values");
    harmful.into_iter().chain(about(harmless, "").map(Finding::as_hint)).collect()
}

fn finding(reading: &Reading, kind: Kind, message: &str) -> Finding {
    Finding::new(kind, reading.config_path(), message, super::REPAIR)
}
