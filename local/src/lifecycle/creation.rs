//! How a sandbox comes to life.

use std::{io, time::Duration};

use rand::RngExt as _;
use sandspan_protocol::{
    agent::{AgentConfig, AtDeadline},
    control::StringMap,
    id::SandboxId,
};

use super::{clock::Now, lifetime::Lifetime};
use crate::{
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

/// Makes a sandbox, whose time starts when it is ready. Blocks for some milliseconds; needs the
/// runtime's reactor to be entered.
pub(super) fn create(
    isolation: &Isolation,
    store: &Store,
    cap: Duration,
    new: NewSandbox,
) -> Result<(Record, SandboxProcess), CreateError> {
    let id = SandboxId::from_random(|| rand::rng().random_range(0..36));
    let made = store.create(&id).map_err(CreateError::from);
    let made = made.and_then(|()| begin(isolation, store, cap, &id, new));
    made.inspect_err(|_| {
        if let Err(problem) = store.remove(&id) {
            tracing::warn!(sandbox = %id, %problem, "something is left of a failed creation");
        }
    })
}

fn begin(
    isolation: &Isolation,
    store: &Store,
    cap: Duration,
    id: &SandboxId,
    new: NewSandbox,
) -> Result<(Record, SandboxProcess), CreateError> {
    let access_token = new.secure.then(token::random);
    let agent = AgentConfig {
        sandbox_id: id.to_string(),
        template_id: new.template.name.clone(),
        access_token: access_token.clone(),
        envs: new.envs,
        timeout_ms: u64::try_from(new.timeout.min(cap).as_millis()).unwrap_or(u64::MAX),
        at_deadline: AtDeadline::End,
    };
    let mut begun = None;
    let isolated = isolation.create(&Store::directory(id), new.template.layers, agent, |pid| {
        let gone = || io::Error::other("the sandbox ended at once");
        let process = SandboxProcess::open(pid, None)?.ok_or_else(gone)?;
        let now = Now::read();
        let lifetime = Lifetime::new(now.moment, new.timeout, cap);
        let record = Record {
            sandbox_id: id.clone(),
            template_id: new.template.name,
            metadata: new.metadata,
            allow_internet_access: new.allow_internet_access,
            access_token,
            idempotency_key: new.idempotency_key,
            started_at: now.timestamp,
            lifetime,
            end_at: now.timestamp_at(lifetime.end()),
            process: process.identity(),
            boot_id: store.boot_id().to_owned(),
        };
        begun = Some(process);
        Store::save(&record).map(|()| record)
    });
    match (isolated, begun) {
        (Ok(mut record), Some(process)) => {
            start_the_clock(&mut record, new.timeout, cap);
            Ok((record, process))
        }
        (Ok(_), None) => Err(CreateError::Ended),
        (Err(problem), process) => {
            if let Some(process) = process {
                process.kill_and_wait();
            }
            Err(problem.into())
        }
    }
}

/// Getting ready is not to be at the expense of the sandbox's time.
fn start_the_clock(record: &mut Record, timeout: Duration, cap: Duration) {
    let now = Now::read();
    record.started_at = now.timestamp;
    record.lifetime = Lifetime::new(now.moment, timeout, cap);
    record.end_at = now.timestamp_at(record.lifetime.end());
    if let Err(problem) = Store::save(record) {
        // What was saved before is off by the milliseconds that it took to get ready.
        tracing::warn!(sandbox = %record.sandbox_id, %problem, "the exact end is not on disk");
    }
}
