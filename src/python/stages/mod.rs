//! The default implementation of every stage: read the context, let the core work without the GIL, log the outcome.

pub mod configuration;
pub mod create;
pub mod directories;
pub mod executables;
pub mod pip;
pub mod scripts;
