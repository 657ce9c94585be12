//! What a server makes of the sandboxes of an earlier one.

use sandspan_protocol::events::Actor;

use super::{Action, Now, Phase, Span, Transition};

impl Span {
    /// Whether there is anything to go on with when the machine was started anew.
    pub(crate) fn survives_reboot(&self) -> bool {
        matches!(self.phase, Phase::Pausing { .. } | Phase::Paused { .. }) && self.keeps_files
    }

    /// Another server takes over; its processes may have ended while there was none. What is to be
    /// carried out: most often the transition that the earlier server did not finish.
    pub(crate) fn adopted(&mut self, now: Now, is_alive: bool) -> Option<Transition> {
        self.idle_since = now.moment;
        match self.phase {
            Phase::Running if !is_alive => Some(self.ended_alone(now)),
            Phase::Paused { memory: true } if !is_alive => self.lost(),
            Phase::Running | Phase::Paused { .. } => None,
            Phase::Pausing { memory: true, by } if !is_alive => {
                self.phase = Phase::Paused { memory: false };
                (!self.keeps_files).then(|| self.begin_end(by))
            }
            Phase::Pausing { memory, by } => Some(Transition::Pause { memory, by }),
            Phase::Resuming { memory: true, .. } if !is_alive => {
                self.phase = Phase::Paused { memory: true };
                self.lost()
            }
            // It had been started, and only that was not noted any more.
            Phase::Resuming { memory: false, .. } if is_alive => self.resumed(now),
            Phase::Resuming { memory, by, .. } => Some(Transition::Resume { memory, by }),
            Phase::Ending { by } => Some(Transition::End { by }),
        }
    }

    /// Its processes ended while no server looked after it: at the deadline that was its agent.
    fn ended_alone(&mut self, now: Now) -> Transition {
        match self.rules.on_timeout {
            _ if now.moment < self.end => self.begin_end(Actor::System),
            Action::Pause { memory: false } => self.begin_pause(now, false, Actor::Deadline),
            Action::Pause { memory: true } | Action::Kill => self.begin_end(Actor::Deadline),
        }
    }
}
