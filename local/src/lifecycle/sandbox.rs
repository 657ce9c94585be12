//! A sandbox: its state under one lock, and what is asked of it.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sandspan_protocol::{
    agent,
    events::{Actor, EventName},
    metrics::LogEntry,
};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::{
    clock::Now,
    registry::Registry,
    rules::Action,
    span::{Phase, Refusal, Span, Step},
};
use crate::{
    isolation::{ProcessIdentity, SandboxProcess},
    metrics::History,
    network::Egress,
    proxy::ClientConnection,
    store::{Record, Settings, Store},
};

/// What came of a transition, once it is over: nothing more to say, or why it failed.
pub(super) type Outcome = Option<Result<(), String>>;

/// What may change of a sandbox.
#[derive(Debug)]
pub(super) struct State {
    pub(super) span: Span,
    /// What it may reach.
    pub(super) egress: Egress,
    /// PID 1, if it has one.
    pub(super) process: Option<Arc<SandboxProcess>>,
    /// What comes of the transition that is under way, or came of the last one.
    pub(super) outcome: watch::Receiver<Outcome>,
    /// The connections that carry its traffic.
    pub(super) connections: HashMap<u64, Arc<ClientConnection>>,
    /// Cancelled when its processes need no watching any more.
    pub(super) watching: CancellationToken,
}

/// A sandbox that runs, is paused, or is on its way between these or to its end.
#[derive(Debug)]
pub(crate) struct Sandbox {
    /// What never changes.
    pub(crate) settings: Settings,
    /// The one lock that every transition and change takes.
    state: Mutex<State>,
    pub(super) registry: Arc<Registry>,
    /// Wakes its keeper.
    pub(super) changed: Notify,
    /// Held while the agent is told anything, so that the last to be told is the last: what is told
    /// to an agent that stands still would reach it when it goes on.
    pub(super) telling: tokio::sync::Mutex<()>,
    /// What it has used.
    pub(super) history: Mutex<History>,
    /// What its agent had logged when it was last asked.
    pub(super) log: Mutex<Vec<LogEntry>>,
    /// Cancelled when nothing of it is left.
    pub(super) gone: CancellationToken,
}

/// Why a request was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RequestError {
    /// The sandbox is not in a state for it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It was tried.
    #[error("{0}")]
    Failed(String),
}

type Answer = Result<Step, Refusal>;

