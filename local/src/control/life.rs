//! What a creation says about the sandbox's life.

use std::time::Duration;

use sandspan_protocol::{
    control::NewSandbox,
    defaults::IDLE_MINIMUM,
    idle::{self, IDLE_TIMEOUT},
};

use super::{answer::ApiError, sandboxes::FILES_IN_MEMORY};
use crate::lifecycle::{Action, Registry, Rules};

/// Reads what a creation says about the sandbox's life.
pub(super) fn rules(
    body: &NewSandbox,
    default_timeout: Duration,
    registry: &Registry,
) -> Result<Rules, ApiError> {
    let cap = registry.cap;
    let timeout = check_timeout(body.timeout, default_timeout, cap)?;
    let auto_resume = body.auto_resume.is_some_and(|resume| resume.enabled);
    let idle_counts_processes = body.idle_counts_processes.unwrap_or(false);
    if idle_counts_processes && !registry.obeys_idle {
        return Err(ApiError::bad_request(
            "idleCountsProcesses is not available: this server leaves idle timeouts to clients, \
             which do not see processes",
        ));
    }
    Ok(Rules {
        timeout,
        cap,
        on_timeout: on_timeout(body, auto_resume, registry)?,
        auto_resume,
        idle: idle_timeout(body, timeout)?.filter(|_| registry.obeys_idle),
        idle_counts_processes,
    })
}

fn on_timeout(
    body: &NewSandbox,
    auto_resume: bool,
    registry: &Registry,
) -> Result<Action, ApiError> {
    let auto_pause = body.auto_pause.unwrap_or(false);
    let memory = body.auto_pause_memory.unwrap_or(true);
    let refused = match (auto_pause, memory) {
        (false, false) => "autoPauseMemory=false only applies when autoPause is true.",
        (true, false) if auto_resume => {
            "autoPauseMemory=false (filesystem-only auto-pause) cannot be combined with autoResume: \
             a sandbox without processes has nothing that could answer the traffic that resumes it."
        }
        (true, false) if !registry.keeps_files() => FILES_IN_MEMORY,
        (true, memory) => return Ok(Action::Pause { memory }),
        (false, true) => return Ok(Action::Kill),
    };
    Err(ApiError::bad_request(refused))
}

/// The idle timeout: none below the minimum, and at most the timeout.
fn idle_timeout(body: &NewSandbox, timeout: Duration) -> Result<Option<Duration>, ApiError> {
    let given = body.metadata.as_ref().and_then(|it| it.get(IDLE_TIMEOUT));
    let parsed = given.map(|given| idle::parse(given)).transpose()?;
    let asked = parsed.flatten();
    if let Some(short) = asked.filter(|asked| *asked < IDLE_MINIMUM) {
        tracing::warn!(?short, "an idle timeout below 30 s is switched off");
    }
    Ok(asked
        .filter(|asked| *asked >= IDLE_MINIMUM)
        .map(|asked| asked.min(timeout)))
}

/// A timeout in whole seconds, above zero and not above the cap.
pub(super) fn check_timeout(
    given: Option<i64>,
    default: Duration,
    cap: Duration,
) -> Result<Duration, ApiError> {
    let Some(seconds) = given else {
        return Ok(default.min(cap));
    };
    let timeout = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0);
    let timeout = timeout.map(Duration::from_secs);
    let timeout = timeout.ok_or_else(|| ApiError::bad_request("Timeout must be greater than 0"))?;
    if timeout > cap {
        Err(above_cap(cap))
    } else {
        Ok(timeout)
    }
}

/// What a timeout above the cap is told.
pub(super) fn above_cap(cap: Duration) -> ApiError {
    let seconds = cap.as_secs();
    ApiError::bad_request(if seconds.is_multiple_of(3600) {
        format!("Timeout cannot be greater than {} hours", seconds / 3600)
    } else {
        format!("Timeout cannot be greater than {seconds} seconds")
    })
}
