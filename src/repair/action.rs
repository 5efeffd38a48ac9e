//! One step of a repair.

use std::path::PathBuf;

use super::{Plan, Repair, pip};
use crate::create::executables::{LinkText, link_or_copy_over};
use crate::error::Result;
use crate::fs::{self, Template};
use crate::observer::Observer;

/// A change of one file, or of pip.
#[derive(Debug)]
pub enum Action {
    /// Create a directory.
    Directory,
    /// Write a file. It keeps its mode.
    Write(Vec<u8>),
    /// Write a file with the mode and content of a template.
    Script(Template),
    /// Link to a file, by its whole path or by its name.
    Link(PathBuf, LinkText),
    /// Copy an executable.
    Copy(PathBuf),
    /// Place pip again. The path is the directory of packages.
    Pip,
}

/// An action on one path, and its description.
#[derive(Debug)]
pub struct Step {
    /// The file or directory.
    pub path: PathBuf,
    /// What is done to it.
    pub action: Action,
    /// The same as a sentence.
    pub description: String,
}

impl Step {
    /// Does it.
    pub fn apply(&self, repair: &Repair<'_>, plan: &Plan, observer: &mut dyn Observer) -> Result<()> {
        match &self.action {
            Action::Directory => fs::ensure_directory(&self.path).map(drop),
            Action::Write(content) => fs::write(&self.path, content),
            Action::Script(template) => fs::write_like(template, &template.content, &self.path),
            Action::Link(source, text) => link_or_copy_over(source, &self.path, *text).map(drop),
            Action::Copy(source) => {
                fs::copy_contents(source, &self.path)?;
                fs::make_executable(&self.path)
            }
            Action::Pip => pip::place(repair, plan, observer),
        }
    }
}
