//! What clients are told of a sandbox.

use sandspan_protocol::{
    control::{self, Activity, ListedSandbox, SandboxDetail, SandboxState},
    defaults::{CLIENT_ID, ENVD_VERSION},
    network::Network,
};

use super::{
    clock::Now,
    sandbox::Sandbox,
    span::{Phase, Span},
};
use crate::{machine::Machine, network::Egress};

impl Sandbox {
    /// What a client that may use it is told.
    pub(crate) fn handle(&self) -> control::Sandbox {
        let settings = &self.settings;
        let idle = self.lock().span.rules().idle;
        control::Sandbox {
            alias: Some(settings.template_id.clone()),
            client_id: Some(CLIENT_ID.to_owned()),
            domain: None,
            envd_access_token: settings.access_token.clone(),
            envd_version: ENVD_VERSION.to_owned(),
            sandbox_id: settings.sandbox_id.to_string(),
            template_id: settings.template_id.clone(),
            traffic_access_token: settings.ingress.token().map(str::to_owned),
            idle_timeout: idle.map(|idle| idle.as_secs()),
        }
    }

    /// How a list shows it; nothing when it is being ended.
    pub(crate) fn listed(&self, machine: &Machine) -> Option<ListedSandbox> {
        self.shown(machine, &self.lock().span, Now::read())
    }

    /// All that is known of it; nothing when it is being ended.
    pub(crate) fn detail(&self, machine: &Machine) -> Option<SandboxDetail> {
        let (state, now) = (self.lock(), Now::read());
        Some(SandboxDetail {
            listed: self.shown(machine, &state.span, now)?,
            allow_internet_access: state.egress.allow_internet_access,
            domain: None,
            envd_access_token: self.settings.access_token.clone(),
            lifecycle: Some(state.span.rules().lifecycle()),
            network: self.network(&state.egress),
            lifetime: Some(lifetime(&state.span, now)),
        })
    }

    /// Its network rules, as far as any were given.
    fn network(&self, egress: &Egress) -> Option<serde_json::Value> {
        let mut network = Network::default();
        self.settings.ingress.describe(&mut network);
        egress.describe(&mut network);
        let given = network != Network::default();
        given.then(|| serde_json::to_value(network).ok()).flatten()
    }

    fn shown(&self, machine: &Machine, span: &Span, now: Now) -> Option<ListedSandbox> {
        let settings = &self.settings;
        let state = match span.phase() {
            Phase::Running => SandboxState::Running,
            Phase::Pausing { .. } | Phase::Paused { .. } | Phase::Resuming { .. } => {
                SandboxState::Paused
            }
            Phase::Ending { .. } => return None,
        };
        Some(ListedSandbox {
            alias: Some(settings.template_id.clone()),
            client_id: Some(CLIENT_ID.to_owned()),
            cpu_count: machine.cpu_count,
            disk_size_mb: machine.disk_size_mb,
            end_at: span.end_at(now),
            envd_version: ENVD_VERSION.to_owned(),
            memory_mb: machine.limits().memory >> 20,
            metadata: settings.metadata.clone(),
            sandbox_id: settings.sandbox_id.to_string(),
            started_at: span.started_at(),
            state,
            template_id: settings.template_id.clone(),
            volume_mounts: Vec::new(),
        })
    }
}

/// What ends it, and when.
fn lifetime(span: &Span, now: Now) -> control::Lifetime {
    let rules = span.rules();
    let runs = span.phase() == Phase::Running;
    let shown = |moment| span.timestamp_at(moment, now);
    let (at, kind, port) = span.last_used(now);
    control::Lifetime {
        deadline: runs.then(|| shown(span.deadline())),
        latest_deadline: runs.then(|| shown(span.latest_deadline())),
        cap: rules.cap.as_secs(),
        idle_timeout: rules.idle.map(|idle| idle.as_secs()),
        idle_deadline: span.idle_deadline().filter(|_| runs).map(shown),
        idle_counts_processes: rules.idle_counts_processes,
        connections: span.connections(),
        last_activity: Activity {
            at: shown(at),
            kind,
            port,
        },
    }
}
