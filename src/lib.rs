//! The core of fastvenv: what a virtual environment is made of, as plain Rust.
//!
//! A module knows only those above it in this list; `python` knows all.
//!
//! | module | its room |
//! | --- | --- |
//! | [`error`] | what can go wrong, with operation and path |
//! | [`panics`] | a bug of ours becomes an error |
//! | [`interpreter`] | facts about the interpreter, handed in |
//! | [`fs`] | the only home of `std::fs` and of OS differences |
//! | [`layout`] | where everything stands: paths and names |
//! | [`config`] | the text of `pyvenv.cfg` |
//! | [`executables`] | the environment's `python`: links, copies, launchers |
//! | [`scripts`] | templates: where they go, what stands in for their placeholders, quoted per shell |
//! | [`seed`] | pip: which wheel, the cached image, placing it, RECORD, console scripts |
//! | `python` | the border: the only home of `pyo3` (feature `python`) |

pub mod config;
pub mod error;
pub mod executables;
pub mod fs;
pub mod interpreter;
pub mod layout;
pub mod panics;
#[cfg(feature = "python")]
mod python;
pub mod scripts;
pub mod seed;