impl Sandbox {
    pub(super) fn new(
        settings: Settings,
        (span, egress): (Span, Egress),
        process: Option<SandboxProcess>,
        registry: Arc<Registry>,
    ) -> Arc<Self> {
        let (_, outcome) = watch::channel(None);
        Arc::new(Self {
            settings,
            state: Mutex::new(State {
                span,
                egress,
                process: process.map(Arc::new),
                outcome,
                connections: HashMap::new(),
                watching: CancellationToken::new(),
            }),
            registry,
            changed: Notify::new(),
            telling: tokio::sync::Mutex::new(()),
            history: Mutex::default(),
            log: Mutex::default(),
            gone: CancellationToken::new(),
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where in its life it is.
    pub(crate) fn phase(&self) -> Phase {
        self.lock().span.phase()
    }

    /// Lets it end after a time from now, sooner or later than it would have.
    pub(crate) async fn set_timeout(
        self: &Arc<Self>,
        timeout: Duration,
    ) -> Result<(), RequestError> {
        self.update(|span, now| span.set_timeout(now, timeout))
            .await
    }

    /// Lets it live for a time from now at least.
    pub(crate) async fn extend(self: &Arc<Self>, timeout: Duration) -> Result<(), RequestError> {
        self.update(|span, now| span.extend(now, timeout)).await
    }

    async fn update(
        self: &Arc<Self>,
        mut change: impl FnMut(&mut Span, Now) -> Answer + Send,
    ) -> Result<(), RequestError> {
        let mut moved = false;
        self.ask(|state, now| {
            let answer = change(&mut state.span, now);
            moved = answer == Ok(Step::Moved);
            answer
        })
        .await?;
        if moved {
            self.tell_deadline().await;
            self.note(EventName::Updated, Actor::Client);
        }
        Ok(())
    }

    /// Pauses it, and waits until that is done; joins a pause that is under way.
    pub(crate) async fn pause(self: &Arc<Self>, memory: bool) -> Result<(), RequestError> {
        self.ask(|state, now| state.span.pause(now, memory)).await
    }

    /// Lets it live for a time from now at least if it runs, and resumes it if it is paused. Whether
    /// it was resumed.
    pub(crate) async fn connect(self: &Arc<Self>, timeout: Duration) -> Result<bool, RequestError> {
        let mut resumed = false;
        self.update(|span, now| {
            let answer = span.connect(now, timeout);
            resumed |= matches!(answer, Ok(Step::Begin(_)));
            answer
        })
        .await?;
        Ok(resumed)
    }

    /// Resumes it, to live for a time from now; what is done at its deadline may be changed.
    pub(crate) async fn resume(
        self: &Arc<Self>,
        timeout: Duration,
        on_timeout: Option<Action>,
    ) -> Result<(), RequestError> {
        self.ask(|state, _| state.span.resume(timeout, on_timeout))
            .await
    }

    /// Ends it and waits until nothing of it is left; joins an end that is under way. Whether it was
    /// ended by request, this one or another.
    pub(crate) async fn kill(self: &Arc<Self>) -> bool {
        let ended = self.ask(|state, _| Ok(state.span.kill())).await;
        self.gone.cancelled().await;
        let by_request = self.phase() == Phase::Ending { by: Actor::Client };
        ended.is_ok() && by_request
    }

    /// Asks until there is an answer, and has carried out what comes of it.
    pub(super) async fn ask(
        self: &Arc<Self>,
        mut ask: impl FnMut(&mut State, Now) -> Answer + Send,
    ) -> Result<(), RequestError> {
        loop {
            let (step, mut outcome) = {
                let mut state = self.lock();
                let step = ask(&mut state, Now::read())?;
                match step {
                    Step::Done => return Ok(()),
                    Step::Moved => {
                        self.save(&state);
                        self.changed.notify_one();
                        return Ok(());
                    }
                    Step::Begin(transition) => self.begin(&mut state, transition),
                    Step::Join | Step::Wait => {}
                }
                (step, state.outcome.clone())
            };
            let came_of_it = outcome.wait_for(Option::is_some).await;
            let came_of_it = came_of_it.map_or(Ok(()), |it| it.clone().unwrap_or(Ok(())));
            if step != Step::Wait {
                return came_of_it.map_err(RequestError::Failed);
            }
        }
    }

    /// Notes what happened to it.
    pub(super) fn note(&self, name: EventName, who: Actor) {
        self.note_in(&self.lock(), name, who);
    }

    pub(super) fn note_in(&self, state: &State, name: EventName, who: Actor) {
        let (now, rules) = (Now::read().timestamp, state.span.rules());
        let journal = &self.registry.journal;
        journal.note(&self.settings, now, (name, who), rules);
    }

    /// Writes the sandbox's record. It obeys all the same if that fails; only a restart of the
    /// runtime would not know.
    pub(super) fn save(&self, state: &State) {
        let process = state.process.as_ref().map(|process| process.identity());
        if let Err(problem) = self.save_with(state, process) {
            tracing::warn!(sandbox = %self.settings.sandbox_id, %problem, "a change is not on disk");
        }
    }

    pub(super) fn save_with(
        &self,
        state: &State,
        process: Option<ProcessIdentity>,
    ) -> io::Result<()> {
        Store::save(&Record {
            settings: self.settings.clone(),
            span: state.span.clone(),
            egress: state.egress.clone(),
            process,
            boot_id: self.registry.store.boot_id().to_owned(),
        })
    }

    /// Tells the agent the deadline that holds now. A sandbox that is not running any more is told
    /// when it is resumed.
    async fn tell_deadline(&self) {
        let _telling = self.telling.lock().await;
        if self.phase() != Phase::Running {
            return;
        }
        let deadline = self.agent_deadline();
        let id = &self.settings.sandbox_id;
        if let Err(problem) = self.registry.agents.set_deadline(id, deadline).await {
            tracing::warn!(sandbox = %id, %problem, "the agent does not know its new deadline");
        }
    }

    /// What the agent is to do by itself, and when.
    pub(super) fn agent_deadline(&self) -> agent::Deadline {
        let state = self.lock();
        agent::Deadline {
            deadline_ms: state.span.deadline().as_millis(),
            at_deadline: state.span.rules().at_deadline(),
        }
    }
}
