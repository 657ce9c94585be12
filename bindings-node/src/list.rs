//! Lists of sandboxes.

use std::collections::BTreeMap;

use napi::Env;
use napi::bindgen_prelude::PromiseRaw;
use napi_derive::napi;
use sandspan::{Error, Order, Result, SandboxState};

use crate::date::Date;
use crate::error::JsResult;
use crate::info::SandboxInfo;
use crate::promise::promise;

/// Which sandboxes to list, and in which order.
#[napi(object, object_to_js = false)]
pub struct ListOptions {
    /// Which sandboxes to list. Default: all.
    pub query: Option<SandboxQuery>,
    /// The order by start time. Default: `desc`, newest first.
    #[napi(ts_type = "'asc' | 'desc'")]
    pub order: Option<String>,
    /// How many to a page, at most. Default: 100.
    pub limit: Option<u32>,
    /// Where to start, as an earlier paginator said.
    pub next_token: Option<String>,
}

/// What the sandboxes of a list have in common.
#[napi(object, object_to_js = false)]
pub struct SandboxQuery {
    /// Only those with all of these names and values.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Only those in one of these states. Default: all.
    #[napi(ts_type = "('running' | 'paused')[]")]
    pub state: Option<Vec<String>>,
    /// Only those of this template.
    pub template: Option<String>,
    /// Only those that started at this time or later.
    pub started_after: Option<Date>,
}

impl TryFrom<ListOptions> for sandspan::ListOptions {
    type Error = Error;

    fn try_from(options: ListOptions) -> Result<Self> {
        let given = Self {
            order: options
                .order
                .map(|order| order.parse::<Order>())
                .transpose()?,
            limit: options.limit,
            next_token: options.next_token,
            ..Self::default()
        };
        let Some(query) = options.query else {
            return Ok(given);
        };
        Ok(Self {
            metadata: query.metadata,
            states: query
                .state
                .into_iter()
                .flatten()
                .map(SandboxState::from)
                .collect(),
            template: query.template,
            started_after: query.started_after.map(|date| date.0),
            ..given
        })
    }
}

/// The pages of a list. No request is made before `nextItems`.
#[napi]
pub struct SandboxPaginator {
    inner: sandspan::Paginator,
}

impl From<sandspan::Paginator> for SandboxPaginator {
    fn from(inner: sandspan::Paginator) -> Self {
        Self { inner }
    }
}

#[napi]
impl SandboxPaginator {
    /// Whether there is a further page.
    #[napi(getter)]
    pub fn has_next(&self) -> bool {
        self.inner.has_next()
    }

    /// Where the next page starts.
    #[napi(getter)]
    pub fn next_token(&self) -> Option<String> {
        self.inner.next_token()
    }

    /// The next page.
    #[napi]
    pub fn next_items<'env>(
        &self,
        env: &'env Env,
    ) -> napi::Result<PromiseRaw<'env, JsResult<Vec<SandboxInfo>>>> {
        let paginator = self.inner.clone();
        promise(env, async move {
            let items = paginator.next_items().await?;
            Ok(items.into_iter().map(SandboxInfo::from).collect())
        })
    }
}
