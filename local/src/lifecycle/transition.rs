//! How transitions are carried out: pausing, resuming and ending.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use sandspan_protocol::{
    agent::{self, AtDeadline},
    events::{Actor, EventName},
};
use tokio::{sync::watch, task::spawn_blocking};

use super::{
    clock::Now,
    creation,
    sandbox::{Outcome, Sandbox, State},
    span::{Phase, Span, Transition},
};
use crate::{
    isolation::{self, SandboxProcess},
    store::Store,
};

/// What an end is called, by who had it done.
fn end_event(by: Actor) -> EventName {
    match by {
        Actor::Deadline => EventName::Expired,
        Actor::Idleness => EventName::Idle,
        Actor::Client | Actor::Traffic => EventName::Killed,
        Actor::System => EventName::Lost,
    }
}

impl Sandbox {
    /// Begins a transition that the state machine has said to begin. It goes on to its end whoever
    /// asked for it goes away.
    pub(super) fn begin(self: &Arc<Self>, state: &mut State, transition: Transition) {
        let (sender, outcome) = watch::channel(None);
        state.outcome = outcome;
        self.save(state);
        self.changed.notify_one();
        match transition {
            Transition::Resume { .. } => {}
            Transition::Pause { .. } | Transition::End { .. } => {
                state.watching.cancel();
                // First the connections: otherwise a client might see an orderly end of its stream.
                for connection in state.connections.values() {
                    connection.reset();
                }
            }
        }
        if let Transition::End { by } = transition {
            // From now on nobody finds the sandbox any more, and whoever wonders why finds this.
            self.note_in(state, end_event(by), by);
        }
        if let (Transition::End { .. } | Transition::Pause { memory: false, .. }, Some(process)) =
            (transition, &state.process)
        {
            process.kill();
        }
        let sandbox = Arc::clone(self);
        tokio::spawn(async move {
            match transition {
                Transition::Pause { memory, by } => {
                    sandbox.carry_out_pause(memory, by, sender).await;
                }
                Transition::Resume { memory, by } => {
                    sandbox.carry_out_resume(memory, by, sender).await;
                }
                Transition::End { .. } => sandbox.carry_out_end(sender).await,
            }
        });
    }

    async fn carry_out_pause(
        self: &Arc<Self>,
        memory: bool,
        by: Actor,
        sender: watch::Sender<Outcome>,
    ) {
        let telling = self.telling.lock().await;
        let paused = if memory {
            self.stand_still().await
        } else {
            self.end_processes().await
        };
        drop(telling);
        if paused.is_ok() {
            self.note(EventName::Paused, by);
        }
        self.finish("pause", paused, &sender, |span, succeeded| {
            if succeeded {
                span.paused()
            } else {
                span.pause_failed()
            }
        });
    }

    /// Lets the processes stand still; if that fails, lets them go on.
    async fn stand_still(self: &Arc<Self>) -> io::Result<()> {
        let cgroups = &self.registry.isolation.cgroups;
        let id = &self.settings.sandbox_id;
        // A server that died after it had done this: the agent cannot be asked any more.
        if cgroups.is_frozen(id.as_str())? {
            return Ok(());
        }
        let stop = !cgroups.can_freeze();
        let stopped = self
            .registry
            .agents
            .suspend(id, agent::Suspend { stop })
            .await;
        let (cgroups, name) = (cgroups.clone(), id.to_string());
        let frozen = match stopped {
            Ok(()) => spawn_blocking(move || cgroups.freeze(&name)).await?,
            Err(problem) => Err(problem),
        };
        if frozen.is_err() {
            self.go_on(self.agent_deadline()).await?;
        }
        frozen
    }

    async fn go_on(&self, deadline: agent::Deadline) -> io::Result<()> {
        let id = &self.settings.sandbox_id;
        self.registry.isolation.cgroups.thaw(id.as_str())?;
        self.registry.agents.resume(id, deadline).await
    }

