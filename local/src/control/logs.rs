//! What sandboxes have logged: what their agents tell, and what the runtime did with them.

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use sandspan_protocol::{
    control::StringMap,
    events::SandboxEvent,
    id::SandboxId,
    metrics::{LogEntry, LogLine, LogsV1, LogsV2},
};
use serde::Deserialize;
use tokio::task::spawn_blocking;

use super::{Control, Shared, answer::ApiError, list::invalid, request::Id};
use crate::journal::Journal;

/// The most entries of one answer, and how many it has when the client does not say.
const LIMIT: usize = 1000;

/// The longest text to search for.
const SEARCH_LIMIT: usize = 256;

/// How grave an entry can be, the least first.
const LEVELS: [&str; 4] = ["debug", "info", "warn", "error"];

/// Which entries the first version of the API is asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct WantedV1 {
    /// Milliseconds since 1970.
    start: Option<i64>,
    limit: Option<usize>,
}

/// Which entries the second version of the API is asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct WantedV2 {
    /// Milliseconds since 1970.
    cursor: Option<i64>,
    limit: Option<usize>,
    #[serde(default)]
    direction: Direction,
    /// How grave an entry must be at least.
    level: Option<String>,
    search: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Direction {
    Forward,
    #[default]
    Backward,
}

/// `GET /sandboxes/{id}/logs`: the oldest first.
pub(super) async fn v1(
    State(control): Shared,
    id: Id,
    given: Result<Query<WantedV1>, QueryRejection>,
) -> Result<Json<LogsV1>, ApiError> {
    let Query(wanted) = given.map_err(|problem| invalid("query", &problem.body_text()))?;
    let limit = check_limit(wanted.limit)?;
    let start = wanted.start.unwrap_or(i64::MIN);
    let mut entries = all(&control, &id.id).await?;
    entries.retain(|entry| entry.timestamp.as_millisecond() >= start);
    entries.truncate(limit);
    let lines = entries.iter().map(|entry| LogLine {
        line: serde_json::to_string(entry).unwrap_or_default(),
        timestamp: entry.timestamp,
    });
    Ok(Json(LogsV1 {
        logs: lines.collect(),
        log_entries: entries,
    }))
}

/// `GET /v2/sandboxes/{id}/logs`: from a moment on or back from it, the newest first unless asked for
/// otherwise.
pub(super) async fn v2(
    State(control): Shared,
    id: Id,
    given: Result<Query<WantedV2>, QueryRejection>,
) -> Result<Json<LogsV2>, ApiError> {
    let Query(wanted) = given.map_err(|problem| invalid("query", &problem.body_text()))?;
    let limit = check_limit(wanted.limit)?;
    let least = wanted
        .level
        .as_deref()
        .map(check_level)
        .transpose()?
        .unwrap_or(0);
    let search = wanted.search.unwrap_or_default();
    if search.chars().count() > SEARCH_LIMIT {
        return Err(invalid("search", "it must have at most 256 characters"));
    }
    let mut entries = all(&control, &id.id).await?;
    entries.retain(|entry| {
        let at = entry.timestamp.as_millisecond();
        let in_time = wanted.cursor.is_none_or(|cursor| match wanted.direction {
            Direction::Forward => at >= cursor,
            Direction::Backward => at <= cursor,
        });
        in_time && grade(&entry.level) >= least && entry.message.contains(&search)
    });
    if wanted.direction == Direction::Backward {
        entries.reverse();
    }
    entries.truncate(limit);
    Ok(Json(LogsV2 { logs: entries }))
}

fn check_limit(given: Option<usize>) -> Result<usize, ApiError> {
    match given.unwrap_or(LIMIT) {
        limit @ 0..=LIMIT => Ok(limit),
        _ => Err(invalid("limit", "it must be at most 1000")),
    }
}

fn check_level(given: &str) -> Result<usize, ApiError> {
    let known = LEVELS.iter().position(|level| *level == given);
    known.ok_or_else(|| invalid("level", &format!("it must be one of {}", LEVELS.join(", "))))
}

fn grade(level: &str) -> usize {
    LEVELS.iter().position(|known| *known == level).unwrap_or(1)
}

/// Everything, the oldest first. The runtime's own part is kept for a while after the sandbox.
async fn all(control: &Control, id: &SandboxId) -> Result<Vec<LogEntry>, ApiError> {
    let wanted = id.clone();
    let events = spawn_blocking(move || Journal::find(|event| event.sandbox_id == wanted)).await;
    let events = events.map_err(|problem| ApiError::internal(&problem))?;
    let events = events.map_err(|problem| ApiError::internal(&problem))?;
    let mut entries: Vec<_> = events.iter().map(entry).collect();
    if let Some(sandbox) = control.registry.get(id) {
        entries.extend(sandbox.log().await);
    }
    entries.sort_by_key(|entry| entry.timestamp);
    Ok(entries)
}

fn entry(event: &SandboxEvent) -> LogEntry {
    let name = event.event_name.as_str();
    LogEntry {
        fields: StringMap::from([
            ("event".to_owned(), name.to_owned()),
            ("reason".to_owned(), event.reason.clone()),
        ]),
        level: "info".to_owned(),
        message: format!("sandbox {name}: {}", event.reason),
        timestamp: event.time,
    }
}
