//! Error bodies.

use serde::{Deserialize, Serialize};

/// The body of every error of the control plane, and of the agent outside its RPC services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The HTTP status, once more: some clients look only here.
    pub code: u16,
    /// What kind of error it is, for the few that a client must tell apart within one status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// What went wrong.
    pub message: String,
}

/// The body of an error that the proxy makes instead of forwarding a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProxyErrorBody {
    /// The sandbox that the request was for.
    pub sandbox_id: String,
    /// What went wrong.
    pub message: String,
    /// The port that the request was for, when the sandbox was there but the port was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The HTTP status, once more.
    pub code: u16,
}

/// What the proxy says when there is no such running sandbox.
pub const SANDBOX_NOT_FOUND: &str = "The sandbox was not found";

/// What the proxy says when the sandbox runs and nothing listens on the port.
pub const PORT_NOT_OPEN: &str = "The sandbox is running but port is not open";

/// What the proxy says when a request would have to resume a sandbox and may not.
pub const CANNOT_RESUME: &str = "This sandbox can't be resumed with the credentials provided. Check your access token and try again.";

/// What the proxy says when a sandbox has been on its way into another state for too long.
pub const TRANSITIONING: &str = "The sandbox is still transitioning. Try again in a moment.";

/// The code of the error that a paused sandbox keeps its processes and cannot be resumed without.
pub const MEMORY_OVERRIDE_DISABLED: &str = "sandbox_memory_override_disabled";
