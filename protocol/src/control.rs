//! The control plane's JSON bodies.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::network::Network;

/// Names and values that a caller attaches to a sandbox, and environment variables.
pub type StringMap = BTreeMap<String, String>;

/// The body of a creation, of both versions of the API. Unknown fields are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSandbox {
    /// The template to make the sandbox from.
    #[serde(rename = "templateID")]
    pub template_id: String,
    /// Seconds to live. The server chooses when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<i64>,
    /// Pause at the deadline instead of killing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_pause: Option<bool>,
    /// Whether an automatic pause keeps processes and memory. Default: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_pause_memory: Option<bool>,
    /// Whether traffic resumes a paused sandbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_resume: Option<AutoResume>,
    /// Whether the agent asks for a token. Only the first version of the API has this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secure: Option<bool>,
    /// Whether the sandbox may reach the internet.
    #[serde(
        default,
        rename = "allow_internet_access",
        skip_serializing_if = "Option::is_none"
    )]
    pub allow_internet_access: Option<bool>,
    /// What it may reach, and what may reach it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// Names and values to find the sandbox by. One of them may be the idle timeout: see
    /// [`crate::idle`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<StringMap>,
    /// Environment variables of every process in the sandbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env_vars: Option<StringMap>,
    /// Whether a process that nobody is attached to keeps the sandbox from being idle. Only the
    /// local runtime knows this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_counts_processes: Option<bool>,
}

/// Whether traffic resumes a paused sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoResume {
    /// It does.
    pub enabled: bool,
}

/// The answer to a creation and to a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sandbox {
    /// The template's name.
    #[serde(default)]
    pub alias: Option<String>,
    /// A constant; see [`crate::defaults::CLIENT_ID`]. Legacy services put it into ids.
    #[serde(rename = "clientID", default)]
    pub client_id: Option<String>,
    /// The domain of the sandbox's hosts, where the service steers clients to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The token that the agent asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envd_access_token: Option<String>,
    /// The version of the agent's protocol.
    #[serde(default)]
    pub envd_version: String,
    /// The sandbox's id.
    #[serde(rename = "sandboxID")]
    pub sandbox_id: String,
    /// The template's id.
    #[serde(rename = "templateID", default)]
    pub template_id: String,
    /// The token that traffic to the sandbox's ports must carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic_access_token: Option<String>,
    /// The idle timeout that the service itself enforces, in seconds. Only the local runtime says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_timeout: Option<u64>,
}

/// Whether a sandbox runs. Services know further states; a client keeps them as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SandboxState {
    /// It runs.
    Running,
    /// It is paused, or about to be.
    Paused,
    /// A state that only this service has.
    #[serde(untagged)]
    Other(String),
}

impl SandboxState {
    /// The state as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Other(state) => state,
        }
    }
}

impl From<String> for SandboxState {
    fn from(state: String) -> Self {
        match state.as_str() {
            "running" => Self::Running,
            "paused" => Self::Paused,
            _ => Self::Other(state),
        }
    }
}

/// What happens at a deadline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnTimeout {
    /// The sandbox ends.
    #[default]
    Kill,
    /// The sandbox is paused.
    Pause,
}

/// What happens at a deadline and on traffic after it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lifecycle {
    /// Whether traffic resumes the sandbox.
    pub auto_resume: bool,
    /// What happens at the deadline.
    pub on_timeout: OnTimeout,
}

/// A volume in a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeMount {
    /// The volume's name.
    pub name: String,
    /// Where it is mounted.
    pub path: String,
}

/// A sandbox as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedSandbox {
    /// The template's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// A constant; see [`crate::defaults::CLIENT_ID`].
    #[serde(rename = "clientID", default)]
    pub client_id: Option<String>,
    /// Number of processors.
    #[serde(default)]
    pub cpu_count: u32,
    /// Size of the disk in MiB.
    #[serde(rename = "diskSizeMB", default)]
    pub disk_size_mb: u64,
    /// When it ends, or when it was paused.
    pub end_at: Timestamp,
    /// The version of the agent's protocol.
    #[serde(default)]
    pub envd_version: String,
    /// Size of the memory in MiB.
    #[serde(rename = "memoryMB", default)]
    pub memory_mb: u64,
    /// Names and values that its creator attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<StringMap>,
    /// Its id.
    #[serde(rename = "sandboxID")]
    pub sandbox_id: String,
    /// When it started, or was last resumed.
    pub started_at: Timestamp,
    /// Whether it runs.
    pub state: SandboxState,
    /// The template's id.
    #[serde(rename = "templateID")]
    pub template_id: String,
    /// The volumes in it.
    #[serde(default)]
    pub volume_mounts: Vec<VolumeMount>,
}

/// A sandbox with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SandboxDetail {
    /// What a list shows too.
    #[serde(flatten)]
    pub listed: ListedSandbox,
    /// Whether it may reach the internet; none where the service's default holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_internet_access: Option<bool>,
    /// The domain of its hosts, where the service steers clients to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The token that the agent asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envd_access_token: Option<String>,
    /// What happens at its deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Lifecycle>,
    /// Its network rules, as the service writes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<serde_json::Value>,
    /// What ends it, and when. Only the local runtime says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<Lifetime>,
}

/// What ends a sandbox, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lifetime {
    /// Its own deadline, whether it is idle or not; none while it is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// The latest that the deadline can be moved to; none while it is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_deadline: Option<Timestamp>,
    /// The longest that it may live without being paused, in seconds.
    pub cap: u64,
    /// How long it may be idle, in seconds; none without limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_timeout: Option<u64>,
    /// When it has been idle for too long; none while it is active or paused, and without an idle
    /// timeout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_deadline: Option<Timestamp>,
    /// Whether a process that nobody is attached to keeps it from being idle.
    #[serde(default)]
    pub idle_counts_processes: bool,
    /// The requests, streams and WebSockets that are under way.
    pub connections: u32,
    /// What it was used for last.
    pub last_activity: Activity,
}

/// A use of a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// When it was over, or now if it goes on.
    pub at: Timestamp,
    /// What it was.
    pub kind: ActivityKind,
    /// The port that it went to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

/// What a sandbox was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActivityKind {
    /// It was created.
    Created,
    /// It was resumed.
    Resumed,
    /// A client connected to it.
    Connected,
    /// A request, or a stream.
    Request,
    /// A WebSocket, or another protocol that a request switched to.
    #[serde(rename = "websocket")]
    WebSocket,
    /// A process that nobody was attached to.
    Process,
}

impl ActivityKind {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Resumed => "resumed",
            Self::Connected => "connected",
            Self::Request => "request",
            Self::WebSocket => "websocket",
            Self::Process => "process",
        }
    }
}

/// The body of a change of the timeout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetTimeout {
    /// Seconds from now.
    pub timeout: i64,
}

/// The body of a refresh.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    /// Seconds from now, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
}

/// The body of a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connect {
    /// Seconds from now that the sandbox should live at least. The server chooses when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<i64>,
    /// Whether a paused sandbox gets its processes back. Default: yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<bool>,
}

/// The body of a pause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Whether processes and memory are kept beside the files. Default: yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<bool>,
}

/// The body of a resumption.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resume {
    /// Seconds to live. Default: [`crate::defaults::V1_SANDBOX_TIMEOUT`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<i64>,
    /// Whether it is paused at the deadline from now on; as before when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_pause: Option<bool>,
    /// Whether it gets its processes back. Default: yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<bool>,
}
