//! How a sandbox is kept apart: a short-lived helper process makes the namespaces, the root file
//! system and the limits, and then becomes the sandbox's agent.
//!
//! Nothing here falls back to running without isolation. Whatever the kernel refuses is an error
//! that says what was refused and what to change.

mod capabilities;
mod cgroups;
mod channel;
mod freezer;
mod identity;
mod internet;
mod jail;
mod limits;
mod mounts;
mod process;
mod seccomp;
mod spawn;
mod syscalls;
mod user_namespace;

pub(crate) use self::{
    cgroups::Cgroups,
    identity::Identity,
    internet::{Internet, NoInternet, RESOLVER, disconnect},
    limits::Limits,
    process::{ProcessIdentity, SandboxProcess},
    spawn::{Isolation, agent_socket},
    syscalls::mount_with_ids,
    user_namespace::{UserNamespace, remove_tree},
};
pub use self::{internet::gateway_main, jail::main as jail_main, user_namespace::hold_namespace};

use std::io;

/// The hidden argument by which this program is executed as the helper.
pub const JAIL_COMMAND: &str = "jail";

/// The hidden argument by which this program is executed to hold a user namespace for a moment.
pub const NAMESPACE_COMMAND: &str = "hold-namespace";

/// The hidden argument by which this program is executed to connect a sandbox to the internet.
pub const GATEWAY_COMMAND: &str = "connect";

/// A sandbox could not be isolated.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The helper says what the kernel refused.
    #[error("{0}")]
    Refused(String),
    /// A file of the sandbox could not be made, or the helper could not be started.
    #[error("{0}")]
    Io(#[from] io::Error),
}
