//! Lists of sandboxes.

use std::{collections::BTreeMap, str::FromStr};

use jiff::Timestamp;

use crate::{Error, ErrorKind, Result, SandboxInfo, SandboxState};

/// Which sandboxes to list, and in which order.
#[derive(Debug, Clone, Default)]
pub struct ListOptions {
    /// Only those with all of these names and values.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Only those in one of these states. Default: all.
    pub states: Vec<SandboxState>,
    /// Only those of this template.
    pub template: Option<String>,
    /// Only those that started at this time or later.
    pub started_after: Option<Timestamp>,
    /// The order by start time. Default: descending.
    pub order: Option<Order>,
    /// How many to a page, at most. Default: 100.
    pub limit: Option<u32>,
    /// Where to start, as an earlier paginator said.
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

impl FromStr for Order {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "asc" => Ok(Self::Ascending),
            "desc" => Ok(Self::Descending),
            _ => Err(Error::new(
                ErrorKind::InvalidArgument,
                "sandbox.list",
                format!("Invalid order '{text}', expected 'asc' or 'desc'"),
            )),
        }
    }
}

/// The pages of a list. No request is made before [`next_items`](Self::next_items).
#[derive(Debug, Clone)]
pub struct Paginator {}

impl Paginator {
    /// Whether there is a further page.
    #[must_use]
    pub fn has_next(&self) -> bool {
        true
    }

    /// Where the next page starts.
    #[must_use]
    pub fn next_token(&self) -> Option<String> {
        None
    }

    /// The next page.
    #[expect(clippy::unused_async, reason = "thin for a moment")]
    pub async fn next_items(&self) -> Result<Vec<SandboxInfo>> {
        Err(Error::new(ErrorKind::Unexpected, "sandbox.list", "not yet"))
    }
}
