//! Errors of the control plane, and how they look.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use sandspan_protocol::{
    error::ErrorBody,
    id::{InvalidSandboxId, SandboxId},
    idle::InvalidIdleTimeout,
    page::{InvalidCursor, InvalidMetadata},
    template::InvalidTemplateReference,
};

use crate::{
    isolation::NoInternet,
    lifecycle::{CreateError, Refusal, RequestError},
    network::InvalidNetwork,
};

/// A request that is not done: the status and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    status: StatusCode,
    error_code: Option<&'static str>,
    message: String,
}

impl ApiError {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            error_code: None,
            message: message.into(),
        }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(super) fn internal(problem: &dyn std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, problem.to_string())
    }

    /// There is no such sandbox, or it is not the caller's: nobody is told which.
    pub(super) fn no_sandbox(id: &str) -> Self {
        Self::not_found(format!(
            "Sandbox {id:?} doesn't exist or you don't have access to it"
        ))
    }

    /// The same, for clients that look at the code within the status.
    pub(super) fn with_code(self, error_code: &'static str) -> Self {
        Self {
            error_code: Some(error_code),
            ..self
        }
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// A sandbox is in no state for a request, or that failed.
    pub(super) fn of_request(id: &SandboxId, doing: &str, problem: RequestError) -> Self {
        match problem {
            RequestError::Failed(reason) => Self::internal(&format!("Error {doing}: {reason}")),
            RequestError::Refused(refusal) => match refusal {
                Refusal::NotFound | Refusal::Denied => Self::no_sandbox(id.as_str()),
                Refusal::AlreadyPaused => Self::conflict(format!(
                    "Error pausing sandbox - sandbox '{id}' is already paused"
                )),
                Refusal::AlreadyRunning => {
                    Self::conflict(format!("Sandbox {id} is already running"))
                }
                Refusal::Pausing | Refusal::Killing => {
                    Self::conflict(format!("Sandbox \"{id}\" is {refusal}"))
                }
            },
        }
    }
}

impl From<CreateError> for ApiError {
    fn from(problem: CreateError) -> Self {
        let message = format!("Failed to place sandbox: {problem}");
        match problem.io_kind() {
            Some(std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                format!("{message}: make room on the disk of the state directory"),
            ),
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, message),
        }
    }
}

/// Errors that are the caller's and speak for themselves.
macro_rules! bad_requests {
    ($($error:ty),*) => { $(
        impl From<$error> for ApiError {
            fn from(problem: $error) -> Self {
                Self::bad_request(problem.to_string())
            }
        }
    )* };
}

bad_requests!(
    InvalidSandboxId,
    InvalidCursor,
    InvalidIdleTimeout,
    InvalidMetadata,
    InvalidNetwork,
    InvalidTemplateReference,
    NoInternet
);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let code = self.status.as_u16();
        let body = ErrorBody {
            code,
            error_code: self.error_code.map(str::to_owned),
            message: self.message,
        };
        let mut response = (self.status, Json(body)).into_response();
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }
}
