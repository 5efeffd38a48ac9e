//! The core of fastvenv: what a virtual environment is made of, as plain Rust.
//!
//! A module knows only those above it in this list; `python` knows all.
//!
//! | module | its room |
//! | --- | --- |
//! | [`error`] | what can go wrong, with operation and path |
//! | [`panics`] | a bug of ours becomes an error |
//! | [`observer`] | progress and interrupts |
//! | [`base`] | the interpreter that environments are created from |
//! | [`fs`] | the only home of `std::fs`; of OS differences, in `fs::sys` |
//! | [`advice`] | what a user can do about an error |
//! | [`environment`] | one environment: paths, `pyvenv.cfg`, executables, scripts |
//! | [`seed`] | pip: which wheel, the cached image, placing it, RECORD, console scripts |
//! | [`create`] | the steps that create an environment, and their order |
//! | `python` | the border: the only home of `pyo3` (feature `python`) |

pub mod advice;
pub mod base;
pub mod create;
pub mod environment;
pub mod error;
pub mod fs;
pub mod observer;
pub mod panics;
#[cfg(feature = "python")]
mod python;
pub mod seed;
