pub mod install;
pub mod placeholders;
pub mod quoting;
