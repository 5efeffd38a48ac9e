//! Bind mounts: one directory at two paths. `/proc/self/mountinfo` lists the source of each mount. Systems without
//! that file have no bind mounts.

use std::path::{Path, PathBuf};

/// One line of mountinfo (proc_pid_mountinfo(5)).
struct Mount {
    /// The file system's device number.
    device: String,
    /// The mounted directory, as a path in that file system.
    root: PathBuf,
    /// The path where it is mounted.
    point: PathBuf,
}

/// Reports whether `place` is `directory` or below it once mounts are traced to their sources. Both are real paths.
pub(super) fn comes_from(place: &Path, directory: &Path) -> bool {
    let text = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    is_within(&parse(&text), place, directory)
}

fn is_within(mounts: &[Mount], place: &Path, directory: &Path) -> bool {
    match (origin(mounts, place), origin(mounts, directory)) {
        (Some((device, place)), Some((other, directory))) => device == other && place.starts_with(directory),
        _ => false,
    }
}

/// The file system, and the path in it. If several mounts share a path, the last one is visible.
fn origin<'a>(mounts: &'a [Mount], path: &Path) -> Option<(&'a str, PathBuf)> {
    let above = mounts.iter().filter(|mount| path.starts_with(&mount.point));
    let mount = above.max_by_key(|mount| mount.point.components().count())?;
    Some((&mount.device, mount.root.join(path.strip_prefix(&mount.point).ok()?)))
}

fn parse(text: &[u8]) -> Vec<Mount> {
    text.split(|byte| *byte == b'\n').filter_map(|line| mount(std::str::from_utf8(line).ok()?)).collect()
}

fn mount(line: &str) -> Option<Mount> {
    let mut fields = line.split(' ').skip(2);
    let mut field = || fields.next();
    Some(Mount { device: field()?.to_owned(), root: unescaped(field()?), point: unescaped(field()?) })
}

/// Undoes the kernel's escapes. It writes a space, a tab, a newline and a backslash as `\` and three octal digits.
fn unescaped(field: &str) -> PathBuf {
    let mut parts = field.split('\\');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        text.push(code.map_or('\\', char::from));
        text.push_str(if code.is_some() { &part[3..] } else { part });
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &[u8] = b"\
        1 0 254:0 / / rw - ext4 /dev/vda rw\n\
        2 1 254:1 / /data rw - ext4 /dev/vdb rw\n\
        3 1 254:1 /homes /mnt/homes rw - ext4 /dev/vdb rw\n\
        4 1 254:0 /srv/a\\040b /mnt/other rw - ext4 /dev/vda rw\n";

    #[test]
    fn a_bind_mount_comes_from_its_source_and_what_is_above_it() {
        let mounts = parse(MOUNTS);
        let comes = |place: &str, directory: &str| is_within(&mounts, Path::new(place), Path::new(directory));
        for directory in ["/data", "/data/homes", "/data/homes/me"] {
            assert!(comes("/mnt/homes/me", directory), "{directory}");
        }
        for directory in ["/data/other", "/data/homes/me/env", "/srv", "/mnt/other"] {
            assert!(!comes("/mnt/homes/me", directory), "{directory}");
        }
        assert!(comes("/mnt/other", "/srv"));
        assert!(comes("/mnt/other", "/srv/a b"));
        assert!(!comes("/mnt/other", "/srv/a"));
    }

    #[test]
    fn an_odd_line_is_no_mount() {
        assert!(parse(b"\n1 2\n\xff\n").is_empty());
        assert_eq!(unescaped("a\\134b\\x"), Path::new("a\\b\\x"));
    }
}
