//! The Pythons in `bin`: one leads to the base interpreter or is a copy of it, the others lead to that one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::action::{Action, Step};
use super::base::own_name;
use super::config::command;
use crate::base::Base;
use crate::check::Reading;
use crate::create::executables::LinkText;
use crate::environment::executable_name;
use crate::environment::executables::{OPTIONAL_NAME, posix_names};
use crate::fs::{self, Entry};
use crate::text::quoted;

/// The executables of one environment as they should be.
#[derive(Debug)]
pub struct Executables<'a> {
    reading: &'a Reading,
    base: &'a Base,
    /// The one that leads to the base interpreter.
    pub own: PathBuf,
    /// All are copies.
    pub copies: bool,
}

impl<'a> Executables<'a> {
    /// Finds out how the environment was made. With `links`, copies become links.
    pub fn of(reading: &'a Reading, base: &'a Base, links: bool) -> Self {
        let name = own_name(reading).unwrap_or_else(|| OsString::from(executable_name(base)));
        let own = reading.bin.join(name);
        let copies = match reading.keys().get("command").and_then(command::split) {
            Some(recorded) if recorded.module == command::VENV => recorded.options.contains("--copies "),
            _ => reading.executables.iter().any(|found| is_copy(&found.path)),
        };
        Self { reading, base, own, copies: copies && !links }
    }

    /// The steps that make them so, and what stays as it is.
    pub fn plan(&self) -> (Vec<Step>, Vec<String>) {
        let (mut steps, mut left) = (Vec::new(), Vec::new());
        steps.extend(self.own());
        let mut names: Vec<_> =
            posix_names(self.base).into_iter().filter(|name| name != OPTIONAL_NAME).collect();
        if fs::entry(&self.reading.bin.join(OPTIONAL_NAME)) != Entry::Nothing {
            names.push(OPTIONAL_NAME.to_owned());
        }
        let paths: Vec<_> = names.iter().map(|name| self.reading.bin.join(name)).collect();
        steps.extend(paths.iter().filter(|path| **path != self.own).filter_map(|path| self.alias(path)));
        for found in &self.reading.executables {
            let is_known = found.path == self.own || paths.contains(&found.path);
            let leads_here = fs::passes_through(&found.path, &self.own);
            if !is_known && !leads_here && found.entry == Entry::DeadLink {
                left.push(format!(
                    "{} leads nowhere, and is not a name of this Python.",
                    quoted(&found.path)
                ));
            }
        }
        for path in paths.iter().chain([&self.own]) {
            if matches!(fs::entry(path), Entry::Directory | Entry::Other) {
                left.push(format!("{} is neither a file nor a link.", quoted(path)));
            }
        }
        (steps, left)
    }

    fn own(&self) -> Option<Step> {
        let source = &self.base.executable;
        match fs::entry(&self.own) {
            Entry::Directory | Entry::Other => None,
            // A script is the user's own wrapper.
            Entry::File if fs::is_text(&self.own) => None,
            Entry::File if self.copies && is_same(&self.own, source) => None,
            Entry::Link if !self.copies && fs::is_same_file(&self.own, source) => None,
            _ if self.copies => Some(self.copy(&self.own)),
            _ => Some(link(&self.own, source, LinkText::Whole)),
        }
    }

    fn alias(&self, path: &Path) -> Option<Step> {
        match fs::entry(path) {
            Entry::Directory | Entry::Other => None,
            Entry::File if fs::is_text(path) => None,
            Entry::File if self.copies && is_same(path, &self.base.executable) => None,
            Entry::Link | Entry::DeadLink if !self.copies && fs::passes_through(path, &self.own) => None,
            Entry::Link if !self.copies && fs::is_same_file(path, &self.base.executable) => None,
            _ if self.copies => Some(self.copy(path)),
            _ => Some(link(path, &self.own, LinkText::NameAlone)),
        }
    }

    fn copy(&self, path: &Path) -> Step {
        let source = &self.base.executable;
        Step {
            path: path.to_owned(),
            action: Action::Copy(source.clone()),
            description: format!("Copy {} to {}.", quoted(source), quoted(path)),
        }
    }
}

/// Reports whether a file is a copy of a program.
fn is_copy(path: &Path) -> bool {
    fs::entry(path) == Entry::File
        && !fs::is_text(path)
        && fs::dir::metadata_at(path).is_ok_and(|found| found.size > 0)
}

fn is_same(path: &Path, source: &Path) -> bool {
    fs::may_execute(path) && fs::have_same_content(path, source)
}

fn link(path: &Path, source: &Path, text: LinkText) -> Step {
    Step {
        path: path.to_owned(),
        action: Action::Link(source.to_owned(), text),
        description: format!("Link {} to {}.", quoted(path), quoted(source)),
    }
}
