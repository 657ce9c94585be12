//! What runs as PID 1 inside a sandbox: it starts the sandbox's processes, reports what they print,
//! reaps what is left, and ends the sandbox, or lets it stand still, at its deadline even when nobody
//! else does.
//!
//! It is started by the local runtime with its configuration on standard input and the socket that
//! it listens on as an open descriptor, so that nothing of the host needs to be visible inside.

#![cfg(target_os = "linux")]

mod access;
mod deadline;
mod files;
mod interpreter;
mod keepalive;
mod log;
mod memory;
mod metrics;
mod path;
mod process;
mod processes;
mod reaper;
mod rest;
mod routes;
mod suspension;
mod tunnel;
mod users;

use std::{
    error::Error, fs::File, io, os::fd::FromRawFd as _, os::unix::net::UnixListener, sync::Arc,
    time::Duration,
};

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use sandspan_protocol::agent::{AgentConfig, LISTENER_FD};
use tokio::time::sleep;

use crate::{deadline::Deadline, reaper::Reaper, routes::Routes, suspension::Suspension};

/// How long to wait when there is no descriptor left for a connection.
const EXHAUSTED: Duration = Duration::from_millis(50);

fn main() -> Result<(), Box<dyn Error>> {
    let config: AgentConfig = serde_json::from_reader(io::stdin().lock())?;
    // It has the sandbox's token in it, which is nobody's business in here.
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve(config))
}

async fn serve(config: AgentConfig) -> Result<(), Box<dyn Error>> {
    let listener = inherited_listener()?;
    let suspension = Arc::new(Suspension::default());
    let (timeout_ms, at_deadline) = (config.timeout_ms, config.at_deadline);
    let deadline = Deadline::start(timeout_ms, at_deadline, Arc::clone(&suspension));
    let reaper = Arc::new(Reaper::start()?);
    let routes = Arc::new(Routes::new(&config, deadline, suspension, reaper));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // There is no descriptor left for it; some will be given back.
            sleep(EXHAUSTED).await;
            continue;
        };
        let routes = Arc::clone(&routes);
        let service = hyper::service::service_fn(move |request| {
            let routes = Arc::clone(&routes);
            async move { routes.answer(request).await }
        });
        tokio::spawn(async move {
            // A client that goes away in the middle is the end of its connection and no more.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades()
                .await;
        });
    }
}

#[expect(
    unsafe_code,
    reason = "the descriptor is handed down by the process that executed us"
)]
fn inherited_listener() -> io::Result<tokio::net::UnixListener> {
    // SAFETY: the runtime passes the listening socket under this number, and nothing else owns it.
    let listener = unsafe { UnixListener::from_raw_fd(LISTENER_FD) };
    listener.set_nonblocking(true)?;
    tokio::net::UnixListener::from_std(listener)
}
