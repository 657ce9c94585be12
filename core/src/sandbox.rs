//! A sandbox.

use std::{fmt, sync::Arc, time::Duration};

use sandspan_protocol::control;

use crate::{
    Client, Commands, Result, SandboxInfo, address,
    agent::{Agent, is_gone},
    diagnosis::Stage,
    transport::Failure,
};

/// A sandbox. It is cheap to clone, and dropping it does not end the sandbox: that takes
/// [`kill`](Self::kill) or the end of its timeout.
#[derive(Clone)]
pub struct Sandbox {
    client: Client,
    agent: Arc<Agent>,
    described: Arc<control::Sandbox>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Its tokens are not for logs.
        let mut debug = formatter.debug_struct("Sandbox");
        debug
            .field("sandbox_id", &self.sandbox_id())
            .finish_non_exhaustive()
    }
}

impl Sandbox {
    /// The sandbox that the control plane described; `None` where the description cannot be used.
    pub(crate) fn new(client: Client, described: control::Sandbox) -> Option<Self> {
        let agent = Agent::new(Arc::clone(&client.connection), &described)?;
        Some(Self {
            client,
            agent: Arc::new(agent),
            described: Arc::new(described),
        })
    }

    /// The same sandbox, each of whose requests may take so long; zero means without limit.
    #[must_use]
    pub fn with_request_timeout(&self, timeout: Duration) -> Self {
        let connection = Arc::new(self.client.connection.with_request_timeout(timeout));
        Self {
            agent: Arc::new(self.agent.with_connection(Arc::clone(&connection))),
            client: Client { connection },
            described: Arc::clone(&self.described),
        }
    }

    /// The client that it was made by.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Its id.
    #[must_use]
    pub fn sandbox_id(&self) -> &str {
        self.agent.sandbox_id.as_str()
    }

    /// The domain of its hosts; none where one listener answers for everything.
    #[must_use]
    pub fn sandbox_domain(&self) -> Option<&str> {
        self.agent.domain.as_deref()
    }

    /// The version of its agent's protocol.
    #[must_use]
    pub fn envd_version(&self) -> &str {
        &self.described.envd_version
    }

    /// The token that traffic to its ports must carry, if any.
    #[must_use]
    pub fn traffic_access_token(&self) -> Option<&str> {
        self.described.traffic_access_token.as_deref()
    }

    /// Kills it; false when it was gone already.
    pub async fn kill(&self) -> Result<bool> {
        self.client.kill(self.sandbox_id()).await
    }

    /// Resumes it when it is paused. See [`Client::connect`] for the timeout.
    pub async fn connect(&self, timeout: Option<Duration>) -> Result<()> {
        self.client.connect(self.sandbox_id(), timeout).await?;
        Ok(())
    }

    /// Sets how long it lives from now on. See [`Client::set_timeout`].
    pub async fn set_timeout(&self, timeout: Duration) -> Result<()> {
        self.client.set_timeout(self.sandbox_id(), timeout).await
    }

    /// What the service knows of it.
    pub async fn get_info(&self) -> Result<SandboxInfo> {
        self.client.get_info(self.sandbox_id()).await
    }

    /// Whether it runs, asked of its agent. A paused sandbox does not.
    pub async fn is_running(&self) -> Result<bool> {
        match self.agent.health(self.client.connection.limit()).await {
            Ok(()) => Ok(true),
            Err(Failure::Refused(refusal)) if is_gone(refusal.status) => Ok(false),
            Err(failure) => {
                let operation = "sandbox.is_running";
                Err(self.agent.explain(operation, Stage::Call, failure).await)
            }
        }
    }

    /// The host name, and where needed the port, that reaches a port of it.
    #[must_use]
    pub fn get_host(&self, port: u16) -> String {
        let api_url = self.client.connection.api_url();
        address::host(self.sandbox_id(), port, self.sandbox_domain(), api_url)
    }

    /// The commands in it.
    #[must_use]
    pub fn commands(&self) -> Commands {
        Commands::new(Arc::clone(&self.agent))
    }
}
