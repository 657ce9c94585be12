//! The native half of the Node package: it converts, and leaves all behaviour to the core.
//!
//! The other half is `lib/`, which has the public classes.
#![expect(
    missing_debug_implementations,
    clippy::must_use_candidate,
    reason = "JavaScript alone holds these classes and calls these functions"
)]

pub mod code;
pub mod code_output;
pub mod command_handle;
pub mod commands;
pub mod date;
pub mod ending;
pub mod error;
pub mod file_entry;
pub mod file_feed;
pub mod file_options;
pub mod file_reader;
pub mod files;
pub mod git;
pub mod git_options;
pub mod git_remote_options;
pub mod git_remotes;
pub mod git_status;
pub mod info;
pub mod input;
pub mod keep_alive;
pub mod lifecycle;
pub mod lifetime;
pub mod list;
pub mod metrics;
pub mod network;
pub mod options;
pub mod promise;
pub mod pty;
pub mod running_code;
pub mod sandbox;
pub mod sandbox_data;
pub mod sandbox_lifetime;
pub mod text;
pub mod watch;

use std::path::PathBuf;

use napi_derive::{module_init, napi};
use sandspan::Naming;

#[module_init]
fn name_things_as_javascript_does() {
    sandspan::set_naming(Naming::JavaScript);
}

/// Tells where the package keeps the `sandspan` program that comes with it.
#[napi]
pub fn set_bundled_program(path: String) {
    sandspan::set_bundled_program(PathBuf::from(path));
}
