//! The command `sandspan`.

#[cfg(target_os = "linux")]
mod serve;
#[cfg(target_os = "linux")]
mod template;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// One lifecycle for every code sandbox.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Runs the local runtime in the foreground.
    #[cfg(target_os = "linux")]
    Serve(serve::Arguments),
    /// Lists, makes and removes the templates of the local runtime.
    #[cfg(target_os = "linux")]
    Template(template::Arguments),
}

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    if let Some(code) = serve::run_as_part_of_a_sandbox() {
        return code;
    }
    match Command::parse().action {
        #[cfg(target_os = "linux")]
        Action::Serve(arguments) => serve::run(arguments),
        #[cfg(target_os = "linux")]
        Action::Template(arguments) => template::run(&arguments),
    }
}
