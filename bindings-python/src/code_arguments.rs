//! Arguments of running code.

use pyo3::{
    inspect::PyStaticExpr, intern, prelude::*, type_hint_identifier, type_hint_union,
    types::PyString,
};

use crate::{
    arguments::{STR, named_argument},
    parsing::{text, wrong_type},
};

named_argument!(
    /// The code to run.
    Source(String) = text("code"), STR
);
named_argument!(
    /// The name of a language.
    Language(String) = text("language"), STR
);

/// The id of a context, which is given by itself or as the context.
pub(crate) struct ContextId(pub(crate) String);

impl FromPyObject<'_, '_> for ContextId {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_union!(
        type_hint_identifier!("sandspan.code_interpreter.models", "Context"),
        STR
    );

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_instance_of::<PyString>() {
            return text("context", &value).map(Self);
        }
        match value.getattr_opt(intern!(value.py(), "id"))? {
            Some(id) => text("context.id", &id).map(Self),
            None => Err(wrong_type("context", "a context or its id", &value)),
        }
    }
}
