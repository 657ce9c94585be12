//! What sandboxes use.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use futures::future::join_all;
use sandspan_protocol::{id::SandboxId, metrics::SandboxMetric};
use serde::{Deserialize, Serialize};

use super::{Shared, answer::ApiError, list::invalid, request::Id};

/// The most sandboxes that are told about at once.
const AT_ONCE: usize = 100;

/// From when to when, in seconds since 1970.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Range {
    start: Option<i64>,
    end: Option<i64>,
}

/// `GET /sandboxes/{id}/metrics`: ascending; nothing of a sandbox that is not there.
pub(super) async fn of_one(
    State(control): Shared,
    id: Id,
    given: Result<Query<Range>, QueryRejection>,
) -> Result<Json<Vec<SandboxMetric>>, ApiError> {
    let Query(Range { start, end }) =
        given.map_err(|problem| invalid("start", &problem.body_text()))?;
    let (start, end) = (start.map(seconds), end.map(seconds));
    if let (Some(start), Some(end)) = (start, end)
        && start > end
    {
        return Err(ApiError::bad_request("Invalid time range for metrics"));
    }
    let metrics = match control.registry.get(&id.id) {
        Some(sandbox) => sandbox.metrics(start, end).await,
        None => Vec::new(),
    };
    Ok(Json(metrics))
}

/// A time that a client gave: one of them counts in milliseconds where the others count in seconds.
fn seconds(given: i64) -> i64 {
    /// As seconds this is in the year 5138.
    const MILLISECONDS: i64 = 100_000_000_000;
    if given < MILLISECONDS {
        given
    } else {
        given / 1000
    }
}

/// Which sandboxes are asked about, with commas between.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    sandbox_ids: String,
}

/// The last figures of some sandboxes.
#[derive(Debug, Serialize)]
pub(super) struct Latest {
    sandboxes: BTreeMap<SandboxId, SandboxMetric>,
}

/// `GET /sandboxes/metrics`: the last figure of each.
pub(super) async fn of_many(
    State(control): Shared,
    given: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Latest>, ApiError> {
    let Query(wanted) = given.map_err(|problem| invalid("sandbox_ids", &problem.body_text()))?;
    let ids = wanted
        .sandbox_ids
        .split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty());
    let ids: Vec<SandboxId> = ids.map(str::parse).collect::<Result<_, _>>()?;
    if ids.len() > AT_ONCE {
        return Err(invalid(
            "sandbox_ids",
            &format!("it must name at most {AT_ONCE}"),
        ));
    }
    let found = ids
        .into_iter()
        .filter_map(|id| Some((control.registry.get(&id)?, id)));
    // Together, for one that hangs is waited for.
    let asked = found.map(async |(sandbox, id)| Some((id, sandbox.latest_metric().await?)));
    let known = join_all(asked).await.into_iter().flatten();
    Ok(Json(Latest {
        sandboxes: known.collect(),
    }))
}
