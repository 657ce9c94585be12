//! Sandboxes from their creation to their end.

mod clock;
mod creation;
mod keeper;
mod lifetime;
mod registry;
mod sandbox;

pub(crate) use self::{
    creation::{CreateError, NewSandbox},
    lifetime::Lifetime,
    registry::Registry,
    sandbox::{Busy, Sandbox},
};
