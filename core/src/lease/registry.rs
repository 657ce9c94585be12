//! The leases of a process, so that all handles of a sandbox share one.

use std::{
    collections::BTreeMap,
    process,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use super::Lease;
use crate::{chain::Chain, connection::Connection};

/// Which sandbox of which service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    provider: &'static str,
    /// The service's URL, where a caller or the environment gave it.
    url: Option<String>,
    sandbox_id: String,
}

type Leases = Mutex<BTreeMap<Name, Weak<Lease>>>;

/// By process: another thread of the parent may have held the parent's lock when it forked.
static LEASES: Chain<(u32, Leases)> = Chain::new();

impl Name {
    pub(super) fn new(connection: &Connection, sandbox_id: &str) -> Self {
        let settings = &connection.settings;
        let endpoint = settings.endpoint.as_ref();
        Self {
            provider: settings.profile.name,
            url: endpoint.map(|endpoint| endpoint.url.to_string()),
            sandbox_id: sandbox_id.to_owned(),
        }
    }
}

fn leases() -> Option<&'static Leases> {
    let process = process::id();
    let mut all = LEASES.iter();
    let (_, leases) = all.find(|(existing, _)| *existing == process)?;
    Some(leases)
}

/// The lease of a sandbox in this process, if handles hold one.
pub(super) fn find(name: &Name) -> Option<Arc<Lease>> {
    let leases = leases()?.lock().unwrap_or_else(PoisonError::into_inner);
    leases.get(name)?.upgrade()
}

pub(super) fn insert(name: Name, lease: &Arc<Lease>) {
    let leases = leases().unwrap_or_else(|| {
        LEASES.push((process::id(), Leases::default()));
        leases().expect("it was appended")
    });
    let mut leases = leases.lock().unwrap_or_else(PoisonError::into_inner);
    leases.insert(name, Arc::downgrade(lease));
}

/// Forgets a lease that is being dropped.
pub(super) fn remove(name: &Name, lease: *const Lease) {
    if let Some(leases) = leases() {
        let mut leases = leases.lock().unwrap_or_else(PoisonError::into_inner);
        if leases
            .get(name)
            .is_some_and(|known| known.as_ptr() == lease)
        {
            leases.remove(name);
        }
    }
}
