//! Requests to the ports of a sandbox, and the processes in it, as far as they keep it from being
//! idle.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sandspan_protocol::control::ActivityKind;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    clock::Now,
    sandbox::{RequestError, Sandbox},
    span::{Refusal, Step},
};
use crate::proxy::ClientConnection;

/// How long a request waits for a sandbox that is being paused or resumed.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long to wait before an agent that did not answer is asked once more.
const PAUSE: Duration = Duration::from_secs(1);

/// Numbers connections.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Why a request does not get through to a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoEntry {
    /// It does not run, and the request does not change that.
    NotRunning,
    /// It has been on its way into another state for too long.
    Transitioning,
    /// The request would have to resume it, and has not the credentials.
    Denied,
}

/// Traffic that is under way; over when this is dropped.
#[derive(Debug)]
pub(crate) struct InFlight {
    sandbox: Arc<Sandbox>,
    number: u64,
    kind: ActivityKind,
    port: u16,
}

impl Sandbox {
    /// Begins to carry a request, for which the sandbox may have to be resumed first, if the request
    /// is authorized. The connection is reset when the sandbox stops to run.
    pub(crate) async fn begin_traffic(
        self: &Arc<Self>,
        connection: &Arc<ClientConnection>,
        (kind, port): (ActivityKind, u16),
        is_authorized: bool,
    ) -> Result<InFlight, NoEntry> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let enter = async {
            let mut has_entered = false;
            while !has_entered {
                self.ask(|state, _| {
                    let answer = if is_authorized {
                        state.span.traffic(kind, port)
                    } else {
                        state.span.traffic_without_resuming(kind, port)
                    };
                    if answer == Ok(Step::Done) {
                        state.connections.insert(number, Arc::clone(connection));
                        has_entered = true;
                    }
                    answer
                })
                .await?;
            }
            Ok(())
        };
        match timeout(PATIENCE, enter).await {
            Ok(Ok(())) => Ok(InFlight {
                sandbox: Arc::clone(self),
                number,
                kind,
                port,
            }),
            Ok(Err(RequestError::Refused(Refusal::Denied))) => Err(NoEntry::Denied),
            Ok(Err(_)) => Err(NoEntry::NotRunning),
            Err(_) => Err(NoEntry::Transitioning),
        }
    }

    /// Has its processes watched, if that is wanted: they count as activity until there are none.
    pub(super) fn watch_processes(self: &Arc<Self>) {
        let mut state = self.lock();
        if !state.span.wants_processes_watched() {
            return;
        }
        state.span.processes_watched();
        state.watching = CancellationToken::new();
        let (sandbox, cancelled) = (Arc::clone(self), state.watching.clone());
        drop(state);
        tokio::spawn(async move {
            tokio::select! {
                () = cancelled.cancelled() => {
                    sandbox.lock().span.processes_unwatched(Now::read());
                }
                () = sandbox.unused() => sandbox.lock().span.processes_ended(Now::read()),
            }
            sandbox.watch_processes();
        });
    }

    /// Waits until there is no process in it but its agent.
    async fn unused(&self) {
        let id = &self.settings.sandbox_id;
        while let Err(problem) = self.registry.agents.unused(id).await {
            tracing::warn!(sandbox = %id, %problem, "the agent does not tell of its processes");
            sleep(PAUSE).await;
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut state = self.sandbox.lock();
        state.connections.remove(&self.number);
        state.span.traffic_ended(Now::read(), self.kind, self.port);
        if state.span.wants_processes_watched() {
            // By its keeper, which lives in the runtime for sure.
            self.sandbox.changed.notify_one();
        }
    }
}
