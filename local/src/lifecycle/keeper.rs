//! Looks after one sandbox: ends it at its deadline, and clears up when it has ended.

use std::sync::Arc;

use tokio::time::{Instant, sleep_until};

use super::{clock::Clock, sandbox::Sandbox};
use crate::store::Store;

/// Runs from the sandbox's start to the moment when nothing of it is left.
pub(super) async fn keep(sandbox: Arc<Sandbox>, forget: impl FnOnce()) {
    let mut deadline = sandbox.deadline();
    loop {
        let left = deadline.borrow_and_update().since(Clock.now().moment);
        tokio::select! {
            biased;
            () = sandbox.process.ended() => break,
            () = sleep_until(Instant::now() + left) => {
                sandbox.expire().await;
                // Either it ends now or somebody has extended it meanwhile.
                tokio::select! {
                    () = sandbox.process.ended() => break,
                    _ = deadline.changed() => {}
                }
            }
            _ = deadline.changed() => {}
        }
    }
    sandbox.close().await;
    sandbox.connections.reset();
    let id = sandbox.fixed().sandbox_id.clone();
    let removed = tokio::task::spawn_blocking(move || Store::remove(&id)).await;
    if let Ok(Err(problem)) = removed {
        let sandbox = &sandbox.fixed().sandbox_id;
        tracing::warn!(%sandbox, %problem, "files are left of a sandbox that has ended");
    }
    forget();
    sandbox.gone.cancel();
}
