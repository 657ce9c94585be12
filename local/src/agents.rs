//! How the runtime reaches the agents of sandboxes, and through them the sandboxes' ports.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request, Response, Uri, uri::Authority};
use http_body_util::{BodyExt as _, Empty, Full, Limited, combinators::BoxBody};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{
        Client,
        connect::{Connected, Connection},
    },
    rt::{TokioExecutor, TokioIo},
};
use sandspan_protocol::{
    agent::{DEADLINE_PATH, Deadline, RESUME_PATH, SUSPEND_PATH, Suspend, UNUSED_PATH},
    defaults::AGENT_PORT,
    headers::ACCESS_TOKEN,
    host::Target,
    id::SandboxId,
};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::UnixStream,
    time::timeout,
};

use crate::{isolation::agent_socket, store::Store};

/// How long an idle connection to an agent is kept.
const IDLE: Duration = Duration::from_secs(60);

/// How long an agent may take to accept a new deadline. It enforces the old one, if it does not.
const ANSWER: Duration = Duration::from_secs(1);

/// How long an agent may take to stop its processes, and to let them go on: longer than it takes
/// itself to give up.
const STOPPING: Duration = Duration::from_secs(6);

/// The most bytes that are taken of an agent's answer. Root of a sandbox can make its agent say
/// anything.
const LARGEST: usize = 16 * 1024 * 1024;

/// The body of a request on its way into a sandbox.
pub(crate) type Body = BoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

/// Clients for all agents and ports, with one pool of connections.
#[derive(Debug, Clone)]
pub(crate) struct Agents {
    agents: Client<Connector, Body>,
    /// Servers in sandboxes are anybody's: their connections are not used twice.
    ports: Client<Connector, Body>,
}

impl Agents {
    pub(crate) fn new() -> Self {
        let client = |idle_connections| {
            Client::builder(TokioExecutor::new())
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(idle_connections)
                .set_host(false)
                .build(Connector)
        };
        Self {
            agents: client(8),
            ports: client(0),
        }
    }

    /// Sends a request, whose path and headers are as the sandbox shall see them.
    pub(crate) async fn send(
        &self,
        target: &Target,
        mut request: Request<Body>,
    ) -> io::Result<Response<Incoming>> {
        let path = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        let uri = format!("http://{}:{}{path}", target.sandbox, target.port);
        *request.uri_mut() = uri.parse().map_err(io::Error::other)?;
        let client = if target.port == AGENT_PORT {
            &self.agents
        } else {
            &self.ports
        };
        client.request(request).await.map_err(io::Error::other)
    }

    /// Tells an agent what to do by itself, and when.
    pub(crate) async fn set_deadline(
        &self,
        sandbox: &SandboxId,
        deadline: Deadline,
    ) -> io::Result<()> {
        self.tell(sandbox, DEADLINE_PATH, &deadline, ANSWER).await
    }

    /// Lets an agent's clocks stand still, and its processes if need be.
    pub(crate) async fn suspend(&self, sandbox: &SandboxId, suspend: Suspend) -> io::Result<()> {
        self.tell(sandbox, SUSPEND_PATH, &suspend, STOPPING).await
    }

    /// Lets an agent's clocks go on, and the processes that it stopped.
    pub(crate) async fn resume(&self, sandbox: &SandboxId, deadline: Deadline) -> io::Result<()> {
        self.tell(sandbox, RESUME_PATH, &deadline, STOPPING).await
    }

    /// Waits until a sandbox has no process but its agent.
    pub(crate) async fn unused(&self, sandbox: &SandboxId) -> io::Result<()> {
        let request = request(Method::GET, UNUSED_PATH, Vec::new());
        self.ask(sandbox, request).await.map(drop)
    }

