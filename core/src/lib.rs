//! One lifecycle for every code sandbox: the client.
//!
//! With nothing configured, sandboxes are isolated processes on this machine; see
//! [`ConnectionOptions`] for other providers. Everything is async and runs in a Tokio runtime of
//! the caller's.
//!
//! ```no_run
//! # async fn example() -> sandspan::Result<()> {
//! use sandspan::{Client, ConnectionOptions, CreateOptions, RunOptions};
//!
//! let client = Client::new(ConnectionOptions::default())?;
//! let sandbox = client.create(CreateOptions::default()).await?;
//! let result = sandbox.commands().run("echo hello", RunOptions::default()).await?;
//! assert_eq!(result.stdout, "hello\n");
//! sandbox.kill().await?;
//! # Ok(())
//! # }
//! ```

mod address;
mod agent;
mod agent_version;
mod arguments;
mod chain;
mod client;
mod code;
mod command_handle;
mod commands;
mod config;
mod connect;
mod connection;
mod create;
mod diagnosis;
mod ending;
mod error;
mod events;
mod feed;
mod files;
mod git;
mod idempotency;
mod idle;
mod info;
mod input;
mod keep_alive;
mod lease;
mod leased;
mod lifecycle;
mod lifetime;
mod list;
mod messages;
mod metrics;
mod network;
mod notice;
mod output;
mod preparation;
mod progress;
mod provider;
mod pty;
mod runtime;
mod sandbox;
mod text;
mod transport;
mod units;
mod version;

pub use client::Client;
pub use code::{
    AxisScale, BarChart, BarElement, BoxAndWhiskerChart, BoxAndWhiskerElement, Chart, Code,
    CodeEvent, ContextOptions, Execution, ExecutionError, ExecutionResult, Logs, OutputMessage,
    PieChart, PieElement, PointChart, PointElement, RunCodeOptions, RunningCode, SuperChart,
};
pub use command_handle::{CommandHandle, CommandResult};
pub use commands::{Commands, FollowOptions, ProcessInfo, RunOptions};
pub use config::ConnectionOptions;
pub use create::CreateOptions;
pub use ending::EndReason;
pub use error::{Error, ErrorKind, Result};
pub use files::{
    EntryInfo, FileContent, FileOptions, FileReader, FileType, Files, FilesystemEvent,
    FilesystemEventType, ListFilesOptions, ReadOptions, UrlOptions, Watch, WatchOptions, Watcher,
    WriteEntry, WriteInfo, WriteOptions,
};
pub use git::{
    AddOptions, AuthenticateOptions, CloneOptions, CommitOptions, ConfigOptions, Git, GitBranches,
    GitFileStatus, GitOptions, GitStatus, InitOptions, PullOptions, PushOptions, RemoteAddOptions,
    ResetOptions, RestoreOptions,
};
pub use info::SandboxInfo;
pub use input::InputStream;
pub use keep_alive::{KeepAlive, KeepAliveOptions};
pub use lifecycle::{LifecycleOptions, TimeoutAction};
pub use lifetime::{Enforcer, Lifetime};
pub use list::{ListOptions, Order, Paginator};
pub use messages::{Naming, set_naming};
pub use metrics::SandboxMetrics;
pub use output::Output;
pub use pty::{Pty, PtyOptions, PtySize};
pub use runtime::set_bundled_program;
pub use sandbox::Sandbox;
pub use sandspan_protocol::control::{
    Activity, ActivityKind, Lifecycle, OnTimeout, SandboxState, VolumeMount,
};
pub use sandspan_protocol::network::{ALL_TRAFFIC, Network, NetworkUpdate};
pub use sandspan_protocol::{defaults::INTERPRETER_TEMPLATE, interpreter::Context as CodeContext};
pub use units::{duration_from_milliseconds, duration_from_seconds};
