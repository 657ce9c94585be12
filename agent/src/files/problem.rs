//! What a client is told when something fails.

use std::{fmt::Display, io, path::Path};

use bytes::Bytes;
use connectrpc::ConnectError;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use nix::errno::Errno;
use sandspan_protocol::error::ErrorBody;

/// An answer that is an error, outside the RPC services.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    /// The request itself is wrong.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// Whoever asks may not.
    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// Something in the sandbox does not let the request be done; a full disk is told apart, and so
    /// are a name that no file can have and links that lead nowhere.
    pub(crate) fn failed(what: impl Display, problem: &io::Error) -> Self {
        let status = match errno(problem) {
            Errno::ENOSPC | Errno::EDQUOT => {
                return Self::new(StatusCode::INSUFFICIENT_STORAGE, NO_SPACE);
            }
            Errno::ELOOP | Errno::ENAMETOOLONG => StatusCode::BAD_REQUEST,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, format!("{what}: {}", reason(problem)))
    }

    /// The answer that tells it.
    pub(crate) fn response(self) -> Response<Full<Bytes>> {
        let body = ErrorBody {
            code: self.status.as_u16(),
            error_code: None,
            message: self.message,
        };
        let mut json = serde_json::to_vec(&body).expect("it is plain data");
        // The hosted services end their errors with it, though nothing else.
        json.push(b'\n');
        let mut response = Response::new(Full::from(json));
        *response.status_mut() = self.status;
        for (name, value) in [
            (header::CONTENT_TYPE, "application/json; charset=utf-8"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// What is said when the disk is full.
pub(crate) const NO_SPACE: &str = "not enough disk space available";

/// What went wrong, in the system's words: without the number that Rust adds to them.
pub(crate) fn reason(problem: &io::Error) -> String {
    match errno(problem) {
        Errno::UnknownErrno => problem.to_string(),
        errno => {
            let mut text = errno.desc().to_owned();
            // The hosted services' words start with a small letter, the system's with a large one.
            if let Some(first) = text.get_mut(..1)
                && errno != Errno::EIO
            {
                first.make_ascii_lowercase();
            }
            text
        }
    }
}

/// The system's number of an error, where it is one of the system's.
pub(crate) fn errno(problem: &io::Error) -> Errno {
    Errno::from_raw(problem.raw_os_error().unwrap_or_default())
}

/// Whether there is nothing at a path, also because something before its end is a file.
pub(crate) fn is_missing(problem: &io::Error) -> bool {
    matches!(errno(problem), Errno::ENOENT | Errno::ENOTDIR)
}

/// The error of a call whose file operation failed; a name that no file can have is the caller's.
pub(crate) fn rpc(what: impl Display, problem: &io::Error) -> ConnectError {
    let message = format!("{what}: {}", reason(problem));
    match errno(problem) {
        Errno::ENAMETOOLONG => ConnectError::invalid_argument(message),
        Errno::ELOOP => ConnectError::failed_precondition(message),
        Errno::ENOSPC | Errno::EDQUOT => {
            ConnectError::resource_exhausted(format!("{message}: {NO_SPACE}"))
        }
        _ => ConnectError::internal(message),
    }
}

/// The error of a call whose path has nothing at its end: not found, or what else is wrong.
pub(crate) fn rpc_missing(
    what: &str,
    call: &str,
    path: &Path,
    problem: &io::Error,
) -> ConnectError {
    let shown = path.display();
    let what = format!("{what}: {call} {shown}");
    if is_missing(problem) {
        ConnectError::not_found(format!("{what}: {}", reason(problem)))
    } else {
        rpc(what, problem)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{Refusal, reason};

    #[test]
    fn speaks_as_the_system_does() {
        assert_eq!(
            reason(&io::Error::from_raw_os_error(2)),
            "no such file or directory"
        );
        assert_eq!(reason(&io::Error::other("else")), "else");
    }

    #[test]
    fn tells_a_full_disk_apart() {
        for (number, status) in [(28, 507), (122, 507), (36, 400), (40, 400), (5, 500)] {
            let refusal = Refusal::failed("writing", &io::Error::from_raw_os_error(number));
            assert_eq!(refusal.status, status);
        }
    }
}
