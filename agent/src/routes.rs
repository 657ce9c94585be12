//! Which part of the agent answers a request.

use std::{convert::Infallible, io, sync::Arc};

use bytes::Bytes;
use connectrpc::{ConnectRpcService, Router};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Either, Full, Limited};
use hyper::body::Incoming;
use sandspan_protocol::{
    agent::{self, AgentConfig, DEADLINE_PATH, RESUME_PATH, SUSPEND_PATH, UNUSED_PATH},
    error::ErrorBody,
    rpc::process::ProcessExt as _,
};
use serde::de::DeserializeOwned;
use tower::Service as _;

use crate::{
    access, deadline::Deadline, process::ProcessService, reaper::Reaper, suspension::Suspension,
    tunnel,
};

/// The largest body that is read of a request outside the RPC services.
const BODY_LIMIT: usize = 4096;

type RpcBody = connectrpc::ConnectRpcBody;
type Body = Either<Full<Bytes>, RpcBody>;

/// The agent's services and what guards them.
pub(crate) struct Routes {
    access_token: Option<String>,
    deadline: Deadline,
    suspension: Arc<Suspension>,
    reaper: Arc<Reaper>,
    rpc: ConnectRpcService,
}

impl Routes {
    pub(crate) fn new(
        config: AgentConfig,
        deadline: Deadline,
        suspension: Arc<Suspension>,
        reaper: Arc<Reaper>,
    ) -> Self {
        let access_token = config.access_token.clone();
        let (clocks, children) = (Arc::clone(&suspension), Arc::clone(&reaper));
        let process = Arc::new(ProcessService::new(config, clocks, children));
        Self {
            access_token,
            deadline,
            suspension,
            reaper,
            rpc: ConnectRpcService::new(process.register(Router::new())),
        }
    }

    /// Answers one request. Only the runtime can reach this socket, and its proxy lets nobody
    /// through to `CONNECT` and to the internal paths.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Infallible> {
        if request.method() == Method::CONNECT {
            return Ok(tunnel::open::<Full<Bytes>>(request).await.map(Either::Left));
        }
        let token = self.access_token.as_deref();
        Ok(match (request.method(), request.uri().path()) {
            (&Method::GET, "/health") => health(),
            (&Method::POST, DEADLINE_PATH | RESUME_PATH) => self.resume(request).await,
            (&Method::POST, SUSPEND_PATH) => self.suspend(request).await,
            (&Method::GET, UNUSED_PATH) => {
                self.reaper.alone().await;
                empty(StatusCode::NO_CONTENT)
            }
            _ if !access::has_token(request.headers(), token) => {
                error(StatusCode::UNAUTHORIZED, access::UNAUTHORIZED)
            }
            (_, path) if path.starts_with("/process.") => {
                let response = self.rpc.clone().call(request).await;
                let Ok(response) = response;
                response.map(Either::Right)
            }
            _ => error(StatusCode::NOT_FOUND, "404 page not found"),
        })
    }

    async fn suspend(&self, request: Request<Incoming>) -> Response<Body> {
        let suspend = match read::<agent::Suspend>(request).await {
            Ok(suspend) => suspend,
            Err(refusal) => return refusal,
        };
        self.deadline.clear();
        done(self.suspension.suspend(suspend.stop))
    }

    /// A new deadline is for a sandbox that runs, also when the old one had stopped it.
    async fn resume(&self, request: Request<Incoming>) -> Response<Body> {
        let deadline = match read::<agent::Deadline>(request).await {
            Ok(deadline) => deadline,
            Err(refusal) => return refusal,
        };
        self.deadline.set(deadline);
        done(self.suspension.resume())
    }
}

async fn read<Document: DeserializeOwned>(
    request: Request<Incoming>,
) -> Result<Document, Response<Body>> {
    let body = Limited::new(request.into_body(), BODY_LIMIT)
        .collect()
        .await;
    let body = body
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    serde_json::from_slice(&body)
        .map_err(|problem| error(StatusCode::BAD_REQUEST, &problem.to_string()))
}

fn done(result: io::Result<()>) -> Response<Body> {
    match result {
        Ok(()) => empty(StatusCode::NO_CONTENT),
        Err(problem) => error(StatusCode::INTERNAL_SERVER_ERROR, &problem.to_string()),
    }
}

fn health() -> Response<Body> {
    let mut response = empty(StatusCode::NO_CONTENT);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::default()));
    *response.status_mut() = status;
    response
}

fn error(status: StatusCode, message: &str) -> Response<Body> {
    let body = ErrorBody {
        code: status.as_u16(),
        error_code: None,
        message: message.to_owned(),
    };
    let json = serde_json::to_vec(&body).expect("an error body is plain data");
    let mut response = Response::new(Either::Left(Full::from(json)));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
