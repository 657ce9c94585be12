//! A sandbox's whole life: created, used, extended, looked at, ended.
//!
//! Run it with `cargo run -p sandspan --example quickstart`.
#![expect(clippy::print_stdout, reason = "it shows what happens")]

use std::time::Duration;

use sandspan::{Client, ConnectionOptions, CreateOptions, RunOptions};

#[tokio::main]
async fn main() -> sandspan::Result<()> {
    let client = Client::new(ConnectionOptions::default())?;
    let sandbox = client
        .create(CreateOptions {
            timeout: Some(Duration::from_secs(60)),
            ..CreateOptions::default()
        })
        .await?;
    println!("created {}", sandbox.sandbox_id());

    let command = "echo \"hello from $(whoami)\"";
    let result = sandbox
        .commands()
        .run(command, RunOptions::default())
        .await?;
    print!("{}", result.stdout);

    sandbox.set_timeout(Duration::from_secs(120)).await?;
    let info = sandbox.get_info().await?;
    println!("{} until {}", info.state.as_str(), info.end_at);

    sandbox.kill().await?;
    println!("running: {}", sandbox.is_running().await?);
    Ok(())
}
