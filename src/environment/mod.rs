//! One environment: where everything in it is, what its files say, and which executables and scripts it has.

pub mod config;
pub mod executables;
pub mod layout;
pub mod scripts;
