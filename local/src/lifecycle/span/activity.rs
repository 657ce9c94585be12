//! What keeps a sandbox from being idle.

use sandspan_protocol::{control::ActivityKind, events::Actor};

use super::{Answer, Moment, Now, Phase, Refusal, Span, Step};

/// What is known of processes that count as activity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Processes {
    /// There may be some.
    #[default]
    Unknown,
    /// There may be some, and somebody waits for their end.
    Watched,
    /// As before, but a request that has come since may have started some that will not be waited
    /// for.
    Outdated,
    /// There are none.
    None,
}

impl Span {
    /// When it has been idle for too long; nothing while it is active.
    pub(crate) fn idle_deadline(&self) -> Option<Moment> {
        let idle = self.rules.idle.filter(|_| !self.is_active())?;
        Some(self.idle_since + idle)
    }

    /// What it was used for last, and until when.
    pub(crate) fn last_used(&self, now: Now) -> (Moment, ActivityKind, Option<u16>) {
        let (kind, port) = self.last_used;
        let until = if self.is_active() {
            now.moment
        } else {
            self.idle_since
        };
        (until, kind, port)
    }

    pub(crate) fn connections(&self) -> u32 {
        self.connections
    }

    pub(super) fn is_active(&self) -> bool {
        let may_have_processes = self.phase == Phase::Running
            && self.rules.idle_counts_processes
            && self.processes != Processes::None;
        self.connections > 0 || may_have_processes
    }

    /// A request arrives at one of its ports. When this is done, [`Span::traffic_ended`] must follow.
    pub(crate) fn traffic(&mut self, kind: ActivityKind, port: u16) -> Answer {
        let resumes = self.rules.auto_resume;
        match self.phase {
            Phase::Running => {
                self.connections += 1;
                self.last_used = (kind, Some(port));
                Ok(Step::Done)
            }
            Phase::Paused { memory: true } if resumes => {
                let timeout = self.rules.timeout_after_traffic();
                Ok(self.begin_resume(true, timeout, Actor::Traffic))
            }
            Phase::Pausing { memory: true, .. } if resumes => Ok(Step::Wait),
            Phase::Resuming { .. } => Ok(Step::Wait),
            Phase::Pausing { .. } | Phase::Paused { .. } | Phase::Ending { .. } => {
                Err(Refusal::NotFound)
            }
        }
    }

    /// A request arrives that may not resume it: as [`Span::traffic`] otherwise.
    pub(crate) fn traffic_without_resuming(&mut self, kind: ActivityKind, port: u16) -> Answer {
        match self.phase {
            Phase::Pausing { .. } | Phase::Paused { .. } if self.rules.auto_resume => {
                Err(Refusal::Denied)
            }
            _ => self.traffic(kind, port),
        }
    }

    /// A request, stream or WebSocket is over.
    pub(crate) fn traffic_ended(&mut self, now: Now, kind: ActivityKind, port: u16) {
        self.connections = self.connections.saturating_sub(1);
        // It may have started some.
        self.processes = match self.processes {
            Processes::None | Processes::Unknown => Processes::Unknown,
            Processes::Watched | Processes::Outdated => Processes::Outdated,
        };
        if !self.is_active() {
            self.idle_since = now.moment;
            self.last_used = (kind, Some(port));
        }
    }

    /// Whether somebody must find out whether there are processes that count as activity.
    pub(crate) fn wants_processes_watched(&self) -> bool {
        self.phase == Phase::Running
            && self.rules.idle.is_some()
            && self.rules.idle_counts_processes
            && self.processes == Processes::Unknown
            && self.connections == 0
    }

    /// There may be processes that count as activity, from now until [`Span::processes_ended`].
    pub(crate) fn processes_watched(&mut self) {
        self.processes = Processes::Watched;
    }

    /// Nobody waits for the end of processes any more, which do not go on or are looked for anew.
    pub(crate) fn processes_unwatched(&mut self, now: Now) {
        self.processes = Processes::Unknown;
        if self.connections == 0 {
            self.idle_since = now.moment;
            self.last_used = (ActivityKind::Process, None);
        }
    }

    /// There are no processes any more of those that were waited for.
    pub(crate) fn processes_ended(&mut self, now: Now) {
        self.processes = match self.processes {
            Processes::Outdated => Processes::Unknown,
            _ => Processes::None,
        };
        if !self.is_active() {
            self.idle_since = now.moment;
            self.last_used = (ActivityKind::Process, None);
        }
    }
}
