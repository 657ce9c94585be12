//! All sandboxes of a runtime.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use rand::RngExt as _;
use sandspan_protocol::{agent::AgentConfig, control::StringMap, id::SandboxId};
use tokio::sync::watch;

use super::{clock::Now, keeper::keep, lifetime::Lifetime, sandbox::Sandbox};
use crate::{
    agents::Agents,
    isolation::{self, Isolation, SandboxProcess},
    store::{Record, Store},
    template::Template,
    token,
};

/// What a sandbox is to be.
#[derive(Debug)]
pub(crate) struct NewSandbox {
    pub(crate) template: Template,
    pub(crate) timeout: Duration,
    pub(crate) secure: bool,
    pub(crate) metadata: Option<StringMap>,
    pub(crate) envs: StringMap,
    pub(crate) allow_internet_access: Option<bool>,
    pub(crate) idempotency_key: Option<String>,
}

/// A sandbox could not be made. Nothing of it is left.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CreateError {
    /// It could not be isolated.
    #[error("{0}")]
    Isolation(#[from] isolation::Error),
    /// It ended as soon as it had begun.
    #[error("the sandbox's agent ended at once")]
    Ended,
}

impl CreateError {
    /// What kind of I/O error it is, where it is one.
    pub(crate) fn io_kind(&self) -> Option<io::ErrorKind> {
        match self {
            Self::Isolation(isolation::Error::Io(problem)) => Some(problem.kind()),
            _ => None,
        }
    }
}

impl From<io::Error> for CreateError {
    fn from(problem: io::Error) -> Self {
        Self::Isolation(problem.into())
    }
}

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
            registry.make(new)
        });
        let (record, process) = made.await.map_err(io::Error::other)??;
        Ok(self.add(record, process, counted))
    }

    fn make(&self, new: NewSandbox) -> Result<(Record, SandboxProcess), CreateError> {
        let id = SandboxId::from_random(|| rand::rng().random_range(0..36));
        self.store.create(&id)?;
        self.start(&id, new).inspect_err(|_| {
            if let Err(problem) = self.store.remove(&id) {
                tracing::warn!(sandbox = %id, %problem, "files are left of a failed creation");
            }
        })
    }

    fn start(
        &self,
        id: &SandboxId,
        new: NewSandbox,
    ) -> Result<(Record, SandboxProcess), CreateError> {
        let access_token = new.secure.then(token::random);
        let agent = AgentConfig {
            sandbox_id: id.to_string(),
            template_id: new.template.name.clone(),
            access_token: access_token.clone(),
            envs: new.envs,
            timeout_ms: u64::try_from(new.timeout.min(self.cap).as_millis()).unwrap_or(u64::MAX),
        };
        let mut begun = None;
        self.isolation
            .create(&Store::directory(id), new.template.layers, agent, |pid| {
                let gone = || io::Error::other("the sandbox ended at once");
                let process = SandboxProcess::open(pid, None)?.ok_or_else(gone)?;
                let now = Now::read();
                let record = Record {
                    sandbox_id: id.clone(),
                    template_id: new.template.name,
                    metadata: new.metadata,
                    allow_internet_access: new.allow_internet_access,
                    access_token,
                    idempotency_key: new.idempotency_key,
                    started_at: now.timestamp,
                    lifetime: Lifetime::new(now.moment, new.timeout, self.cap),
                    process: process.identity(),
                    boot_id: self.store.boot_id().to_owned(),
                };
                Store::save(&record)?;
                begun = Some((record, process));
                Ok(())
            })?;
        let (mut record, process) = begun.ok_or(CreateError::Ended)?;
        // Getting ready is not to be at the expense of the sandbox's time.
        let now = Now::read();
        record.started_at = now.timestamp;
        record.lifetime = Lifetime::new(now.moment, new.timeout, self.cap);
        Store::save(&record)?;
        Ok((record, process))
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
