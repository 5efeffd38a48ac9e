//! The core of fastvenv: what a virtual environment is made of, as plain Rust.
//!
//! A module knows only those above it in this list; `python` knows all.
//!
//! | module | its room |
//! | --- | --- |
//! | [`error`] | what can go wrong, with operation and path |
//! | [`interpreter`] | facts about the interpreter, handed in |
//! | [`fs`] | the only home of `std::fs` and of OS differences |
//! | [`seed`] | pip: which wheel, the cached image, placing it, RECORD, console scripts |

pub mod error;
pub mod fs;
pub mod interpreter;
pub mod seed;
