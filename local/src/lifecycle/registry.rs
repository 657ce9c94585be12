//! All sandboxes of a runtime, and what they share.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use sandspan_protocol::{
    events::{Actor, EventName},
    id::SandboxId,
};
use tokio::sync::watch;

use super::{
    clock::Now,
    creation::{self, CreateError, NewSandbox},
    keeper::keep,
    sandbox::Sandbox,
    span::Phase,
};
use crate::{
    agents::Agents,
    isolation::{Internet, Isolation, SandboxProcess},
    journal::Journal,
    store::{Record, Store},
};

/// A sandbox, which is counted for as long as it stands in the registry.
#[derive(Debug)]
struct Entry {
    sandbox: Arc<Sandbox>,
    _counted: Counted,
}

/// All sandboxes of a runtime, and what they share.
#[derive(Debug)]
pub(crate) struct Registry {
    sandboxes: RwLock<HashMap<SandboxId, Entry>>,
    /// How many there are, those that are being made included.
    count: Arc<watch::Sender<usize>>,
    pub(super) isolation: Isolation,
    pub(super) store: Store,
    pub(super) agents: Agents,
    pub(crate) journal: Journal,
    /// The longest that a sandbox may live.
    pub(crate) cap: Duration,
    /// Whether idle timeouts count, or are left to clients.
    pub(crate) obeys_idle: bool,
}

/// Counts a sandbox for as long as it is held.
#[derive(Debug)]
struct Counted(Arc<watch::Sender<usize>>);

impl Counted {
    fn new(count: &Arc<watch::Sender<usize>>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl Registry {
    pub(crate) fn new(
        isolation: Isolation,
        (store, journal): (Store, Journal),
        agents: Agents,
        (cap, obeys_idle): (Duration, bool),
    ) -> Self {
        Self {
            sandboxes: RwLock::default(),
            count: Arc::new(watch::Sender::new(0)),
            isolation,
            store,
            agents,
            journal,
            cap,
            obeys_idle,
        }
    }

    /// Whether the files of a sandbox outlive its processes.
    pub(crate) fn keeps_files(&self) -> bool {
        !self.isolation.in_memory
    }

    /// How sandboxes get out, if they can.
    pub(crate) fn internet(&self) -> &Internet {
        &self.isolation.internet
    }

    /// How many sandboxes there are, now and after each change.
    pub(crate) fn count(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// Waits until nothing is left of sandboxes that are being ended. The others live on.
    pub(crate) async fn settle(&self) {
        for sandbox in self.all() {
            if matches!(sandbox.phase(), Phase::Ending { .. }) {
                sandbox.gone.cancelled().await;
            }
        }
    }

    pub(crate) fn get(&self, id: &SandboxId) -> Option<Arc<Sandbox>> {
        self.read().get(id).map(|entry| Arc::clone(&entry.sandbox))
    }

    pub(crate) fn all(&self) -> Vec<Arc<Sandbox>> {
        let entries = self.read();
        let sandboxes = entries.values().map(|entry| Arc::clone(&entry.sandbox));
        sandboxes.collect()
    }

    /// Takes over the sandboxes that an earlier run left, and finishes what it had begun. Needs the
    /// runtime's reactor to be entered.
    pub(crate) fn adopt(self: &Arc<Self>) -> io::Result<usize> {
        let records = self.store.load()?;
        let count = records.len();
        for record in records {
            let process = match record.process {
                Some(identity) => SandboxProcess::open(identity.pid, Some(identity.started))?,
                None => None,
            };
            self.adopt_one(record, process);
        }
        Ok(count)
    }

    fn adopt_one(self: &Arc<Self>, mut record: Record, process: Option<SandboxProcess>) {
        let before = record.span.phase();
        let transition = record.span.adopted(Now::read(), process.is_some());
        let sandbox = self.add(record, process, Counted::new(&self.count));
        let mut state = sandbox.lock();
        match transition {
            Some(transition) => sandbox.begin(&mut state, transition),
            None => sandbox.save(&state),
        }
        let phase = state.span.phase();
        drop(state);
        if phase != before && phase == (Phase::Paused { memory: false }) {
            sandbox.note(EventName::Lost, Actor::System);
        }
        sandbox.changed.notify_one();
    }

    /// Makes a sandbox. Its time starts when it is ready.
    pub(crate) async fn create(
        self: &Arc<Self>,
        new: NewSandbox,
    ) -> Result<Arc<Sandbox>, CreateError> {
        let counted = Counted::new(&self.count);
        let registry = Arc::clone(self);
        let runtime = tokio::runtime::Handle::current();
        let made = tokio::task::spawn_blocking(move || {
            // Taking hold of the process needs the runtime's reactor.
            let _entered = runtime.enter();
            creation::create(&registry, new)
        });
        let (record, process) = made.await.map_err(io::Error::other)??;
        let sandbox = self.add(record, Some(process), counted);
        sandbox.note(EventName::Created, Actor::Client);
        Ok(sandbox)
    }

    fn add(
        self: &Arc<Self>,
        record: Record,
        process: Option<SandboxProcess>,
        counted: Counted,
    ) -> Arc<Sandbox> {
        let id = record.settings.sandbox_id.clone();
        let sandbox = Sandbox::new(
            record.settings,
            (record.span, record.egress),
            process,
            Arc::clone(self),
        );
        let entry = Entry {
            sandbox: Arc::clone(&sandbox),
            _counted: counted,
        };
        self.write().insert(id, entry);
        tokio::spawn(keep(Arc::clone(&sandbox)));
        sandbox
    }

    /// Nothing is left of a sandbox.
    pub(super) fn forget(&self, id: &SandboxId) {
        self.write().remove(id);
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<SandboxId, Entry>> {
        self.sandboxes
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<SandboxId, Entry>> {
        self.sandboxes
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
