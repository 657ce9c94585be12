//! What is known of a sandbox.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{Lifecycle, SandboxState, VolumeMount};

/// What the service knows of a sandbox.
#[derive(Debug, Clone, PartialEq)]
pub struct SandboxInfo {
    /// Its id.
    pub sandbox_id: String,
    /// The domain of its hosts, where the service steers clients to one. Not in lists.
    pub sandbox_domain: Option<String>,
    /// The id of its template.
    pub template_id: String,
    /// The name of its template.
    pub name: Option<String>,
    /// Names and values that its creator attached.
    pub metadata: BTreeMap<String, String>,
    /// When it started, or was last resumed.
    pub started_at: Timestamp,
    /// When it ends, or when it was paused.
    pub end_at: Timestamp,
    /// Whether it runs.
    pub state: SandboxState,
    /// Number of processors.
    pub cpu_count: u32,
    /// Size of the memory in MiB.
    pub memory_mb: u64,
    /// The version of its agent's protocol.
    pub envd_version: String,
    /// Whether it may reach the internet; none where the service's default holds, and in lists.
    pub allow_internet_access: Option<bool>,
    /// Its network rules, as the service writes them. Not in lists.
    pub network: Option<serde_json::Value>,
    /// What happens at its deadline. Not in lists.
    pub lifecycle: Option<Lifecycle>,
    /// The volumes in it.
    pub volume_mounts: Vec<VolumeMount>,
}
