//! The span of a sandbox's life, as a state machine: what a request, the clock or the sandbox itself
//! does to it. No clock and no I/O in here: every method is told what time it is, and says what the
//! caller is to carry out.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sandspan_protocol::{control::ActivityKind, defaults::SANDBOX_TIMEOUT, events::Actor};
use serde::{Deserialize, Serialize};

mod activity;
mod adoption;

use self::activity::Processes;
use super::{
    clock::{Moment, Now},
    rules::{Action, Rules},
};

/// Where in its life a sandbox is. There is no phase behind [`Phase::Ending`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Phase {
    /// It runs.
    Running,
    /// It is being paused.
    Pausing { memory: bool, by: Actor },
    /// It is paused.
    Paused { memory: bool },
    /// It is being resumed, to live for a time from when that is done.
    Resuming {
        memory: bool,
        timeout: Duration,
        by: Actor,
    },
    /// It is being ended.
    Ending { by: Actor },
}

/// What the caller of a method is to carry out, in the background and to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transition {
    /// Pause it; then say [`Span::paused`] or [`Span::pause_failed`].
    Pause { memory: bool, by: Actor },
    /// Resume it; then say [`Span::resumed`] or [`Span::resume_failed`].
    Resume { memory: bool, by: Actor },
    /// End it. Nothing is left to say.
    End { by: Actor },
}

/// What comes of a request that is not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It is done.
    Done,
    /// It is done, and the deadline is another one now.
    Moved,
    /// The caller carries this out.
    Begin(Transition),
    /// The same is under way: its outcome is the answer.
    Join,
    /// Something else is under way: wait for its end and ask again.
    Wait,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// For this request there is no such sandbox.
    #[error("not found")]
    NotFound,
    /// It is being paused.
    #[error("being paused")]
    Pausing,
    /// It is being ended.
    #[error("being killed")]
    Killing,
    /// It is paused already.
    #[error("already paused")]
    AlreadyPaused,
    /// It runs already.
    #[error("already running")]
    AlreadyRunning,
    /// It is paused, and who asks may not resume it.
    #[error("paused")]
    Denied,
}

type Answer = Result<Step, Refusal>;

/// The span of a sandbox's life.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Span {
    rules: Rules,
    phase: Phase,
    /// When it was ready, or resumed. All timestamps are counted from it, so that they are the same
    /// at every look.
    started: Now,
    /// Its own deadline, idle or not.
    end: Moment,
    /// Since when nothing is connected, while nothing is.
    idle_since: Moment,
    last_used: (ActivityKind, Option<u16>),
    /// When its last pause began.
    paused_at: Option<Timestamp>,
    /// The requests, streams and WebSockets that are under way. They end with the server.
    #[serde(skip)]
    connections: u32,
    #[serde(skip)]
    processes: Processes,
    /// Whether its first process has ended while a transition was under way.
    #[serde(skip)]
    is_lost: bool,
    /// Whether its files outlive its processes.
    keeps_files: bool,
}

