//! What ends a sandbox, and when.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use sandspan_protocol::control::{self, Activity, ActivityKind, OnTimeout, SandboxDetail};

use crate::{
    SandboxState, idle,
    provider::{IdleTimeout, Profile},
};

/// What ends a sandbox, and when. It is printed as one line for people.
#[derive(Debug, Clone, PartialEq)]
pub struct Lifetime {
    /// The sandbox's id.
    pub sandbox_id: String,
    /// Whether it runs.
    pub state: SandboxState,
    /// Its own deadline, whether it is idle or not; none while it is paused.
    pub deadline: Option<Timestamp>,
    /// The latest that the deadline can be moved to, where the service tells it; none while it is
    /// paused.
    pub latest_deadline: Option<Timestamp>,
    /// The longest that it may live without being paused, where the service tells it.
    pub cap: Option<Duration>,
    /// How long it may be idle; none without limit.
    pub idle_timeout: Option<Duration>,
    /// When it has been idle for too long; none while something is connected to it, while it is
    /// paused, and without an idle timeout.
    pub idle_deadline: Option<Timestamp>,
    /// Whether a process that nobody is attached to keeps it from being idle.
    pub idle_counts_processes: bool,
    /// What it was used for last, where that is known: to the service for all uses, to a lease for
    /// those by the handle.
    pub last_activity: Option<Activity>,
    /// What happens when its time is over.
    pub on_timeout: OnTimeout,
    /// Whether traffic resumes it once it is paused.
    pub auto_resume: bool,
    /// Who sees to the idle timeout. The deadline is always the service's to keep.
    pub enforced_by: Enforcer,
    /// The provider's rule in words.
    pub rule: String,
}

/// Who sees to it that an idle sandbox ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforcer {
    /// The service.
    Server,
    /// The handles of the sandbox in its creator's process: they keep the service's timeout short,
    /// and extend it while they are used.
    Lease,
}

impl Enforcer {
    /// Its name: `server` or `lease`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Lease => "lease",
        }
    }
}

impl Lifetime {
    /// What the service tells.
    pub(crate) fn new(profile: &Profile, detail: &SandboxDetail) -> Self {
        let listed = &detail.listed;
        let is_paused = listed.state == SandboxState::Paused;
        let lifecycle = detail.lifecycle.unwrap_or_default();
        let lifetime = Self {
            sandbox_id: listed.sandbox_id.clone(),
            state: listed.state.clone(),
            deadline: (!is_paused).then_some(listed.end_at),
            latest_deadline: None,
            cap: None,
            idle_timeout: None,
            idle_deadline: None,
            idle_counts_processes: false,
            last_activity: None,
            on_timeout: lifecycle.on_timeout,
            auto_resume: lifecycle.auto_resume,
            enforced_by: Enforcer::Server,
            rule: profile.rule.to_owned(),
        };
        match &detail.lifetime {
            Some(told) => lifetime.told(told),
            None => lifetime.guessed(profile, listed.metadata.as_ref().and_then(idle::of)),
        }
    }

    fn told(self, told: &control::Lifetime) -> Self {
        Self {
            deadline: told.deadline,
            latest_deadline: told.latest_deadline,
            cap: Some(Duration::from_secs(told.cap)),
            idle_timeout: told.idle_timeout.map(Duration::from_secs),
            idle_deadline: told.idle_deadline,
            idle_counts_processes: told.idle_counts_processes,
            last_activity: Some(told.last_activity),
            ..self
        }
    }

    /// The service says nothing of idleness, so its metadata do.
    fn guessed(self, profile: &Profile, idle_timeout: Option<Duration>) -> Self {
        let leased = idle_timeout.is_some() && profile.idle_timeout == IdleTimeout::Lease;
        Self {
            idle_timeout,
            enforced_by: if leased {
                Enforcer::Lease
            } else {
                Enforcer::Server
            },
            ..self
        }
    }

    /// When it ends if nobody does anything: the earlier of its deadline and the idle deadline;
    /// none while it is paused.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        match (self.deadline, self.idle_deadline) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// One line that a person understands.
    fn describe(&self, now: Timestamp) -> String {
        let (id, state) = (&self.sandbox_id, self.state.as_str());
        let action = match self.on_timeout {
            OnTimeout::Kill => "killed",
            OnTimeout::Pause => "paused",
        };
        let Some(deadline) = self.deadline else {
            let resumed = if self.auto_resume {
                "resumed, which traffic does,"
            } else {
                "resumed"
            };
            return format!("{id} is {state}; nothing ends it until it is {resumed} or killed");
        };
        let mut line = format!(
            "{id} is {state}; it is {action} at {}, in {}",
            clock(deadline, now),
            span(deadline, now)
        );
        if let Some(idle_timeout) = self.idle_timeout {
            line.push_str(&self.describe_idleness(idle_timeout, now));
        }
        if let Some(latest) = self.latest_deadline {
            line.push_str("; at most until ");
            line.push_str(&clock(latest, now));
        }
        line + match self.enforced_by {
            Enforcer::Server => "; enforced by the server",
            Enforcer::Lease => "; its idle timeout is enforced by a lease of its client",
        }
    }

    fn describe_idleness(&self, idle_timeout: Duration, now: Timestamp) -> String {
        let idle_timeout = words(idle_timeout.as_secs());
        let used = self.last_activity.map(|used| match self.idle_deadline {
            Some(_) => format!(", last used {} ago: {}", span(now, used.at), name(used)),
            None => format!(", in use now: {}", name(used)),
        });
        let used = used.unwrap_or_default();
        let earlier = self
            .idle_deadline
            .filter(|idle| Some(*idle) < self.deadline);
        match earlier {
            Some(idle) => format!(
                ", or in {} if it stays idle (idle timeout {idle_timeout}{used})",
                span(idle, now)
            ),
            None => format!(" (idle timeout {idle_timeout}{used})"),
        }
    }
}

impl fmt::Display for Lifetime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.describe(Timestamp::now()))
    }
}

/// A time of day, with the day where that is another one.
fn clock(time: Timestamp, now: Timestamp) -> String {
    let day = |time: Timestamp| time.strftime("%F").to_string();
    if day(time) == day(now) {
        time.strftime("%H:%M:%S UTC").to_string()
    } else {
        time.strftime("%F %H:%M:%S UTC").to_string()
    }
}

/// How long it is from one time to a later one, rounded to whole seconds.
fn span(later: Timestamp, earlier: Timestamp) -> String {
    let seconds = later.duration_since(earlier).as_secs_f64().max(0.0).round();
    // No two timestamps are further apart than what a number of this type holds exactly.
    words(Duration::from_secs_f64(seconds).as_secs())
}

/// Seconds in the two largest units that they fill.
fn words(seconds: u64) -> String {
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let first = parts.iter().position(|(number, _)| *number > 0);
    let shown = parts.iter().skip(first.unwrap_or(3)).take(2);
    let shown = shown.filter(|(number, unit)| *number > 0 || seconds == 0 && *unit == "s");
    let shown: Vec<String> = shown
        .map(|(number, unit)| format!("{number} {unit}"))
        .collect();
    shown.join(" ")
}

fn name(activity: Activity) -> String {
    let name = match activity.kind {
        ActivityKind::Created => "its creation",
        ActivityKind::Resumed => "its resumption",
        ActivityKind::Connected => "a client that connected",
        ActivityKind::Request => "request",
        ActivityKind::WebSocket => "WebSocket",
        ActivityKind::Process => "process",
    };
    match activity.port {
        Some(port) => format!("{name} on port {port}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
