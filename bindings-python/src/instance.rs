//! Objects of the class that Python code uses, which may be a subclass.

use std::marker::PhantomData;

use pyo3::{inspect::PyStaticExpr, prelude::*, type_hint_identifier, types::PyType};

const SELF: PyStaticExpr = type_hint_identifier!("typing_extensions", "Self");

/// A new object of the class that a class method was called on.
pub(crate) struct Instance<Base> {
    class: Py<PyType>,
    sandbox: sandspan::Sandbox,
    base: PhantomData<fn() -> Base>,
}

impl<Base> Instance<Base> {
    pub(crate) fn new(class: Py<PyType>, sandbox: sandspan::Sandbox) -> Self {
        Self {
            class,
            sandbox,
            base: PhantomData,
        }
    }
}

impl<'py, Base> IntoPyObject<'py> for Instance<Base>
where
    Base: From<sandspan::Sandbox> + IntoPyObject<'py>,
{
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = SELF;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        self.class.bind(py).call1((Base::from(self.sandbox),))
    }
}

/// The object itself, so that type checkers keep its class.
pub(crate) struct Itself(pub(crate) Py<PyAny>);

impl<'py> IntoPyObject<'py> for Itself {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = SELF;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(self.0.into_bound(py))
    }
}
