//! A sandbox.

use std::{fmt, sync::Arc, time::Duration};

use jiff::Timestamp;
use sandspan_protocol::{control, signature::Operation};

use crate::{
    Client, Code, Commands, EndReason, Files, Git, Lifetime, NetworkUpdate, Pty, Result,
    SandboxInfo, SandboxMetrics, UrlOptions, address,
    agent::{Agent, is_gone},
    diagnosis::Stage,
    ending,
    files::signed_url,
    lease::Lease,
    metrics,
    transport::Failure,
};

/// A sandbox. It is cheap to clone, and dropping it does not end the sandbox: that takes
/// [`kill`](Self::kill) or the end of its timeout.
///
/// Where it has an idle timeout that the service does not see to, its handles do: this, its
/// [`Commands`] and their handles extend the service's timeout while they are used, by a task in
/// the Tokio runtime they are used in. Once the last of them is dropped, the sandbox ends within
/// its idle timeout.
#[derive(Clone)]
pub struct Sandbox {
    client: Client,
    pub(crate) agent: Arc<Agent>,
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
    pub(crate) fn new(
        client: Client,
        described: control::Sandbox,
        lease: Option<Arc<Lease>>,
    ) -> Option<Self> {
        let agent = Agent::new(Arc::clone(&client.connection), &described, lease)?;
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
        let lease = self.agent.lease();
        self.client.kill_with(lease, self.sandbox_id()).await
    }

    /// Resumes it when it is paused. See [`Client::connect`] for the timeout.
    pub async fn connect(&self, timeout: Option<Duration>) -> Result<()> {
        let (lease, id) = (self.agent.lease(), self.sandbox_id());
        self.client.connect_with(lease, id, timeout).await?;
        Ok(())
    }

    /// Pauses it; false when it was paused already. See [`Client::pause`].
    pub async fn pause(&self, keep_memory: Option<bool>) -> Result<bool> {
        let (lease, id) = (self.agent.lease(), self.sandbox_id());
        self.client.pause_with(lease, id, keep_memory).await
    }

    /// Sets how long it lives from now on. See [`Client::set_timeout`].
    pub async fn set_timeout(&self, timeout: Duration) -> Result<()> {
        let (lease, id) = (self.agent.lease(), self.sandbox_id());
        self.client.set_timeout_with(lease, id, timeout).await
    }

    /// What the service knows of it.
    pub async fn get_info(&self) -> Result<SandboxInfo> {
        self.client.get_info(self.sandbox_id()).await
    }

    /// What ends it, and when.
    pub async fn get_lifetime(&self) -> Result<Lifetime> {
        let lease = self.agent.lease();
        self.client.lifetime_with(lease, self.sandbox_id()).await
    }

    /// What it used, in the order of time. See [`Client::get_metrics`].
    ///
    /// Fails with the kind [`ErrorKind::Template`](crate::ErrorKind::Template) where its agent is too
    /// old to tell.
    pub async fn get_metrics(
        &self,
        start: Option<Timestamp>,
        end: Option<Timestamp>,
    ) -> Result<Vec<SandboxMetrics>> {
        metrics::check(self.agent.version)?;
        self.client.get_metrics(self.sandbox_id(), start, end).await
    }

    /// Replaces what it may reach. See [`Client::update_network`].
    pub async fn update_network(&self, network: NetworkUpdate) -> Result<()> {
        self.client.update_network(self.sandbox_id(), network).await
    }

    /// Waits until it ends or is paused, and tells why. See [`Client::wait_until_ended`].
    pub async fn wait_until_ended(&self) -> Result<EndReason> {
        let is_idle = || self.agent.lease().is_some_and(Lease::is_idle);
        ending::wait(&self.client, &self.agent.sandbox_id, &is_idle).await
    }

    /// Whether it runs, asked of its agent. A paused sandbox does not.
    pub async fn is_running(&self) -> Result<bool> {
        match self.agent.touch(self.client.connection.limit()).await {
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

    /// The code that runs in it, in kernels that keep their state. It must be made from a template
    /// with a code interpreter, such as [`INTERPRETER_TEMPLATE`](crate::INTERPRETER_TEMPLATE).
    #[must_use]
    pub fn code(&self) -> Code {
        Code::new(Arc::clone(&self.agent))
    }

    /// Git in it.
    #[must_use]
    pub fn git(&self) -> Git {
        Git::new(self.commands())
    }

    /// The terminals in it.
    #[must_use]
    pub fn pty(&self) -> Pty {
        Pty::new(self.commands())
    }

    /// A URL that a file can be written to, with a POST request that has the file as its body or as
    /// a form. Without a path, the request says where.
    ///
    /// Fails with the kind [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) where the
    /// URL is to expire and the sandbox's agent takes requests from anybody.
    pub fn upload_url(&self, path: Option<&str>, options: UrlOptions) -> Result<String> {
        let (name, path) = ("sandbox.upload_url", path.unwrap_or_default());
        signed_url(&self.agent, name, Operation::Write, path, options)
    }

    /// A URL that a file can be read from. See [`upload_url`](Self::upload_url) for the errors.
    pub fn download_url(&self, path: &str, options: UrlOptions) -> Result<String> {
        let name = "sandbox.download_url";
        signed_url(&self.agent, name, Operation::Read, path, options)
    }

    /// The files in it.
    #[must_use]
    pub fn files(&self) -> Files {
        Files::new(Arc::clone(&self.agent))
    }

    /// The commands in it.
    #[must_use]
    pub fn commands(&self) -> Commands {
        Commands::new(Arc::clone(&self.agent))
    }
}