    /// Reads what an agent answers to a question about its sandbox.
    pub(crate) async fn read<Answer: DeserializeOwned>(
        &self,
        sandbox: &SandboxId,
        path: &'static str,
        token: Option<&str>,
    ) -> io::Result<Answer> {
        let mut request = request(Method::GET, path, Vec::new());
        if let Some(token) = token {
            let token = token.parse().map_err(io::Error::other)?;
            request.headers_mut().insert(ACCESS_TOKEN, token);
        }
        let answer = timeout(ANSWER, self.ask(sandbox, request)).await??;
        Ok(serde_json::from_slice(&answer)?)
    }

    async fn tell(
        &self,
        sandbox: &SandboxId,
        path: &'static str,
        what: &impl Serialize,
        patience: Duration,
    ) -> io::Result<()> {
        let body = serde_json::to_vec(what)?;
        let request = request(Method::POST, path, body);
        timeout(patience, self.ask(sandbox, request))
            .await?
            .map(drop)
    }

    async fn ask(&self, sandbox: &SandboxId, request: Request<Body>) -> io::Result<Bytes> {
        let target = Target {
            sandbox: sandbox.clone(),
            port: AGENT_PORT,
        };
        let response = self.send(&target, request).await?;
        let has_succeeded = response.status().is_success();
        let body = Limited::new(response.into_body(), LARGEST).collect().await;
        let body = body.map_err(io::Error::other)?.to_bytes();
        if has_succeeded {
            return Ok(body);
        }
        Err(io::Error::other(format!(
            "the agent refuses: {}",
            String::from_utf8_lossy(&body)
        )))
    }
}

fn request(method: Method, path: &'static str, body: Vec<u8>) -> Request<Body> {
    let body = Full::from(body).map_err(|never| match never {}).boxed();
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = Uri::from_static(path);
    request
}

/// Opens connections to agents, and tunnels through them to ports.
#[derive(Debug, Clone, Copy)]
struct Connector;

impl tower::Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<Stream>>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(async move {
            let authority = uri
                .authority()
                .ok_or_else(|| io::Error::other("no authority"))?;
            connect(authority).await.map(TokioIo::new)
        })
    }
}

async fn connect(authority: &Authority) -> io::Result<Stream> {
    let sandbox: SandboxId = authority.host().parse().map_err(io::Error::other)?;
    let agent = UnixStream::connect(agent_socket(&Store::directory(&sandbox))).await?;
    match authority.port_u16() {
        None | Some(AGENT_PORT) => Ok(Stream::Agent(agent)),
        Some(port) => tunnel(agent, port).await,
    }
}

/// Asks the agent for a tunnel to a port of its sandbox.
async fn tunnel(agent: UnixStream, port: u16) -> io::Result<Stream> {
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(agent)).await;
    let (mut sender, connection) = handshake.map_err(io::Error::other)?;
    tokio::spawn(connection.with_upgrades());
    let request = Request::connect(format!("localhost:{port}")).body(Empty::<Bytes>::new());
    let response = sender
        .send_request(request.map_err(io::Error::other)?)
        .await;
    let response = response.map_err(io::Error::other)?;
    if !response.status().is_success() {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    let upgraded = hyper::upgrade::on(response)
        .await
        .map_err(io::Error::other)?;
    Ok(Stream::Tunnel(TokioIo::new(upgraded)))
}

/// A connection into a sandbox.
#[derive(Debug)]
enum Stream {
    Agent(UnixStream),
    Tunnel(TokioIo<hyper::upgrade::Upgraded>),
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

/// Calls a method of whichever stream it is.
macro_rules! either {
    ($stream:expr, $inner:ident => $call:expr) => {
        match $stream.get_mut() {
            Stream::Agent($inner) => {
                let $inner = Pin::new($inner);
                $call
            }
            Stream::Tunnel($inner) => {
                let $inner = Pin::new($inner);
                $call
            }
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self, inner => inner.poll_read(context, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self, inner => inner.poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, inner => inner.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, inner => inner.poll_shutdown(context))
    }
}
