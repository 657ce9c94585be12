//! What a sandbox may reach, and how that is replaced while it lives.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::{
    sandbox::{RequestError, Sandbox},
    span::{Phase, Refusal, Step},
};
use crate::{network::Egress, store::Store};

impl Sandbox {
    /// What it may reach.
    pub(crate) fn egress(&self) -> Egress {
        self.lock().egress.clone()
    }

    /// Replaces the rules for what it may reach. Connections that they forbid stand still.
    pub(crate) async fn replace_egress(
        self: &Arc<Self>,
        egress: Egress,
    ) -> Result<(), RequestError> {
        self.ask(|state, _| match state.span.phase() {
            Phase::Running => Ok(Step::Done),
            Phase::Resuming { .. } => Ok(Step::Wait),
            Phase::Pausing { .. } => Err(Refusal::Pausing),
            Phase::Paused { .. } => Err(Refusal::NotFound),
            Phase::Ending { .. } => Err(Refusal::Killing),
        })
        .await?;
        // Two changes at once must not both be first, nor a pause come between.
        let _telling = self.telling.lock().await;
        let process = match &self.lock().process {
            Some(process) => process.identity(),
            None => return Err(Refusal::NotFound.into()),
        };
        let (isolation, reach) = (self.registry.isolation.clone(), egress.reach());
        let directory = Store::directory(&self.settings.sandbox_id);
        let applied = spawn_blocking(move || {
            let place = (isolation.identity, directory.as_str());
            isolation.internet.apply(place, process, reach.as_ref())
        });
        let applied = applied
            .await
            .map_err(|it| RequestError::Failed(it.to_string()))?;
        applied.map_err(|problem| RequestError::Failed(problem.to_string()))?;
        let mut state = self.lock();
        state.egress = egress;
        self.save(&state);
        Ok(())
    }
}
