//! The client against real sandboxes, and against answers that only a broken server gives.
#![cfg(target_os = "linux")]

mod answers;
mod autostart;
mod code;
mod commands;
mod files;
mod keep_alive;
mod lease;
mod lifecycle;
mod loopback;
mod pause;
mod support;
mod terminals;
mod transfers;
mod watching;
