//! One lifecycle for every code sandbox.

mod client;
mod command_handle;
mod commands;
mod config;
mod error;
mod info;
mod list;
mod messages;
mod runtime;
mod sandbox;
mod units;

pub use client::{Client, CreateOptions};
pub use command_handle::{CommandHandle, CommandResult, Output};
pub use commands::{Commands, ProcessInfo, RunOptions};
pub use config::ConnectionOptions;
pub use error::{Error, ErrorKind, Result};
pub use info::SandboxInfo;
pub use list::{ListOptions, Order, Paginator};
pub use messages::{Naming, set_naming};
pub use runtime::set_bundled_program;
pub use sandbox::Sandbox;
pub use sandspan_protocol::control::{Lifecycle, OnTimeout, SandboxState, VolumeMount};
pub use units::{duration_from_milliseconds, duration_from_seconds};
