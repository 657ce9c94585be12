//! What is done with one sandbox.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use sandspan_protocol::{
    control::{self, Connect, Pause, Refresh, Resume, SandboxDetail, SetTimeout},
    defaults::{MAX_REFRESH, REFRESH, SANDBOX_TIMEOUT, V1_SANDBOX_TIMEOUT},
    error::MEMORY_OVERRIDE_DISABLED,
    id::SandboxId,
};

use super::{
    Control, Shared,
    answer::ApiError,
    life::{above_cap, check_timeout},
    request::{Body, Id, OptionalBody},
};
use crate::lifecycle::{Action, Phase, Sandbox};

type Done = Result<StatusCode, ApiError>;

pub(super) fn find(control: &Control, id: &SandboxId) -> Result<Arc<Sandbox>, ApiError> {
    control
        .registry
        .get(id)
        .ok_or_else(|| ApiError::no_sandbox(id.as_str()))
}

/// `GET /sandboxes/{id}`
pub(super) async fn get(State(control): Shared, id: Id) -> Result<Json<SandboxDetail>, ApiError> {
    let detail = match control.registry.get(&id.id) {
        Some(sandbox) => sandbox.detail(&control.machine),
        None => None,
    };
    detail
        .map(Json)
        .ok_or_else(|| ApiError::no_sandbox(&id.given))
}

/// `DELETE /sandboxes/{id}`: answers when nothing of the sandbox is left.
pub(super) async fn kill(State(control): Shared, id: Id) -> Done {
    let sandbox = find(&control, &id.id)?;
    // One whose time ran out at this very moment was not there to be killed.
    if sandbox.kill().await {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::no_sandbox(&id.given))
    }
}

/// `POST /sandboxes/{id}/timeout`: from now, longer or shorter, clamped to the cap.
pub(super) async fn set_timeout(
    State(control): Shared,
    id: Id,
    Body(body): Body<SetTimeout>,
) -> Done {
    const DOING: &str = "setting the timeout";
    let timeout = seconds("timeout", body.timeout)?;
    let sandbox = find(&control, &id.id)?;
    sandbox
        .set_timeout(timeout)
        .await
        .map_err(|problem| ApiError::of_request(&id.id, DOING, problem))?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /sandboxes/{id}/refreshes`: only ever longer.
pub(super) async fn refresh(
    State(control): Shared,
    id: Id,
    OptionalBody(body): OptionalBody<Refresh>,
) -> Done {
    const DOING: &str = "refreshing sandbox";
    let duration = body
        .duration
        .map_or(Ok(REFRESH), |duration| seconds("duration", duration))?;
    if duration > MAX_REFRESH {
        return Err(out_of_range("duration", "at most 3600"));
    }
    let sandbox = find(&control, &id.id)?;
    let duration = duration.max(REFRESH);
    sandbox
        .extend(duration)
        .await
        .map_err(|problem| ApiError::of_request(&id.id, DOING, problem))?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST …/sandboxes/{id}/connect`: what runs lives longer and never shorter, what is paused is
/// resumed; the cap is checked before the sandbox is looked for.
pub(super) async fn connect(
    State(control): Shared,
    id: Id,
    OptionalBody(body): OptionalBody<Connect>,
) -> Result<(StatusCode, Json<control::Sandbox>), ApiError> {
    let timeout = body
        .timeout
        .map_or(Ok(SANDBOX_TIMEOUT), |timeout| seconds("timeout", timeout))?;
    if body.timeout.is_some() && timeout > control.registry.cap {
        return Err(above_cap(control.registry.cap));
    }
    let sandbox = find(&control, &id.id)?;
    check_memory(&sandbox, body.memory)?;
    let resumed = sandbox
        .connect(timeout)
        .await
        .map_err(|problem| ApiError::of_request(&id.id, "resuming sandbox", problem))?;
    let status = if resumed {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(sandbox.handle())))
}

/// `POST /sandboxes/{id}/resume`: the older way to resume, which refuses what runs.
pub(super) async fn resume(
    State(control): Shared,
    id: Id,
    OptionalBody(body): OptionalBody<Resume>,
) -> Result<(StatusCode, Json<control::Sandbox>), ApiError> {
    let timeout = check_timeout(body.timeout, V1_SANDBOX_TIMEOUT, control.registry.cap)?;
    let sandbox = find(&control, &id.id)?;
    check_memory(&sandbox, body.memory)?;
    let on_timeout = body.auto_pause.map(|pause| {
        if pause {
            Action::Pause { memory: true }
        } else {
            Action::Kill
        }
    });
    sandbox
        .resume(timeout, on_timeout)
        .await
        .map_err(|problem| ApiError::of_request(&id.id, "resuming sandbox", problem))?;
    Ok((StatusCode::CREATED, Json(sandbox.handle())))
}

/// What kept its processes gets them back.
fn check_memory(sandbox: &Sandbox, memory: Option<bool>) -> Result<(), ApiError> {
    if memory == Some(false) && sandbox.phase() == (Phase::Paused { memory: true }) {
        let message = "The sandbox was paused with its processes, and cannot be resumed without \
                       them: leave memory out";
        return Err(ApiError::bad_request(message).with_code(MEMORY_OVERRIDE_DISABLED));
    }
    Ok(())
}

/// `POST /sandboxes/{id}/pause`: answers when the sandbox stands still.
pub(super) async fn pause(
    State(control): Shared,
    id: Id,
    OptionalBody(body): OptionalBody<Pause>,
) -> Done {
    let memory = body.memory.unwrap_or(true);
    if !memory && !control.registry.keeps_files() {
        return Err(ApiError::bad_request(FILES_IN_MEMORY));
    }
    let sandbox = find(&control, &id.id)?;
    sandbox
        .pause(memory)
        .await
        .map_err(|problem| ApiError::of_request(&id.id, "pausing sandbox", problem))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a pause without memory is refused where files are in it.
pub(super) const FILES_IN_MEMORY: &str = "A pause without memory would lose the sandbox's files \
    here: they are kept in memory, because the state directory lies on a file system that cannot \
    carry an overlay. Pause with memory, or start the server with a --state-dir on a disk";

fn seconds(field: &str, value: i64) -> Result<Duration, ApiError> {
    let value = u32::try_from(value).map_err(|_| out_of_range(field, "at least 0"))?;
    Ok(Duration::from_secs(value.into()))
}

fn out_of_range(field: &str, bound: &str) -> ApiError {
    ApiError::bad_request(format!(
        "validation error: error in openapi3filter.RequestError: request body has an error: doesn't \
         match schema: Error at \"/{field}\": number must be {bound}"
    ))
}
