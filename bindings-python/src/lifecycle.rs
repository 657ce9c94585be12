//! What happens when a sandbox's time is over, as a caller says it.

use pyo3::{
    inspect::PyStaticExpr,
    prelude::*,
    type_hint_identifier,
    types::{PyMapping, PyString},
};
use sandspan::{LifecycleOptions, TimeoutAction};

use crate::{
    arguments::{AutoResume, KeepMemory},
    entries::Entries,
    error::InvalidArgumentException,
    parsing::none_of,
};

/// The dictionary `SandboxLifecycle`.
pub(crate) struct Lifecycle(pub(crate) LifecycleOptions);

impl FromPyObject<'_, '_> for Lifecycle {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr =
        type_hint_identifier!("sandspan.lifecycle", "SandboxLifecycle");

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let lifecycle = Entries::of("lifecycle", &value, &["on_timeout", "auto_resume"])?;
        let auto_resume: Option<AutoResume> = lifecycle
            .get("auto_resume")?
            .map(|given| given.extract())
            .transpose()?;
        Ok(Self(LifecycleOptions {
            on_timeout: lifecycle
                .get("on_timeout")?
                .as_ref()
                .map(action)
                .transpose()?,
            auto_resume: auto_resume.map(Into::into),
        }))
    }
}

/// What a paused sandbox keeps: `full` or `filesystem`.
pub(crate) struct SnapshotMode {
    keeps_memory: bool,
}

impl FromPyObject<'_, '_> for SnapshotMode {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("sandspan.lifecycle", "SnapshotMode");

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        mode("mode", &value)
    }
}

/// Whether a paused sandbox keeps its memory, said by a mode, which has this name where it stands,
/// or by the option that it replaced.
pub(crate) fn kept(
    name: &str,
    mode: Option<SnapshotMode>,
    keep_memory: Option<KeepMemory>,
) -> PyResult<Option<bool>> {
    if mode.is_some() && keep_memory.is_some() {
        return Err(InvalidArgumentException::new_err(format!(
            "Pass either {name} or the deprecated keep_memory, not both."
        )));
    }
    let mode = mode.map(|mode| mode.keeps_memory);
    Ok(mode.or(keep_memory.map(Into::into)))
}

/// An action by its name, or a dictionary that has it as its `action`.
fn action(value: &Bound<'_, PyAny>) -> PyResult<TimeoutAction> {
    if value.is_instance_of::<PyString>() || value.cast::<PyMapping>().is_err() {
        return named_action("on_timeout", Some(value));
    }
    let options = Entries::of("on_timeout", value, &["action", "mode", "keep_memory"])?;
    let action = named_action("on_timeout[\"action\"]", options.get("action")?.as_ref())?;
    if action == TimeoutAction::Kill {
        if options.has("mode")? || options.has("keep_memory")? {
            return Err(InvalidArgumentException::new_err(
                "mode is only allowed when on_timeout action is 'pause'.",
            ));
        }
        return Ok(action);
    }
    let name = "on_timeout[\"mode\"]";
    let mode = options.get("mode")?.map(|given| mode(name, &given));
    let keep_memory = options.get("keep_memory")?.map(|given| given.extract());
    Ok(TimeoutAction::Pause {
        keep_memory: kept(name, mode.transpose()?, keep_memory.transpose()?)?,
    })
}

fn named_action(name: &str, value: Option<&Bound<'_, PyAny>>) -> PyResult<TimeoutAction> {
    let text: Option<String> = value.and_then(|value| value.extract().ok());
    match text.and_then(|text| TimeoutAction::parse(&text).ok()) {
        Some(action) => Ok(action),
        None => Err(none_of(name, "pause, kill", value)?),
    }
}

fn mode(name: &str, value: &Bound<'_, PyAny>) -> PyResult<SnapshotMode> {
    let text: Option<String> = value.extract().ok();
    match text.as_deref() {
        Some("full") => Ok(SnapshotMode { keeps_memory: true }),
        Some("filesystem") => Ok(SnapshotMode {
            keeps_memory: false,
        }),
        _ => Err(none_of(name, "full, filesystem", Some(value))?),
    }
}
