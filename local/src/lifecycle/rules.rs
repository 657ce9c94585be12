//! What was settled about a sandbox's life when it was created.

use std::time::Duration;

use sandspan_protocol::{agent::AtDeadline, control, defaults::AUTO_RESUME_MINIMUM};
use serde::{Deserialize, Serialize};

/// What is done to a sandbox whose time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Action {
    /// It ends.
    Kill,
    /// It is paused.
    Pause {
        /// Whether its processes are kept beside its files.
        memory: bool,
    },
}

/// What was settled about a sandbox's life when it was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rules {
    /// How long it was to live.
    pub(crate) timeout: Duration,
    /// The longest that it may live without being paused.
    pub(crate) cap: Duration,
    /// What is done when its time is over, or it has been idle for too long.
    pub(crate) on_timeout: Action,
    /// Whether traffic resumes it.
    pub(crate) auto_resume: bool,
    /// How long it may be idle.
    pub(crate) idle: Option<Duration>,
    /// Whether a process that nobody is attached to keeps it from being idle.
    pub(crate) idle_counts_processes: bool,
}

impl Rules {
    /// How long it lives after traffic resumed it.
    pub(super) fn timeout_after_traffic(&self) -> Duration {
        self.timeout.max(AUTO_RESUME_MINIMUM).min(self.cap)
    }

    /// What its agent does at the deadline if the runtime is dead.
    pub(super) fn at_deadline(&self) -> AtDeadline {
        match self.on_timeout {
            Action::Pause { memory: true } => AtDeadline::Stop,
            // Without memory a pause is an end, but for the files.
            Action::Kill | Action::Pause { memory: false } => AtDeadline::End,
        }
    }

    /// As clients are told.
    pub(super) fn lifecycle(&self) -> control::Lifecycle {
        control::Lifecycle {
            auto_resume: self.auto_resume,
            on_timeout: match self.on_timeout {
                Action::Kill => control::OnTimeout::Kill,
                Action::Pause { .. } => control::OnTimeout::Pause,
            },
        }
    }
}
