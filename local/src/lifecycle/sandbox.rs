//! A sandbox that lives.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use sandspan_protocol::{
    control::{self, Lifecycle, ListedSandbox, SandboxDetail, SandboxState},
    defaults::{CLIENT_ID, ENVD_VERSION},
};
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;

use super::{
    clock::{Moment, Now},
    lifetime::Lifetime,
};
use crate::{
    agents::Agents,
    isolation::SandboxProcess,
    machine::Machine,
    proxy::Connections,
    store::{Record, Store},
};

/// A transition is under way, and the request cannot be combined with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("being killed")]
pub(crate) struct Busy;

/// Why a sandbox is being ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Somebody asked for it.
    Killed,
    /// Its time had come, or it ended by itself.
    Over,
}

/// What may change of a sandbox.
#[derive(Debug)]
struct State {
    record: Record,
    end: Option<End>,
}

/// A sandbox that lives, or is being ended.
#[derive(Debug)]
pub(crate) struct Sandbox {
    /// The one lock that every transition and change takes.
    state: Mutex<State>,
    /// What never changes, readable without the lock.
    fixed: Record,
    pub(super) process: SandboxProcess,
    /// When it ends, for its keeper.
    deadline: watch::Sender<Moment>,
    /// Cancelled when it begins to end.
    ending: CancellationToken,
    /// Cancelled when nothing of it is left.
    pub(super) gone: CancellationToken,
    /// The connections that carry its traffic.
    pub(crate) connections: Connections,
    agents: Agents,
}

impl Sandbox {
    pub(super) fn new(record: Record, process: SandboxProcess, agents: Agents) -> Arc<Self> {
        let deadline = watch::Sender::new(record.lifetime.end());
        let fixed = record.clone();
        Arc::new(Self {
            state: Mutex::new(State { record, end: None }),
            fixed,
            process,
            deadline,
            ending: CancellationToken::new(),
            gone: CancellationToken::new(),
            connections: Connections::default(),
            agents,
        })
    }

    /// What never changes of it: all but its lifetime.
    pub(crate) fn fixed(&self) -> &Record {
        &self.fixed
    }

    /// Lets it end after a time from now, sooner or later than it would have.
    pub(crate) async fn set_timeout(&self, timeout: Duration) -> Result<(), Busy> {
        self.change(|lifetime, now| lifetime.set_timeout(now, timeout))
            .await
    }

    /// Lets it live for a time from now at least.
    pub(crate) async fn extend(&self, timeout: Duration) -> Result<(), Busy> {
        self.change(|lifetime, now| lifetime.extend(now, timeout))
            .await
    }

    async fn change(&self, change: impl FnOnce(&mut Lifetime, Moment)) -> Result<(), Busy> {
        let mut state = self.state.lock().await;
        if state.end.is_some() {
            return Err(Busy);
        }
        let before = state.record.lifetime;
        let now = Now::read();
        change(&mut state.record.lifetime, now.moment);
        if state.record.lifetime == before {
            return Ok(());
        }
        let end = state.record.lifetime.end();
        state.record.end_at = now.timestamp_at(end);
        if let Err(problem) = Store::save(&state.record) {
            // The sandbox obeys all the same; only a restart of the runtime would not know.
            tracing::warn!(sandbox = %self.fixed.sandbox_id, %problem, "the new end is not on disk");
        }
        self.agents
            .set_deadline(&self.fixed.sandbox_id, end.as_millis())
            .await;
        self.deadline.send_replace(end);
        Ok(())
    }

    /// Ends it and waits until nothing of it is left; joins an end that is under way. Whether it was
    /// ended by request, this one or another.
    pub(crate) async fn kill(&self) -> bool {
        let end = self.begin_end(End::Killed, |_| true).await;
        self.gone.cancelled().await;
        end == Some(End::Killed)
    }

    /// Ends it if its time has come; an extension that was there first wins.
    pub(super) async fn expire(&self) {
        let now = Now::read().moment;
        self.begin_end(End::Over, |lifetime| lifetime.is_over(now))
            .await;
    }

    /// Begins to end it, if that has not begun and it is due. Why it ends, if it does.
    async fn begin_end(&self, end: End, is_due: impl FnOnce(&Lifetime) -> bool) -> Option<End> {
        let mut state = self.state.lock().await;
        if state.end.is_none() && is_due(&state.record.lifetime) {
            state.end = Some(end);
            self.ending.cancel();
            // First the connections: otherwise a client might see an orderly end of its stream.
            self.connections.reset();
            self.process.kill();
        }
        state.end
    }

    /// Marks it as ended by itself, so that no change is accepted any more.
    pub(super) async fn close(&self) {
        self.state.lock().await.end.get_or_insert(End::Over);
        self.ending.cancel();
    }

    /// Whether it has ended, or is about to.
    pub(crate) fn is_ending(&self) -> bool {
        self.ending.is_cancelled()
    }

    /// When it ends, now and after each change.
    pub(super) fn deadline(&self) -> watch::Receiver<Moment> {
        self.deadline.subscribe()
    }

    /// What a client that may use it is told.
    pub(crate) fn handle(&self) -> control::Sandbox {
        let fixed = &self.fixed;
        control::Sandbox {
            alias: Some(fixed.template_id.clone()),
            client_id: Some(CLIENT_ID.to_owned()),
            domain: None,
            envd_access_token: fixed.access_token.clone(),
            envd_version: ENVD_VERSION.to_owned(),
            sandbox_id: fixed.sandbox_id.to_string(),
            template_id: fixed.template_id.clone(),
            traffic_access_token: None,
            idle_timeout: None,
        }
    }

    /// How a list shows it; nothing when it is being ended.
    pub(crate) async fn listed(&self, machine: &Machine) -> Option<ListedSandbox> {
        let state = self.state.lock().await;
        if state.end.is_some() {
            return None;
        }
        let fixed = &self.fixed;
        Some(ListedSandbox {
            alias: Some(fixed.template_id.clone()),
            client_id: Some(CLIENT_ID.to_owned()),
            cpu_count: machine.cpu_count,
            disk_size_mb: machine.disk_size_mb,
            end_at: end_at(&state.record, Now::read()),
            envd_version: ENVD_VERSION.to_owned(),
            memory_mb: machine.limits().memory >> 20,
            metadata: fixed.metadata.clone(),
            sandbox_id: fixed.sandbox_id.to_string(),
            started_at: fixed.started_at,
            state: SandboxState::Running,
            template_id: fixed.template_id.clone(),
            volume_mounts: Vec::new(),
        })
    }

    /// All that is known of it; nothing when it is being ended.
    pub(crate) async fn detail(&self, machine: &Machine) -> Option<SandboxDetail> {
        Some(SandboxDetail {
            listed: self.listed(machine).await?,
            allow_internet_access: self.fixed.allow_internet_access,
            domain: None,
            envd_access_token: self.fixed.access_token.clone(),
            lifecycle: Some(Lifecycle::default()),
            network: None,
            lifetime: None,
        })
    }
}

/// By how much the two clocks may drift apart before the wall clock is taken to have been set.
const DRIFT: SignedDuration = SignedDuration::from_secs(1);

/// When a sandbox ends, on the wall clock: the same at every look, unless that clock was set.
fn end_at(record: &Record, now: Now) -> Timestamp {
    let measured = now.timestamp_at(record.lifetime.end());
    let drift = measured.duration_since(record.end_at).abs();
    if drift < DRIFT {
        record.end_at
    } else {
        measured
    }
}
