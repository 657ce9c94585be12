//! What the runtime tells the agent of a sandbox. Nothing of this is reachable from outside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metrics::LogEntry;

/// What an agent is started with, as one JSON document on its standard input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentConfig {
    /// The sandbox's id.
    pub sandbox_id: String,
    /// The template's id.
    pub template_id: String,
    /// The token that requests must carry, if any.
    pub access_token: Option<String>,
    /// Environment variables of every process.
    pub envs: BTreeMap<String, String>,
    /// After how many milliseconds the agent acts by itself, unless it is told otherwise.
    pub timeout_ms: u64,
    /// What it does then.
    pub at_deadline: AtDeadline,
    /// How much memory the sandbox may use; without it, what the machine has.
    #[serde(default)]
    pub memory_bytes: Option<u64>,
    /// How many processors the sandbox may use; without it, what the machine has.
    #[serde(default)]
    pub cpu_count: Option<u32>,
    /// The kernels that run code; without it, the sandbox has no code interpreter.
    #[serde(default)]
    pub interpreter: Option<InterpreterConfig>,
}

/// What the code interpreter of a sandbox can run. Kernels run as the sandbox's default user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterpreterConfig {
    /// A kernel for each language that there is.
    pub kernels: Vec<KernelConfig>,
    /// Languages that are known and not there, each with what to do about it: `install deno`.
    #[serde(default)]
    pub unavailable: BTreeMap<String, String>,
}

/// How the kernel of a language is started and spoken to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelConfig {
    /// The language, in the name that requests are brought to: `python`, `javascript`, `bash`.
    pub language: String,
    /// The program and its arguments; `{connection_file}` in them stands for the path of the file
    /// that tells the kernel where to listen.
    pub argv: Vec<String>,
    /// Environment variables of the kernel, beside those of every process.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Whether one is started with the sandbox, so that the first execution does not wait for it.
    #[serde(default)]
    pub ahead: bool,
    /// How what it runs is interrupted.
    #[serde(default)]
    pub interrupt: Interrupt,
    /// How it is reached.
    #[serde(default)]
    pub transport: Transport,
}

/// How a kernel is told to stop what it runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interrupt {
    /// By SIGINT to its process group.
    #[default]
    Signal,
    /// By a message on its control channel.
    Message,
}

/// Over what a kernel is reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Over sockets in a directory that only its user can enter.
    #[default]
    Ipc,
    /// Over ports of the loopback interface.
    Tcp,
}

/// What an agent does at its deadline, when the runtime that would have acted is dead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AtDeadline {
    /// It ends the sandbox.
    #[default]
    End,
    /// It stops all processes; the next runtime finishes the pause.
    Stop,
}

/// Sets the agent's own deadline. Body: [`Deadline`].
pub const DEADLINE_PATH: &str = "/sandspan/deadline";

/// The body of a change of the agent's own deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// When the agent acts by itself, on the boot-time clock in milliseconds.
    pub deadline_ms: u64,
    /// What it does then.
    pub at_deadline: AtDeadline,
}

/// Stops the clocks that the agent keeps for its processes, and the agent's own deadline. Body:
/// [`Suspend`].
pub const SUSPEND_PATH: &str = "/sandspan/suspend";

/// The body of a suspension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspend {
    /// Whether the agent stops the processes too, because nobody else can.
    pub stop: bool,
}

/// Lets the clocks, and the processes that the agent stopped, go on. Body: [`Deadline`], the new one.
pub const RESUME_PATH: &str = "/sandspan/resume";

/// Answers when no process is left beside the agent.
pub const UNUSED_PATH: &str = "/sandspan/unused";

/// Tells what the sandbox uses, as [`AgentMetrics`](crate::metrics::AgentMetrics). Clients with the
/// token may ask for it too.
pub const METRICS_PATH: &str = "/metrics";

/// Gives what the agent has logged, as [`AgentLog`]: all that it still has, or with
/// `?after=<number>` only what came after the entry of that number.
pub const LOG_PATH: &str = "/sandspan/log";

/// What the agent has logged since the sandbox was made. It keeps a bounded number of entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentLog {
    /// The entries, the oldest first.
    pub entries: Vec<LogEntry>,
    /// The number of the newest entry of all, to ask for what comes after it; entries are counted
    /// from 1, so 0 when there has been none.
    pub last: u64,
}

/// Paths that only the runtime itself may ask the agent for: the proxy answers 404 for them.
pub const INTERNAL_PATHS: [&str; 12] = [
    "/init",
    "/freeze",
    "/unfreeze",
    "/collapse",
    "/fsfreeze",
    "/fsthaw",
    "/upgrade",
    DEADLINE_PATH,
    SUSPEND_PATH,
    RESUME_PATH,
    UNUSED_PATH,
    LOG_PATH,
];

/// The descriptor of the socket that the agent listens on.
pub const LISTENER_FD: i32 = 3;
