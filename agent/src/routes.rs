//! Which part of the agent answers a request.

use std::{convert::Infallible, io, sync::Arc};

use bytes::Bytes;
use connectrpc::{ConnectRpcService, Router};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Either, Full, Limited};
use hyper::body::Incoming;
use sandspan_protocol::{
    agent::{
        self, AgentConfig, DEADLINE_PATH, LOG_PATH, METRICS_PATH, RESUME_PATH, SUSPEND_PATH,
        UNUSED_PATH,
    },
    files::{COMPOSE_PATH, PATH},
    rpc::{filesystem::FilesystemExt as _, process::ProcessExt as _},
};
use serde::{Serialize, de::DeserializeOwned};
use tower::Service as _;

use crate::{
    access,
    deadline::Deadline,
    files::{self, FilesystemService, Refusal},
    interpreter,
    log::Log,
    memory::Memory,
    metrics::Meter,
    process::ProcessService,
    process::Surroundings,
    reaper::Reaper,
    rest::drain_of_stranger,
    suspension::Suspension,
    tunnel,
};

/// The largest body that is read of a request outside the RPC services.
const BODY_LIMIT: usize = 4096;

type RpcBody = connectrpc::ConnectRpcBody;
type Body = Either<Full<Bytes>, Either<RpcBody, files::Body>>;

/// The agent's services and what guards them.
pub(crate) struct Routes {
    access_token: Option<String>,
    deadline: Deadline,
    suspension: Arc<Suspension>,
    reaper: Arc<Reaper>,
    surroundings: Arc<Surroundings>,
    meter: Meter,
    memory: Memory,
    log: Arc<Log>,
    rpc: ConnectRpcService,
}

impl Routes {
    pub(crate) fn new(
        config: &AgentConfig,
        deadline: Deadline,
        suspension: Arc<Suspension>,
        reaper: Arc<Reaper>,
    ) -> Self {
        let access_token = config.access_token.clone();
        let surroundings = Arc::new(Surroundings::new(config));
        let log = Arc::new(Log::default());
        let process = Arc::new(ProcessService::new(
            Arc::clone(&surroundings),
            Arc::clone(&suspension),
            Arc::clone(&reaper),
            Arc::clone(&log),
        ));
        let router = process.register(Router::new());
        let router = Arc::new(FilesystemService::default()).register(router);
        let memory = Memory::watch();
        if let Some(kernels) = &config.interpreter {
            let parts = interpreter::Parts {
                surroundings: Arc::clone(&surroundings),
                suspension: Arc::clone(&suspension),
                reaper: Arc::clone(&reaper),
                log: Arc::clone(&log),
                memory: memory.clone(),
            };
            interpreter::start(kernels.clone(), parts, access_token.clone());
        }
        Self {
            access_token,
            deadline,
            suspension,
            reaper,
            surroundings,
            meter: Meter::start(config),
            memory,
            log,
            rpc: ConnectRpcService::new(router),
        }
    }

    /// Answers one request. Only the runtime can reach this socket, and its proxy lets nobody
    /// through to `CONNECT` and to the internal paths.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Infallible> {
        self.memory.used();
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
            (&Method::GET | &Method::POST, PATH) => {
                let response = files::answer(request, token).await;
                response.map(|body| Either::Right(Either::Right(body)))
            }
            (&Method::GET, LOG_PATH) => json(&self.log.after(after(request.uri().query()))),
            _ if !access::has_token(request.headers(), token) => {
                drain_of_stranger(&mut request.into_body()).await;
                error(StatusCode::UNAUTHORIZED, access::UNAUTHORIZED)
            }
            (_, PATH) => empty(StatusCode::METHOD_NOT_ALLOWED),
            (&Method::POST, COMPOSE_PATH) => {
                let response = files::answer_compose(request).await;
                response.map(|body| Either::Right(Either::Right(body)))
            }
            (&Method::GET, METRICS_PATH) => match self.meter.measure() {
                Ok(metrics) => json(&metrics),
                Err(problem) => error(StatusCode::INTERNAL_SERVER_ERROR, &problem.to_string()),
            },
            (&Method::GET, "/envs") => not_stored(json(self.surroundings.envs())),
            (_, path) if path.starts_with("/process.") || path.starts_with("/filesystem.") => {
                let response = self.rpc.clone().call(request).await;
                let Ok(response) = response;
                response.map(|body| Either::Right(Either::Left(body)))
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
    not_stored(empty(StatusCode::NO_CONTENT))
}

fn not_stored(mut response: Response<Body>) -> Response<Body> {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The number that a query asks for what came after.
fn after(query: Option<&str>) -> u64 {
    let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let numbers = query.filter(|(name, _)| name == "after");
    numbers
        .filter_map(|(_, value)| value.parse().ok())
        .last()
        .unwrap_or_default()
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::default()));
    *response.status_mut() = status;
    response
}

fn error(status: StatusCode, message: &str) -> Response<Body> {
    Refusal::new(status, message).response().map(Either::Left)
}

fn json(document: &impl Serialize) -> Response<Body> {
    let json = serde_json::to_vec(document).expect("the documents are plain data");
    let mut response = Response::new(Either::Left(Full::from(json)));
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
