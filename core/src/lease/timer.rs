//! One task that wakes all leases of a process and a runtime.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    process,
    sync::{Arc, Weak},
    time::Instant,
};

use tokio::{
    runtime,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::timeout_at,
};

use super::keeper::Keeper;
use crate::chain::Chain;

/// What a timer cannot be shared across: a child of a fork has no task of its parent's, and the
/// tasks of a runtime stand still with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) process: u32,
    runtime: runtime::Id,
}

impl Key {
    /// That of the caller, who must be in a Tokio runtime.
    pub(super) fn current() -> Self {
        Self {
            process: process::id(),
            runtime: runtime::Handle::current().id(),
        }
    }
}

/// The way to a timer.
#[derive(Debug, Clone)]
pub(super) struct Timer(UnboundedSender<Wake>);

/// Whom to wake, and when.
struct Wake {
    at: Instant,
    keeper: Weak<Keeper>,
}

static TIMERS: Chain<(Key, Timer)> = Chain::new();

impl Timer {
    /// The timer of the caller's process and runtime, started on first use.
    pub(super) fn of(key: Key) -> Self {
        let find = || TIMERS.iter().find(|(existing, _)| *existing == key);
        if let Some((_, timer)) = find() {
            return timer.clone();
        }
        let (sender, receiver) = unbounded_channel();
        TIMERS.push((key, Self(sender)));
        // Where two threads got here at once, the second one's timer has nothing to do.
        tokio::spawn(run(receiver));
        let (_, timer) = find().expect("it was appended");
        timer.clone()
    }

    pub(super) fn wake(&self, at: Instant, keeper: &Arc<Keeper>) {
        let keeper = Arc::downgrade(keeper);
        // A runtime that is shut down keeps no lease.
        drop(self.0.send(Wake { at, keeper }));
    }
}

async fn run(mut wakes: UnboundedReceiver<Wake>) {
    let mut waiting = BinaryHeap::<Reverse<Wake>>::new();
    loop {
        let wake = match waiting.peek() {
            Some(Reverse(first)) => timeout_at(first.at.into(), wakes.recv()).await,
            None => Ok(wakes.recv().await),
        };
        match wake {
            Ok(Some(wake)) => waiting.push(Reverse(wake)),
            Ok(None) => return,
            Err(_) => {
                if let Some(Reverse(wake)) = waiting.pop()
                    && let Some(keeper) = wake.keeper.upgrade()
                {
                    keeper.woken(wake.at);
                }
            }
        }
    }
}

impl Ord for Wake {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

impl PartialOrd for Wake {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Wake {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Wake {}
