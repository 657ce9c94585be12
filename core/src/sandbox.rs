//! A sandbox.
#![expect(
    clippy::unused_async,
    clippy::unused_self,
    reason = "thin for a moment"
)]

use std::time::Duration;

use crate::{Client, Commands, Result, SandboxInfo};

/// A sandbox. It is cheap to clone; dropping it does not end the sandbox.
#[derive(Clone, Debug)]
pub struct Sandbox {
    client: Client,
}

impl Sandbox {
    /// The client that it was made by.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Its id.
    #[must_use]
    pub fn sandbox_id(&self) -> &str {
        ""
    }

    /// The domain of its hosts, where the service steers clients to one.
    #[must_use]
    pub fn sandbox_domain(&self) -> Option<&str> {
        None
    }

    /// The version of its agent's protocol.
    #[must_use]
    pub fn envd_version(&self) -> &str {
        ""
    }

    /// The token that traffic to its ports must carry, if any.
    #[must_use]
    pub fn traffic_access_token(&self) -> Option<&str> {
        None
    }

    /// Kills it; false when it was gone already.
    pub async fn kill(&self) -> Result<bool> {
        self.client.kill(self.sandbox_id()).await
    }

    /// Connects to it again.
    pub async fn connect(&self, _timeout: Option<Duration>) -> Result<()> {
        Ok(())
    }

    /// Sets its timeout, from now.
    pub async fn set_timeout(&self, timeout: Duration) -> Result<()> {
        self.client.set_timeout(self.sandbox_id(), timeout).await
    }

    /// What the service knows of it.
    pub async fn get_info(&self) -> Result<SandboxInfo> {
        self.client.get_info(self.sandbox_id()).await
    }

    /// Whether it runs.
    pub async fn is_running(&self) -> Result<bool> {
        Ok(false)
    }

    /// The host name that reaches a port of it.
    #[must_use]
    pub fn get_host(&self, port: u16) -> String {
        format!("{port}")
    }

    /// The commands in it.
    #[must_use]
    pub fn commands(&self) -> Commands {
        Commands {}
    }
}
