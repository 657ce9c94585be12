//! The way to the agent of one sandbox.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use connectrpc::{CodecFormat, ConnectError, client::ClientConfig};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use reqwest::Url;
use sandspan_protocol::{
    control,
    defaults::AGENT_PORT,
    headers,
    id::SandboxId,
    network::TRAFFIC_TOKEN,
    rpc::{filesystem::FilesystemClient, process::ProcessClient},
};

use crate::{
    Error, ErrorKind, Result,
    address::{agent_url, host, host_url, port_url},
    agent_version::AgentVersion,
    config::{Endpoint, secret},
    connection::{Connection, Effect, Request},
    diagnosis::{self, Health, Stage},
    lease::{Active, Lease},
    transport::{Failure, FailureSlot, Limit, RpcTransport, client, exchange, within},
};

/// How long the question whether a sandbox still runs may take, when it is asked to explain why
/// something else failed.
const PROBE: Duration = Duration::from_secs(5);

/// The largest answer to an RPC, in bytes: the list of a directory may be long.
const ANSWER_LIMIT: usize = 256 << 20;

/// The user that is named to agents which have none of their own choice.
const DEFAULT_USER: &str = "user";

/// The client of the process service.
pub(crate) type Process = ProcessClient<RpcTransport>;

/// The client of the filesystem service.
pub(crate) type Filesystem = FilesystemClient<RpcTransport>;

/// The client of one of the agent's services.
pub(crate) trait Service {
    /// The client that calls go through.
    fn new(transport: RpcTransport, config: ClientConfig) -> Self;
}

impl Service for Process {
    fn new(transport: RpcTransport, config: ClientConfig) -> Self {
        Self::new(transport, config)
    }
}

impl Service for Filesystem {
    fn new(transport: RpcTransport, config: ClientConfig) -> Self {
        Self::new(transport, config)
    }
}

/// The way to the agent of one sandbox.
pub(crate) struct Agent {
    pub(crate) connection: Arc<Connection>,
    pub(crate) sandbox_id: SandboxId,
    /// The domain of the sandbox's hosts.
    pub(crate) domain: Option<String>,
    pub(crate) version: AgentVersion,
    /// The agent's token, where it wants one.
    pub(crate) token: Option<String>,
    /// The token that traffic to the sandbox's ports must carry, if any.
    traffic_token: Option<HeaderValue>,
    lease: Option<Arc<Lease>>,
    headers: HeaderMap,
    /// Whether the agent refused the binary encoding.
    speaks_json: AtomicBool,
}

impl Agent {
    /// The agent of a sandbox that the control plane described; `None` where the description
    /// cannot be used.
    pub(crate) fn new(
        connection: Arc<Connection>,
        sandbox: &control::Sandbox,
        lease: Option<Arc<Lease>>,
    ) -> Option<Self> {
        let sandbox_id: SandboxId = sandbox.sandbox_id.parse().ok()?;
        let (id_header, port_header) = connection.settings.profile.routing_headers;
        let mut map = HeaderMap::new();
        let id = HeaderValue::from_str(sandbox_id.as_str()).ok()?;
        map.insert(HeaderName::from_static(id_header), id);
        map.insert(HeaderName::from_static(port_header), AGENT_PORT.into());
        if let Some(token) = &sandbox.envd_access_token {
            map.insert(
                HeaderName::from_static(headers::ACCESS_TOKEN),
                secret(token)?,
            );
        }
        let traffic_token = sandbox.traffic_access_token.as_deref();
        let domain = sandbox.domain.clone();
        Some(Self {
            domain: domain.or_else(|| connection.settings.domain.clone()),
            version: AgentVersion::new(&sandbox.envd_version),
            token: sandbox.envd_access_token.clone(),
            traffic_token: match traffic_token {
                Some(token) => Some(secret(token)?),
                None => None,
            },
            connection,
            sandbox_id,
            lease,
            headers: map,
            speaks_json: AtomicBool::new(false),
        })
    }

    /// The same agent by another way.
    pub(crate) fn with_connection(&self, connection: Arc<Connection>) -> Self {
        Self {
            connection,
            sandbox_id: self.sandbox_id.clone(),
            domain: self.domain.clone(),
            version: self.version,
            token: self.token.clone(),
            traffic_token: self.traffic_token.clone(),
            lease: self.lease.clone(),
            headers: self.headers.clone(),
            speaks_json: AtomicBool::new(self.speaks_json.load(Ordering::Relaxed)),
        }
    }

    /// The lease that keeps the sandbox, where one does.
    pub(crate) fn lease(&self) -> Option<&Lease> {
        self.lease.as_deref()
    }

