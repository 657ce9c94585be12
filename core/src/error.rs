//! The one error of this crate.

use std::{error, fmt, sync::Arc, time::Duration};

use crate::CommandResult;

/// What every fallible function of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of error it is: one kind for each thing that a caller handles differently.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// An argument is wrong; no request was made, or the server refused it as wrong.
    InvalidArgument,
    /// The key or token is missing or wrong.
    Unauthenticated,
    /// There is no such sandbox.
    SandboxNotFound,
    /// There is no such thing in the sandbox, such as a process.
    NotFound,
    /// There is no such file or directory.
    FileNotFound,
    /// There is no such template, or it does not fit.
    Template,
    /// The sandbox reached its end of life.
    Expired,
    /// The sandbox was killed.
    Killed,
    /// The sandbox is paused.
    Paused,
    /// The sandbox is gone, and nothing tells why.
    NotRunning,
    /// The sandbox runs and nothing listens on the port.
    PortClosed,
    /// The server could not be reached, or the connection to it broke.
    Unreachable,
    /// One request took too long.
    RequestTimeout,
    /// A command, or code, ran for longer than it may.
    CommandTimeout,
    /// A command ended with another exit code than 0. The error carries its result.
    CommandExit,
    /// A remote repository refused the credentials for it, or asked for some.
    GitAuth,
    /// A branch has no upstream branch to push to or pull from.
    GitUpstream,
    /// The server refuses because there were too many requests or sandboxes.
    RateLimited,
    /// The server is too busy at the moment.
    Busy,
    /// There is no space left in the sandbox.
    NotEnoughSpace,
    /// What a caller gave to read from failed. The source of the error is its error.
    Source,
    /// The provider cannot do this.
    Unsupported,
    /// The local runtime cannot be started or cannot isolate on this machine.
    LocalRuntime,
    /// Anything else.
    Unexpected,
}

impl ErrorKind {
    /// All kinds.
    pub const ALL: &[Self] = &[
        Self::InvalidArgument,
        Self::Unauthenticated,
        Self::SandboxNotFound,
        Self::NotFound,
        Self::FileNotFound,
        Self::Template,
        Self::Expired,
        Self::Killed,
        Self::Paused,
        Self::NotRunning,
        Self::PortClosed,
        Self::Unreachable,
        Self::RequestTimeout,
        Self::CommandTimeout,
        Self::CommandExit,
        Self::GitAuth,
        Self::GitUpstream,
        Self::RateLimited,
        Self::Busy,
        Self::NotEnoughSpace,
        Self::Source,
        Self::Unsupported,
        Self::LocalRuntime,
        Self::Unexpected,
    ];

    /// A stable name, such as `SANDBOX_NOT_FOUND`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::SandboxNotFound => "SANDBOX_NOT_FOUND",
            Self::NotFound => "NOT_FOUND",
            Self::FileNotFound => "FILE_NOT_FOUND",
            Self::Template => "TEMPLATE",
            Self::Expired => "EXPIRED",
            Self::Killed => "KILLED",
            Self::Paused => "PAUSED",
            Self::NotRunning => "NOT_RUNNING",
            Self::PortClosed => "PORT_CLOSED",
            Self::Unreachable => "UNREACHABLE",
            Self::RequestTimeout => "REQUEST_TIMEOUT",
            Self::CommandTimeout => "COMMAND_TIMEOUT",
            Self::CommandExit => "COMMAND_EXIT",
            Self::GitAuth => "GIT_AUTH",
            Self::GitUpstream => "GIT_UPSTREAM",
            Self::RateLimited => "RATE_LIMITED",
            Self::Busy => "BUSY",
            Self::NotEnoughSpace => "NOT_ENOUGH_SPACE",
            Self::Source => "SOURCE",
            Self::Unsupported => "UNSUPPORTED",
            Self::LocalRuntime => "LOCAL_RUNTIME",
            Self::Unexpected => "UNEXPECTED",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Shared, so that an error can be handed out more than once.
type Source = Arc<dyn error::Error + Send + Sync>;

/// What went wrong: its kind, a message for people, and where it happened.
///
/// It is printed as its message alone; [`source`](error::Error::source) has the cause.
#[derive(Clone)]
pub struct Error(Box<Fields>);

#[derive(Clone)]
struct Fields {
    kind: ErrorKind,
    message: String,
    status: Option<u16>,
    operation: &'static str,
    command_result: Option<CommandResult>,
    retry_after: Option<Duration>,
    source: Option<Source>,
}

impl Error {
    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What went wrong, for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The HTTP status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The operation that failed, such as `sandbox.create`.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The result of the command, for the kind [`ErrorKind::CommandExit`].
    #[must_use]
    pub fn command_result(&self) -> Option<&CommandResult> {
        self.0.command_result.as_ref()
    }

    /// How long the server wants its client to wait before the next try, if it said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    pub(crate) fn new(
        kind: ErrorKind,
        operation: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self(Box::new(Fields {
            kind,
            message: message.into(),
            status: None,
            operation,
            command_result: None,
            retry_after: None,
            source: None,
        }))
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into().into());
        self
    }

    pub(crate) fn with_command_result(mut self, result: CommandResult) -> Self {
        self.0.command_result = Some(result);
        self
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = &self.0;
        formatter
            .debug_struct("Error")
            .field("kind", &fields.kind)
            .field("message", &fields.message)
            .field("status", &fields.status)
            .field("operation", &fields.operation)
            .field("source", &fields.source)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
