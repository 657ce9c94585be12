//! What is known of a sandbox.

use std::collections::BTreeMap;

use napi_derive::napi;

use crate::date::Date;

/// What the service knows of a sandbox.
#[napi(object, object_from_js = false)]
pub struct SandboxInfo {
    /// Its id.
    pub sandbox_id: String,
    /// The id of its template.
    pub template_id: String,
    /// The name of its template.
    pub name: Option<String>,
    /// Names and values that its creator attached.
    pub metadata: BTreeMap<String, String>,
    /// Whether it may reach the internet. Absent where the service's default holds, and in lists.
    pub allow_internet_access: Option<bool>,
    /// The version of its agent's protocol.
    pub envd_version: String,
    /// When it started, or was last resumed.
    pub started_at: Date,
    /// When it ends, or when it was paused.
    pub end_at: Date,
    /// Whether it runs: `running` or `paused`, or a state that only this service has.
    #[napi(ts_type = "'running' | 'paused' | (string & {})")]
    pub state: String,
    /// Number of processors.
    pub cpu_count: u32,
    /// Size of the memory in MiB.
    #[napi(js_name = "memoryMB")]
    pub memory_mb: i64,
    /// What it may reach, and what may reach its ports. Not in lists.
    #[napi(ts_type = "SandboxNetworkInfo")]
    pub network: Option<serde_json::Value>,
    /// What happens at its deadline. Not in lists.
    pub lifecycle: Option<SandboxInfoLifecycle>,
    /// The domain of its hosts, where the service steers clients to one. Not in lists.
    pub sandbox_domain: Option<String>,
    /// The volumes in it.
    pub volume_mounts: Vec<VolumeMount>,
}

impl From<sandspan::SandboxInfo> for SandboxInfo {
    fn from(info: sandspan::SandboxInfo) -> Self {
        Self {
            sandbox_id: info.sandbox_id,
            template_id: info.template_id,
            name: info.name,
            metadata: info.metadata,
            allow_internet_access: info.allow_internet_access,
            envd_version: info.envd_version,
            started_at: Date(info.started_at),
            end_at: Date(info.end_at),
            state: info.state.as_str().to_owned(),
            cpu_count: info.cpu_count,
            memory_mb: i64::try_from(info.memory_mb).unwrap_or(i64::MAX),
            network: info.network,
            lifecycle: info.lifecycle.map(SandboxInfoLifecycle::from),
            sandbox_domain: info.sandbox_domain,
            volume_mounts: info
                .volume_mounts
                .into_iter()
                .map(VolumeMount::from)
                .collect(),
        }
    }
}

/// What happens at a sandbox's deadline, and on traffic after it.
#[napi(object, object_from_js = false)]
pub struct SandboxInfoLifecycle {
    /// What happens at the deadline.
    pub on_timeout: OnTimeout,
    /// Whether traffic resumes the sandbox.
    pub auto_resume: bool,
}

impl From<sandspan::Lifecycle> for SandboxInfoLifecycle {
    fn from(lifecycle: sandspan::Lifecycle) -> Self {
        Self {
            on_timeout: lifecycle.on_timeout.into(),
            auto_resume: lifecycle.auto_resume,
        }
    }
}

/// What happens at a deadline.
#[napi(string_enum = "lowercase")]
pub enum OnTimeout {
    /// The sandbox ends.
    Kill,
    /// The sandbox is paused.
    Pause,
}

impl From<sandspan::OnTimeout> for OnTimeout {
    fn from(on_timeout: sandspan::OnTimeout) -> Self {
        match on_timeout {
            sandspan::OnTimeout::Kill => Self::Kill,
            sandspan::OnTimeout::Pause => Self::Pause,
        }
    }
}

/// A volume in a sandbox.
#[napi(object, object_from_js = false)]
pub struct VolumeMount {
    /// The volume's name.
    pub name: String,
    /// Where it is mounted.
    pub path: String,
}

impl From<sandspan::VolumeMount> for VolumeMount {
    fn from(mount: sandspan::VolumeMount) -> Self {
        Self {
            name: mount.name,
            path: mount.path,
        }
    }
}
