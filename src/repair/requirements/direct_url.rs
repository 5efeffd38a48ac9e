//! `direct_url.json`: where a package came from that was not installed by its name
//! (<https://packaging.python.org/en/latest/specifications/direct-url-data-structure/>).

use std::path::PathBuf;

use serde_json::Value;

/// The requirement that installs the package from the same place. `None` if the file isn't understood.
pub fn requirement(name: &str, json: &str) -> Option<String> {
    let data: Value = serde_json::from_str(json).ok()?;
    let url = plain(data.get("url")?)?;
    let subdirectory = match data.get("subdirectory") {
        Some(path) => Some(path.as_str()?),
        None => None,
    };
    let mut fragment: Vec<String> = Vec::new();
    let mut target = url.to_owned();
    if let Some(vcs) = data.get("vcs_info") {
        target = format!("{}+{url}", plain(vcs.get("vcs")?)?);
        target = format!("{target}@{}", plain(vcs.get("commit_id")?)?);
    } else if let Some(archive) = data.get("archive_info") {
        fragment.extend(hash(archive)?);
    } else {
        let directory = data.get("dir_info")?;
        if directory.get("editable").and_then(Value::as_bool).unwrap_or(false) && subdirectory.is_none() {
            return Some(format!("-e {url}"));
        }
    }
    fragment.extend(subdirectory.map(|path| format!("subdirectory={}", escaped(path))));
    let fragment = if fragment.is_empty() { String::new() } else { format!("#{}", fragment.join("&")) };
    Some(format!("{name} @ {target}{fragment}"))
}

/// The path of a source on this machine.
pub fn local_path(json: &str) -> Option<PathBuf> {
    let data: Value = serde_json::from_str(json).ok()?;
    let path = data.get("url")?.as_str()?.strip_prefix("file://")?;
    crate::fs::os_string(unescaped(path)).map(PathBuf::from)
}

/// The URL of a path.
pub fn file_url(path: &str) -> String {
    format!("file://{}", escaped(path))
}

/// A text that can stand in a line: it has no white space and no control characters.
fn plain(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    let is_plain = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    is_plain.then_some(text)
}

/// The hash of an archive, for the fragment of its URL. `None` if the file isn't understood; `Some(None)` without one.
fn hash(archive: &Value) -> Option<Option<String>> {
    let found = match (archive.get("hashes"), archive.get("hash")) {
        (Some(hashes), _) => {
            let hashes = hashes.as_object()?;
            let strongest =
                ["sha512", "sha384", "sha256"].iter().find_map(|name| hashes.get_key_value(*name));
            match strongest.or_else(|| hashes.iter().next()) {
                Some((name, value)) => Some((name.as_str(), plain(value)?)),
                None => None,
            }
        }
        (None, Some(old)) => Some(plain(old)?.split_once('=')?),
        (None, None) => None,
    };
    let Some((name, value)) = found else { return Some(None) };
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_word(name) && is_word(value)).then(|| Some(format!("{name}={value}")))
}

/// Escapes what may not stand in a URL's path or fragment.
fn escaped(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~@+,=:".contains(&byte);
    text.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn unescaped(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let code = (*byte == b'%')
            .then(|| text.get(at + 1..at + 3).and_then(|code| u8::from_str_radix(code, 16).ok()))
            .flatten();
        out.push(code.unwrap_or(*byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_becomes_a_requirement() {
        let commit = "7921be1537eac1e97bc40179a57f0349c2aee67d";
        for (json, expected) in [
            (
                format!(
                    r#"{{"url": "https://host/p.git", "vcs_info": {{"vcs": "git", "requested_revision": "v1", "commit_id": "{commit}"}}}}"#
                ),
                format!("p @ git+https://host/p.git@{commit}"),
            ),
            (
                format!(
                    r#"{{"url": "ssh://git@host/p", "subdirectory": "a b/c", "vcs_info": {{"vcs": "git", "commit_id": "{commit}"}}}}"#
                ),
                format!("p @ git+ssh://git@host/p@{commit}#subdirectory=a%20b/c"),
            ),
            (
                r#"{"url": "https://host/p-1.zip", "archive_info": {"hash": "sha256=2dc6b5"}}"#.to_owned(),
                "p @ https://host/p-1.zip#sha256=2dc6b5".to_owned(),
            ),
            (
                r#"{"url": "https://host/p.tar.gz", "subdirectory": "x", "archive_info": {"hashes": {"md5": "00", "sha256": "2dc6"}}}"#.to_owned(),
                "p @ https://host/p.tar.gz#sha256=2dc6&subdirectory=x".to_owned(),
            ),
            (
                r#"{"url": "file:///w/p-1-py3-none-any.whl", "archive_info": {}}"#.to_owned(),
                "p @ file:///w/p-1-py3-none-any.whl".to_owned(),
            ),
            (r#"{"url": "file:///src/p", "dir_info": {}}"#.to_owned(), "p @ file:///src/p".to_owned()),
            (
                r#"{"url": "file:///my%20src/p", "dir_info": {"editable": true}}"#.to_owned(),
                "-e file:///my%20src/p".to_owned(),
            ),
            (
                r#"{"url": "https://${USER}:${TOKEN}@host/p-1.zip", "archive_info": {}}"#.to_owned(),
                "p @ https://${USER}:${TOKEN}@host/p-1.zip".to_owned(),
            ),
        ] {
            assert_eq!(requirement("p", &json), Some(expected), "{json}");
        }
    }

    #[test]
    fn anything_else_is_not_understood() {
        for json in [
            "",
            "[]",
            r#"{"url": "https://host"}"#,
            r#"{"url": "https://host", "vcs_info": {"vcs": "git"}}"#,
            r#"{"url": "https://host\n-r x", "dir_info": {}}"#,
            r#"{"url": "https://host -r x", "dir_info": {}}"#,
            r#"{"url": "file:///a", "dir_info": {}, "subdirectory": 5}"#,
            r#"{"url": "https://host", "archive_info": {"hashes": {"sha256": "x&y"}}}"#,
        ] {
            assert_eq!(requirement("p", json), None, "{json}");
        }
    }

    #[test]
    fn a_local_url_is_a_path() {
        assert_eq!(local_path(r#"{"url": "file:///a%20b/%C3%A9%"}"#), Some("/a b/é%".into()));
        assert_eq!(local_path(r#"{"url": "https://host/a"}"#), None);
        assert_eq!(file_url("/a b/é"), "file:///a%20b/%C3%A9");
    }
}
