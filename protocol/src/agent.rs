//! What the runtime tells the agent of a sandbox. Nothing of this is reachable from outside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What an agent is started with, as one JSON document on its standard input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentConfig {
    /// The sandbox's id.
    pub sandbox_id: String,
    /// The template's id.
    pub template_id: String,
    /// The token that requests must carry, if any.
    pub access_token: Option<String>,
    /// Environment variables of every process.
    pub envs: BTreeMap<String, String>,
    /// After how many milliseconds the agent ends its sandbox by itself, unless it is told otherwise.
    pub timeout_ms: u64,
}

/// Sets the agent's own deadline. Body: [`Deadline`].
pub const DEADLINE_PATH: &str = "/sandspan/deadline";

/// The body of a change of the agent's own deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// When the agent ends its sandbox by itself, on the boot-time clock in milliseconds.
    pub deadline_ms: u64,
}

/// Paths that only the runtime itself may ask the agent for: the proxy answers 404 for them.
pub const INTERNAL_PATHS: [&str; 8] = [
    "/init",
    "/freeze",
    "/unfreeze",
    "/collapse",
    "/fsfreeze",
    "/fsthaw",
    "/upgrade",
    DEADLINE_PATH,
];

/// The descriptor of the socket that the agent listens on.
pub const LISTENER_FD: i32 = 3;
