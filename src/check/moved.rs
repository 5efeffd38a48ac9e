//! What still leads to the place that the environment was moved or copied from.

use std::path::{Path, PathBuf};

use super::scripts::Script;
use super::shebang::{Program, prefix, programs};
use super::{Finding, Kind, LARGEST, Reading, packages};
use crate::fs;
use crate::text::quoted;

/// The scripts of virtualenv and uv in other languages, which have the path between quotes.
const OTHER_SCRIPTS: [&str; 2] = ["activate.nu", "activate.xsh"];

/// Checks scripts, programs, `.pth` files and `direct_url.json`.
pub fn check(reading: &Reading, scripts: &[Script]) -> Vec<Finding> {
    let mut places = Places { reading, old: Vec::new() };
    let mut found = of_scripts(&mut places, scripts);
    found.extend(of_programs(&mut places, &programs(reading)));
    if places.old.is_empty() {
        return found;
    }
    for path in packages::files(reading, |name| name.ends_with(".pth")) {
        found.extend(of_pth(&places, &path));
    }
    for path in
        packages::files(reading, |name| name.starts_with("__editable__") && name.ends_with("_finder.py"))
    {
        found.extend(of_finder(&places, &path));
    }
    for path in packages::infos(reading, |_| true) {
        found.extend(of_direct_url(&places, &path.join("direct_url.json")));
    }
    found
}

/// Where the environment is, and was.
struct Places<'a> {
    reading: &'a Reading,
    old: Vec<PathBuf>,
}

impl Places<'_> {
    /// Reports whether a path is the environment's own directory, under any name.
    fn is_here(&self, path: &Path) -> bool {
        let Reading { directory, real, .. } = self.reading;
        path == directory || path == real || fs::is_same_file(path, directory)
    }

    fn add(&mut self, path: &Path) {
        if !self.old.iter().any(|known| known == path) {
            self.old.push(path.to_owned());
        }
    }

    /// Reports whether a path leads into an old place, or to something that was moved along: it is gone, and the same
    /// path relative to the environment exists.
    fn is_old(&self, path: &Path) -> bool {
        self.old.iter().any(|old| {
            if path.starts_with(old) {
                return true;
            }
            let moved = self.moved_along(old, path);
            moved.is_some_and(|moved| moved != path && !fs::exists(path) && fs::exists(&moved))
        })
    }

    /// Where a path near the old place would be now.
    fn moved_along(&self, old: &Path, path: &Path) -> Option<PathBuf> {
        let here = &self.reading.directory;
        let same = old.iter().rev().zip(here.iter().rev()).take_while(|(one, other)| one == other).count();
        let (old, new) = (old.ancestors().nth(same)?, here.ancestors().nth(same)?);
        // The root contains everything.
        let below = path.strip_prefix(old).ok().filter(|_| old.parent().is_some())?;
        Some(new.join(below))
    }

    /// What an old place is now.
    fn described(&self, old: &Path) -> String {
        let what = if fs::exists(old) { "another directory" } else { "gone" };
        format!("{}, which is {what}", quoted(old))
    }
}

fn of_scripts(places: &mut Places<'_>, scripts: &[Script]) -> Vec<Finding> {
    let reading = places.reading;
    let mut found = Vec::new();
    for script in scripts {
        let paths = script
            .directories()
            .into_iter()
            .filter(|word| word.is_literal)
            .filter_map(|word| fs::os_string(word.text).map(PathBuf::from));
        let Some(old) = paths.filter(|path| path.is_absolute()).find(|path| !places.is_here(path)) else {
            continue;
        };
        found.push(moved_script(places, &script.path, &old));
        places.add(&old);
    }
    for path in OTHER_SCRIPTS.map(|name| reading.bin.join(name)) {
        let content = fs::read_regular(&path, LARGEST).unwrap_or_default();
        let has = |old: &&PathBuf| {
            let quoted = [b"'", old.as_os_str().as_encoded_bytes(), b"'"].concat();
            memchr::memmem::find(&content, &quoted).is_some()
        };
        if let Some(old) = places.old.iter().find(has) {
            found.push(moved_script(places, &path, old));
        }
    }
    found
}

