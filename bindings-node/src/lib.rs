//! The native half of the Node package: it converts, and leaves all behaviour to the core.
//!
//! The other half is `lib/`, which has the public classes.
#![expect(
    missing_debug_implementations,
    clippy::must_use_candidate,
    reason = "JavaScript alone holds these classes and calls these functions"
)]

pub mod command_handle;
pub mod commands;
pub mod date;
pub mod ending;
pub mod error;
pub mod info;
pub mod keep_alive;
pub mod lifecycle;
pub mod lifetime;
pub mod list;
pub mod options;
pub mod promise;
pub mod sandbox;
pub mod sandbox_lifetime;

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