impl Span {
    /// A life that starts now.
    pub(crate) fn new(now: Now, rules: Rules, keeps_files: bool) -> Self {
        Self {
            rules,
            phase: Phase::Running,
            started: now,
            end: now.moment + rules.timeout.min(rules.cap),
            idle_since: now.moment,
            last_used: (ActivityKind::Created, None),
            paused_at: None,
            connections: 0,
            processes: Processes::Unknown,
            is_lost: false,
            keeps_files,
        }
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    /// Its own deadline, idle or not.
    pub(crate) fn deadline(&self) -> Moment {
        self.end
    }

    /// The latest that its deadline can be moved to.
    pub(crate) fn latest_deadline(&self) -> Moment {
        self.started.moment + self.rules.cap
    }

    /// When it ends if nobody does anything.
    fn effective_end(&self) -> Moment {
        self.idle_deadline()
            .map_or(self.end, |idle| idle.min(self.end))
    }

    /// When it started, or was last resumed.
    pub(crate) fn started_at(&self) -> Timestamp {
        self.started.timestamp
    }

    /// When it ends, or when it was paused, as a clock on the wall shows it.
    pub(crate) fn end_at(&self, now: Now) -> Timestamp {
        match (self.phase, self.paused_at) {
            (Phase::Running, _) | (_, None) => self.timestamp_at(self.effective_end(), now),
            (_, Some(paused_at)) => paused_at,
        }
    }

    /// A moment as a clock on the wall shows it: the same at every look, unless the clock was set.
    pub(crate) fn timestamp_at(&self, moment: Moment, now: Now) -> Timestamp {
        /// By how much the two clocks may drift apart before the one on the wall was set.
        const DRIFT: SignedDuration = SignedDuration::from_secs(1);
        let counted = self.started.timestamp_at(moment);
        let seen = now.timestamp_at(moment);
        if seen.duration_since(counted).abs() < DRIFT {
            counted
        } else {
            seen
        }
    }

    /// When to look at the clock again at the latest.
    ///
    /// While it is active its idle deadline is not known; it cannot come before the idle timeout has
    /// passed, so that traffic needs to wake nobody.
    pub(crate) fn next_look(&self, now: Moment) -> Option<Moment> {
        (self.phase == Phase::Running).then(|| match self.rules.idle {
            Some(idle) if self.is_active() => self.end.min(now + idle),
            _ => self.effective_end(),
        })
    }

    /// Ends or pauses it if its time has come; whoever was there first with an extension has won.
    pub(crate) fn look(&mut self, now: Now) -> Option<Transition> {
        if self.phase != Phase::Running || now.moment < self.effective_end() {
            return None;
        }
        let by = if now.moment >= self.end {
            Actor::Deadline
        } else {
            Actor::Idleness
        };
        Some(match self.rules.on_timeout {
            Action::Kill => self.begin_end(by),
            Action::Pause { memory } => self.begin_pause(now, memory, by),
        })
    }

    /// Lets it end after a time from now, sooner or later than it would have; never beyond the cap.
    pub(crate) fn set_timeout(&mut self, now: Now, timeout: Duration) -> Answer {
        self.change(|span| span.end = (now.moment + timeout).min(span.latest_deadline()))
    }

    /// Lets it live for a time from now at least; never beyond the cap, and never shorter.
    pub(crate) fn extend(&mut self, now: Now, timeout: Duration) -> Answer {
        self.change(|span| {
            let extended = (now.moment + timeout).min(span.latest_deadline());
            span.end = span.end.max(extended);
        })
    }

    fn change(&mut self, change: impl FnOnce(&mut Self)) -> Answer {
        match self.phase {
            Phase::Running => {
                let before = self.end;
                change(self);
                Ok(if self.end == before {
                    Step::Done
                } else {
                    Step::Moved
                })
            }
            Phase::Pausing { .. } => Err(Refusal::Pausing),
            Phase::Paused { .. } => Err(Refusal::NotFound),
            Phase::Resuming { .. } => Ok(Step::Wait),
            Phase::Ending { .. } => Err(Refusal::Killing),
        }
    }

    /// Pauses it because somebody asks for it.
    pub(crate) fn pause(&mut self, now: Now, memory: bool) -> Answer {
        match self.phase {
            Phase::Running => Ok(Step::Begin(self.begin_pause(now, memory, Actor::Client))),
            Phase::Pausing { .. } => Ok(Step::Join),
            Phase::Paused { .. } => Err(Refusal::AlreadyPaused),
            Phase::Resuming { .. } => Ok(Step::Wait),
            Phase::Ending { .. } => Err(Refusal::NotFound),
        }
    }

    /// A client connects: what runs lives for a time from now at least, what is paused is resumed.
    pub(crate) fn connect(&mut self, now: Now, timeout: Duration) -> Answer {
        match self.phase {
            Phase::Running => {
                if !self.is_active() {
                    self.idle_since = now.moment;
                    self.last_used = (ActivityKind::Connected, None);
                }
                self.extend(now, timeout)
            }
            Phase::Paused { memory } => {
                // Nobody resumes a sandbox to have it end at once.
                let timeout = Some(timeout).filter(|timeout| !timeout.is_zero());
                let timeout = timeout.unwrap_or(SANDBOX_TIMEOUT);
                Ok(self.begin_resume(memory, timeout, Actor::Client))
            }
            Phase::Pausing { .. } | Phase::Resuming { .. } => Ok(Step::Wait),
            Phase::Ending { .. } => Err(Refusal::Killing),
        }
    }

    /// Resumes it; what runs is refused. What is done at the deadline may be changed with it.
    pub(crate) fn resume(&mut self, timeout: Duration, on_timeout: Option<Action>) -> Answer {
        match self.phase {
            Phase::Running => Err(Refusal::AlreadyRunning),
            Phase::Paused { memory } => {
                self.rules.on_timeout = on_timeout.unwrap_or(self.rules.on_timeout);
                Ok(self.begin_resume(memory, timeout, Actor::Client))
            }
            Phase::Pausing { .. } | Phase::Resuming { .. } => Ok(Step::Wait),
            Phase::Ending { .. } => Err(Refusal::NotFound),
        }
    }

    /// Ends it because somebody asks for it, paused or not.
    pub(crate) fn kill(&mut self) -> Step {
        match self.phase {
            Phase::Running | Phase::Paused { .. } => Step::Begin(self.begin_end(Actor::Client)),
            Phase::Pausing { .. } | Phase::Resuming { .. } => Step::Wait,
            Phase::Ending { .. } => Step::Join,
        }
    }

    /// A pause is done. What is to be carried out next, if anything.
    pub(crate) fn paused(&mut self) -> Option<Transition> {
        let Phase::Pausing { memory, .. } = self.phase else {
            return None;
        };
        self.phase = Phase::Paused { memory };
        self.after_transition()
    }

    /// A pause failed, and the sandbox runs on; one whose time was over must end then.
    pub(crate) fn pause_failed(&mut self) -> Option<Transition> {
        let Phase::Pausing { by, .. } = self.phase else {
            return None;
        };
        if by == Actor::Client {
            self.phase = Phase::Running;
            self.after_transition()
        } else {
            Some(self.begin_end(by))
        }
    }

    /// A resumption is done, and its time starts. What is to be carried out next, if anything.
    pub(crate) fn resumed(&mut self, now: Now) -> Option<Transition> {
        let Phase::Resuming { timeout, .. } = self.phase else {
            return None;
        };
        self.phase = Phase::Running;
        self.started = now;
        self.end = now.moment + timeout.min(self.rules.cap);
        self.idle_since = now.moment;
        self.last_used = (ActivityKind::Resumed, None);
        self.processes = Processes::Unknown;
        self.paused_at = None;
        self.after_transition()
    }

    /// A resumption failed, and the sandbox is as paused as before.
    pub(crate) fn resume_failed(&mut self) -> Option<Transition> {
        let Phase::Resuming { memory, .. } = self.phase else {
            return None;
        };
        self.phase = Phase::Paused { memory };
        self.after_transition()
    }

    /// Its first process has ended, and with it all others; nobody had asked for it. What is left of
    /// one that was paused are its files, if they are kept outside of its memory.
    pub(crate) fn lost(&mut self) -> Option<Transition> {
        match self.phase {
            Phase::Paused { .. } if self.keeps_files => {
                self.phase = Phase::Paused { memory: false };
                None
            }
            Phase::Running | Phase::Paused { .. } => Some(self.begin_end(Actor::System)),
            Phase::Pausing { .. } | Phase::Resuming { .. } => {
                self.is_lost = true;
                None
            }
            Phase::Ending { .. } => None,
        }
    }

    fn after_transition(&mut self) -> Option<Transition> {
        std::mem::take(&mut self.is_lost)
            .then(|| self.lost())
            .flatten()
    }

    fn begin_pause(&mut self, now: Now, memory: bool, by: Actor) -> Transition {
        self.phase = Phase::Pausing { memory, by };
        self.paused_at = Some(now.timestamp);
        Transition::Pause { memory, by }
    }

    fn begin_resume(&mut self, memory: bool, timeout: Duration, by: Actor) -> Step {
        self.phase = Phase::Resuming {
            memory,
            timeout,
            by,
        };
        Step::Begin(Transition::Resume { memory, by })
    }

    fn begin_end(&mut self, by: Actor) -> Transition {
        self.phase = Phase::Ending { by };
        Transition::End { by }
    }
}

#[cfg(test)]
mod tests;