fn moved_script(places: &Places<'_>, path: &Path, old: &Path) -> Finding {
    let message = format!("{} is for {}.", places.reading.shown(path), places.described(old));
    Finding::new(Kind::MovedScript, path, message, super::REPAIR)
}

/// The programs whose Python is in an old place, one finding for each place. Any other Python may be meant.
fn of_programs(places: &mut Places<'_>, programs: &[Program]) -> Vec<Finding> {
    let mut groups: Vec<(PathBuf, Vec<&Program>)> = Vec::new();
    for program in programs {
        let Some(place) = prefix(&program.interpreter) else { continue };
        let is_lost = || !fs::exists(place) || fs::is_file(&place.join("pyvenv.cfg"));
        if places.is_here(place) || !(places.old.iter().any(|old| old == place) || is_lost()) {
            continue;
        }
        match groups.iter_mut().find(|(known, _)| known == place) {
            Some((_, group)) => group.push(program),
            None => groups.push((place.to_owned(), vec![program])),
        }
    }
    let mut found = Vec::new();
    for (place, group) in groups {
        let Some(first) = group.first() else { continue };
        let shown = places.reading.shown(&first.path);
        let subject = match group.len() {
            1 => format!("{shown} starts"),
            2 => format!("{shown} and another program start"),
            count => format!("{shown} and {} other programs start", count - 1),
        };
        let message = format!("{subject} the Python of {}.", places.described(&place));
        found.push(Finding::new(Kind::MovedShebang, &first.path, message, super::REPAIR));
        places.add(&place);
    }
    found
}

fn of_pth(places: &Places<'_>, path: &Path) -> Option<Finding> {
    let content = fs::read_regular(path, LARGEST).ok()?;
    let lines = content.split(|byte| matches!(byte, b'\n' | b'\r')).map(<[u8]>::trim_ascii);
    let mut paths = lines.filter_map(|line| fs::os_string(line.to_vec()).map(PathBuf::from));
    let old = paths.find(|path| path.is_absolute() && places.is_old(path))?;
    Some(leading(places, Kind::MovedPth, path, &old))
}

/// setuptools' editable installs, which have a table of paths in a module.
fn of_finder(places: &Places<'_>, path: &Path) -> Option<Finding> {
    let content = fs::read_regular(path, LARGEST).ok()?;
    let mut texts = content.split(|byte| matches!(byte, b'\'' | b'"')).filter(|text| text.starts_with(b"/"));
    let old = texts.find_map(|text| {
        fs::os_string(text.to_vec()).map(PathBuf::from).filter(|path| places.is_old(path))
    })?;
    Some(leading(places, Kind::MovedPth, path, &old))
}

fn of_direct_url(places: &Places<'_>, path: &Path) -> Option<Finding> {
    let value: serde_json::Value = serde_json::from_slice(&fs::read_regular(path, LARGEST).ok()?).ok()?;
    let old =
        PathBuf::from(fs::os_string(percent_decoded(value.get("url")?.as_str()?.strip_prefix("file://")?))?);
    places.is_old(&old).then(|| leading(places, Kind::MovedDirectUrl, path, &old))
}

fn leading(places: &Places<'_>, kind: Kind, path: &Path, old: &Path) -> Finding {
    let message = format!("{} leads to {}.", places.reading.shown(path), quoted(old));
    let advice = "Install this package again from where it is now.";
    Finding::new(kind, path, message, advice)
}

/// The bytes of a URL's path (RFC 3986, section 2.1).
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| *byte == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                rest = &after[2..];
            }
            None => {
                out.push(*byte);
                rest = after;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_decoded_and_what_is_no_escape_stays() {
        for (text, plain) in
            [("/a%20b", "/a b"), ("/%c3%BC", "/ü"), ("/%", "/%"), ("/%zz%4", "/%zz%4"), ("", "")]
        {
            assert_eq!(percent_decoded(text), plain.as_bytes());
        }
    }
}
