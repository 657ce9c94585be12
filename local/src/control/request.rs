//! Reading what a request says.

use std::fmt::Display;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::request::Parts,
};
use sandspan_protocol::id::SandboxId;
use serde::de::DeserializeOwned;

use super::answer::ApiError;

/// The largest body that is read.
pub(super) const BODY_LIMIT: usize = 16 << 20;

/// A JSON body, whatever content type it is said to have.
#[derive(Debug)]
pub(super) struct Body<Value>(pub(super) Value);

impl<Value: DeserializeOwned, State: Send + Sync> FromRequest<State> for Body<Value> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &State) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(unreadable)?;
        parse(&bytes).map(Self)
    }
}

/// A JSON body, or the defaults when there is none.
#[derive(Debug)]
pub(super) struct OptionalBody<Value>(pub(super) Value);

impl<Value, State> FromRequest<State> for OptionalBody<Value>
where
    Value: DeserializeOwned + Default,
    State: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &State) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(unreadable)?;
        if bytes.is_empty() {
            Ok(Self(Value::default()))
        } else {
            parse(&bytes).map(Self)
        }
    }
}

fn unreadable(rejection: impl Display) -> ApiError {
    ApiError::bad_request(format!("Error when parsing request: {rejection}"))
}

fn parse<Value: DeserializeOwned>(bytes: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(bytes).map_err(|problem| {
        ApiError::bad_request(if problem.is_data() {
            format!(
                "validation error: error in openapi3filter.RequestError: request body has an \
                 error: doesn't match schema: {problem}"
            )
        } else {
            format!("Error when parsing request: {problem}")
        })
    })
}

/// The id in a path: as it was given, and as it is meant.
#[derive(Debug)]
pub(super) struct Id {
    pub(super) given: String,
    pub(super) id: SandboxId,
}

impl<State: Send + Sync> FromRequestParts<State> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ApiError> {
        let given = Path::<String>::from_request_parts(parts, state).await;
        let Path(given) = given.map_err(|_| ApiError::bad_request("Invalid sandbox ID"))?;
        let id = given.parse()?;
        Ok(Self { given, id })
    }
}
