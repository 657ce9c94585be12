//! The connection to a sandbox that exists.

use std::{sync::Arc, time::Duration};

use http::Method;
use jiff::Timestamp;
use sandspan_protocol::{
    control::{self, ActivityKind},
    defaults,
};

use crate::{
    Client, Result, Sandbox,
    client::{described, not_found, parse_id},
    connection::Request,
    idle,
    lease::{Lease, Start},
    provider::IdleTimeout,
    transport::Answer,
    units::whole_seconds,
    version,
};

const OPERATION: &str = "sandbox.connect";

impl Client {
    /// Connects to a sandbox, and resumes it when it is paused. The timeout (default: 300 s) only
    /// ever extends the life of one that runs.
    ///
    /// Fails with the kind [`SandboxNotFound`](crate::ErrorKind::SandboxNotFound) where there is none.
    pub async fn connect(&self, sandbox_id: &str, timeout: Option<Duration>) -> Result<Sandbox> {
        let lease = self.lease(sandbox_id);
        let answer = self
            .connect_with(lease.as_deref(), sandbox_id, timeout)
            .await?;
        let described = described(OPERATION, &answer)?;
        let lease = match lease {
            None if described.idle_timeout.is_none() => {
                self.lease_of_connected(sandbox_id, timeout).await?
            }
            lease => lease,
        };
        self.sandbox(OPERATION, described, lease)
    }

    /// The lease of a sandbox that was connected to, where the service does not see to its idle
    /// timeout and it has one.
    async fn lease_of_connected(
        &self,
        sandbox_id: &str,
        timeout: Option<Duration>,
    ) -> Result<Option<Arc<Lease>>> {
        if self.connection.settings.profile.idle_timeout == IdleTimeout::Server {
            return Ok(None);
        }
        let detail = self.detail(OPERATION, sandbox_id).await?;
        let listed = &detail.listed;
        let Some(window) = listed.metadata.as_ref().and_then(idle::of) else {
            return Ok(None);
        };
        // A connection never shortens the life of one that runs.
        let left = listed.end_at.duration_since(Timestamp::now());
        let left = Duration::try_from(left).unwrap_or_default();
        let life = left.max(timeout.unwrap_or(defaults::SANDBOX_TIMEOUT));
        let start = Start {
            window,
            life,
            server_life: life,
            auto_resume: detail
                .lifecycle
                .is_some_and(|lifecycle| lifecycle.auto_resume),
            activity: ActivityKind::Connected,
        };
        let id = parse_id(OPERATION, sandbox_id)?;
        Ok(Some(Lease::new(&self.connection, id, start)))
    }

    /// Connects to a sandbox, and tells how the service describes it.
    pub(crate) async fn request_connection(
        &self,
        sandbox_id: &str,
        timeout: Option<Duration>,
    ) -> Result<Answer> {
        let id = parse_id(OPERATION, sandbox_id)?;
        let timeout = timeout.map(|timeout| whole_seconds(OPERATION, "timeout", timeout));
        let timeout = timeout.transpose()?;
        let default = whole_seconds(OPERATION, "timeout", defaults::SANDBOX_TIMEOUT)?;
        let request = |path, timeout| {
            let body = control::Connect {
                timeout,
                memory: None,
            };
            Request::new(Method::POST, path).json(&body)
        };
        let v2 = request(format!("/v2/sandboxes/{id}/connect"), timeout);
        let v1 = request(
            format!("/sandboxes/{id}/connect"),
            timeout.or(Some(default)),
        );
        let answer = version::newest(&self.connection, &v2, &v1).await;
        let missing = format!("Paused sandbox {id} not found");
        answer.map_err(|failure| not_found(OPERATION, missing, failure))
    }
}
