//! What to list, and in which order.

use jiff::{SignedDuration, Timestamp, Unit};
use pyo3::{
    inspect::{PyStaticConstant, PyStaticExpr},
    intern,
    prelude::*,
    type_hint_identifier, type_hint_subscript,
    types::{PyDateTime, PyString},
};
use sandspan::{Order, SandboxState};

use crate::{
    arguments::{Metadata, Template},
    error::{self, InvalidArgumentException},
    parsing::{text, wrong_type},
};

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
        text("order", &value)?
            .parse()
            .map(Self)
            .map_err(error::raise)
    }
}

/// An instance of the dataclass `SandboxQuery`.
#[derive(Default)]
pub(crate) struct Query {
    pub(crate) metadata: Option<Metadata>,
    pub(crate) states: Vec<SandboxState>,
    pub(crate) started_after: Option<Timestamp>,
    pub(crate) template: Option<Template>,
}

impl FromPyObject<'_, '_> for Query {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.models", "SandboxQuery");

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let field = |name| match value.getattr(name) {
            Ok(field) => Ok((!field.is_none()).then_some(field)),
            Err(_) => Err(wrong_type("query", "a SandboxQuery", &value)),
        };
        Ok(Self {
            metadata: field("metadata")?
                .map(|given| given.extract())
                .transpose()?,
            states: field("state")?.as_ref().map_or(Ok(Vec::new()), states)?,
            started_after: field("started_after")?
                .as_ref()
                .map(|given| timestamp("started_after", given))
                .transpose()?,
            template: field("template")?
                .map(|given| given.extract())
                .transpose()?,
        })
    }
}

/// One state, or a sequence of them.
fn states(value: &Bound<'_, PyAny>) -> PyResult<Vec<SandboxState>> {
    let names = if value.is_instance_of::<PyString>() {
        value.extract().map(|name| vec![name])
    } else {
        value.extract()
    };
    let names: Vec<String> =
        names.map_err(|_| wrong_type("state", "a SandboxState or a sequence of them", value))?;
    Ok(names.into_iter().map(state).collect())
}

pub(crate) fn state(name: String) -> SandboxState {
    serde_json::from_value(name.into()).expect("every text is a state")
}

/// `datetime.timestamp` takes a naive time as local, as the documentation of the query says. Its
/// fraction is inexact below the microseconds that a `datetime` has.
pub(crate) fn timestamp(name: &str, datetime: &Bound<'_, PyAny>) -> PyResult<Timestamp> {
    let Ok(datetime) = datetime.cast::<PyDateTime>() else {
        return Err(wrong_type(name, "a datetime", datetime));
    };
    let seconds: f64 = datetime
        .call_method0(intern!(datetime.py(), "timestamp"))?
        .extract()?;
    SignedDuration::try_from_secs_f64(seconds)
        .and_then(|since_epoch| since_epoch.round(Unit::Microsecond))
        .and_then(Timestamp::from_duration)
        .map_err(|cause| {
            InvalidArgumentException::new_err(format!("{name} cannot be used: {cause}"))
        })
}
