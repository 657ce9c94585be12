//! Lists of sandboxes.

use std::{
    collections::BTreeMap,
    fmt,
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::Method;
use jiff::Timestamp;
use sandspan_protocol::{control::ListedSandbox, headers, page};

use crate::{
    Error, ErrorKind, Result, SandboxInfo, SandboxState,
    connection::{Connection, Request},
    diagnosis,
};

const OPERATION: &str = "sandbox.list";

/// Which sandboxes to list, and in which order.
#[derive(Debug, Clone, Default)]
pub struct ListOptions {
    /// Only those with all of these names and values.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Only those in one of these states. Default: all.
    pub states: Vec<SandboxState>,
    /// Only those of this template, by its id or name.
    pub template: Option<String>,
    /// Only those that started at this time or later.
    pub started_after: Option<Timestamp>,
    /// The order by start time. Default: the service's, newest first.
    pub order: Option<Order>,
    /// How many to a page, at most. Default: the service's, 100.
    pub limit: Option<u32>,
    /// Where to start, as an earlier [`Paginator::next_token`] said.
    pub next_token: Option<String>,
}

/// The order of a list by start time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Oldest first.
    Ascending,
    /// Newest first.
    Descending,
}

impl Order {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }
}

impl FromStr for Order {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "asc" => Ok(Self::Ascending),
            "desc" => Ok(Self::Descending),
            _ => {
                let message = format!("Invalid order '{text}', expected 'asc' or 'desc'");
                Err(Error::new(ErrorKind::InvalidArgument, OPERATION, message))
            }
        }
    }
}

/// The pages of a list. No request is made before [`next_items`](Self::next_items). Clones share
/// their place in the list.
#[derive(Clone)]
pub struct Paginator {
    connection: Arc<Connection>,
    filter: Vec<(&'static str, String)>,
    place: Arc<Mutex<Place>>,
}

/// Where the next page starts.
#[derive(Debug, Clone)]
enum Place {
    Start,
    Token(String),
    End,
}

impl Paginator {
    pub(crate) fn new(connection: Arc<Connection>, options: ListOptions) -> Self {
        let place = match &options.next_token {
            Some(token) => Place::Token(token.clone()),
            None => Place::Start,
        };
        Self {
            connection,
            filter: filter(options),
            place: Arc::new(Mutex::new(place)),
        }
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is a further page. True until one was the last.
    #[must_use]
    pub fn has_next(&self) -> bool {
        !matches!(*self.place(), Place::End)
    }

    /// Where the next page starts; none before the first page and after the last.
    #[must_use]
    pub fn next_token(&self) -> Option<String> {
        match &*self.place() {
            Place::Token(token) => Some(token.clone()),
            Place::Start | Place::End => None,
        }
    }

    /// The next page. After the last, an error of the kind [`ErrorKind::Unexpected`].
    pub async fn next_items(&self) -> Result<Vec<SandboxInfo>> {
        let mut query = self.filter.clone();
        match self.place().clone() {
            Place::Start => {}
            Place::Token(token) => query.push(("nextToken", token)),
            Place::End => {
                let message = "No more items to fetch";
                return Err(Error::new(ErrorKind::Unexpected, OPERATION, message));
            }
        }
        let failed = |failure| diagnosis::control(OPERATION, failure);
        let request = Request::new(Method::GET, "/v2/sandboxes").query(query);
        let answer = self.connection.request(&request).await.map_err(failed)?;
        let items: Vec<ListedSandbox> = answer.json().map_err(failed)?;
        let token = answer.headers.get(headers::NEXT_TOKEN);
        *self.place() = match token.and_then(|token| token.to_str().ok()) {
            Some(token) if !token.is_empty() => Place::Token(token.to_owned()),
            _ => Place::End,
        };
        Ok(items.into_iter().map(SandboxInfo::from).collect())
    }
}

impl fmt::Debug for Paginator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Paginator");
        debug.field("place", &*self.place()).finish_non_exhaustive()
    }
}

fn filter(options: ListOptions) -> Vec<(&'static str, String)> {
    let metadata = options.metadata.filter(|metadata| !metadata.is_empty());
    let states: Vec<_> = options.states.iter().map(SandboxState::as_str).collect();
    let parameters = [
        ("metadata", metadata.as_ref().map(page::encode_metadata)),
        (
            "state",
            Some(states.join(",")).filter(|states| !states.is_empty()),
        ),
        ("template", options.template),
        (
            "startedAfter",
            options.started_after.map(|time| time.to_string()),
        ),
        (
            "order",
            options.order.map(|order| order.as_str().to_owned()),
        ),
        ("limit", options.limit.map(|limit| limit.to_string())),
    ];
    let given = |(name, value): (_, Option<String>)| Some((name, value?));
    parameters.into_iter().filter_map(given).collect()
}

#[cfg(test)]
mod tests {
    use super::{ListOptions, Order, filter};
    use crate::SandboxState;

    #[test]
    fn only_what_is_given_is_asked_for() {
        assert!(filter(ListOptions::default()).is_empty());
        let options = ListOptions {
            metadata: Some([("a b".to_owned(), "c&d".to_owned())].into()),
            states: vec![SandboxState::Running, SandboxState::Paused],
            template: Some("base".to_owned()),
            started_after: Some("2026-01-02T03:04:05.5Z".parse().unwrap()),
            order: Some(Order::Ascending),
            limit: Some(7),
            next_token: Some("not here".to_owned()),
        };
        let expected = [
            ("metadata", "a%2520b=c%2526d"),
            ("state", "running,paused"),
            ("template", "base"),
            ("startedAfter", "2026-01-02T03:04:05.5Z"),
            ("order", "asc"),
            ("limit", "7"),
        ];
        assert_eq!(
            filter(options),
            expected.map(|(name, value)| (name, value.to_owned()))
        );
    }

    #[test]
    fn orders_are_asc_and_desc() {
        assert_eq!("asc".parse::<Order>().ok(), Some(Order::Ascending));
        let error = "up".parse::<Order>().expect_err("no order");
        assert_eq!(
            error.message(),
            "Invalid order 'up', expected 'asc' or 'desc'"
        );
    }
}
