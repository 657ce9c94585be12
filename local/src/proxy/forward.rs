//! Passes a request on to a sandbox, and its answer back.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode,
    header::{self, CONNECTION, UPGRADE},
};
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper_util::rt::TokioIo;
use sandspan_protocol::{
    agent::INTERNAL_PATHS, control::ActivityKind, defaults::AGENT_PORT, headers::ACCESS_TOKEN,
    host::Target,
};
use subtle::ConstantTimeEq as _;
use tokio::io::copy_bidirectional;

use super::{answer, connection::ClientConnection};
use crate::{
    agents::Agents,
    lifecycle::{InFlight, Phase, Registry, Sandbox},
};

/// The body of an answer: the proxy's own, or a sandbox's on its way through.
pub(crate) type Answer = Either<Full<Bytes>, PassedOn>;

/// Headers that speak about one connection, not about the request.
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Headers by which a client could claim to be somebody else.
const CLAIMS: [&str; 5] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

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
        return answer::not_found(&target, request.headers()).map(Either::Left);
    };
    let upgrade = upgrade_of(request.headers());
    let kind = match upgrade {
        Some(_) => ActivityKind::WebSocket,
        None => ActivityKind::Request,
    };
    let is_authorized = may_resume(&sandbox, &target, request.headers());
    let entered = sandbox.begin_traffic(connection, (kind, target.port), is_authorized);
    let in_flight = match entered.await {
        Ok(in_flight) => in_flight,
        Err(reason) => {
            return answer::no_entry(reason, &target, request.headers()).map(Either::Left);
        }
    };
    let client_side = upgrade.is_some().then(|| hyper::upgrade::on(&mut request));
    let headers = request.headers().clone();
    strip(request.headers_mut(), upgrade.as_ref());
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

/// Whether a request may resume the sandbox that it goes to: what the agent would refuse may not.
fn may_resume(sandbox: &Sandbox, target: &Target, headers: &HeaderMap) -> bool {
    match &sandbox.settings.access_token {
        Some(token) if target.port == AGENT_PORT => headers
            .get(ACCESS_TOKEN)
            .is_some_and(|given| given.as_bytes().ct_eq(token.as_bytes()).into()),
        _ => true,
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

/// The protocol that a request wants to switch to.
fn upgrade_of(headers: &HeaderMap) -> Option<HeaderValue> {
    let connection = headers.get(CONNECTION)?.to_str().ok()?;
    let upgrades = connection
        .split(',')
        .any(|it| it.trim().eq_ignore_ascii_case("upgrade"));
    upgrades.then(|| headers.get(UPGRADE).cloned()).flatten()
}

fn strip(headers: &mut HeaderMap, upgrade: Option<&HeaderValue>) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    for name in CLAIMS {
        headers.remove(name);
    }
    headers.remove("keep-alive");
    if let Some(protocol) = upgrade {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, protocol.clone());
    }
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
            // Whoever hung up knows; there is nobody else to tell.
            _ = copy_bidirectional(&mut client, &mut sandbox) => {}
            () = connection.reset_requested() => {}
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
