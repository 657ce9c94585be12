//! Looks after one sandbox: acts when its time is over, and when its processes end by themselves.

use std::sync::Arc;

use sandspan_protocol::events::{Actor, EventName};
use tokio::time::{Instant, sleep_until};

use super::{clock::Now, sandbox::Sandbox, span::Phase};
use crate::isolation::SandboxProcess;

/// Runs from the sandbox's start to the moment when nothing of it is left.
pub(super) async fn keep(sandbox: Arc<Sandbox>) {
    while !sandbox.gone.is_cancelled() {
        sandbox.watch_processes();
        let (next_look, process) = {
            let state = sandbox.lock();
            (
                state.span.next_look(Now::read().moment),
                state.process.clone(),
            )
        };
        let time = async {
            match next_look {
                Some(moment) => {
                    let left = moment.since(Now::read().moment);
                    sleep_until(Instant::now() + left).await;
                }
                None => std::future::pending().await,
            }
        };
        let ended = async {
            match &process {
                Some(process) => process.ended().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = ended => sandbox.processes_have_ended(process.as_ref()),
            () = time => sandbox.look(),
            () = sandbox.changed.notified() => {}
            () = sandbox.gone.cancelled() => {}
        }
    }
}

impl Sandbox {
    /// Acts if its time has come; an extension that was there first wins.
    fn look(self: &Arc<Self>) {
        let mut state = self.lock();
        if let Some(transition) = state.span.look(Now::read()) {
            self.begin(&mut state, transition);
        }
    }

    fn processes_have_ended(self: &Arc<Self>, ended: Option<&Arc<SandboxProcess>>) {
        let mut state = self.lock();
        // A transition that ended them has taken them away already, or is about to.
        let is_current = match (&state.process, ended) {
            (Some(process), Some(ended)) => Arc::ptr_eq(process, ended),
            _ => false,
        };
        if !is_current {
            return;
        }
        state.process = None;
        let before = state.span.phase();
        match state.span.lost() {
            Some(transition) => self.begin(&mut state, transition),
            None => self.save(&state),
        }
        let lost_memory = before == Phase::Paused { memory: true }
            && state.span.phase() == Phase::Paused { memory: false };
        drop(state);
        if lost_memory {
            self.note(EventName::Lost, Actor::System);
        }
    }
}
