//! Sandboxes from their creation to their end.
//!
//! [`span`] is the state machine, with no clock and no I/O in it; [`sandbox`] holds one under a lock
//! for each sandbox, [`transition`] carries out what it says, and [`keeper`] tells it the time.

mod clock;
mod creation;
mod describe;
mod egress;
mod keeper;
mod registry;
mod rules;
mod sandbox;
mod span;
mod traffic;
mod transition;
mod usage;

pub(crate) use self::{
    creation::{CreateError, NewSandbox},
    registry::Registry,
    rules::{Action, Rules},
    sandbox::{RequestError, Sandbox},
    span::{Phase, Refusal, Span},
    traffic::{InFlight, NoEntry},
};
