//! Finding sandboxes.

use std::{cmp::Ordering, sync::Arc};

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue},
};
use jiff::Timestamp;
use sandspan_protocol::{
    control::{ListedSandbox, SandboxState, StringMap},
    defaults::PAGE_LIMIT,
    headers::{NEXT_TOKEN, TOTAL_RUNNING},
    page::{Cursor, decode_metadata},
    template::TemplateReference,
};
use serde::Deserialize;

use super::{Control, Shared, answer::ApiError};

/// What a list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wanted {
    metadata: Option<String>,
    state: Option<String>,
    template: Option<String>,
    started_after: Option<Timestamp>,
    order: Option<Order>,
    limit: Option<u32>,
    next_token: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    Asc,
    #[default]
    Desc,
}

type Given = Result<Query<Wanted>, QueryRejection>;

/// `GET /sandboxes`: all that run, newest first.
pub(super) async fn v1(
    State(control): Shared,
    given: Given,
) -> Result<Json<Vec<ListedSandbox>>, ApiError> {
    let wanted = read(given)?;
    let wanted = Wanted {
        metadata: wanted.metadata,
        ..Wanted::default()
    };
    let mut running = matching(&control, &wanted)?;
    running.retain(|sandbox| sandbox.state == SandboxState::Running);
    Ok(Json(running))
}

