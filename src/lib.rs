//! The core of fastvenv: it creates virtual environments in plain Rust.
//!
//! A module uses only those above it in this list. `python` and `command` use all.
//!
//! | module | contents |
//! | --- | --- |
//! | [`text`] | names and output of the system as text |
//! | [`error`] | errors, with operation and path |
//! | [`panics`] | turns a panic into an error |
//! | [`observer`] | progress and interrupts |
//! | [`fs`] | file system access: only it uses `std::fs`, and only `fs::sys` differs between systems |
//! | [`base`] | the interpreter that environments are created from, found and asked if it is another one |
//! | [`advice`] | advice for the user about an error |
//! | [`hints`] | answers to beginners' mistakes on the command line |
//! | [`environment`] | one environment: paths, `pyvenv.cfg`, executables, scripts |
//! | [`seed`] | pip: which wheel, the cached image, placing it, RECORD, console scripts |
//! | [`create`] | the steps that create an environment, and their order |
//! | [`check`] | finds what is broken in an environment |
//! | [`repair`] | repairs what was found, by a plan |
//! | [`command`] | the command that needs no Python (feature `cli`) |
//! | `python` | the border: only it uses `pyo3` (feature `python`) |

pub mod advice;
pub mod base;
pub mod check;
#[cfg(feature = "cli")]
pub mod command;
pub mod create;
pub mod environment;
pub mod error;
pub mod fs;
pub mod hints;
pub mod observer;
pub mod panics;
#[cfg(feature = "python")]
mod python;
pub mod repair;
pub mod seed;
pub mod text;
