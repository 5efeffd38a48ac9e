//! The default implementation of every stage. It reads the context, lets the core work without the GIL, and logs the
//! outcome.

pub mod configuration;
pub mod create;
pub mod directories;
pub mod executables;
pub mod foreign;
pub mod pip;
pub mod scripts;
