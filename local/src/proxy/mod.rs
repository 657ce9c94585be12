//! Traffic to sandboxes: from a request that names one to its agent or to a port inside it.

mod answer;
mod connection;
mod forward;
mod target;

pub(crate) use self::{
    answer::invalid,
    connection::ClientConnection,
    forward::forward,
    target::{Routing, routing},
};
