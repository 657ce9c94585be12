//! The control plane of one provider.

use std::{env, fmt, sync::Arc, time::Duration};

use http::Method;
use sandspan_protocol::{
    control::{self, SandboxDetail, SetTimeout},
    id::SandboxId,
};

use crate::{
    ConnectionOptions, EndReason, Error, ErrorKind, Lifetime, ListOptions, Paginator, Result,
    Sandbox, SandboxInfo, config,
    connection::{Connection, Request},
    diagnosis, ending,
    lease::Lease,
    notice,
    transport::{Answer, Failure},
    units::whole_seconds,
};

/// The control plane of one provider. It is cheap to clone. Building one makes no request and
/// starts nothing; its methods must be called in a Tokio runtime.
#[derive(Clone)]
pub struct Client {
    pub(crate) connection: Arc<Connection>,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let provider = self.connection.settings.profile.name;
        let mut debug = formatter.debug_struct("Client");
        debug.field("provider", &provider).finish_non_exhaustive()
    }
}

impl Client {
    /// A client of the provider that the options and the environment name; see
    /// [`ConnectionOptions`].
    ///
    /// Fails with the kind [`ErrorKind::InvalidArgument`] where they do not fit together, and
    /// [`ErrorKind::Unauthenticated`] where the provider's key is missing.
    pub fn new(options: ConnectionOptions) -> Result<Self> {
        let settings = config::resolve(options, &|name| env::var(name).ok())?;
        if settings.is_fallback {
            notice::local_by_default();
        }
        let connection = Arc::new(Connection::new(settings));
        Ok(Self { connection })
    }

    /// Lists sandboxes, page by page.
    #[must_use]
    pub fn list(&self, options: ListOptions) -> Paginator {
        Paginator::new(Arc::clone(&self.connection), options)
    }

    /// Kills a sandbox, paused or not; false when there was none.
    pub async fn kill(&self, sandbox_id: &str) -> Result<bool> {
        let lease = self.lease(sandbox_id);
        self.kill_with(lease.as_deref(), sandbox_id).await
    }

    pub(crate) async fn request_kill(&self, sandbox_id: &str) -> Result<bool> {
        const OPERATION: &str = "sandbox.kill";
        let id = parse_id(OPERATION, sandbox_id)?;
        let request = Request::new(Method::DELETE, format!("/sandboxes/{id}"));
        match self.connection.request(&request).await {
            Ok(_) => Ok(true),
            Err(failure) if is_missing(&failure) => Ok(false),
            Err(failure) => Err(diagnosis::control(OPERATION, failure)),
        }
    }

    /// Pauses a sandbox, with its processes and memory unless `keep_memory` is false; false when it
    /// was paused already.
    ///
    /// Fails with the kind [`ErrorKind::SandboxNotFound`] where there is none.
    pub async fn pause(&self, sandbox_id: &str, keep_memory: Option<bool>) -> Result<bool> {
        let lease = self.lease(sandbox_id);
        self.pause_with(lease.as_deref(), sandbox_id, keep_memory)
            .await
    }

    pub(crate) async fn request_pause(
        &self,
        sandbox_id: &str,
        keep_memory: Option<bool>,
    ) -> Result<bool> {
        const OPERATION: &str = "sandbox.pause";
        let id = parse_id(OPERATION, sandbox_id)?;
        let body = control::Pause {
            memory: keep_memory,
        };
        let request = Request::new(Method::POST, format!("/sandboxes/{id}/pause")).json(&body);
        match self.connection.request(&request).await {
            Ok(_) => Ok(true),
            Err(Failure::Refused(refusal)) if refusal.status == 409 => Ok(false),
            Err(failure) => Err(missing_sandbox(OPERATION, &id, failure)),
        }
    }

    /// Sets how long a sandbox lives from now on: longer or shorter, rounded up to whole seconds, at
    /// most what the service allows. Zero ends it now.
    ///
    /// Fails with the kind [`ErrorKind::SandboxNotFound`] where there is none.
    pub async fn set_timeout(&self, sandbox_id: &str, timeout: Duration) -> Result<()> {
        let lease = self.lease(sandbox_id);
        self.set_timeout_with(lease.as_deref(), sandbox_id, timeout)
            .await
    }

    pub(crate) async fn request_timeout(&self, sandbox_id: &str, timeout: Duration) -> Result<()> {
        const OPERATION: &str = "sandbox.set_timeout";
        let id = parse_id(OPERATION, sandbox_id)?;
        let timeout = whole_seconds(OPERATION, "timeout", timeout)?;
        let request = Request::new(Method::POST, format!("/sandboxes/{id}/timeout"))
            .json(&SetTimeout { timeout });
        let answer = self.connection.request(&request).await;
        answer.map_err(|failure| missing_sandbox(OPERATION, &id, failure))?;
        Ok(())
    }

