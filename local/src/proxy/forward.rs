//! Passes a request on to a sandbox, and its answer back.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper_util::rt::TokioIo;
use sandspan_protocol::{
    agent::INTERNAL_PATHS, control::ActivityKind, defaults::AGENT_PORT, files,
    headers::ACCESS_TOKEN, host::Target,
};
use subtle::ConstantTimeEq as _;
use tokio::io::copy_bidirectional;

use super::{
    answer,
    connection::ClientConnection,
    cors,
    headers::{mask_host, strip, upgrade_of},
    rest::drain,
    signed::is_signed,
};
use crate::{
    agents::Agents,
    lifecycle::{InFlight, Phase, Registry, Sandbox},
    network::NoTraffic,
};

/// The body of an answer: the proxy's own, or a sandbox's on its way through.
pub(crate) type Answer = Either<Full<Bytes>, PassedOn>;

/// Passes a request on to the sandbox and port that it names.
pub(crate) async fn forward(
    registry: &Registry,
    agents: &Agents,
    connection: &Arc<ClientConnection>,
    target: Target,
    mut request: Request<Incoming>,
) -> Response<Answer> {
    let path = request.uri().path();
    if request.method() == Method::CONNECT || target.port == AGENT_PORT && is_reserved(path) {
        return answer::reserved(path).map(Either::Left);
    }
    let Some(sandbox) = registry.get(&target.sandbox) else {
        drain(request.body_mut()).await;
        return answer::not_found(&target, request.headers()).map(Either::Left);
    };
    let in_flight = match enter(&sandbox, connection, &target, &request).await {
        Ok(in_flight) => in_flight,
        Err(answer) => {
            drain(request.body_mut()).await;
            return answer.map(Either::Left);
        }
    };
    let upgrade = upgrade_of(request.headers());
    let client_side = upgrade.is_some().then(|| hyper::upgrade::on(&mut request));
    let headers = request.headers().clone();
    strip(request.headers_mut(), upgrade.as_ref());
    if target.port != AGENT_PORT {
        mask_host(
            request.headers_mut(),
            sandbox.settings.ingress.host(target.port),
        );
    }
    let request = request.map(|body| body.map_err(Into::into).boxed());
    let Ok(response) = agents.send(&target, request).await else {
        let answer = match sandbox.phase() {
            Phase::Running => answer::port_not_open,
            _ => answer::not_found,
        };
        return answer(&target, &headers).map(Either::Left);
    };
    match client_side {
        Some(client_side) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
            switch_protocols(response, client_side, in_flight, connection)
        }
        _ => {
            let mut response = response;
            strip(response.headers_mut(), None);
            if target.port == AGENT_PORT {
                cors::allow(&headers, response.headers_mut());
            }
            let connection = Arc::clone(connection);
            response.map(|body| {
                Either::Right(PassedOn {
                    body,
                    connection,
                    _in_flight: in_flight,
                })
            })
        }
    }
}

/// Begins to carry a request, if it may pass; otherwise gives the answer to it.
async fn enter(
    sandbox: &Arc<Sandbox>,
    connection: &Arc<ClientConnection>,
    target: &Target,
    request: &Request<Incoming>,
) -> Result<InFlight, Response<Full<Bytes>>> {
    let headers = request.headers();
    let is_running = sandbox.phase() == Phase::Running;
    if is_running
        && target.port == AGENT_PORT
        && let Some(answer) = cors::preflight(request)
    {
        return Err(answer);
    }
    let permission = may_pass(sandbox, target, headers);
    let refused = |reason| answer::no_traffic(reason, target, headers);
    if is_running {
        permission.map_err(refused)?;
    }
    let kind = match upgrade_of(headers) {
        Some(_) => ActivityKind::WebSocket,
        None => ActivityKind::Request,
    };
    let is_authorized = permission.is_ok() && may_resume(sandbox, target, request);
    let in_flight = sandbox
        .begin_traffic(connection, (kind, target.port), is_authorized)
        .await
        .map_err(|reason| answer::no_entry(reason, target, headers))?;
    // One that was being resumed for somebody else runs now.
    permission.map_err(refused)?;
    Ok(in_flight)
}

/// Whether a request may pass to its port. The agent asks for a token of its own.
fn may_pass(sandbox: &Sandbox, target: &Target, headers: &HeaderMap) -> Result<(), NoTraffic> {
    if target.port == AGENT_PORT {
        Ok(())
    } else {
        sandbox.settings.ingress.check(headers)
    }
}

/// Whether a request may resume the sandbox that it goes to: what the agent would refuse may not.
fn may_resume<Body>(sandbox: &Sandbox, target: &Target, request: &Request<Body>) -> bool {
    let Some(token) = &sandbox.settings.access_token else {
        return true;
    };
    if target.port != AGENT_PORT {
        return true;
    }
    match request.headers().get(ACCESS_TOKEN) {
        Some(given) => given.as_bytes().ct_eq(token.as_bytes()).into(),
        None => request.uri().path() == files::PATH && is_signed(sandbox, request),
    }
}

/// Whether the runtime alone may ask the agent for this. The path is compared as servers do it,
/// without empty and dot segments.
fn is_reserved(path: &str) -> bool {
    let mut clean: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(clean.pop()),
            other => clean.push(other),
        }
    }
    let clean = format!("/{}", clean.join("/"));
    INTERNAL_PATHS.contains(&clean.as_str())
}

/// Passes bytes both ways until either side hangs up or the sandbox ends.
fn switch_protocols(
    mut response: Response<Incoming>,
    client_side: hyper::upgrade::OnUpgrade,
    in_flight: InFlight,
    connection: &Arc<ClientConnection>,
) -> Response<Answer> {
    let connection = Arc::clone(connection);
    let sandbox_side = hyper::upgrade::on(&mut response);
    tokio::spawn(async move {
        let _in_flight = in_flight;
        let (Ok(client), Ok(sandbox)) = tokio::join!(client_side, sandbox_side) else {
            return;
        };
        let (mut client, mut sandbox) = (TokioIo::new(client), TokioIo::new(sandbox));
        tokio::select! {
            // First: the sandbox's side hangs up too then, and that would look like an orderly end.
            biased;
            () = connection.reset_requested() => {}
            // Whoever hung up knows; there is nobody else to tell.
            _ = copy_bidirectional(&mut client, &mut sandbox) => {}
        }
    });
    response.map(|_| Either::Left(Full::default()))
}

/// A sandbox's answer on its way through; the traffic is under way for as long as it lives.
#[derive(Debug)]
pub(crate) struct PassedOn {
    body: Incoming,
    connection: Arc<ClientConnection>,
    _in_flight: InFlight,
}

impl Body for PassedOn {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Err(_))) = &frame {
            // The sandbox broke off; its client must not take that for the end of the answer.
            self.connection.reset();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::is_reserved;

    #[test]
    fn reserved_paths_cannot_be_spelled_otherwise() {
        for path in [
            "/init",
            "//init",
            "/init/",
            "/./init",
            "/x/../init",
            "/sandspan/deadline",
        ] {
            assert!(is_reserved(path), "{path}");
        }
        for path in ["/health", "/initial", "/process.Process/Start"] {
            assert!(!is_reserved(path), "{path}");
        }
    }
}
