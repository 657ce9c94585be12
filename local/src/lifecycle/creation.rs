//! How a sandbox comes to life, for the first time and once more.

use std::{fs, io, path::Path, time::Duration};

use rand::RngExt as _;
use sandspan_protocol::{
    agent::{AgentConfig, AtDeadline},
    control::StringMap,
    id::SandboxId,
};

use super::{clock::Now, registry::Registry, rules::Rules, span::Span};
use crate::{
    isolation::{self, Isolation, SandboxProcess, agent_socket},
    network::{Egress, Ingress},
    store::{Record, Settings, Store},
    template::Template,
    token,
};

/// What a sandbox is to be.
#[derive(Debug)]
pub(crate) struct NewSandbox {
    pub(crate) template: Template,
    pub(crate) rules: Rules,
    pub(crate) secure: bool,
    pub(crate) metadata: Option<StringMap>,
    pub(crate) envs: StringMap,
    pub(crate) ingress: Ingress,
    pub(crate) egress: Egress,
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
    registry: &Registry,
    new: NewSandbox,
) -> Result<(Record, SandboxProcess), CreateError> {
    let (store, id) = (
        &registry.store,
        SandboxId::from_random(|| rand::rng().random_range(0..36)),
    );
    let made = store.create(&id).map_err(CreateError::from);
    let made = made.and_then(|()| begin(registry, &id, new));
    made.inspect_err(|_| {
        if let Err(problem) = store.remove(&id) {
            tracing::warn!(sandbox = %id, %problem, "something is left of a failed creation");
        }
    })
}

fn begin(
    registry: &Registry,
    id: &SandboxId,
    new: NewSandbox,
) -> Result<(Record, SandboxProcess), CreateError> {
    let rules = new.rules;
    let start = || Span::new(Now::read(), rules, registry.keeps_files());
    let mut record = Record {
        settings: Settings {
            sandbox_id: id.clone(),
            template_id: new.template.name,
            layers: new.template.layers,
            interpreter: new.template.interpreter,
            metadata: new.metadata,
            envs: new.envs,
            access_token: new.secure.then(token::random),
            ingress: new.ingress,
            idempotency_key: new.idempotency_key,
        },
        span: start(),
        egress: new.egress,
        process: None,
        boot_id: registry.store.boot_id().to_owned(),
    };
    let time = (rules.timeout.min(rules.cap), rules.at_deadline());
    let settings = record.settings.clone();
    let egress = record.egress.clone();
    let process = boot(&registry.isolation, (&settings, &egress), time, |process| {
        record.process = Some(process.identity());
        Store::save(&record)
    })?;
    // Getting ready is not to be at the expense of the sandbox's time.
    record.span = start();
    if let Err(problem) = Store::save(&record) {
        // What was saved before is off by the milliseconds that it took to get ready.
        tracing::warn!(sandbox = %id, %problem, "the exact end is not on disk");
    }
    Ok((record, process))
}

/// Starts the processes of a sandbox, whose directory may hold the files of an earlier start.
/// `record` is called before any of them runs. Blocks, as [`create`].
pub(super) fn boot(
    isolation: &Isolation,
    (settings, egress): (&Settings, &Egress),
    (timeout, at_deadline): (Duration, AtDeadline),
    record: impl FnOnce(&SandboxProcess) -> io::Result<()>,
) -> Result<SandboxProcess, CreateError> {
    let agent = AgentConfig {
        sandbox_id: settings.sandbox_id.to_string(),
        template_id: settings.template_id.clone(),
        access_token: settings.access_token.clone(),
        envs: settings.envs.clone(),
        timeout_ms: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
        at_deadline,
        memory_bytes: Some(isolation.limits.memory),
        cpu_count: Some(isolation.cpu_count),
        interpreter: settings.interpreter.clone(),
    };
    let templates = &isolation.templates;
    let _in_use = templates.check(&settings.template_id, &settings.layers)?;
    let directory = Store::directory(&settings.sandbox_id);
    match fs::remove_file(agent_socket(&directory)) {
        Err(problem) if problem.kind() != io::ErrorKind::NotFound => return Err(problem.into()),
        _ => {}
    }
    isolation::disconnect(Path::new(&directory))?;
    // Of processes that ended by themselves while the sandbox was paused.
    isolation.cgroups.remove(settings.sandbox_id.as_str())?;
    let mut begun = None;
    let isolated = isolation.create(&directory, settings.layers.clone(), agent, |pid| {
        let gone = || io::Error::other("the sandbox ended at once");
        let process = SandboxProcess::open(pid, None)?.ok_or_else(gone)?;
        let recorded = record(&process);
        begun = Some(process);
        recorded
    });
    match (isolated, begun) {
        (Ok(()), Some(process)) => {
            let place = (isolation.identity, directory.as_str());
            let connected =
                isolation
                    .internet
                    .apply(place, process.identity(), egress.reach().as_ref());
            if let Err(problem) = connected {
                process.kill_and_wait();
                return Err(problem.into());
            }
            Ok(process)
        }
        (Ok(()), None) => Err(CreateError::Ended),
        (Err(problem), process) => {
            if let Some(process) = process {
                process.kill_and_wait();
            }
            Err(problem.into())
        }
    }
}