    /// What the service knows of a sandbox, paused or not.
    ///
    /// Fails with the kind [`ErrorKind::SandboxNotFound`] where there is none.
    pub async fn get_info(&self, sandbox_id: &str) -> Result<SandboxInfo> {
        let detail = self.detail("sandbox.get_info", sandbox_id).await?;
        Ok(detail.into())
    }

    /// What ends a sandbox, and when.
    ///
    /// Fails with the kind [`ErrorKind::SandboxNotFound`] where there is none.
    pub async fn get_lifetime(&self, sandbox_id: &str) -> Result<Lifetime> {
        let lease = self.lease(sandbox_id);
        self.lifetime_with(lease.as_deref(), sandbox_id).await
    }

    /// Waits until a sandbox ends or is paused, and tells why. This does not count as a use of it.
    ///
    /// Fails with the kind [`ErrorKind::SandboxNotFound`] where there is none and nothing is known
    /// of its end, and with that of the last failure once the service could not be asked for a
    /// minute.
    pub async fn wait_until_ended(&self, sandbox_id: &str) -> Result<EndReason> {
        let id = parse_id(ending::OPERATION, sandbox_id)?;
        // Looked up at the end only: to wait is not to hold the sandbox.
        let is_idle = || self.lease(sandbox_id).is_some_and(|lease| lease.is_idle());
        ending::wait(self, &id, &is_idle).await
    }

    pub(crate) async fn detail(
        &self,
        operation: &'static str,
        sandbox_id: &str,
    ) -> Result<SandboxDetail> {
        let id = parse_id(operation, sandbox_id)?;
        let request = Request::new(Method::GET, format!("/sandboxes/{id}"));
        let answer = self.connection.request(&request).await;
        let detail = answer.and_then(|answer| answer.json::<SandboxDetail>());
        detail.map_err(|failure| missing_sandbox(operation, &id, failure))
    }

    pub(crate) fn sandbox(
        &self,
        operation: &'static str,
        described: control::Sandbox,
        lease: Option<Arc<Lease>>,
    ) -> Result<Sandbox> {
        Sandbox::new(self.clone(), described, lease).ok_or_else(|| {
            let message = "The server describes a sandbox that cannot be reached";
            Error::new(ErrorKind::Unexpected, operation, message)
        })
    }
}

/// The sandbox that an answer describes.
pub(crate) fn described(operation: &'static str, answer: &Answer) -> Result<control::Sandbox> {
    let described = answer.json::<control::Sandbox>();
    described.map_err(|failure| diagnosis::control(operation, failure))
}

/// An id that is safe to stand in a URL.
pub(crate) fn parse_id(operation: &'static str, sandbox_id: &str) -> Result<SandboxId> {
    sandbox_id.parse().map_err(|_| {
        let start: String = sandbox_id.chars().take(64).collect();
        let more = if start.len() < sandbox_id.len() {
            "..."
        } else {
            ""
        };
        let message = format!("Invalid sandbox ID {start:?}{more}: ids are [a-z0-9]");
        invalid(operation, message)
    })
}

/// What a failed request about a sandbox means.
pub(crate) fn missing_sandbox(operation: &'static str, id: &SandboxId, failure: Failure) -> Error {
    not_found(operation, format!("Sandbox {id} not found"), failure)
}

/// Whether the service itself says that there is no such thing. What else answers with 404 does not
/// know.
pub(crate) fn is_missing(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused(refusal) if refusal.code == Some(404))
}

pub(crate) fn not_found(operation: &'static str, message: String, failure: Failure) -> Error {
    if is_missing(&failure) {
        Error::new(ErrorKind::SandboxNotFound, operation, message).with_status(404)
    } else {
        diagnosis::control(operation, failure)
    }
}

fn invalid(operation: &'static str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, operation, message)
}

#[cfg(test)]
mod tests {
    use super::parse_id;
    use crate::ErrorKind;

    #[test]
    fn foreign_ids_are_refused_and_named_shortly() {
        let long = "a".repeat(10_000);
        for id in ["", "a/b", "../x", "a b", "a\0", "A", &long] {
            let error = parse_id("sandbox.kill", id).expect_err(id);
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.message().len() < 200, "{error}");
            assert!(
                error.message().starts_with("Invalid sandbox ID \""),
                "{error}"
            );
        }
        let id = parse_id("sandbox.kill", "iabc-6532622b").expect("the old form");
        assert_eq!(id.as_str(), "iabc");
    }
}
