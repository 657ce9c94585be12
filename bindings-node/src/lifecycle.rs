//! What is to happen when a sandbox's time is over.

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use sandspan::{Error, LifecycleOptions, Result};

/// What happens when a sandbox's time is over, and on traffic after it.
#[napi(object, object_to_js = false)]
pub struct SandboxLifecycle {
    /// What happens at its deadline, and when it has been idle for too long. Default: the
    /// service's, which is to kill it.
    #[napi(ts_type = "SandboxOnTimeout")]
    pub on_timeout: Option<Either<String, TimeoutAction>>,
    /// Whether traffic resumes it once it is paused; needs an `onTimeout` of pause that keeps
    /// memory. Default: the service's, which is no.
    pub auto_resume: Option<bool>,
}

/// What happens when a sandbox's time is over, in detail.
#[napi(object, object_to_js = false)]
pub struct TimeoutAction {
    /// `pause` or `kill`.
    pub action: String,
    /// Whether a paused sandbox keeps processes and memory beside the files. Default: the
    /// service's, which is yes.
    pub keep_memory: Option<bool>,
}

impl TryFrom<SandboxLifecycle> for LifecycleOptions {
    type Error = Error;

    fn try_from(lifecycle: SandboxLifecycle) -> Result<Self> {
        let on_timeout = lifecycle.on_timeout.map(|on_timeout| match on_timeout {
            Either::A(action) => sandspan::TimeoutAction::parse(&action),
            Either::B(detailed) => detailed.try_into(),
        });
        Ok(Self {
            on_timeout: on_timeout.transpose()?,
            auto_resume: lifecycle.auto_resume,
        })
    }
}

impl TryFrom<TimeoutAction> for sandspan::TimeoutAction {
    type Error = Error;

    fn try_from(detailed: TimeoutAction) -> Result<Self> {
        let keep_memory = detailed.keep_memory;
        Ok(match Self::parse(&detailed.action)? {
            Self::Pause { .. } => Self::Pause { keep_memory },
            Self::Kill => Self::Kill,
        })
    }
}
