//! Identifying a wheel without reading it. Its hash from the last time is kept with the metadata that would show a
//! change.

use std::path::Path;

use super::super::hash::digest;
use crate::fs::Timestamp;
use crate::fs::dir::{Dir, Metadata};

/// The SHA-256 of the wheel at that path, if it is remembered and the metadata is the same.
pub(super) fn look_up(wheels: &Dir, path: &Path, metadata: &Metadata) -> Option<String> {
    let (content, _) = wheels.read(name(path)).ok()?;
    let text = String::from_utf8(content).ok()?;
    let (seen, digest) = text.trim_end().rsplit_once(' ')?;
    let known =
        seen == fingerprint(metadata) && digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
    known.then(|| digest.to_owned())
}

/// Remembers the SHA-256 of the wheel at that path. `metadata` must have been read before the wheel was.
pub(super) fn remember(wheels: &Dir, path: &Path, metadata: &Metadata, digest: &str) {
    if !metadata.is_settled() {
        return;
    }
    let line = format!("{} {digest}\n", fingerprint(metadata));
    // If this fails, the wheel is hashed again the next time.
    let _ = wheels.write_whole(&name(path), line.as_bytes());
}

fn fingerprint(metadata: &Metadata) -> String {
    let Metadata { size, modified, changed, device, inode, .. } = metadata;
    let changed = changed.map_or(0, Timestamp::nanoseconds);
    format!("{size} {} {changed} {device} {inode}", modified.nanoseconds())
}

fn name(path: &Path) -> String {
    digest(path.as_os_str().as_encoded_bytes())
}
