//! Whether a stage is what it was written as, so that something may be done in its stead.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyType};

use super::child::package;

/// What a stage of fastvenv's own looks like.
pub struct Own {
    /// The functions in the namespace of `fastvenv.EnvBuilder`, as they were when it was made.
    stages: Py<PyDict>,
    /// `types.FunctionType`.
    function: Py<PyType>,
    /// `types.MethodType`.
    method: Py<PyType>,
}

impl Own {
    /// Known from the first call on.
    pub fn get(py: Python<'_>) -> PyResult<&Self> {
        static OWN: PyOnceLock<Own> = PyOnceLock::new();
        OWN.get_or_try_init(py, || {
            let stages = package(py)?.getattr("_STAGES")?.cast_into::<PyDict>()?;
            let create = stages.as_any().get_item("create")?;
            let bound = create.call_method1("__get__", (&stages,))?;
            Ok(Self {
                function: create.get_type().unbind(),
                method: bound.get_type().unbind(),
                stages: stages.unbind(),
            })
        })
    }

    /// Whether a call of the method would reach fastvenv's own: neither a subclass, nor a patch of the class or of the
    /// instance, nor an attribute hook stands in for it. Then nobody can tell a call from its work done without one.
    ///
    /// Types are compared first: what wraps a method may pretend to be it in everything else.
    pub fn is_reached<'py>(
        &self,
        builder: &Bound<'py, PyAny>,
        method: &Bound<'py, PyString>,
    ) -> PyResult<bool> {
        let py = builder.py();
        let found = builder.getattr(method)?;
        let Some(own) = self.stages.bind(py).get_item(method)? else { return Ok(false) };
        Ok(found.get_type().is(&self.method)
            && found.getattr(intern!(py, "__func__"))?.is(&own)
            && found.getattr(intern!(py, "__self__"))?.is(builder))
    }

    /// Whether it is a function in the globals of that module, and not what only looks like one.
    pub fn is_function_of(&self, module: &Bound<'_, PyAny>, found: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = found.py();
        Ok(found.get_type().is(&self.function)
            && found.getattr(intern!(py, "__globals__"))?.is(&module.getattr(intern!(py, "__dict__"))?))
    }
}

/// [`Own::is_reached`] for one method.
pub fn is_own<'py>(builder: &Bound<'py, PyAny>, method: &Bound<'py, PyString>) -> PyResult<bool> {
    Own::get(builder.py())?.is_reached(builder, method)
}