    /// How long a request may take from now on, where the caller may have given it a time of its own.
    pub(crate) fn limit(&self, request_timeout: Option<Duration>) -> Limit {
        match request_timeout {
            Some(timeout) => Limit::from_now(timeout),
            None => self.connection.limit(),
        }
    }

    /// A use of the sandbox begins, which goes on until the answer is dropped.
    pub(crate) fn begin(&self) -> Active {
        self.lease().map(Lease::begin).unwrap_or_default()
    }

    /// Asks the agent whether it is well, which is a use of the sandbox.
    pub(crate) async fn touch(&self, limit: Limit) -> Result<(), Failure> {
        let _active = self.begin();
        self.health(limit).await?;
        self.answered();
        Ok(())
    }

    pub(crate) fn answered(&self) {
        if let Some(lease) = self.lease() {
            lease.answered();
        }
    }

    /// The user to name for what a caller wants done as this user.
    pub(crate) fn user<'a>(&self, user: Option<&'a str>) -> Option<&'a str> {
        let chooses = self.version >= AgentVersion::DEFAULT_USER;
        user.or_else(|| (!chooses).then_some(DEFAULT_USER))
    }

    /// How an RPC names the user that something is to be done as: one without a password.
    pub(crate) fn authorization(&self, user: Option<&str>) -> Option<HeaderValue> {
        let value = format!(
            "Basic {}",
            STANDARD.encode(format!("{}:", self.user(user)?))
        );
        Some(HeaderValue::try_from(value).expect("letters, digits and signs of base64"))
    }

    fn base(&self, endpoint: &Endpoint) -> Result<Url, Failure> {
        let profile = self.connection.settings.profile;
        self.base_by(|id, domain| agent_url(profile, id, domain, &endpoint.url))
    }

    /// The URL that replaces all others, or else the one that is found.
    fn base_by(
        &self,
        find: impl FnOnce(&str, Option<&str>) -> Option<Url>,
    ) -> Result<Url, Failure> {
        let given = self.connection.settings.sandbox_url.clone();
        let (id, domain) = (self.sandbox_id.as_str(), self.domain.as_deref());
        given
            .or_else(|| find(id, domain))
            .ok_or_else(|| Failure::Garbled("The sandbox's domain is no domain".to_owned()))
    }

    /// Asks the agent whether it is well, which alone is no use of the sandbox.
    pub(crate) async fn health(&self, limit: Limit) -> Result<(), Failure> {
        let attempt = async |endpoint: Arc<Endpoint>| {
            let (client, request) = self.request(&endpoint, Method::GET, "/health")?;
            exchange(&client, request).await
        };
        within(limit, self.connection.reach(Effect::Same, attempt)).await?;
        Ok(())
    }

    /// The URL that reaches the agent from anywhere, whatever the headers; where one listener
    /// answers for everything, that goes by what else is in the request.
    pub(crate) fn public_url(&self, operation: &'static str) -> Result<Url> {
        let settings = &self.connection.settings;
        let reached = self.connection.api_url().cloned();
        let url = settings.sandbox_url.clone().or_else(|| match &self.domain {
            Some(domain) => host_url(self.sandbox_id.as_str(), AGENT_PORT, domain),
            // Without a token there is no signature that tells which sandbox a URL is for.
            None if self.token.is_none() => named(reached?, self.sandbox_id.as_str()),
            None => reached,
        });
        url.ok_or_else(|| {
            let message = "The sandbox's domain is no domain";
            Error::new(ErrorKind::Unexpected, operation, message)
        })
    }

    /// A plain request for a path of the agent's, and the client to make it with.
    pub(crate) fn request(
        &self,
        endpoint: &Endpoint,
        method: Method,
        path: &str,
    ) -> Result<(reqwest::Client, reqwest::Request), Failure> {
        self.plain(self.base(endpoint)?, method, path)
    }

    /// A plain request for a path of what answers on a port of the sandbox, and the client to make
    /// it with.
    pub(crate) fn port_request(
        &self,
        endpoint: &Endpoint,
        port: u16,
        method: Method,
        path: &str,
    ) -> Result<(reqwest::Client, reqwest::Request), Failure> {
        let base = self.base_by(|id, domain| port_url(id, port, domain, &endpoint.url))?;
        let (client, mut request) = self.plain(base, method, path)?;
        let (_, port_header) = self.connection.settings.profile.routing_headers;
        let headers = request.headers_mut();
        headers.insert(HeaderName::from_static(port_header), port.into());
        if let Some(token) = &self.traffic_token {
            headers.insert(HeaderName::from_static(TRAFFIC_TOKEN), token.clone());
        }
        Ok((client, request))
    }

    fn plain(
        &self,
        mut url: Url,
        method: Method,
        path: &str,
    ) -> Result<(reqwest::Client, reqwest::Request), Failure> {
        url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        let client = client(&url, &self.connection.settings.proxy)?;
        let mut request = reqwest::Request::new(method, url);
        *request.headers_mut() = self.headers.clone();
        Ok((client, request))
    }

    /// Makes an RPC within a limit. The call is made anew for each attempt.
    pub(crate) async fn call<S, T, F, C>(
        &self,
        limit: Limit,
        call: C,
    ) -> Result<(T, FailureSlot), Failure>
    where
        S: Service,
        F: Future<Output = Result<T, ConnectError>>,
        C: Fn(S) -> F,
    {
        let attempt = async |endpoint: Arc<Endpoint>| {
            let speaks_json = self.speaks_json.load(Ordering::Relaxed);
            match self.attempt(&endpoint, speaks_json, &call).await {
                Err(Failure::Refused(refusal))
                    if is_unsupported(refusal.status) && !speaks_json =>
                {
                    self.speaks_json.store(true, Ordering::Relaxed);
                    self.attempt(&endpoint, true, &call).await
                }
                answer => answer,
            }
        };
        let _active = self.begin();
        let answer = within(limit, self.connection.reach(Effect::Another, attempt)).await?;
        self.answered();
        Ok(answer)
    }

    async fn attempt<S, T, F, C>(
        &self,
        endpoint: &Endpoint,
        json: bool,
        call: &C,
    ) -> Result<(T, FailureSlot), Failure>
    where
        S: Service,
        F: Future<Output = Result<T, ConnectError>>,
        C: Fn(S) -> F,
    {
        let base = self.base(endpoint)?;
        let slot = FailureSlot::default();
        let client = client(&base, &self.connection.settings.proxy)?;
        let transport = RpcTransport::new(client, slot.clone());
        let uri = base.as_str().parse().expect("a URL of HTTP is a URI");
        let config = ClientConfig::new(uri)
            .with_codec_format(if json {
                CodecFormat::Json
            } else {
                CodecFormat::Proto
            })
            .with_default_max_message_size(ANSWER_LIMIT)
            .with_default_element_memory_limit(ANSWER_LIMIT)
            .with_default_headers(self.headers.clone());
        match call(S::new(transport, config)).await {
            Ok(answer) => Ok((answer, slot)),
            Err(error) => Err(slot.failure(error)),
        }
    }

    /// What a failed request to the agent means, for which the sandbox may have to be asked.
    pub(crate) async fn explain(
        &self,
        operation: &'static str,
        stage: Stage,
        failure: Failure,
    ) -> Error {
        let needs_health = diagnosis::needs_health(&failure);
        let health = if needs_health {
            self.look().await
        } else {
            Health::Unknown
        };
        let failure = failure.on_the_way_to(&format!("sandbox {}", self.sandbox_id));
        let error = diagnosis::agent(operation, stage, health, failure);
        let is_paused = if needs_health {
            health == Health::Paused
        } else {
            error.kind() == ErrorKind::NotRunning && self.is_paused().await == Some(true)
        };
        if is_paused {
            diagnosis::paused(&error)
        } else {
            error
        }
    }

    /// Finds out how the sandbox is. The control plane is asked first: a question to the agent
    /// resumes some paused sandboxes.
    async fn look(&self) -> Health {
        match self.is_paused().await {
            Some(true) => Health::Paused,
            Some(false) | None => self.probe().await,
        }
    }

    /// Whether the control plane says that the sandbox is paused; nothing if it does not say.
    async fn is_paused(&self) -> Option<bool> {
        let path = format!("/sandboxes/{}", self.sandbox_id);
        let connection = self.connection.with_request_timeout(PROBE);
        let answer = connection.request(&Request::new(Method::GET, path)).await;
        let detail = answer.and_then(|answer| answer.json::<control::SandboxDetail>());
        Some(detail.ok()?.listed.state == control::SandboxState::Paused)
    }

    async fn probe(&self) -> Health {
        match self.health(Limit::from_now(PROBE)).await {
            Ok(()) => Health::Running,
            Err(Failure::Refused(refusal)) if is_gone(refusal.status) => Health::Gone,
            Err(_) => Health::Unknown,
        }
    }
}

/// The URL of one listener for everything, by the host name of a sandbox's agent.
fn named(mut url: Url, sandbox_id: &str) -> Option<Url> {
    let name = host(sandbox_id, AGENT_PORT, None, Some(&url));
    let name = name.split_once(':').map_or(name.as_str(), |(name, _)| name);
    url.set_host(Some(name)).ok()?;
    Some(url)
}

/// Whether the answer to a question for health says that there is no such sandbox.
pub(crate) fn is_gone(status: u16) -> bool {
    status == StatusCode::BAD_GATEWAY
}

fn is_unsupported(status: u16) -> bool {
    status == StatusCode::UNSUPPORTED_MEDIA_TYPE
}
