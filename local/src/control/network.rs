//! What a sandbox may reach: what of it can be had here, and how it is changed.

use axum::{extract::State, http::StatusCode};
use sandspan_protocol::network::NetworkUpdate;

use super::{
    Shared,
    answer::ApiError,
    request::{Body, Id},
    sandboxes::find,
};
use crate::{isolation::NoInternet, lifecycle::Registry, network::Egress};

/// `PUT /sandboxes/{id}/network`: replaces all rules for the sandbox's own way out.
pub(super) async fn update(
    State(control): Shared,
    id: Id,
    Body(body): Body<NetworkUpdate>,
) -> Result<StatusCode, ApiError> {
    const DOING: &str = "updating the network of sandbox";
    let sandbox = find(&control, &id.id)?;
    let egress = sandbox.egress().replaced_by(body)?;
    check_connection(&egress, &control.registry)?;
    sandbox
        .replace_egress(egress)
        .await
        .map_err(|problem| ApiError::of_request(&id.id, DOING, problem))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Rules that need a connection are refused where there can be none.
pub(super) fn check_connection(egress: &Egress, registry: &Registry) -> Result<(), NoInternet> {
    match egress.reach() {
        Some(_) => registry.internet().check(),
        None => Ok(()),
    }
}

/// Clients of the first version of the API ask for the internet unless they are told not to: where
/// there can be no connection they get a sandbox without. Rules that need one are still refused.
pub(super) fn as_far_as_possible(
    egress: Egress,
    registry: &Registry,
) -> Result<Egress, NoInternet> {
    let Err(problem) = check_connection(&egress, registry) else {
        return Ok(egress);
    };
    let without = egress.without_internet();
    check_connection(&without, registry)?;
    tracing::info!(%problem, "a sandbox is made without internet access");
    Ok(without)
}

/// Nobody here could tell a sandbox's identity to others.
pub(super) fn refuse_identities(iam: Option<&serde_json::Value>) -> Result<(), ApiError> {
    let is_empty = |it: &serde_json::Value| it.as_object().is_some_and(serde_json::Map::is_empty);
    match iam {
        Some(iam) if !iam.is_null() && !is_empty(iam) => Err(ApiError::bad_request(
            "iam is not supported by the local runtime: leave it out, or use a hosted provider",
        )),
        _ => Ok(()),
    }
}
