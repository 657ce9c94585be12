//! How requests travel: HTTP, RPC over it, and what can go wrong. Nothing here knows what a sandbox
//! is.

mod client;
mod deadline;
mod exchange;
mod failure;
mod rpc;

pub(crate) use client::{Proxy, client};
pub(crate) use deadline::{Limit, within};
pub(crate) use exchange::{Answer, exchange, open};
pub(crate) use failure::{Failure, Refusal, shown};
pub(crate) use rpc::{FailureSlot, ResponseBody, RpcTransport};
