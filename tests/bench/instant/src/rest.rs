//! The control plane and the files.

use std::sync::OnceLock;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use sandspan_protocol::{
    control::{Sandbox, StringMap},
    defaults::{CLIENT_ID, ENVD_VERSION, TEMPLATE},
    files::{self, WrittenFile},
    interpreter::{EXECUTE_PATH, Event, Text},
};
use serde_json::json;

/// The id of every sandbox.
const SANDBOX_ID: &str = "i0123456789abcdefghij";

/// How much each execution prints, and the piece it is told in, which is that of a real kernel.
const PRINTED: usize = 10 << 20;
const PIECE: usize = 64 << 10;

/// The longest file.
const LONGEST: usize = 64 << 20;

/// Answers one request outside the RPC services.
pub(crate) async fn answer(request: Request<Incoming>) -> Response<Full<Bytes>> {
    let path = request.uri().path().to_owned();
    let length = length(request.uri().query().unwrap_or_default());
    let method = request.method().clone();
    let mut body = request.into_body();
    // What is sent is read and thrown away, as slowly as the client sends it.
    while let Some(Ok(_)) = body.frame().await {}
    match (method, path.as_str()) {
        (Method::GET, files::PATH) => contents(length),
        (Method::POST, files::PATH) => json(StatusCode::OK, &json!([written()])),
        (Method::POST, EXECUTE_PATH) => Response::new(Full::new(printed())),
        (Method::GET, "/health") | (Method::DELETE, _) => empty(StatusCode::NO_CONTENT),
        (Method::POST, path) if path.ends_with("/sandboxes") => {
            json(StatusCode::CREATED, &json!(sandbox()))
        }
        (Method::GET, path) if path.starts_with("/sandboxes/") => json(StatusCode::OK, &detail()),
        (Method::POST, path) if path.ends_with("/timeout") => empty(StatusCode::NO_CONTENT),
        _ => empty(StatusCode::NOT_FOUND),
    }
}

/// The number in the name of the file that a query asks for.
fn length(query: &str) -> usize {
    let path = query.split('&').find_map(|pair| pair.strip_prefix("path="));
    let digits: String = path
        .unwrap_or_default()
        .chars()
        .rev()
        .take_while(char::is_ascii_digit)
        .collect();
    let digits: String = digits.chars().rev().collect();
    digits.parse().unwrap_or(0).min(LONGEST)
}

fn contents(length: usize) -> Response<Full<Bytes>> {
    static CONTENTS: OnceLock<Bytes> = OnceLock::new();
    let contents = CONTENTS.get_or_init(|| vec![b'x'; LONGEST].into());
    let mut response = Response::new(Full::new(contents.slice(..length)));
    let kind = HeaderValue::from_static("application/octet-stream");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// The events of an execution that prints.
fn printed() -> Bytes {
    static PRINTED_LINES: OnceLock<Bytes> = OnceLock::new();
    let line = |event: Event| format!("{}\n", json!(event));
    let lines = PRINTED_LINES.get_or_init(|| {
        let piece = line(Event::Stdout(Text {
            text: "x".repeat(PIECE),
            timestamp: Some("2026-01-01T00:00:00.000000Z".to_owned()),
        }));
        let count = line(Event::NumberOfExecutions { execution_count: 1 });
        let end = line(Event::EndOfExecution);
        format!("{count}{}{end}", piece.repeat(PRINTED / PIECE)).into()
    });
    lines.clone()
}

fn written() -> WrittenFile {
    let path = "/home/user/file".to_owned();
    WrittenFile::new("file".to_owned(), path, StringMap::new())
}

fn sandbox() -> Sandbox {
    Sandbox {
        alias: Some(TEMPLATE.to_owned()),
        client_id: Some(CLIENT_ID.to_owned()),
        domain: None,
        envd_access_token: Some("token".to_owned()),
        envd_version: ENVD_VERSION.to_owned(),
        sandbox_id: SANDBOX_ID.to_owned(),
        template_id: TEMPLATE.to_owned(),
        traffic_access_token: None,
        idle_timeout: None,
    }
}

fn detail() -> serde_json::Value {
    json!({
        "sandboxID": SANDBOX_ID, "templateID": TEMPLATE, "clientID": CLIENT_ID, "alias": TEMPLATE,
        "startedAt": "2026-01-01T00:00:00Z", "endAt": "2036-01-01T00:00:00Z",
        "envdVersion": ENVD_VERSION, "cpuCount": 2, "memoryMB": 512, "diskSizeMB": 1024,
        "state": "running",
    })
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

fn json(status: StatusCode, document: &serde_json::Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(document.to_string()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
