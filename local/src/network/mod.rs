//! What a sandbox may reach, and what may reach it, as far as it is settled by rules.
//!
//! [`ingress`] is about requests to its ports, [`egress`] about its own way out. How a sandbox is
//! connected, and how the rules are enforced, is the isolation's business.

mod egress;
mod ingress;

pub(crate) use self::{
    egress::{Egress, PRIVATE, Reach},
    ingress::{Ingress, NoTraffic},
};

/// Network rules that cannot be followed here: what is wrong with them, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct InvalidNetwork(String);
