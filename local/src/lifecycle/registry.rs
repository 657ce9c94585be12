//! All sandboxes of a runtime.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use sandspan_protocol::id::SandboxId;
use tokio::sync::watch;

use super::{
    creation::{self, CreateError, NewSandbox},
    keeper::keep,
    sandbox::Sandbox,
};
use crate::{
    agents::Agents,
    isolation::{Isolation, SandboxProcess},
    store::{Record, Store},
};

type Sandboxes = HashMap<SandboxId, Arc<Sandbox>>;

/// All sandboxes of a runtime.
#[derive(Debug)]
pub(crate) struct Registry {
    sandboxes: Arc<RwLock<Sandboxes>>,
    /// How many there are, those that are being made included.
    count: Arc<watch::Sender<usize>>,
    isolation: Isolation,
    store: Arc<Store>,
    agents: Agents,
    cap: Duration,
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
    pub(crate) fn new(isolation: Isolation, store: Store, agents: Agents, cap: Duration) -> Self {
        Self {
            sandboxes: Arc::default(),
            count: Arc::new(watch::Sender::new(0)),
            isolation,
            store: Arc::new(store),
            agents,
            cap,
        }
    }

    /// The longest that a sandbox may live.
    pub(crate) fn cap(&self) -> Duration {
        self.cap
    }

    /// How many sandboxes there are, now and after each change.
    pub(crate) fn count(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// Waits until nothing is left of sandboxes that are being ended. The others live on.
    pub(crate) async fn settle(&self) {
        for sandbox in self.all().iter().filter(|sandbox| sandbox.is_ending()) {
            sandbox.gone.cancelled().await;
        }
    }

    pub(crate) fn get(&self, id: &SandboxId) -> Option<Arc<Sandbox>> {
        self.read().get(id).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Sandbox>> {
        self.read().values().cloned().collect()
    }

    /// Takes over the sandboxes that an earlier run left alive, and clears up after the others.
    pub(crate) fn adopt(&self) -> io::Result<usize> {
        let mut adopted = 0;
        for record in self.store.load()? {
            let identity = record.process;
            match SandboxProcess::open(identity.pid, Some(identity.started))? {
                Some(process) => {
                    adopted += 1;
                    self.add(record, process, Counted::new(&self.count));
                }
                None => self.store.remove(&record.sandbox_id)?,
            }
        }
        Ok(adopted)
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
            creation::create(&registry.isolation, &registry.store, registry.cap, new)
        });
        let (record, process) = made.await.map_err(io::Error::other)??;
        Ok(self.add(record, process, counted))
    }

    fn add(&self, record: Record, process: SandboxProcess, counted: Counted) -> Arc<Sandbox> {
        let id = record.sandbox_id.clone();
        let sandbox = Sandbox::new(record, process, self.agents.clone());
        self.write().insert(id.clone(), Arc::clone(&sandbox));
        let (sandboxes, store) = (Arc::clone(&self.sandboxes), Arc::clone(&self.store));
        let clear = move || {
            if let Err(problem) = store.remove(&id) {
                tracing::warn!(sandbox = %id, %problem, "something is left of an ended sandbox");
            }
            sandboxes
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&id);
            drop(counted);
        };
        tokio::spawn(keep(Arc::clone(&sandbox), clear));
        sandbox
    }

    fn read(&self) -> RwLockReadGuard<'_, Sandboxes> {
        self.sandboxes
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Sandboxes> {
        self.sandboxes
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
