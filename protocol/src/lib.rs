//! What travels between a Sandspan client and a sandbox service, once for both sides.
//!
//! Types here carry shape and grammar only. What a value means, and what is done about it, is the
//! business of the client (`sandspan`), of the runtime (`sandspan-local`) and of the agent.

pub mod agent;
pub mod control;
pub mod defaults;
pub mod error;
pub mod events;
pub mod files;
pub mod headers;
pub mod host;
pub mod id;
pub mod idle;
pub mod interpreter;
pub mod metrics;
pub mod network;
pub mod page;
pub mod runtime;
pub mod signature;
pub mod template;

/// The RPC services and messages, generated from `proto/`.
#[expect(
    missing_docs,
    missing_debug_implementations,
    clippy::pedantic,
    clippy::allow_attributes,
    clippy::str_to_string,
    clippy::use_self,
    rust_2018_idioms,
    reason = "generated code"
)]
pub mod rpc {
    include!(concat!(env!("OUT_DIR"), "/rpc.rs"));
}
