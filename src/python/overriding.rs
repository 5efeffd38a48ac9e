//! Whether a stage is what it was written as, so that something may be done in its stead.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::builder::EnvBuilder;

/// Whether a call of the method would reach fastvenv's own: neither a subclass, nor a patch of the class or of the
/// instance, nor an attribute hook stands in for it. Then nobody can tell a call from its work done without one.
pub fn is_own<'py>(builder: &Bound<'py, PyAny>, method: &Bound<'py, PyString>) -> PyResult<bool> {
    let py = builder.py();
    let own = py.get_type::<EnvBuilder>().getattr(method)?;
    // Bound methods are equal if they are the same function of the same object.
    own.call_method1(intern!(py, "__get__"), (builder,))?.eq(builder.getattr(method)?)
}
