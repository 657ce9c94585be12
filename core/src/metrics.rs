//! What a sandbox uses.

use http::Method;
use jiff::Timestamp;
use sandspan_protocol::metrics::SandboxMetric;

use crate::{
    Client, Error, ErrorKind, Result,
    agent_version::AgentVersion,
    client::{missing_sandbox, parse_id},
    connection::Request,
};

const OPERATION: &str = "sandbox.get_metrics";

/// How much a sandbox used at one moment; memory and disk in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SandboxMetrics {
    /// Number of processors.
    pub cpu_count: u32,
    /// How much of them it used, in percent of one: 200 is all of two.
    pub cpu_used_pct: f64,
    /// Size of the disk.
    pub disk_total: u64,
    /// How much of it was used.
    pub disk_used: u64,
    /// Size of the memory.
    pub mem_total: u64,
    /// How much of it was used.
    pub mem_used: u64,
    /// Memory that held copies of files and could be had back.
    pub mem_cache: u64,
    /// When it was measured.
    pub timestamp: Timestamp,
}

impl From<SandboxMetric> for SandboxMetrics {
    fn from(metric: SandboxMetric) -> Self {
        Self {
            cpu_count: metric.cpu_count,
            cpu_used_pct: metric.cpu_used_pct,
            disk_total: metric.disk_total,
            disk_used: metric.disk_used,
            mem_total: metric.mem_total,
            mem_used: metric.mem_used,
            mem_cache: metric.mem_cache,
            timestamp: metric.timestamp,
        }
    }
}

impl Client {
    /// What a sandbox used, in the order of time: from its start, or from `start` on, until now, or
    /// until `end`, in whole seconds around these.
    ///
    /// Fails with the kind [`ErrorKind::SandboxNotFound`] where there is none, and with
    /// [`ErrorKind::InvalidArgument`] where the end is before the start.
    pub async fn get_metrics(
        &self,
        sandbox_id: &str,
        start: Option<Timestamp>,
        end: Option<Timestamp>,
    ) -> Result<Vec<SandboxMetrics>> {
        let id = parse_id(OPERATION, sandbox_id)?;
        let mut query = Vec::new();
        if let Some(start) = start {
            query.push(("start", second_before(start).to_string()));
        }
        if let Some(end) = end {
            query.push(("end", second_after(end).to_string()));
        }
        let request = Request::new(Method::GET, format!("/sandboxes/{id}/metrics")).query(query);
        let answer = self.connection.request(&request).await;
        let metrics = answer.and_then(|answer| answer.json::<Vec<SandboxMetric>>());
        let metrics = metrics.map_err(|failure| missing_sandbox(OPERATION, &id, failure))?;
        Ok(metrics.into_iter().map(SandboxMetrics::from).collect())
    }
}

/// Checks that an agent of this version tells what its sandbox uses.
pub(crate) fn check(version: AgentVersion) -> Result<()> {
    if version >= AgentVersion::METRICS {
        return Ok(());
    }
    let message = "You need to update the template to use the new SDK.";
    Err(Error::new(ErrorKind::Template, OPERATION, message))
}

fn second_before(time: Timestamp) -> i64 {
    time.as_second() - i64::from(time.subsec_nanosecond() < 0)
}

fn second_after(time: Timestamp) -> i64 {
    time.as_second() + i64::from(time.subsec_nanosecond() > 0)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{second_after, second_before};

    #[test]
    fn whole_seconds_around() {
        for (time, before, after) in [
            ("2026-01-01T00:00:00Z", 1_767_225_600, 1_767_225_600),
            ("2026-01-01T00:00:00.5Z", 1_767_225_600, 1_767_225_601),
            ("1969-12-31T23:59:58.5Z", -2, -1),
        ] {
            let time: Timestamp = time.parse().expect("a time");
            assert_eq!((second_before(time), second_after(time)), (before, after));
        }
    }
}
