//! Dictionaries whose keys are known.

use pyo3::{prelude::*, types::PyMapping};

use crate::{error::InvalidArgumentException, parsing::wrong_type};

/// A dictionary whose keys are known.
pub(crate) struct Entries<'a, 'py>(&'a Bound<'py, PyMapping>);

impl<'a, 'py> Entries<'a, 'py> {
    /// Refuses other keys than these: what is misspelt would not happen.
    pub(crate) fn of(name: &str, value: &'a Bound<'py, PyAny>, keys: &[&str]) -> PyResult<Self> {
        let Ok(mapping) = value.cast::<PyMapping>() else {
            return Err(wrong_type(name, "a dictionary", value));
        };
        for key in mapping.keys()? {
            let known = key.extract().is_ok_and(|key: String| keys.contains(&&*key));
            if !known {
                let (key, keys) = (key.repr()?, keys.join(", "));
                return Err(InvalidArgumentException::new_err(format!(
                    "{name} has the unknown key {key}: it takes {keys}"
                )));
            }
        }
        Ok(Self(mapping))
    }

    pub(crate) fn has(&self, key: &str) -> PyResult<bool> {
        self.0.contains(key)
    }

    /// The value of a key as what it is to be.
    pub(crate) fn extract<T>(&self, key: &str) -> PyResult<Option<T>>
    where
        T: for<'any> FromPyObject<'any, 'py, Error = PyErr>,
    {
        let value = self.get(key)?;
        value.map(|value| value.extract()).transpose()
    }

    /// The value of a key; none where it is absent or `None`.
    pub(crate) fn get(&self, key: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        if !self.has(key)? {
            return Ok(None);
        }
        let value = self.0.get_item(key)?;
        Ok((!value.is_none()).then_some(value))
    }
}
