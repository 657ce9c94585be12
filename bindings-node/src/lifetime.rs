//! What ends a sandbox, and when.

use std::time::Duration;

use napi_derive::napi;

use crate::date::Date;
use crate::info::OnTimeout;

/// What ends a sandbox, and when.
#[napi]
pub struct Lifetime {
    inner: sandspan::Lifetime,
}

impl From<sandspan::Lifetime> for Lifetime {
    fn from(inner: sandspan::Lifetime) -> Self {
        Self { inner }
    }
}

#[napi]
impl Lifetime {
    /// What is known, each by its name.
    #[napi(getter)]
    pub fn fields(&self) -> LifetimeFields {
        let lifetime = &self.inner;
        LifetimeFields {
            sandbox_id: lifetime.sandbox_id.clone(),
            state: lifetime.state.as_str().to_owned(),
            ends_at: lifetime.ends_at().map(Date),
            deadline: lifetime.deadline.map(Date),
            latest_deadline: lifetime.latest_deadline.map(Date),
            cap_ms: lifetime.cap.map(milliseconds),
            idle_timeout_ms: lifetime.idle_timeout.map(milliseconds),
            idle_deadline: lifetime.idle_deadline.map(Date),
            idle_counts_processes: lifetime.idle_counts_processes,
            last_activity: lifetime.last_activity.map(SandboxActivity::from),
            on_timeout: lifetime.on_timeout.into(),
            auto_resume: lifetime.auto_resume,
            enforced_by: lifetime.enforced_by.as_str(),
            rule: lifetime.rule.clone(),
        }
    }

    /// One line for people; its spans are from the moment of the call.
    #[napi]
    pub fn describe(&self) -> String {
        self.inner.to_string()
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// What is known of a sandbox's lifetime.
#[napi(object, object_from_js = false)]
pub struct LifetimeFields {
    /// The sandbox's id.
    pub sandbox_id: String,
    /// Whether it runs: `running` or `paused`, or a state that only this service has.
    #[napi(ts_type = "'running' | 'paused' | (string & {})")]
    pub state: String,
    /// When it ends if nobody does anything.
    pub ends_at: Option<Date>,
    /// Its own deadline, whether it is idle or not.
    pub deadline: Option<Date>,
    /// The latest that the deadline can be moved to.
    pub latest_deadline: Option<Date>,
    /// The longest that it may live without being paused, in milliseconds.
    pub cap_ms: Option<f64>,
    /// How long it may be idle, in milliseconds.
    pub idle_timeout_ms: Option<f64>,
    /// When it has been idle for too long.
    pub idle_deadline: Option<Date>,
    /// Whether a process that nobody is attached to keeps it from being idle.
    pub idle_counts_processes: bool,
    /// What it was used for last.
    pub last_activity: Option<SandboxActivity>,
    /// What happens when its time is over.
    pub on_timeout: OnTimeout,
    /// Whether traffic resumes it once it is paused.
    pub auto_resume: bool,
    /// Who sees to the idle timeout.
    #[napi(ts_type = "'server' | 'lease'")]
    pub enforced_by: &'static str,
    /// The provider's rule in words.
    pub rule: String,
}

/// A use of a sandbox.
#[napi(object, object_from_js = false)]
pub struct SandboxActivity {
    /// When it was over, or now if it goes on.
    pub at: Date,
    /// What it was.
    pub kind: ActivityKind,
    /// The port that it went to, if any.
    pub port: Option<u16>,
}

impl From<sandspan::Activity> for SandboxActivity {
    fn from(activity: sandspan::Activity) -> Self {
        Self {
            at: Date(activity.at),
            kind: activity.kind.into(),
            port: activity.port,
        }
    }
}

/// What a sandbox was used for: it was created, it was resumed, a client connected to it, a request
/// or a stream, a WebSocket, or a process that nobody was attached to.
#[napi(string_enum = "lowercase")]
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
    WebSocket,
    /// A process that nobody was attached to.
    Process,
}

impl From<sandspan::ActivityKind> for ActivityKind {
    fn from(kind: sandspan::ActivityKind) -> Self {
        match kind {
            sandspan::ActivityKind::Created => Self::Created,
            sandspan::ActivityKind::Resumed => Self::Resumed,
            sandspan::ActivityKind::Connected => Self::Connected,
            sandspan::ActivityKind::Request => Self::Request,
            sandspan::ActivityKind::WebSocket => Self::WebSocket,
            sandspan::ActivityKind::Process => Self::Process,
        }
    }
}
