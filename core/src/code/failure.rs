//! What a failed request to the code interpreter means.

use http::StatusCode;
use sandspan_protocol::{
    defaults::INTERPRETER_TEMPLATE,
    error::{PORT_NOT_OPEN, SANDBOX_NOT_FOUND},
};

use crate::{
    Error, ErrorKind, Naming,
    diagnosis::{Health, control},
    transport::{Failure, Refusal},
};

/// What a failed request to the code interpreter means, once it is known how its sandbox is.
pub(crate) fn diagnosis(operation: &'static str, health: Health, failure: Failure) -> Error {
    let text = failure.to_string();
    match failure {
        Failure::NotConnected { source, .. } | Failure::Broken { source, .. } => {
            unreachable(operation, health, &text).with_source(source)
        }
        Failure::CutOff { .. } => unreachable(operation, health, &text),
        Failure::Refused(refusal) => refused(operation, health, &refusal)
            .with_status(refusal.status)
            .with_retry_after(refusal.retry_after),
        failure => control(operation, failure),
    }
}

fn unreachable(operation: &'static str, health: Health, text: &str) -> Error {
    let naming = Naming::current();
    let (kind, text) = match health {
        Health::Gone | Health::Paused => (ErrorKind::NotRunning, naming.killed_in_progress()),
        Health::Running => (ErrorKind::Unreachable, broke_while_running(text)),
        Health::Unknown => (ErrorKind::Unreachable, naming.code_state_unknown(text)),
    };
    Error::new(kind, operation, text)
}

/// What an answer with the status of an error means.
fn refused(operation: &'static str, health: Health, refusal: &Refusal) -> Error {
    let (status, message) = (refusal.status, &refusal.message);
    let naming = Naming::current();
    let is_gone = message.contains(SANDBOX_NOT_FOUND) || health == Health::Gone;
    let (kind, text) = match status {
        404 => (ErrorKind::NotFound, message.clone()),
        502 if message.contains(PORT_NOT_OPEN) => (ErrorKind::PortClosed, no_interpreter(message)),
        502 if is_gone => (ErrorKind::NotRunning, naming.interpreter_gone(message)),
        502 if health == Health::Running => (ErrorKind::Unreachable, broke_while_running(message)),
        502 => (ErrorKind::Unreachable, naming.interpreter_gone(message)),
        _ => (kind(status), with_reason(status, message)),
    };
    Error::new(kind, operation, text)
}

fn broke_while_running(message: &str) -> String {
    format!(
        "{message}: The sandbox is running, but the connection to it broke while the request was \
         in progress."
    )
}

fn no_interpreter(message: &str) -> String {
    format!(
        "{message}: The sandbox is running, but no code interpreter answers in it. Create the \
         sandbox from the template '{INTERPRETER_TEMPLATE}', or another one that has a code \
         interpreter."
    )
}

fn kind(status: u16) -> ErrorKind {
    match status {
        400 | 413 | 422 => ErrorKind::InvalidArgument,
        401 => ErrorKind::Unauthenticated,
        429 => ErrorKind::RateLimited,
        503 => ErrorKind::Busy,
        _ => ErrorKind::Unexpected,
    }
}

/// An answer with its status in words: `500 Internal Server Error: no such kernel`.
fn with_reason(status: u16, message: &str) -> String {
    let code = StatusCode::from_u16(status).ok();
    let reason = code.and_then(|code| code.canonical_reason());
    match reason {
        Some(reason) => format!("{status} {reason}: {message}"),
        None => format!("{status}: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::diagnosis;
    use crate::{
        ErrorKind,
        diagnosis::Health,
        transport::{Failure, Refusal},
    };

    fn refused(status: u16, body: &str, health: Health) -> crate::Error {
        let refusal = Refusal::new(status, &HeaderMap::new(), body.as_bytes());
        diagnosis("code.run", health, Failure::Refused(refusal))
    }

    #[test]
    fn answers_with_the_status_of_an_error() {
        let gone = r#"{"sandboxId":"i","message":"The sandbox was not found","code":502}"#;
        let closed = r#"{"sandboxId":"i","message":"The sandbox is running but port is not open","port":49999,"code":502}"#;
        let cases = [
            (
                404,
                "Context x not found",
                ErrorKind::NotFound,
                "Context x not found",
            ),
            (400, "no", ErrorKind::InvalidArgument, "400 Bad Request: no"),
            (
                413,
                "no",
                ErrorKind::InvalidArgument,
                "413 Payload Too Large: no",
            ),
            (
                401,
                "no",
                ErrorKind::Unauthenticated,
                "401 Unauthorized: no",
            ),
            (
                500,
                "no",
                ErrorKind::Unexpected,
                "500 Internal Server Error: no",
            ),
            (599, "no", ErrorKind::Unexpected, "599: no"),
            (
                502,
                gone,
                ErrorKind::NotRunning,
                "The sandbox was not found: This error is likely due to sandbox timeout.",
            ),
            (
                502,
                closed,
                ErrorKind::PortClosed,
                "The sandbox is running but port is not open: The sandbox is running, but no code interpreter",
            ),
            (
                502,
                "no",
                ErrorKind::Unreachable,
                "no: This error is likely due to sandbox timeout.",
            ),
        ];
        for (status, body, kind, start) in cases {
            let error = refused(status, body, Health::Unknown);
            assert_eq!((error.kind(), error.status()), (kind, Some(status)));
            assert!(error.message().starts_with(start), "{error}");
        }
        let error = refused(502, "no", Health::Gone);
        assert_eq!(error.kind(), ErrorKind::NotRunning);
        let error = refused(502, "no", Health::Running);
        assert_eq!(error.kind(), ErrorKind::Unreachable);
        let start = "no: The sandbox is running, but the connection to it broke";
        assert!(error.message().starts_with(start), "{error}");
    }

    #[test]
    fn broken_connections_go_by_the_sandbox_s_health() {
        let cases = [
            (
                Health::Gone,
                ErrorKind::NotRunning,
                "The sandbox was killed while the request was in progress.",
            ),
            (
                Health::Running,
                ErrorKind::Unreachable,
                "The connection to there was closed before",
            ),
            (
                Health::Unknown,
                ErrorKind::Unreachable,
                "The connection to there was closed before",
            ),
        ];
        for (health, kind, start) in cases {
            let place = "there".to_owned();
            let error = diagnosis("code.run", health, Failure::CutOff { place });
            assert_eq!(error.kind(), kind);
            assert!(error.message().starts_with(start), "{error}");
        }
        let error = diagnosis("code.create_context", Health::Unknown, Failure::TimedOut);
        assert_eq!(error.kind(), ErrorKind::RequestTimeout);
    }
}