/// `GET /v2/sandboxes`: filtered, in pages.
pub(super) async fn v2(
    State(control): Shared,
    given: Given,
) -> Result<(HeaderMap, Json<Vec<ListedSandbox>>), ApiError> {
    let wanted = read(given)?;
    let limit = wanted.limit.unwrap_or(PAGE_LIMIT);
    if !(1..=PAGE_LIMIT).contains(&limit) {
        return Err(invalid("limit", "it must be from 1 to 100"));
    }
    let ascending = wanted.order.unwrap_or_default() == Order::Asc;
    let cursor = wanted
        .next_token
        .as_deref()
        .map(Cursor::decode)
        .transpose()?;
    if cursor
        .as_ref()
        .is_some_and(|cursor| cursor.ascending != ascending)
    {
        return Err(sandspan_protocol::page::InvalidCursor.into());
    }
    let mut sandboxes = matching(&control, &wanted)?;
    if ascending {
        sandboxes.reverse();
    }
    let mut headers = HeaderMap::new();
    if wants_state(&wanted, &SandboxState::Running) {
        let running = sandboxes
            .iter()
            .filter(|it| it.state == SandboxState::Running);
        headers.insert(TOTAL_RUNNING, HeaderValue::from(running.count()));
    }
    if let Some(cursor) = &cursor {
        sandboxes.retain(|sandbox| is_behind(sandbox, cursor));
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if sandboxes.len() > limit {
        sandboxes.truncate(limit);
        let last = sandboxes.last().map(|last| Cursor {
            started_at: last.started_at,
            sandbox_id: last.sandbox_id.clone(),
            ascending,
        });
        if let Some(token) = last.and_then(|last| HeaderValue::try_from(last.encode()).ok()) {
            headers.insert(NEXT_TOKEN, token);
        }
    }
    Ok((headers, Json(sandboxes)))
}

fn read(given: Given) -> Result<Wanted, ApiError> {
    let Query(wanted) = given.map_err(|problem| invalid("query", &problem.body_text()))?;
    Ok(wanted)
}

pub(super) fn invalid(parameter: &str, problem: &str) -> ApiError {
    ApiError::bad_request(format!(
        "validation error: error in openapi3filter.RequestError: parameter \"{parameter}\" in query \
         has an error: {problem}"
    ))
}

/// The sandboxes that pass all filters, newest first, of the same age by id.
fn matching(control: &Arc<Control>, wanted: &Wanted) -> Result<Vec<ListedSandbox>, ApiError> {
    let metadata = wanted
        .metadata
        .as_deref()
        .map(decode_metadata)
        .transpose()?;
    let template = wanted.template.as_deref().map(template_name).transpose()?;
    check_states(wanted)?;
    let passes = |sandbox: &ListedSandbox| {
        metadata
            .as_ref()
            .is_none_or(|it| has_metadata(sandbox.metadata.as_ref(), it))
            && template
                .as_ref()
                .is_none_or(|it| *it == sandbox.template_id)
            && wanted
                .started_after
                .is_none_or(|after| sandbox.started_at >= after)
            && wants_state(wanted, &sandbox.state)
    };
    let all = control.registry.all();
    let shown = all
        .iter()
        .filter_map(|sandbox| sandbox.listed(&control.machine));
    let mut sandboxes: Vec<_> = shown.filter(passes).collect();
    sandboxes.sort_by(newest_first);
    Ok(sandboxes)
}

fn newest_first(one: &ListedSandbox, other: &ListedSandbox) -> Ordering {
    other
        .started_at
        .cmp(&one.started_at)
        .then_with(|| one.sandbox_id.cmp(&other.sandbox_id))
}

/// Whether a sandbox stands behind the last one of a page.
fn is_behind(sandbox: &ListedSandbox, cursor: &Cursor) -> bool {
    let order = cursor
        .started_at
        .cmp(&sandbox.started_at)
        .then_with(|| sandbox.sandbox_id.cmp(&cursor.sandbox_id));
    if cursor.ascending {
        order.is_lt()
    } else {
        order.is_gt()
    }
}

fn has_metadata(metadata: Option<&StringMap>, wanted: &StringMap) -> bool {
    let Some(metadata) = metadata else {
        return false;
    };
    wanted
        .iter()
        .all(|(name, value)| metadata.get(name) == Some(value))
}

fn template_name(reference: &str) -> Result<String, ApiError> {
    let parsed: TemplateReference = reference.parse()?;
    if parsed.tag.is_some() {
        return Err(ApiError::bad_request(format!(
            "Invalid template: {reference} has a tag"
        )));
    }
    Ok(parsed.to_string())
}

fn check_states(wanted: &Wanted) -> Result<(), ApiError> {
    let known = [SandboxState::Running, SandboxState::Paused];
    match states(wanted).find(|state| known.iter().all(|known| known.as_str() != *state)) {
        Some(_) => Err(invalid("state", "it must be of \"running\" and \"paused\"")),
        None => Ok(()),
    }
}

fn states(wanted: &Wanted) -> impl Iterator<Item = &str> {
    wanted
        .state
        .iter()
        .flat_map(|states| states.split(','))
        .map(str::trim)
}

fn wants_state(wanted: &Wanted, state: &SandboxState) -> bool {
    wanted.state.is_none() || states(wanted).any(|it| it == state.as_str())
}

#[cfg(test)]
mod tests {
    use super::{Wanted, check_states, has_metadata, wants_state};
    use sandspan_protocol::control::SandboxState;

    fn wanted(state: &str) -> Wanted {
        Wanted {
            state: Some(state.to_owned()),
            ..Wanted::default()
        }
    }

    #[test]
    fn states_are_a_list() {
        assert!(wants_state(&Wanted::default(), &SandboxState::Running));
        assert!(wants_state(
            &wanted("paused,running"),
            &SandboxState::Running
        ));
        assert!(!wants_state(&wanted("paused"), &SandboxState::Running));
        assert!(check_states(&wanted("running,dead")).is_err());
    }

    #[test]
    fn all_pairs_must_match() {
        let map = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        let metadata = map(&[("a", "1"), ("b", "2")]);
        assert!(has_metadata(Some(&metadata), &map(&[("a", "1")])));
        assert!(!has_metadata(
            Some(&metadata),
            &map(&[("a", "1"), ("b", "3")])
        ));
        assert!(!has_metadata(None, &map(&[])));
    }
}
