//! Arguments that are refused by name and with a reason, where PyO3 would only say `TypeError`.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp, Unit};
use pyo3::{
    inspect::{PyStaticConstant, PyStaticExpr},
    intern,
    prelude::*,
    type_hint_identifier, type_hint_subscript, type_hint_union,
    types::{PyBool, PyBytes, PyDelta, PyMapping, PyString},
};
use sandspan::{Order, SandboxState, duration_from_seconds};

use crate::error::{self, InvalidArgumentException};

const STR: PyStaticExpr = type_hint_identifier!("builtins", "str");

/// Defines an argument that stands for a value of the core and knows its own name.
macro_rules! named_argument {
    ($(#[$doc:meta])* $type:ident($value:ty) = $extract:ident($name:literal), $hint:expr) => {
        $(#[$doc])*
        pub(crate) struct $type($value);

        impl From<$type> for $value {
            fn from(argument: $type) -> Self {
                argument.0
            }
        }

        impl FromPyObject<'_, '_> for $type {
            type Error = PyErr;

            const INPUT_TYPE: PyStaticExpr = $hint;

            fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
                $extract($name, &value).map(Self)
            }
        }
    };
}

const SECONDS: PyStaticExpr = type_hint_union!(
    type_hint_identifier!("builtins", "float"),
    type_hint_identifier!("datetime", "timedelta")
);
const STRINGS: PyStaticExpr = type_hint_subscript!(
    type_hint_identifier!("collections.abc", "Mapping"),
    STR,
    STR
);

named_argument!(
    /// The timeout of a sandbox or of a command.
    Timeout(Duration) = seconds("timeout"), SECONDS
);
named_argument!(
    /// How long one request may take.
    RequestTimeout(Duration) = seconds("request_timeout"), SECONDS
);
named_argument!(
    /// What to find a sandbox by.
    Metadata(BTreeMap<String, String>) = strings("metadata"), STRINGS
);
named_argument!(
    /// Environment variables.
    Envs(BTreeMap<String, String>) = strings("envs"), STRINGS
);
named_argument!(
    /// Headers of requests.
    Headers(BTreeMap<String, String>) = strings("headers"), STRINGS
);

fn seconds(name: &'static str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
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

/// The message names the key and the type of what is wrong and not its value, which may be secret.
fn strings(name: &'static str, value: &Bound<'_, PyAny>) -> PyResult<BTreeMap<String, String>> {
    let refuse = |what: &str, value: &Bound<'_, PyAny>| {
        let class = value.get_type().qualname()?;
        Err(InvalidArgumentException::new_err(format!(
            "{what}, got {class}"
        )))
    };
    let Ok(mapping) = value.cast::<PyMapping>() else {
        return refuse(&format!("{name} must be a mapping of strings"), value);
    };
    let mut strings = BTreeMap::new();
    for pair in mapping.items()? {
        let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
        let Ok(text) = key.extract() else {
            return refuse(&format!("keys of {name} must be strings"), &key);
        };
        let Ok(value_text) = value.extract() else {
            return refuse(&format!("{name}[{}] must be a string", key.repr()?), &value);
        };
        strings.insert(text, value_text);
    }
    Ok(strings)
}

/// What to write to a command's input: text as UTF-8, or bytes.
pub(crate) struct Data(pub(crate) Bytes);

impl FromPyObject<'_, '_> for Data {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr =
        type_hint_union!(STR, type_hint_identifier!("builtins", "bytes"));

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Self(Bytes::copy_from_slice(text.to_cow()?.as_bytes())));
        }
        Ok(Self(Bytes::copy_from_slice(
            value.cast::<PyBytes>()?.as_bytes(),
        )))
    }
}

/// The order of a list: `asc` or `desc`.
pub(crate) struct OrderName(pub(crate) Order);

impl FromPyObject<'_, '_> for OrderName {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("typing", "Literal"),
        PyStaticExpr::Constant {
            value: PyStaticConstant::Str("asc")
        },
        PyStaticExpr::Constant {
            value: PyStaticConstant::Str("desc")
        }
    );

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let name: String = value.extract()?;
        name.parse().map(Self).map_err(error::raise)
    }
}

/// An instance of the dataclass `SandboxQuery`.
#[derive(Default)]
pub(crate) struct Query {
    pub(crate) metadata: Option<Metadata>,
    pub(crate) states: Vec<SandboxState>,
    pub(crate) started_after: Option<Timestamp>,
    pub(crate) template: Option<String>,
}

impl FromPyObject<'_, '_> for Query {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.models", "SandboxQuery");

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let states: Option<Vec<String>> = value.getattr("state")?.extract()?;
        let started_after: Option<Bound<'_, PyAny>> = value.getattr("started_after")?.extract()?;
        Ok(Self {
            metadata: value.getattr("metadata")?.extract()?,
            states: states.unwrap_or_default().into_iter().map(state).collect(),
            started_after: started_after.as_ref().map(timestamp).transpose()?,
            template: value.getattr("template")?.extract()?,
        })
    }
}

fn state(name: String) -> SandboxState {
    serde_json::from_value(name.into()).expect("every text is a state")
}

/// `datetime.timestamp` takes a naive time as local, as the documentation of the query says. Its
/// fraction is inexact below the microseconds that a `datetime` has.
fn timestamp(datetime: &Bound<'_, PyAny>) -> PyResult<Timestamp> {
    let seconds: f64 = datetime
        .call_method0(intern!(datetime.py(), "timestamp"))?
        .extract()?;
    SignedDuration::try_from_secs_f64(seconds)
        .and_then(|since_epoch| since_epoch.round(Unit::Microsecond))
        .and_then(Timestamp::from_duration)
        .map_err(|cause| {
            InvalidArgumentException::new_err(format!("started_after cannot be used: {cause}"))
        })
}