    /// Waits for the end of the processes, which have been killed, and removes what only they needed.
    async fn end_processes(&self) -> io::Result<()> {
        let process = self.lock().process.take();
        if let Some(process) = process {
            process.ended().await;
        }
        let id = self.settings.sandbox_id.to_string();
        let cgroups = self.registry.isolation.cgroups.clone();
        let directory = PathBuf::from(Store::directory(&self.settings.sandbox_id));
        spawn_blocking(move || isolation::disconnect(&directory).and(cgroups.remove(&id))).await?
    }

    async fn carry_out_resume(
        self: &Arc<Self>,
        memory: bool,
        by: Actor,
        sender: watch::Sender<Outcome>,
    ) {
        let telling = self.telling.lock().await;
        let resumed = if memory {
            let (timeout, at_deadline) = self.time_after_resume();
            let deadline_ms = (Now::read().moment + timeout).as_millis();
            self.go_on(agent::Deadline {
                deadline_ms,
                at_deadline,
            })
            .await
        } else {
            self.boot().await
        };
        drop(telling);
        if resumed.is_ok() {
            self.note(EventName::Resumed, by);
        }
        self.finish("resumption", resumed, &sender, |span, succeeded| {
            if succeeded {
                span.resumed(Now::read())
            } else {
                span.resume_failed()
            }
        });
    }

    /// How long it lives after the resumption that is under way, and what its agent does then.
    fn time_after_resume(&self) -> (Duration, AtDeadline) {
        let state = self.lock();
        let rules = state.span.rules();
        let timeout = match state.span.phase() {
            Phase::Resuming { timeout, .. } => timeout.min(rules.cap),
            _ => rules.cap,
        };
        (timeout, rules.at_deadline())
    }

    /// Starts the sandbox anew on the files that it had.
    async fn boot(self: &Arc<Self>) -> io::Result<()> {
        let sandbox = Arc::clone(self);
        let runtime = tokio::runtime::Handle::current();
        let booted = spawn_blocking(move || {
            // Taking hold of the process needs the runtime's reactor.
            let _entered = runtime.enter();
            let record = |process: &SandboxProcess| {
                sandbox.save_with(&sandbox.lock(), Some(process.identity()))
            };
            let (timeout, at_deadline) = sandbox.time_after_resume();
            let isolation = &sandbox.registry.isolation;
            let egress = sandbox.egress();
            let what = (&sandbox.settings, &egress);
            creation::boot(isolation, what, (timeout, at_deadline), record)
        });
        let process = booted.await?.map_err(io::Error::other)?;
        self.lock().process = Some(Arc::new(process));
        Ok(())
    }

    /// Settles what came of a transition, publishes it, and begins what follows from it.
    fn finish(
        self: &Arc<Self>,
        name: &str,
        result: io::Result<()>,
        sender: &watch::Sender<Outcome>,
        settle: impl FnOnce(&mut Span, bool) -> Option<Transition>,
    ) {
        if let Err(problem) = &result {
            let id = &self.settings.sandbox_id;
            tracing::warn!(sandbox = %id, %problem, "a {name} failed");
        }
        let mut state = self.lock();
        match settle(&mut state.span, result.is_ok()) {
            Some(next) => self.begin(&mut state, next),
            None => self.save(&state),
        }
        drop(state);
        self.changed.notify_one();
        sender.send_replace(Some(result.map_err(|problem| problem.to_string())));
    }

    /// Sees to it that nothing of the sandbox is left.
    async fn carry_out_end(self: &Arc<Self>, sender: watch::Sender<Outcome>) {
        let id = self.settings.sandbox_id.clone();
        let process = self.lock().process.take();
        if let Some(process) = process {
            // A process that stands still does not even die.
            if let Err(problem) = self.registry.isolation.cgroups.thaw(id.as_str()) {
                tracing::warn!(sandbox = %id, %problem, "it may stand still for ever");
            }
            process.ended().await;
        }
        let registry = Arc::clone(&self.registry);
        let removed = spawn_blocking(move || registry.store.remove(&id)).await;
        if let Err(problem) = removed.unwrap_or_else(|problem| Err(problem.into())) {
            let id = &self.settings.sandbox_id;
            tracing::warn!(sandbox = %id, %problem, "something is left of an ended sandbox");
        }
        self.registry.forget(&self.settings.sandbox_id);
        self.gone.cancel();
        sender.send_replace(Some(Ok(())));
    }
}
