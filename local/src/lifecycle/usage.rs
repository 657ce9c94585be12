//! What a sandbox uses, and what its agent has logged. Asking its agent is no use of the sandbox,
//! and wakes none that is paused.

use std::{
    io,
    sync::{MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use sandspan_protocol::{
    agent::{AgentLog, LOG_PATH, METRICS_PATH},
    metrics::{AgentMetrics, LogEntry, SandboxMetric},
};

use super::{sandbox::Sandbox, span::Phase};
use crate::metrics::History;

impl Sandbox {
    /// Whether it runs and no figure has been asked for in so long a time. Then it is the caller's
    /// to ask.
    pub(crate) fn is_unmeasured_for(&self, interval: Duration) -> bool {
        self.phase() == Phase::Running && self.history().is_due(interval)
    }

    /// Asks what it uses now, and keeps the answer.
    pub(crate) async fn measure(&self) -> io::Result<()> {
        let settings = &self.settings;
        let token = settings.access_token.as_deref();
        let agents = &self.registry.agents;
        let figures: AgentMetrics = agents
            .read(&settings.sandbox_id, METRICS_PATH, token)
            .await?;
        self.history().add(Timestamp::now(), &figures);
        Ok(())
    }

    /// The last figure; the first one is measured now if there is none yet.
    pub(crate) async fn latest_metric(&self) -> Option<SandboxMetric> {
        self.measure_once().await;
        self.history().latest()
    }

    /// The figures from one second to another; the first one is measured now if there is none yet.
    pub(crate) async fn metrics(&self, start: Option<i64>, end: Option<i64>) -> Vec<SandboxMetric> {
        self.measure_once().await;
        self.history().between(start, end)
    }

    async fn measure_once(&self) {
        let is_new = self.history().latest().is_none();
        if is_new
            && self.phase() == Phase::Running
            && let Err(problem) = self.measure().await
        {
            let id = &self.settings.sandbox_id;
            tracing::debug!(sandbox = %id, %problem, "the agent does not tell what it uses");
        }
    }

    /// What its agent has logged, the oldest first; of one that does not run, what was known when it
    /// was last asked for.
    pub(crate) async fn log(&self) -> Vec<LogEntry> {
        if self.phase() == Phase::Running {
            let id = &self.settings.sandbox_id;
            match self
                .registry
                .agents
                .read::<AgentLog>(id, LOG_PATH, None)
                .await
            {
                Ok(log) => *self.kept_log() = log.entries,
                Err(problem) => {
                    tracing::debug!(sandbox = %id, %problem, "the agent does not tell its log");
                }
            }
        }
        self.kept_log().clone()
    }

    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept_log(&self) -> MutexGuard<'_, Vec<LogEntry>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
