//! The client against real sandboxes, and against answers that only a broken server gives.
#![cfg(target_os = "linux")]

mod answers;
mod autostart;
mod commands;
mod keep_alive;
mod lease;
mod lifecycle;
mod loopback;
mod pause;
mod support;
