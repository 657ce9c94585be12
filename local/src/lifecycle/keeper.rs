//! Looks after one sandbox: ends it at its deadline, and has it cleared up when it has ended.

use std::sync::Arc;

use tokio::time::{Instant, sleep_until};

use super::{clock::Now, sandbox::Sandbox};

/// Runs from the sandbox's start to the moment when nothing of it is left. `clear` removes what is
/// left of it, and may take its time.
pub(super) async fn keep(sandbox: Arc<Sandbox>, clear: impl FnOnce() + Send + 'static) {
    let mut deadline = sandbox.deadline();
    loop {
        let left = deadline.borrow_and_update().since(Now::read().moment);
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
    if tokio::task::spawn_blocking(clear).await.is_err() {
        tracing::error!(sandbox = %sandbox.fixed().sandbox_id, "clearing up failed");
    }
    sandbox.gone.cancel();
}
