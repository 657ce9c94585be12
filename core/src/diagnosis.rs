//! What a failure of the transport means to a caller.

use connectrpc::ErrorCode;
use sandspan_protocol::error::{PORT_NOT_OPEN, SANDBOX_NOT_FOUND};

use crate::{
    Error, ErrorKind, Naming, code,
    transport::{Failure, Refusal},
};

/// What is known of a sandbox, asked after a request to its agent failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// Its agent answers.
    Running,
    /// The proxy says that it is gone.
    Gone,
    /// The control plane says that it is paused.
    Paused,
    /// Neither.
    Unknown,
}

/// What kind of request to an agent failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// One request with one answer.
    Call,
    /// The start of a stream.
    Opening,
    /// A stream that had started.
    Stream,
    /// A file on its way.
    Transfer,
    /// Anything that is asked of the code interpreter.
    Code,
}

/// What a failed request to the control plane means, where no operation says otherwise.
pub(crate) fn control(operation: &'static str, failure: Failure) -> Error {
    let text = failure.to_string();
    let naming = Naming::current();
    match failure {
        Failure::Known(error) => error,
        Failure::TimedOut => Error::new(
            ErrorKind::RequestTimeout,
            operation,
            naming.request_timed_out(),
        ),
        Failure::NotConnected { source, .. } | Failure::Broken { source, .. } => {
            Error::new(ErrorKind::Unreachable, operation, text).with_source(source)
        }
        Failure::Refused(refusal) => {
            let kind = match refusal.status {
                400 => ErrorKind::InvalidArgument,
                401 => ErrorKind::Unauthenticated,
                429 => ErrorKind::RateLimited,
                503 => ErrorKind::Busy,
                _ => ErrorKind::Unexpected,
            };
            refused(kind, operation, &refusal)
        }
        Failure::CutOff { .. } | Failure::Rpc { .. } | Failure::Garbled(_) => {
            Error::new(ErrorKind::Unexpected, operation, text)
        }
    }
}

/// An error of the control plane, of a kind that the operation knows.
pub(crate) fn refused(kind: ErrorKind, operation: &'static str, refusal: &Refusal) -> Error {
    let message = Naming::current().control(refusal.status, &refusal.message);
    Error::new(kind, operation, message)
        .with_status(refusal.status)
        .with_retry_after(refusal.retry_after)
}

/// Whether only the sandbox's health tells what a failed request to its agent means.
pub(crate) fn needs_health(failure: &Failure) -> bool {
    match failure {
        Failure::NotConnected { .. } | Failure::Broken { .. } | Failure::CutOff { .. } => true,
        Failure::Rpc { code, message } => is_unclear(*code, message),
        Failure::Refused(refusal) => is_unclear(code(refusal), &refusal.message),
        Failure::TimedOut | Failure::Garbled(_) | Failure::Known(_) => false,
    }
}

fn is_unclear(code: ErrorCode, message: &str) -> bool {
    code == ErrorCode::Unavailable
        && !message.contains(SANDBOX_NOT_FOUND)
        && !message.contains(PORT_NOT_OPEN)
}

/// What a failed request to an agent means.
pub(crate) fn agent(
    operation: &'static str,
    stage: Stage,
    health: Health,
    failure: Failure,
) -> Error {
    if stage == Stage::Code {
        return code::diagnosis(operation, health, failure);
    }
    let text = failure.to_string();
    let report = Report {
        operation,
        stage,
        health,
    };
    match failure {
        Failure::TimedOut if stage == Stage::Stream => {
            report.rpc(ErrorCode::DeadlineExceeded, "The time is over")
        }
        Failure::NotConnected { source, .. } | Failure::Broken { source, .. } => {
            report.unavailable(&text).with_source(source)
        }
        Failure::CutOff { .. } => report.unavailable(&text),
        Failure::Rpc { code, message } => report.rpc(code, &message),
        Failure::Refused(refusal) if stage == Stage::Transfer => report.transfer(&refusal),
        Failure::Refused(refusal) => report
            .rpc(code(&refusal), &refusal.message)
            .with_status(refusal.status)
            .with_retry_after(refusal.retry_after),
        failure => control(operation, failure),
    }
}

/// What a request means that found no running sandbox, once it is known that there is a paused one.
pub(crate) fn paused(error: &Error) -> Error {
    let paused = Error::new(
        ErrorKind::Paused,
        error.operation(),
        Naming::current().paused(),
    );
    match error.status() {
        Some(status) => paused.with_status(status),
        None => paused,
    }
    .with_source(error.clone())
}

