//! Traffic to sandboxes: from a request that names one to its agent or to a port inside it.

mod answer;
mod connection;
mod cors;
mod forward;
mod headers;
mod rest;
mod signed;
mod target;

pub(crate) use self::{
    answer::{invalid, unsigned},
    connection::ClientConnection,
    forward::forward,
    rest::drain,
    signed::by_signature,
    target::{Routing, routing},
};
