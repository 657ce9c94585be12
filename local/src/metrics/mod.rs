//! What sandboxes use: asked of their agents again and again, and kept for a while.

mod history;

use std::sync::Arc;

use futures::StreamExt as _;
use sandspan_protocol::defaults::METRICS_INTERVAL;
use tokio::time::{MissedTickBehavior, interval};

pub(crate) use self::history::History;
use crate::lifecycle::{Registry, Sandbox};

/// How many agents are asked at once.
const AT_ONCE: usize = 8;

/// Between how many moments of an interval the agents are distributed, so that many sandboxes are a
/// steady small load and not a large one now and then.
const SHARES: u32 = 10;

/// Measures all running sandboxes for ever, each once in an interval.
pub(crate) async fn collect(registry: Arc<Registry>) {
    let share = METRICS_INTERVAL / SHARES;
    // The moments are not exact, and an agent whose turn it is must not miss it.
    let due = METRICS_INTERVAL.saturating_sub(share / 2);
    let mut ticks = interval(share);
    // After a standstill of the machine there is nothing to catch up on.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let mut sandboxes = registry.all();
        sandboxes.retain(|sandbox| sandbox.is_unmeasured_for(due));
        futures::stream::iter(sandboxes)
            .for_each_concurrent(AT_ONCE, measure)
            .await;
    }
}

async fn measure(sandbox: Arc<Sandbox>) {
    if let Err(problem) = sandbox.measure().await {
        // It may have ended, or been paused, at this very moment.
        let id = &sandbox.settings.sandbox_id;
        tracing::debug!(sandbox = %id, %problem, "the agent does not tell what it uses");
    }
}
