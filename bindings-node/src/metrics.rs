//! What a sandbox uses.

use napi_derive::napi;

use crate::date::Date;

/// How much a sandbox used at one moment.
#[napi(object, object_from_js = false)]
pub struct SandboxMetrics {
    /// When it was measured.
    pub timestamp: Date,
    /// How much of the processors it used, in percent of one: 200 is all of two.
    pub cpu_used_pct: f64,
    /// Number of processors.
    pub cpu_count: u32,
    /// How much memory was used, in bytes.
    pub mem_used: i64,
    /// Size of the memory in bytes.
    pub mem_total: i64,
    /// Memory that held copies of files and could be had back, in bytes.
    pub mem_cache: i64,
    /// How much of the disk was used, in bytes.
    pub disk_used: i64,
    /// Size of the disk in bytes.
    pub disk_total: i64,
}

impl From<sandspan::SandboxMetrics> for SandboxMetrics {
    fn from(metrics: sandspan::SandboxMetrics) -> Self {
        let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        Self {
            timestamp: Date(metrics.timestamp),
            cpu_used_pct: metrics.cpu_used_pct,
            cpu_count: metrics.cpu_count,
            mem_used: bytes(metrics.mem_used),
            mem_total: bytes(metrics.mem_total),
            mem_cache: bytes(metrics.mem_cache),
            disk_used: bytes(metrics.disk_used),
            disk_total: bytes(metrics.disk_total),
        }
    }
}

/// Which measurements.
#[napi(object, object_to_js = false)]
pub struct MetricsOptions {
    /// From when on. Default: the sandbox's start.
    pub start: Option<Date>,
    /// Until when. Default: now.
    pub end: Option<Date>,
}
