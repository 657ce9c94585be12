//! What is done with one sandbox.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use sandspan_protocol::{
    control::{self, Connect, Refresh, SandboxDetail, SetTimeout},
    defaults::{MAX_REFRESH, REFRESH, SANDBOX_TIMEOUT},
    id::SandboxId,
};

use super::{
    Control, Shared,
    answer::ApiError,
    create::above_cap,
    request::{Body, Id, OptionalBody},
};
use crate::lifecycle::Sandbox;

type Done = Result<StatusCode, ApiError>;

fn find(control: &Control, id: &SandboxId) -> Result<Arc<Sandbox>, ApiError> {
    control
        .registry
        .get(id)
        .ok_or_else(|| ApiError::no_sandbox(id.as_str()))
}

/// `GET /sandboxes/{id}`
pub(super) async fn get(State(control): Shared, id: Id) -> Result<Json<SandboxDetail>, ApiError> {
    let detail = match control.registry.get(&id.id) {
        Some(sandbox) => sandbox.detail(&control.machine).await,
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
    let timeout = seconds("timeout", body.timeout)?;
    let sandbox = find(&control, &id.id)?;
    sandbox
        .set_timeout(timeout)
        .await
        .map_err(|busy| ApiError::busy(&id.id, busy))?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /sandboxes/{id}/refreshes`: only ever longer.
pub(super) async fn refresh(
    State(control): Shared,
    id: Id,
    OptionalBody(body): OptionalBody<Refresh>,
) -> Done {
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
        .map_err(|busy| ApiError::busy(&id.id, busy))?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST …/sandboxes/{id}/connect`: only ever longer; the cap is checked before the sandbox is
/// looked for.
pub(super) async fn connect(
    State(control): Shared,
    id: Id,
    OptionalBody(body): OptionalBody<Connect>,
) -> Result<Json<control::Sandbox>, ApiError> {
    let timeout = body
        .timeout
        .map_or(Ok(SANDBOX_TIMEOUT), |timeout| seconds("timeout", timeout))?;
    if body.timeout.is_some() && timeout > control.registry.cap() {
        return Err(above_cap(control.registry.cap()));
    }
    let sandbox = find(&control, &id.id)?;
    sandbox
        .extend(timeout)
        .await
        .map_err(|busy| ApiError::busy(&id.id, busy))?;
    Ok(Json(sandbox.handle()))
}

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
