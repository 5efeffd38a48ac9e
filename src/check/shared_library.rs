//! The shared library of a copied interpreter: `libpython3.12.so.1.0`, which lies with the base.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use object::elf;
use object::macho;
use object::read::elf::{Dyn, FileHeader};
use object::read::macho::{LoadCommandVariant, MachHeader};
use object::read::{FileKind, ReadCache, ReadRef, StringTable};

use crate::fs;

/// The directories in which the dynamic linkers look last.
const USUAL: [&str; 5] = ["/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"];

/// What an executable asks of the dynamic linker.
#[derive(Debug, Default, PartialEq, Eq)]
struct Needs {
    /// The names of shared libraries, or on macOS their paths.
    libraries: Vec<String>,
    /// The directories in which to look first.
    directories: Vec<String>,
}

/// The name of Python's shared library, if the executable needs it and it isn't found. `library_path` is the value of
/// LD_LIBRARY_PATH. A file that can't be read as an executable passes: it may be a script.
pub fn missing(executable: &Path, library_path: Option<&OsStr>) -> Option<String> {
    let needs = needs(executable)?;
    let name = needs.libraries.iter().find(|name| name.to_lowercase().contains("python"))?;
    let origin = executable.parent()?;
    let expand = |text: &str| -> PathBuf {
        let mut text = text.to_owned();
        for variable in ["$ORIGIN", "${ORIGIN}", "@executable_path", "@loader_path"] {
            text = text.replace(variable, &origin.to_string_lossy());
        }
        text.into()
    };
    if name.contains('/') && !name.starts_with("@rpath/") {
        return (!fs::is_file(&expand(name))).then(|| name.clone());
    }
    let file = name.trim_start_matches("@rpath/");
    let mut directories: Vec<PathBuf> = needs.directories.iter().map(|text| expand(text)).collect();
    directories.extend(library_path.iter().flat_map(std::env::split_paths));
    directories.extend(USUAL.map(PathBuf::from));
    let is_there = directories.iter().any(|directory| fs::is_file(&directory.join(file)));
    (!is_there && !is_in_cache(file)).then(|| name.clone())
}

/// Reports whether the cache of glibc's dynamic linker, a list of all libraries in the usual directories, has the name.
fn is_in_cache(file: &str) -> bool {
    let cache = fs::read_regular(Path::new("/etc/ld.so.cache"), 1 << 24).unwrap_or_default();
    memchr::memmem::find(&cache, file.as_bytes()).is_some()
}

fn needs(executable: &Path) -> Option<Needs> {
    let cache = ReadCache::new(fs::File::open(executable).ok()?);
    match FileKind::parse(&cache).ok()? {
        FileKind::Elf64 => of_elf::<elf::FileHeader64<object::Endianness>, _>(&cache),
        FileKind::Elf32 => of_elf::<elf::FileHeader32<object::Endianness>, _>(&cache),
        FileKind::MachO64 => of_macho::<macho::MachHeader64<object::Endianness>, _>(&cache),
        _ => None,
    }
}

fn of_elf<'data, H: FileHeader<Endian = object::Endianness>, R: ReadRef<'data>>(data: R) -> Option<Needs> {
    let header = H::parse(data).ok()?;
    let endian = header.endian().ok()?;
    let sections = header.sections(endian, data).ok()?;
    let (entries, index) = sections.dynamic(endian, data).ok()??;
    let strings = sections.strings(endian, data, index).unwrap_or(StringTable::default());
    let mut needs = Needs::default();
    for entry in entries {
        let text = || Some(String::from_utf8_lossy(entry.string(endian, strings).ok()?).into_owned());
        match entry.tag(endian) {
            elf::DT_NEEDED => needs.libraries.extend(text()),
            elf::DT_RPATH | elf::DT_RUNPATH => {
                needs.directories.extend(text()?.split(':').map(str::to_owned));
            }
            _ => {}
        }
    }
    Some(needs)
}

fn of_macho<'data, H: MachHeader<Endian = object::Endianness>, R: ReadRef<'data>>(data: R) -> Option<Needs> {
    let header = H::parse(data, 0).ok()?;
    let endian = header.endian().ok()?;
    let mut commands = header.load_commands(endian, data, 0).ok()?;
    let mut needs = Needs::default();
    while let Ok(Some(command)) = commands.next() {
        let text = |at| Some(String::from_utf8_lossy(command.string(endian, at).ok()?).into_owned());
        match command.variant() {
            Ok(LoadCommandVariant::Dylib(library)) => needs.libraries.extend(text(library.dylib.name)),
            Ok(LoadCommandVariant::Rpath(rpath)) => needs.directories.extend(text(rpath.path)),
            _ => {}
        }
    }
    Some(needs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_executable_needs_nothing() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("python");
        for content in [b"".as_slice(), b"#!/bin/sh", b"\x7fELF\x02\x01\x01", &[0xcf, 0xfa, 0xed, 0xfe, 1, 1]]
        {
            fs::write(&path, content).unwrap();
            assert_eq!(missing(&path, None), None);
        }
        assert_eq!(missing(&temp.path().join("nothing"), None), None);
    }
}
