//! Values from Python, refused by name and with a reason, where PyO3 would only say `TypeError`.

use std::{collections::BTreeMap, time::Duration};

use pyo3::{
    intern,
    prelude::*,
    types::{PyBool, PyDelta, PyMapping, PyString},
};
use sandspan::duration_from_seconds;

use crate::error::{self, InvalidArgumentException};

pub(crate) fn seconds(name: &'static str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    let number = if value.is_instance_of::<PyBool>() {
        None
    } else if value.is_instance_of::<PyDelta>() {
        Some(
            value
                .call_method0(intern!(value.py(), "total_seconds"))?
                .extract()?,
        )
    } else {
        value.extract().ok()
    };
    match number {
        Some(number) => duration_from_seconds(name, number).map_err(error::raise),
        None => Err(InvalidArgumentException::new_err(format!(
            "{name} must be a number of seconds, got {}",
            value.repr()?
        ))),
    }
}

pub(crate) fn text(name: &'static str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let Ok(text) = value.cast::<PyString>() else {
        return Err(wrong_type(name, "a string", value));
    };
    text.extract().map_err(|_| {
        InvalidArgumentException::new_err(format!("{name} has characters that UTF-8 has not"))
    })
}

fn whole_number<T: TryFrom<u32>>(
    name: &'static str,
    maximum: u32,
    value: &Bound<'_, PyAny>,
) -> PyResult<T> {
    let number: Option<u32> = (!value.is_instance_of::<PyBool>())
        .then(|| value.extract().ok())
        .flatten();
    match number.and_then(|number| T::try_from(number).ok()) {
        Some(number) => Ok(number),
        None => Err(InvalidArgumentException::new_err(format!(
            "{name} must be a whole number from 0 to {maximum}, got {}",
            value.repr()?
        ))),
    }
}

pub(crate) fn port(name: &'static str, value: &Bound<'_, PyAny>) -> PyResult<u16> {
    whole_number(name, u16::MAX.into(), value)
}

pub(crate) fn count(name: &'static str, value: &Bound<'_, PyAny>) -> PyResult<u32> {
    whole_number(name, u32::MAX, value)
}

pub(crate) fn integer(name: &'static str, value: &Bound<'_, PyAny>) -> PyResult<i64> {
    let number: Option<i64> = (!value.is_instance_of::<PyBool>())
        .then(|| value.extract().ok())
        .flatten();
    number.ok_or_else(|| wrong_type(name, "a whole number", value))
}

pub(crate) fn flag(name: &'static str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    value
        .extract()
        .map_err(|_| wrong_type(name, "True or False", value))
}

/// The message names the type of what is wrong and not its value, which may be secret.
pub(crate) fn wrong_type(name: &str, wanted: &str, value: &Bound<'_, PyAny>) -> PyErr {
    match value.get_type().qualname() {
        Ok(class) => {
            InvalidArgumentException::new_err(format!("{name} must be {wanted}, got {class}"))
        }
        Err(failure) => failure,
    }
}

pub(crate) fn texts(name: &'static str, value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let wrong = || wrong_type(name, "a list of strings", value);
    if value.is_instance_of::<PyString>() {
        return Err(wrong());
    }
    let texts = value.try_iter().map_err(|_| wrong())?;
    texts.map(|item| text(name, &item?)).collect()
}

pub(crate) fn strings(
    name: &'static str,
    value: &Bound<'_, PyAny>,
) -> PyResult<BTreeMap<String, String>> {
    let Ok(mapping) = value.cast::<PyMapping>() else {
        return Err(wrong_type(name, "a mapping of strings", value));
    };
    let mut strings = BTreeMap::new();
    for pair in mapping.items()? {
        let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
        let Ok(text) = key.extract() else {
            return Err(InvalidArgumentException::new_err(format!(
                "keys of {name} must be strings, got {}",
                key.get_type().qualname()?
            )));
        };
        let Ok(value_text) = value.extract() else {
            return Err(wrong_type(
                &format!("{name}[{}]", key.repr()?),
                "a string",
                &value,
            ));
        };
        strings.insert(text, value_text);
    }
    Ok(strings)
}

/// The refusal of a value that is not one of the names that are allowed.
pub(crate) fn none_of(
    name: &str,
    allowed: &str,
    value: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyErr> {
    let shown = match value {
        Some(value) => value.repr()?.to_string(),
        None => "None".to_owned(),
    };
    let message = format!("{name} must be one of: {allowed} (got {shown}).");
    Ok(InvalidArgumentException::new_err(message))
}
