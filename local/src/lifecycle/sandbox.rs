//! A sandbox that lives.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
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

/// What may change of a sandbox.
#[derive(Debug)]
struct State {
    record: Record,
    killing: bool,
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
            state: Mutex::new(State {
                record,
                killing: false,
            }),
            fixed,
            process,
            deadline,
            gone: CancellationToken::new(),
            connections: Connections::default(),
            agents,
        })
    }

    /// What never changes of it: all but its lifetime.
    pub(crate) fn fixed(&self) -> &Record {
        &self.fixed
    }

    /// When it started.
    pub(crate) fn started_at(&self) -> Timestamp {
        self.fixed.started_at
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
        if state.killing {
            return Err(Busy);
        }
        let before = state.record.lifetime;
        change(&mut state.record.lifetime, Now::read().moment);
        if state.record.lifetime == before {
            return Ok(());
        }
        let end = state.record.lifetime.end();
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

    /// Ends it and waits until nothing of it is left; joins an end that is under way.
    pub(crate) async fn kill(&self) {
        self.begin_end(|_| true).await;
        self.gone.cancelled().await;
    }

    /// Ends it if its time has come; an extension that was there first wins.
    pub(super) async fn expire(&self) {
        let now = Now::read().moment;
        self.begin_end(|lifetime| lifetime.is_over(now)).await;
    }

    async fn begin_end(&self, is_due: impl FnOnce(&Lifetime) -> bool) {
        let mut state = self.state.lock().await;
        if !state.killing && is_due(&state.record.lifetime) {
            state.killing = true;
            // First the connections: otherwise a client might see an orderly end of its stream.
            self.connections.reset();
            self.process.kill();
        }
    }

    /// Marks it as ended by itself, so that no change is accepted any more.
    pub(super) async fn close(&self) {
        self.state.lock().await.killing = true;
    }

    /// When it ends, now and after each change.
    pub(super) fn deadline(&self) -> watch::Receiver<Moment> {
        self.deadline.subscribe()
    }

    /// What a client that may use it is told; nothing when it is being ended.
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
        }
    }

    /// How a list shows it; nothing when it is being ended.
    pub(crate) async fn listed(&self, machine: &Machine) -> Option<ListedSandbox> {
        let state = self.state.lock().await;
        if state.killing {
            return None;
        }
        let fixed = &self.fixed;
        Some(ListedSandbox {
            alias: Some(fixed.template_id.clone()),
            client_id: Some(CLIENT_ID.to_owned()),
            cpu_count: machine.cpu_count,
            disk_size_mb: machine.disk_size_mb,
            end_at: Now::read().timestamp_at(state.record.lifetime.end()),
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
        })
    }
}
