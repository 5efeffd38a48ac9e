//! The border: the only module that uses `pyo3`. Stages read Python objects into plain values, release the GIL while
//! the core works, and turn its errors into exceptions.

mod base;
mod builder;
mod cache;
mod check;
mod child;
mod chosen;
mod context;
mod ensurepip;
mod errors;
mod finalizing;
mod hints;
mod logging;
mod modules;
mod options;
mod overriding;
mod patching;
mod repair;
mod scheme;
mod seeding;
mod signals;
mod stages;
mod timing;

use pyo3::prelude::*;

/// The core of `fastvenv`. Not a public module: import `fastvenv`.
#[pymodule(gil_used = false)]
mod _core {
    #[pymodule_export]
    use super::builder::EnvBuilder;
    #[pymodule_export]
    use super::cache::{cache_dir, cache_usage, clean_cache};
    #[pymodule_export]
    use super::check::check_environment;
    #[pymodule_export]
    use super::hints::{command_line_warnings, usage_hint};
    #[pymodule_export]
    use super::overriding::own_stages;
    #[pymodule_export]
    use super::repair::{environment_requirements, repair_environment};

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(_module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::logging::install();
        Ok(())
    }
}
