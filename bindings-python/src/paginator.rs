//! The pages of a list.

use pyo3::prelude::*;
use sandspan::Paginator;

use crate::{methods::methods, results::SandboxInfo};

/// The pages of a list of sandboxes.
///
/// No request is made before `next_items()`.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct SandboxPaginator(Paginator);

/// The pages of a list of sandboxes, for asyncio.
///
/// No request is made before `next_items()`.
#[pyclass(frozen, module = "sandspan")]
pub(crate) struct AsyncSandboxPaginator(Paginator);

impl From<Paginator> for SandboxPaginator {
    fn from(paginator: Paginator) -> Self {
        Self(paginator)
    }
}

impl From<Paginator> for AsyncSandboxPaginator {
    fn from(paginator: Paginator) -> Self {
        Self(paginator)
    }
}

methods! {
    SandboxPaginator, AsyncSandboxPaginator;

    /// Whether there is a further page.
    #[getter]
    fn has_next(&paginator) -> bool {
        paginator.has_next()
    }

    /// Where the next page starts: give it to `list` to go on from there.
    #[getter]
    fn next_token(&paginator) -> Option<String> {
        paginator.next_token()
    }

    /// Fetches the next page.
    ///
    /// Raises:
    ///     SandboxException: There is no further page, or the request failed.
    async fn next_items(&paginator) -> Vec<SandboxInfo> {
        Ok(paginator.next_items().await?.into_iter().map(SandboxInfo).collect())
    }
}