/// The RPC code of an answer that is none of the RPC protocol's, as upstream's packages have it.
fn code(refusal: &Refusal) -> ErrorCode {
    match refusal.code.unwrap_or(refusal.status) {
        400 => ErrorCode::InvalidArgument,
        401 => ErrorCode::Unauthenticated,
        403 => ErrorCode::PermissionDenied,
        404 => ErrorCode::NotFound,
        409 => ErrorCode::AlreadyExists,
        413 | 429 => ErrorCode::ResourceExhausted,
        499 => ErrorCode::Canceled,
        500 => ErrorCode::Internal,
        501 => ErrorCode::Unimplemented,
        502 | 503 => ErrorCode::Unavailable,
        504 => ErrorCode::DeadlineExceeded,
        _ => ErrorCode::Unknown,
    }
}

struct Report {
    operation: &'static str,
    stage: Stage,
    health: Health,
}

impl Report {
    fn rpc(&self, code: ErrorCode, message: &str) -> Error {
        let naming = Naming::current();
        let (kind, text) = match code {
            ErrorCode::InvalidArgument => (ErrorKind::InvalidArgument, naming.coded(code, message)),
            ErrorCode::Unauthenticated => (ErrorKind::Unauthenticated, naming.coded(code, message)),
            ErrorCode::NotFound => (ErrorKind::NotFound, naming.coded(code, message)),
            ErrorCode::ResourceExhausted => {
                (ErrorKind::RateLimited, naming.too_many_requests(message))
            }
            ErrorCode::Canceled => (ErrorKind::RequestTimeout, naming.canceled(message)),
            ErrorCode::DeadlineExceeded => {
                let kind = match self.stage {
                    Stage::Call | Stage::Transfer | Stage::Code => ErrorKind::RequestTimeout,
                    Stage::Opening | Stage::Stream => ErrorKind::CommandTimeout,
                };
                (kind, naming.deadline_exceeded(message))
            }
            ErrorCode::Unavailable => return self.unavailable(message),
            _ => (ErrorKind::Unexpected, naming.uncommon(code, message)),
        };
        Error::new(kind, self.operation, text)
    }

    /// What an answer to a plain request for a file means.
    fn transfer(&self, refusal: &Refusal) -> Error {
        let (status, message) = (refusal.status, &refusal.message);
        let (kind, text) = match status {
            400 => (ErrorKind::InvalidArgument, message.clone()),
            401 => (ErrorKind::Unauthenticated, message.clone()),
            404 => (ErrorKind::FileNotFound, message.clone()),
            429 => (
                ErrorKind::RateLimited,
                format!("{message}: The requests are being rate limited."),
            ),
            502 => return self.unavailable(message).with_status(status),
            507 => (ErrorKind::NotEnoughSpace, message.clone()),
            _ => (ErrorKind::Unexpected, format!("{status}: {message}")),
        };
        Error::new(kind, self.operation, text)
            .with_status(status)
            .with_retry_after(refusal.retry_after)
    }

