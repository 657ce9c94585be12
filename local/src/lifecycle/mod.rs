//! Sandboxes from their creation to their end.

mod clock;
mod keeper;
mod lifetime;
mod registry;
mod sandbox;

pub(crate) use self::{
    lifetime::Lifetime,
    registry::{CreateError, NewSandbox, Registry},
    sandbox::{Busy, Sandbox},
};
