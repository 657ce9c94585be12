//! What happened to sandboxes.

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use sandspan_protocol::{
    defaults::{EVENT_PAGE, EVENT_PAGE_LIMIT, EVENT_WAIT},
    events::{EventName, EventPage, SandboxEvent},
    id::SandboxId,
};
use serde::Deserialize;
use std::time::Duration;
use tokio::{
    sync::broadcast::error::RecvError,
    task::spawn_blocking,
    time::{Instant, timeout_at},
};

use super::{Shared, answer::ApiError, list::invalid};
use crate::journal::Journal;

/// Which events are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wanted {
    #[serde(rename = "sandboxID")]
    sandbox_id: Option<String>,
    #[serde(rename = "templateID")]
    template_id: Option<String>,
    /// Names with commas between.
    events: Option<String>,
    state: Option<String>,
    /// Seconds since 1970.
    start_time: Option<i64>,
    end_time: Option<i64>,
    #[serde(default)]
    order_asc: bool,
    #[serde(default)]
    offset: usize,
    limit: Option<usize>,
    /// Only events behind the one of this number.
    after: Option<u64>,
    /// How many seconds to wait for one if there is none.
    #[serde(default)]
    wait: u64,
}

/// What passes, once the words have been understood.
#[derive(Debug, Clone)]
struct Filter {
    sandbox_id: Option<SandboxId>,
    template_id: Option<String>,
    names: Option<Vec<EventName>>,
    state: Option<String>,
    start_time: i64,
    end_time: i64,
    after: u64,
}

/// `GET /sandboxes/events`: the newest first unless asked for otherwise.
pub(super) async fn list(
    State(control): Shared,
    given: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<EventPage>, ApiError> {
    let Query(wanted) = given.map_err(|problem| invalid("query", &problem.body_text()))?;
    let limit = wanted.limit.unwrap_or(EVENT_PAGE);
    if !(1..=EVENT_PAGE_LIMIT).contains(&limit) {
        return Err(invalid("limit", "it must be from 1 to 100"));
    }
    let wait = Duration::from_secs(wanted.wait);
    if wait > EVENT_WAIT {
        return Err(invalid("wait", "it must be at most 60"));
    }
    let filter = Filter::read(&wanted)?;
    let deadline = Instant::now() + wait;
    // Before the files are read, so that nothing is missed between the two.
    let mut news = control.registry.journal.news();
    let mut events = find(&filter).await?;
    while events.is_empty() {
        match timeout_at(deadline, news.recv()).await {
            Ok(Ok(event)) => events.extend(Some(event).filter(|event| filter.passes(event))),
            Ok(Err(RecvError::Lagged(_))) => events = find(&filter).await?,
            Ok(Err(RecvError::Closed)) | Err(_) => break,
        }
    }
    if !wanted.order_asc {
        events.reverse();
    }
    let total = events.len();
    let items: Vec<_> = events.into_iter().skip(wanted.offset).take(limit).collect();
    let has_more = wanted.offset.saturating_add(items.len()) < total;
    Ok(Json(EventPage {
        items,
        total,
        has_more,
    }))
}

async fn find(filter: &Filter) -> Result<Vec<SandboxEvent>, ApiError> {
    let filter = filter.clone();
    let found = spawn_blocking(move || Journal::find(|event| filter.passes(event))).await;
    let found = found.map_err(|problem| ApiError::internal(&problem))?;
    found.map_err(|problem| ApiError::internal(&problem))
}

impl Filter {
    fn read(wanted: &Wanted) -> Result<Self, ApiError> {
        let sandbox_id = wanted.sandbox_id.as_deref().map(str::parse).transpose()?;
        let names = wanted.events.as_deref().map(names).transpose()?;
        Ok(Self {
            sandbox_id,
            template_id: wanted.template_id.clone(),
            names,
            state: wanted.state.clone(),
            start_time: wanted.start_time.unwrap_or(i64::MIN),
            end_time: wanted.end_time.unwrap_or(i64::MAX),
            after: wanted.after.unwrap_or_default(),
        })
    }

    fn passes(&self, event: &SandboxEvent) -> bool {
        let is = |wanted: &Option<_>, it| wanted.as_ref().is_none_or(|wanted| wanted == it);
        event.event_id > self.after
            && (self.start_time..=self.end_time).contains(&event.record_at)
            && self
                .sandbox_id
                .as_ref()
                .is_none_or(|id| *id == event.sandbox_id)
            && is(&self.template_id, &event.template_id)
            && is(&self.state, &event.state)
            && self
                .names
                .as_ref()
                .is_none_or(|names| names.contains(&event.event_name))
    }
}

fn names(text: &str) -> Result<Vec<EventName>, ApiError> {
    let name = |text: &str| {
        let mut all = EventName::ALL.into_iter();
        all.find(|name| name.as_str() == text).ok_or_else(|| {
            let known = EventName::ALL.map(EventName::as_str).join(", ");
            invalid("events", &format!("{text:?} is none of {known}"))
        })
    };
    text.split(',').map(str::trim).map(name).collect()
}