    fn unavailable(&self, message: &str) -> Error {
        let naming = Naming::current();
        let (kind, text) = if message.contains(SANDBOX_NOT_FOUND) {
            let text = match self.stage {
                Stage::Opening => naming.not_running_at_start(message),
                Stage::Call | Stage::Stream | Stage::Transfer | Stage::Code => {
                    naming.not_running(message)
                }
            };
            (ErrorKind::NotRunning, text)
        } else if message.contains(PORT_NOT_OPEN) {
            (ErrorKind::Unreachable, naming.agent_unreachable(message))
        } else {
            match self.health {
                Health::Gone | Health::Paused => {
                    (ErrorKind::NotRunning, naming.ended_in_flight(message))
                }
                Health::Running => (ErrorKind::Unreachable, naming.broke_while_running(message)),
                Health::Unknown => (ErrorKind::Unreachable, naming.state_unknown(message)),
            }
        };
        Error::new(kind, self.operation, text)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use connectrpc::ErrorCode;
    use http::{HeaderMap, header::RETRY_AFTER};
    use sandspan_protocol::error::{PORT_NOT_OPEN, SANDBOX_NOT_FOUND};

    use super::{Health, Stage, agent, control, needs_health};
    use crate::{
        ErrorKind,
        transport::{Failure, Refusal},
    };

    fn refusal(status: u16, body: &str) -> Failure {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, "3".parse().unwrap())]);
        Failure::Refused(Refusal::new(status, &headers, body.as_bytes()))
    }

    #[test]
    fn control_plane() {
        let cases = [
            (400, ErrorKind::InvalidArgument, "400: M"),
            (
                401,
                ErrorKind::Unauthenticated,
                "401: Unauthorized, please check your credentials. - M",
            ),
            (403, ErrorKind::Unexpected, "403: M"),
            (404, ErrorKind::Unexpected, "404: M"),
            (
                429,
                ErrorKind::RateLimited,
                "429: Rate limit exceeded, please try again later. - M",
            ),
            (500, ErrorKind::Unexpected, "500: M"),
            (
                503,
                ErrorKind::Busy,
                "503: Service temporarily unavailable, please retry. - M",
            ),
        ];
        for (status, kind, message) in cases {
            let body = format!(r#"{{"code":{status},"message":"M"}}"#);
            let error = control("sandbox.create", refusal(status, &body));
            assert_eq!((error.kind(), error.message()), (kind, message));
            assert_eq!(error.status(), Some(status));
            assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
            assert_eq!(error.operation(), "sandbox.create");
        }
        let plain = control("sandbox.create", refusal(500, "plain"));
        assert_eq!(plain.message(), "500: plain");
        let error = control("sandbox.create", Failure::TimedOut);
        assert_eq!(error.kind(), ErrorKind::RequestTimeout);
    }

    #[test]
    fn agent_codes() {
        let cases = [
            (ErrorCode::InvalidArgument, ErrorKind::InvalidArgument, "M"),
            (ErrorCode::Unauthenticated, ErrorKind::Unauthenticated, "M"),
            (ErrorCode::NotFound, ErrorKind::NotFound, "M"),
            (
                ErrorCode::AlreadyExists,
                ErrorKind::Unexpected,
                "Code.ALREADY_EXISTS: M",
            ),
            (
                ErrorCode::Internal,
                ErrorKind::Unexpected,
                "Code.INTERNAL: M",
            ),
            (
                ErrorCode::ResourceExhausted,
                ErrorKind::RateLimited,
                "M: Rate limit",
            ),
            (
                ErrorCode::Canceled,
                ErrorKind::RequestTimeout,
                "M: The request was cancelled",
            ),
            (
                ErrorCode::DeadlineExceeded,
                ErrorKind::CommandTimeout,
                "M: This error is likely",
            ),
        ];
        for (code, kind, start) in cases {
            let message = "M".to_owned();
            let failure = Failure::Rpc { code, message };
            let error = agent("commands.run", Stage::Stream, Health::Unknown, failure);
            assert_eq!(error.kind(), kind);
            assert!(error.message().starts_with(start), "{error}");
        }
        let (code, message) = (ErrorCode::DeadlineExceeded, "M".to_owned());
        let failure = Failure::Rpc { code, message };
        let error = agent("commands.list", Stage::Call, Health::Unknown, failure);
        assert_eq!(error.kind(), ErrorKind::RequestTimeout);
    }

    #[test]
    fn answers_of_proxies() {
        let gone = format!(r#"{{"sandboxId":"i","message":"{SANDBOX_NOT_FOUND}","code":502}}"#);
        let closed =
            format!(r#"{{"sandboxId":"i","message":"{PORT_NOT_OPEN}","port":49983,"code":502}}"#);
        let cases = [
            (502, gone.as_str(), ErrorKind::NotRunning, false),
            (502, closed.as_str(), ErrorKind::Unreachable, false),
            (502, "Bad gateway", ErrorKind::Unreachable, true),
            (
                401,
                r#"{"code":401,"message":"no"}"#,
                ErrorKind::Unauthenticated,
                false,
            ),
            (
                404,
                r#"{"code":404,"message":"no"}"#,
                ErrorKind::NotFound,
                false,
            ),
        ];
        for (status, body, kind, unclear) in cases {
            let failure = refusal(status, body);
            assert_eq!(needs_health(&failure), unclear);
            let error = agent("commands.run", Stage::Call, Health::Unknown, failure);
            assert_eq!(
                (error.kind(), error.status()),
                (kind, Some(status)),
                "{body}"
            );
        }
    }

    #[test]
    fn broken_streams_go_by_the_sandbox_s_health() {
        let cases = [
            (
                Health::Gone,
                ErrorKind::NotRunning,
                "end of life while the request was in flight.",
            ),
            (
                Health::Running,
                ErrorKind::Unreachable,
                "broke while the request was in flight.",
            ),
            (
                Health::Unknown,
                ErrorKind::Unreachable,
                "check it with 'Sandbox.get_info()'.",
            ),
        ];
        for (health, kind, end) in cases {
            let place = "http://host".to_owned();
            let failure = Failure::CutOff { place }.on_the_way_to("sandbox i");
            assert!(needs_health(&failure));
            let error = agent("commands.run", Stage::Stream, health, failure);
            let start = "The connection to sandbox i at http://host was closed";
            assert!(error.message().starts_with(start), "{error}");
            assert_eq!(error.kind(), kind);
            assert!(error.message().ends_with(end), "{error}");
        }
        let error = agent(
            "commands.run",
            Stage::Stream,
            Health::Unknown,
            Failure::TimedOut,
        );
        assert_eq!(error.kind(), ErrorKind::CommandTimeout);
        let error = agent(
            "commands.run",
            Stage::Opening,
            Health::Unknown,
            Failure::TimedOut,
        );
        assert_eq!(error.kind(), ErrorKind::RequestTimeout);
    }
}
