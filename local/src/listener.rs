//! The one listener: takes connections and hands each request to the control plane or the proxy.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::Router;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, combinators::UnsyncBoxBody};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::rt::{TokioIo, TokioTimer};
use sandspan_protocol::host::Target;
use tokio::{
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tower::ServiceExt as _;

use crate::{
    agents::Agents,
    lifecycle::Registry,
    proxy::{self, ClientConnection, Routing},
};

/// How long a connection is kept on which no request arrives whole. Longer than clients keep their
/// idle ones: one that is closed when they use it again looks to them like a lost request.
const IDLE_TIMEOUT: Duration = Duration::from_secs(620);

/// How long a request to the runtime itself may take, its body included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(70);

/// How much of a request's headers is kept in memory.
const HEADER_LIMIT: usize = 64 * 1024;

/// How long to wait when the process has no descriptor left for a connection.
const EXHAUSTED: Duration = Duration::from_millis(50);

type Body = UnsyncBoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

/// What every request is answered with.
struct Shared {
    registry: Arc<Registry>,
    agents: Agents,
    router: Router,
}

/// Takes connections for ever.
pub(crate) async fn accept(
    listener: TcpListener,
    registry: Arc<Registry>,
    agents: Agents,
    router: Router,
) -> Infallible {
    let shared = Arc::new(Shared {
        registry,
        agents,
        router,
    });
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(serve(Arc::clone(&shared), stream))),
            Err(problem) => {
                tracing::warn!(%problem, "a connection could not be taken");
                tokio::time::sleep(EXHAUSTED).await;
            }
        }
    }
}

async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    // Small answers must not wait for more; a connection that has gone fails at the next step.
    let _ = stream.set_nodelay(true);
    let Ok(connection) = ClientConnection::new(&stream) else {
        return;
    };
    let tracked = Arc::clone(&connection);
    let service = hyper::service::service_fn(move |request| {
        let (shared, connection) = (Arc::clone(&shared), Arc::clone(&tracked));
        async move { Ok::<_, Infallible>(answer(&shared, &connection, request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE_TIMEOUT)
        .max_buf_size(HEADER_LIMIT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::select! {
        biased;
        () = connection.reset_requested() => {}
        // What a client did wrong it has been told, as far as it still listens.
        _ = served => {}
    }
}

async fn answer(
    shared: &Shared,
    connection: &Arc<ClientConnection>,
    request: Request<Incoming>,
) -> Response<Body> {
    match proxy::routing(&request) {
        Routing::Sandbox(target) => forward(shared, connection, target, request).await,
        Routing::SignedFile => match proxy::by_signature(&shared.registry, &request) {
            Ok(target) => forward(shared, connection, target, request).await,
            Err(reason) => {
                proxy::drain(&mut request.into_body()).await;
                proxy::unsigned(&reason).map(|body| body.map_err(Into::into).boxed_unsync())
            }
        },
        Routing::Control => {
            let response = timeout(REQUEST_TIMEOUT, shared.router.clone().oneshot(request)).await;
            let response = response.map_or_else(|_| too_slow(), |Ok(response)| response);
            response.map(|body| body.map_err(Into::into).boxed_unsync())
        }
        Routing::Invalid(message) => {
            proxy::invalid(message).map(|body| body.map_err(Into::into).boxed_unsync())
        }
    }
}

async fn forward(
    shared: &Shared,
    connection: &Arc<ClientConnection>,
    target: Target,
    request: Request<Incoming>,
) -> Response<Body> {
    let (registry, agents) = (&shared.registry, &shared.agents);
    let answer = proxy::forward(registry, agents, connection, target, request).await;
    answer.map(|body| body.map_err(Into::into).boxed_unsync())
}

fn too_slow() -> Response<axum::body::Body> {
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
    response
}
