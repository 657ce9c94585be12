//! What a sandbox uses, and what it logs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::control::StringMap;

/// How much a sandbox used at one moment, as the control plane tells it. Memory and disk in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SandboxMetric {
    /// Number of processors.
    pub cpu_count: u32,
    /// How much of them it used, in percent of one: 200 is all of two.
    pub cpu_used_pct: f64,
    /// Size of the disk.
    pub disk_total: u64,
    /// How much of it is used.
    pub disk_used: u64,
    /// Memory that holds copies of files and can be had back.
    #[serde(default)]
    pub mem_cache: u64,
    /// Size of the memory.
    pub mem_total: u64,
    /// How much of it is used.
    pub mem_used: u64,
    /// When it was measured.
    pub timestamp: Timestamp,
    /// The same in seconds since 1970.
    pub timestamp_unix: i64,
}

/// What the agent says of its sandbox at `GET /metrics`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AgentMetrics {
    /// Seconds since 1970.
    pub ts: i64,
    /// Number of processors.
    pub cpu_count: u32,
    /// How much of them is used, in percent of one, to two places.
    pub cpu_used_pct: f64,
    /// Size of the memory in MiB.
    pub mem_total_mib: u64,
    /// How much of it is used, in MiB.
    pub mem_used_mib: u64,
    /// Size of the memory in bytes.
    pub mem_total: u64,
    /// How much of it is used, in bytes.
    pub mem_used: u64,
    /// Memory that holds copies of files, in bytes.
    pub mem_cache: u64,
    /// How much of the disk is used, in bytes.
    pub disk_used: u64,
    /// Size of the disk in bytes.
    pub disk_total: u64,
}

/// One entry of a sandbox's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Names and values that belong to it.
    #[serde(default)]
    pub fields: StringMap,
    /// How grave it is: `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// What happened.
    pub message: String,
    /// When.
    pub timestamp: Timestamp,
}

/// One line of a sandbox's log, as the first version of the API tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// The entry as one line of JSON.
    pub line: String,
    /// When.
    pub timestamp: Timestamp,
}

/// A log over the first version of the API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogsV1 {
    /// The entries.
    #[serde(default)]
    pub log_entries: Vec<LogEntry>,
    /// The same as lines.
    #[serde(default)]
    pub logs: Vec<LogLine>,
}

/// A log over the second version of the API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogsV2 {
    /// The entries.
    pub logs: Vec<LogEntry>,
}
