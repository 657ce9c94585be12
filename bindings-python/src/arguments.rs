//! Arguments that are refused by name and with a reason, where PyO3 would only say `TypeError`.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use pyo3::{
    inspect::PyStaticExpr,
    intern,
    prelude::*,
    type_hint_identifier, type_hint_subscript, type_hint_union,
    types::{PyBool, PyBytes, PyDelta, PyMapping, PyString},
};
use sandspan::duration_from_seconds;

use crate::error::{self, InvalidArgumentException};

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

const STR: PyStaticExpr = type_hint_identifier!("builtins", "str");
const INT: PyStaticExpr = type_hint_identifier!("builtins", "int");
const BOOL: PyStaticExpr = type_hint_identifier!("builtins", "bool");
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
    /// How long a sandbox may be idle.
    IdleTimeout(Duration) = seconds("idle_timeout"), SECONDS
);
named_argument!(
    /// By how much a sandbox's life is extended each time.
    ExtendBy(Duration) = seconds("extend_by"), SECONDS
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

named_argument!(
    /// The id of a sandbox.
    SandboxId(String) = text("sandbox_id"), STR
);
named_argument!(
    /// The name or id of a template.
    Template(String) = text("template"), STR
);
named_argument!(
    /// What makes a creation safe to repeat.
    IdempotencyKey(String) = text("idempotency_key"), STR
);
named_argument!(
    /// Where a list goes on.
    NextToken(String) = text("next_token"), STR
);
named_argument!(
    /// A command.
    Command(String) = text("cmd"), STR
);
named_argument!(
    /// Where to run a command.
    WorkingDirectory(String) = text("cwd"), STR
);
named_argument!(
    /// Whom to run a command as.
    User(String) = text("user"), STR
);
named_argument!(
    /// The name of a service.
    Provider(String) = text("provider"), STR
);
named_argument!(
    /// The key for a service.
    ApiKey(String) = text("api_key"), STR
);
named_argument!(
    /// The domain of a service.
    Domain(String) = text("domain"), STR
);
named_argument!(
    /// The URL of a control plane.
    ApiUrl(String) = text("api_url"), STR
);
named_argument!(
    /// The URL of all sandboxes.
    SandboxUrl(String) = text("sandbox_url"), STR
);
named_argument!(
    /// The URL of a proxy.
    Proxy(String) = text("proxy"), STR
);
named_argument!(
    /// A port of a sandbox.
    Port(u16) = port("port"), INT
);
named_argument!(
    /// The id of a process in a sandbox.
    ProcessId(u32) = count("pid"), INT
);
named_argument!(
    /// The size of a page.
    Limit(u32) = count("limit"), INT
);
named_argument!(
    /// Whether a sandbox's agent asks for a token.
    Secure(bool) = flag("secure"), BOOL
);
named_argument!(
    /// Whether a sandbox may reach the internet.
    AllowInternetAccess(bool) = flag("allow_internet_access"), BOOL
);
named_argument!(
    /// Whether a process that nobody is attached to keeps a sandbox from being idle.
    IdleCountsProcesses(bool) = flag("idle_counts_processes"), BOOL
);
named_argument!(
    /// Whether a sandbox is paused when its time is over.
    AutoPause(bool) = flag("auto_pause"), BOOL
);
named_argument!(
    /// Whether traffic resumes a sandbox.
    AutoResume(bool) = flag("auto_resume"), BOOL
);
named_argument!(
    /// Whether a paused sandbox keeps its memory.
    KeepMemory(bool) = flag("keep_memory"), BOOL
);
named_argument!(
    /// Whether not to wait for a command.
    Background(bool) = flag("background"), BOOL
);
named_argument!(
    /// Whether a command has an input.
    Stdin(bool) = flag("stdin"), BOOL
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

fn port(name: &'static str, value: &Bound<'_, PyAny>) -> PyResult<u16> {
    whole_number(name, u16::MAX.into(), value)
}

fn count(name: &'static str, value: &Bound<'_, PyAny>) -> PyResult<u32> {
    whole_number(name, u32::MAX, value)
}

fn flag(name: &'static str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
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

fn strings(name: &'static str, value: &Bound<'_, PyAny>) -> PyResult<BTreeMap<String, String>> {
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

/// What to write to a command's input: text as UTF-8, or bytes.
pub(crate) struct Data(pub(crate) Bytes);

impl FromPyObject<'_, '_> for Data {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr =
        type_hint_union!(STR, type_hint_identifier!("builtins", "bytes"));

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let bytes = match value.cast::<PyBytes>() {
            Ok(bytes) => Bytes::copy_from_slice(bytes.as_bytes()),
            Err(_) if value.is_instance_of::<PyString>() => text("data", &value)?.into(),
            Err(_) => return Err(wrong_type("data", "a string or bytes", &value)),
        };
        Ok(Self(bytes))
    }
}
