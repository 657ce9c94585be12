//! The answers to creations that carried an idempotency key, for those who ask again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sandspan_protocol::control::Sandbox;
use tokio::sync::OnceCell;

use crate::lifecycle::Registry;

/// How long an answer is kept. Clients repeat a request within seconds.
const KEPT: Duration = Duration::from_secs(3600);

/// From how many answers on the old ones are looked for.
const MANY: usize = 1024;

type Answer = Arc<OnceCell<Sandbox>>;

/// The answers by key, each with the time of its request.
#[derive(Debug)]
pub(super) struct FirstAnswers(Mutex<HashMap<String, (Instant, Answer)>>);

impl FirstAnswers {
    /// The answers that earlier runs of the runtime gave, as far as their sandboxes still live.
    pub(super) fn of(registry: &Registry) -> Self {
        let now = Instant::now();
        let all = registry.all();
        let keyed = all.iter().filter_map(|sandbox| {
            let key = sandbox.settings.idempotency_key.clone()?;
            Some((
                key,
                (now, Arc::new(OnceCell::new_with(Some(sandbox.handle())))),
            ))
        });
        Self(Mutex::new(keyed.collect()))
    }

    /// The place of the first answer to a key, filled or not.
    pub(super) fn place(&self, key: String) -> Answer {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if answers.len() >= MANY {
            answers.retain(|_, (asked, _)| now.duration_since(*asked) < KEPT);
        }
        let (_, answer) = answers
            .entry(key)
            .or_insert_with(|| (now, Answer::default()));
        Arc::clone(answer)
    }
}
