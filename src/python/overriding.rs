//! Checks that a method is still fastvenv's own, not overridden or patched, so that its work can be done without
//! calling it.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PySet, PyString, PyType};

/// The objects that identify fastvenv's own stages.
pub struct Own {
    /// The functions of `fastvenv.EnvBuilder`, and those of its previous version if the module was reloaded.
    stages: Py<PySet>,
    /// `types.FunctionType`.
    function: Py<PyType>,
    /// `types.MethodType`.
    method: Py<PyType>,
}

static OWN: PyOnceLock<Own> = PyOnceLock::new();

/// Remembers the functions of the class as fastvenv's own.
#[pyfunction]
#[pyo3(signature = (class, /))]
pub fn own_stages(class: &Bound<'_, PyType>) -> PyResult<()> {
    let py = class.py();
    let create = class.getattr(intern!(py, "create"))?;
    let own = OWN.get_or_try_init(py, || -> PyResult<_> {
        Ok(Own {
            stages: PySet::empty(py)?.unbind(),
            function: create.get_type().unbind(),
            method: create.call_method1(intern!(py, "__get__"), (class,))?.get_type().unbind(),
        })
    })?;
    for stage in class.getattr(intern!(py, "__dict__"))?.call_method0("values")?.try_iter()? {
        let stage = stage?;
        if stage.get_type().is(&own.function) {
            own.stages.bind(py).add(stage)?;
        }
    }
    Ok(())
}

impl Own {
    /// `None` until the package has been imported.
    pub fn get(py: Python<'_>) -> Option<&Self> {
        OWN.get(py)
    }

    /// Reports whether it is a real function with the globals of that module.
    pub fn is_function_of(&self, module: &Bound<'_, PyAny>, found: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = found.py();
        Ok(found.get_type().is(&self.function)
            && found.getattr(intern!(py, "__globals__"))?.is(&module.getattr(intern!(py, "__dict__"))?))
    }
}

/// Reports whether a call of the method would reach fastvenv's own. It would not if a subclass, a patch of the class or
/// of the instance, or an attribute hook replaces it. Otherwise its work can be done without the call, unnoticed.
///
/// Types are compared first, since a wrapper may imitate the method in every other respect.
pub fn is_own<'py>(builder: &Bound<'py, PyAny>, method: &Bound<'py, PyString>) -> PyResult<bool> {
    let py = builder.py();
    let found = builder.getattr(method)?;
    let Some(own) = Own::get(py).filter(|own| found.get_type().is(&own.method)) else { return Ok(false) };
    let function = found.getattr(intern!(py, "__func__"))?;
    Ok(function.get_type().is(&own.function)
        && found.getattr(intern!(py, "__self__"))?.is(builder)
        && own.stages.bind(py).contains(&function)?
        && function.getattr(intern!(py, "__name__"))?.eq(method)?)
}
