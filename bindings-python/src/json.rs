//! JSON of a service, as Python values with Python's names, and back.

use pyo3::{
    IntoPyObjectExt,
    prelude::*,
    types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple},
};
use serde_json::{Map, Value};

use crate::error::InvalidArgumentException;

/// How deep lists and dictionaries may lie in each other: those in a circle have no end.
const DEEPEST: usize = 32;

/// The network rules of a sandbox: keys in `snake_case`, absent where the service wrote null.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    rules(py, value, true)
}

fn rules<'py>(py: Python<'py>, value: &Value, rename: bool) -> PyResult<Bound<'py, PyAny>> {
    let Value::Object(fields) = value else {
        return convert(py, value, |item| rules(py, item, rename));
    };
    let dict = PyDict::new(py);
    for (key, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        // The keys under `rules` are names of hosts and of headers.
        let below = rules(py, value, rename && key != "rules")?;
        dict.set_item(if rename { snake_case(key) } else { key.clone() }, below)?;
    }
    Ok(dict.into_any())
}

/// What code showed, as it is.
pub(crate) fn to_python_unchanged<'py>(
    py: Python<'py>,
    value: &Value,
) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Object(fields) => Ok(dict_unchanged(py, fields)?.into_any()),
        value => convert(py, value, |item| to_python_unchanged(py, item)),
    }
}

/// The same for an object.
pub(crate) fn dict_unchanged<'py>(
    py: Python<'py>,
    fields: &Map<String, Value>,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (key, value) in fields {
        dict.set_item(key, to_python_unchanged(py, value)?)?;
    }
    Ok(dict)
}

/// Converts what has no keys, and items of lists as told.
fn convert<'py>(
    py: Python<'py>,
    value: &Value,
    item: impl Fn(&Value) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Null | Value::Object(_) => Ok(py.None().into_bound(py)),
        Value::Bool(value) => value.into_bound_py_any(py),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(integer), _) => integer.into_bound_py_any(py),
            (None, Some(integer)) => integer.into_bound_py_any(py),
            (None, None) => number.as_f64().into_bound_py_any(py),
        },
        Value::String(text) => text.into_bound_py_any(py),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(item).collect::<PyResult<_>>()?;
            Ok(PyList::new(py, items)?.into_any())
        }
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 2);
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

/// What a caller gives for a service, with the service's names for keys.
pub(crate) fn from_python(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    to_json(value, camel_case, 0)
}

/// What a caller gives for a service, with its keys as they are.
pub(crate) fn from_python_unchanged(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    to_json(value, str::to_owned, 0)
}

fn to_json(value: &Bound<'_, PyAny>, rename: fn(&str) -> String, depth: usize) -> PyResult<Value> {
    if depth > DEEPEST {
        return Err(InvalidArgumentException::new_err(
            "the network rules are nested too deeply, or contain themselves",
        ));
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        let mut fields = Map::new();
        for (key, value) in dict.iter().filter(|(_, value)| !value.is_none()) {
            let key: String = key.extract().map_err(|_| not_json(&key))?;
            fields.insert(rename(&key), to_json(&value, rename, depth + 1)?);
        }
        return Ok(fields.into());
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let items = value.try_iter()?;
        return items
            .map(|item| to_json(&item?, rename, depth + 1))
            .collect();
    }
    Ok(if value.is_none() {
        Value::Null
    } else if value.is_instance_of::<PyBool>() {
        value.extract::<bool>()?.into()
    } else if value.is_instance_of::<PyString>() {
        value.extract::<String>()?.into()
    } else if value.is_instance_of::<PyInt>() {
        value.extract::<i64>().map_err(|_| not_json(value))?.into()
    } else if value.is_instance_of::<PyFloat>() {
        value.extract::<f64>()?.into()
    } else {
        return Err(not_json(value));
    })
}

fn not_json(value: &Bound<'_, PyAny>) -> PyErr {
    let class = value.get_type().qualname();
    class.map_or_else(
        |failure| failure,
        |class| {
            InvalidArgumentException::new_err(format!("the network rules cannot contain a {class}"))
        },
    )
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut characters = word.chars();
        camel.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(characters.as_str());
    }
    camel
}
