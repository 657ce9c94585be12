//! What is done to sandboxes that a lease keeps, of which the lease must know.

use std::{sync::Arc, time::Duration};

use http::StatusCode;
use sandspan_protocol::defaults;

use crate::{
    Client, Lifetime, Result, client::parse_id, lease::Lease, transport::Answer,
    units::whole_seconds,
};

impl Client {
    /// The lease by which handles in this process keep a sandbox, if they do.
    pub(crate) fn lease(&self, sandbox_id: &str) -> Option<Arc<Lease>> {
        let id = parse_id("sandbox.lease", sandbox_id).ok()?;
        Lease::existing(&self.connection, &id)
    }

    pub(crate) async fn kill_with(&self, lease: Option<&Lease>, sandbox_id: &str) -> Result<bool> {
        let kill = self.request_kill(sandbox_id);
        match lease {
            Some(lease) => lease.stopped(kill).await,
            None => kill.await,
        }
    }

    pub(crate) async fn pause_with(
        &self,
        lease: Option<&Lease>,
        sandbox_id: &str,
        keep_memory: Option<bool>,
    ) -> Result<bool> {
        let pause = self.request_pause(sandbox_id, keep_memory);
        match lease {
            Some(lease) => lease.paused(pause).await,
            None => pause.await,
        }
    }

    pub(crate) async fn set_timeout_with(
        &self,
        lease: Option<&Lease>,
        sandbox_id: &str,
        timeout: Duration,
    ) -> Result<()> {
        let Some(lease) = lease else {
            return self.request_timeout(sandbox_id, timeout).await;
        };
        let timeout = whole_seconds("sandbox.set_timeout", "timeout", timeout)?;
        let timeout = Duration::from_secs(timeout.unsigned_abs());
        let set = async |timeout| self.request_timeout(sandbox_id, timeout).await;
        lease.set_timeout(timeout, set).await
    }

    pub(crate) async fn connect_with(
        &self,
        lease: Option<&Lease>,
        sandbox_id: &str,
        timeout: Option<Duration>,
    ) -> Result<Answer> {
        let Some(lease) = lease else {
            return self.request_connection(sandbox_id, timeout).await;
        };
        let timeout = timeout.unwrap_or(defaults::SANDBOX_TIMEOUT);
        let timeout = whole_seconds("sandbox.connect", "timeout", timeout)?;
        let timeout = Duration::from_secs(timeout.unsigned_abs());
        let connect = async |timeout| {
            let answer = self.request_connection(sandbox_id, Some(timeout)).await?;
            let resumed = answer.status == StatusCode::CREATED;
            Ok((answer, resumed))
        };
        lease.connect(timeout, connect).await
    }

    pub(crate) async fn lifetime_with(
        &self,
        lease: Option<&Lease>,
        sandbox_id: &str,
    ) -> Result<Lifetime> {
        let detail = self.detail("sandbox.get_lifetime", sandbox_id).await?;
        let lifetime = Lifetime::new(self.connection.settings.profile, &detail);
        Ok(match lease {
            Some(lease) => lease.complete(lifetime),
            None => lifetime,
        })
    }
}
