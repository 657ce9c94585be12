//! The contents of files over plain HTTP: who may ask, and how they are answered.

use std::{io, time::SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, header, request::Parts};
use http_body_util::{BodyExt as _, Full, Limited, combinators::UnsyncBoxBody};
use hyper::body::Incoming;
use sandspan_protocol::signature::Operation;
use serde::Serialize;

use super::{
    blocking,
    compose::{Compose, compose},
    download,
    problem::Refusal,
    query::FileQuery,
    upload::Upload,
};
use crate::{
    access, path,
    rest::{drain, drain_of_stranger},
    users::User,
};

/// The body of an answer.
pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// The largest list of files to put together that is read, in bytes.
const COMPOSE_LIMIT: usize = 1024 * 1024;

/// Answers a request for the contents of a file, or one that brings some.
pub(crate) async fn answer(request: Request<Incoming>, token: Option<&str>) -> Response<Body> {
    let (parts, mut body) = request.into_parts();
    let answer = if parts.method == Method::GET {
        read(parts, token).await
    } else {
        match allow(&parts, token, Operation::Write) {
            Ok((user, query)) => {
                let answer = write(user, query, parts.headers, &mut body).await;
                drain(&mut body).await;
                answer
            }
            Err(refusal) => {
                drain_of_stranger(&mut body).await;
                Err(refusal)
            }
        }
    };
    answer.unwrap_or_else(refused)
}

/// Puts files together. Whether the request may is for the caller to see.
pub(crate) async fn answer_compose(request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let answer = put_together(&parts.headers, body).await;
    answer.unwrap_or_else(refused)
}

async fn read(parts: Parts, token: Option<&str>) -> Result<Response<Body>, Refusal> {
    let (user, query) = allow(&parts, token, Operation::Read)?;
    let given = query.path.unwrap_or_default();
    let path = path::resolve(&given, &user.home).map_err(|problem| {
        Refusal::bad_request(format!(
            "error expanding and resolving path '{given}': {problem}"
        ))
    })?;
    download::answer(&parts.headers, path).await
}

async fn write(
    user: User,
    query: FileQuery,
    headers: HeaderMap,
    body: &mut Incoming,
) -> Result<Response<Body>, Refusal> {
    let upload = Upload {
        user,
        query,
        headers,
    };
    let written = upload.receive(body).await?;
    // What the hosted services say it is, for they say nothing and their library then guesses.
    Ok(json(&written, "text/plain; charset=utf-8"))
}

async fn put_together(headers: &HeaderMap, body: Incoming) -> Result<Response<Body>, Refusal> {
    let body = Limited::new(body, COMPOSE_LIMIT).collect().await;
    let invalid = |problem: &dyn std::fmt::Display| {
        Refusal::bad_request(format!("invalid request body: {problem}"))
    };
    let body = body.map_err(|problem| invalid(&problem))?.to_bytes();
    let request: Compose = serde_json::from_slice(&body).map_err(|problem| invalid(&problem))?;
    let user = find_user(headers, request.username.as_deref())?;
    let written = blocking(move || compose(&request, &user)).await?;
    Ok(json(&written, "application/json"))
}

/// Who asks, and for what, if they may.
fn allow(
    parts: &Parts,
    token: Option<&str>,
    operation: Operation,
) -> Result<(User, FileQuery), Refusal> {
    let query = FileQuery::parse(parts.uri.query().unwrap_or_default())?;
    access::may_use_file(&parts.headers, token, operation, &query, now())
        .map_err(Refusal::unauthorized)?;
    let user = find_user(&parts.headers, query.username.as_deref())?;
    Ok((user, query))
}

/// The user that a URL names or, where it names none, the one that the request is made as.
fn find_user(headers: &HeaderMap, name: Option<&str>) -> Result<User, Refusal> {
    match name.filter(|name| !name.is_empty()) {
        Some(name) => User::find(name).ok_or_else(|| {
            Refusal::unauthorized(format!(
                "error looking up user '{name}': user: unknown user {name}"
            ))
        }),
        None => access::user(headers)
            .map_err(|name| Refusal::unauthorized(format!("invalid username: '{name}'"))),
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs().cast_signed())
}

fn json(document: &impl Serialize, content_type: &'static str) -> Response<Body> {
    let json = serde_json::to_vec(document).expect("it is plain data");
    let body = Full::from(json).map_err(|never| match never {});
    let mut response = Response::new(body.boxed_unsync());
    let content_type = HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}

fn refused(refusal: Refusal) -> Response<Body> {
    let boxed = |body: Full<Bytes>| body.map_err(|never| match never {}).boxed_unsync();
    refusal.response().map(boxed)
}
