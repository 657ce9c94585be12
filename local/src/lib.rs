//! The embedded runtime of Sandspan: one program that makes real isolated Linux processes behind the
//! sandbox API.
#![cfg(target_os = "linux")]

mod agents;
mod control;
mod isolation;
mod journal;
mod lifecycle;
mod listener;
mod machine;
mod options;
mod proxy;
mod server;
mod store;
mod template;
mod token;

pub use self::{
    isolation::{JAIL_COMMAND, NAMESPACE_COMMAND, hold_namespace, jail_main},
    options::ServeOptions,
    server::{ServeError, serve},
    store::OpenError,
};
