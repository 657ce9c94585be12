//! What is known of a sandbox.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sandspan_protocol::control::{ListedSandbox, SandboxDetail};

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

impl From<ListedSandbox> for SandboxInfo {
    fn from(listed: ListedSandbox) -> Self {
        Self {
            sandbox_id: listed.sandbox_id,
            sandbox_domain: None,
            template_id: listed.template_id,
            name: listed.alias.filter(|alias| !alias.is_empty()),
            metadata: listed.metadata.unwrap_or_default(),
            started_at: listed.started_at,
            end_at: listed.end_at,
            state: listed.state,
            cpu_count: listed.cpu_count,
            memory_mb: listed.memory_mb,
            envd_version: listed.envd_version,
            allow_internet_access: None,
            network: None,
            lifecycle: None,
            volume_mounts: listed.volume_mounts,
        }
    }
}

impl From<SandboxDetail> for SandboxInfo {
    fn from(detail: SandboxDetail) -> Self {
        Self {
            sandbox_domain: detail.domain,
            allow_internet_access: detail.allow_internet_access,
            network: detail.network,
            lifecycle: detail.lifecycle,
            ..detail.listed.into()
        }
    }
}
