//! The code interpreter: runs code in kernels that keep their state, and tells what comes of it as
//! one JSON document a line. It is there in sandboxes of templates that have kernels.
//!
//! The kernels are real ones of Jupyter, spoken to in its protocol. A context of a language that was
//! not asked for yet exists, but its kernel is only started for the first execution. A kernel that
//! dies is told to the execution that it died under, and the context starts anew.

mod context;
mod contexts;
mod echo;
mod environment;
mod kernel;
mod lines;
mod outlet;
mod pieces;
mod place;
mod process;
mod progress;
mod result;
mod run;
mod server;
mod wire;
mod zmtp;

use std::{io, net::TcpListener as Listener, sync::Arc, time::Duration};

use http::HeaderMap;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use sandspan_protocol::{agent::InterpreterConfig, defaults::INTERPRETER_PORT};
use tokio::{net::TcpListener, time::sleep};

use self::{contexts::Contexts, server::Server};
use crate::{
    access, log::Log, memory::Memory, process::Surroundings, reaper::Reaper,
    suspension::Suspension, users::User,
};

/// How long to wait when there is no descriptor left for a connection.
const EXHAUSTED: Duration = Duration::from_millis(50);

/// What of the agent the interpreter works with.
pub(crate) struct Parts {
    pub(crate) surroundings: Arc<Surroundings>,
    pub(crate) suspension: Arc<Suspension>,
    pub(crate) reaper: Arc<Reaper>,
    pub(crate) log: Arc<Log>,
    pub(crate) memory: Memory,
}

/// What all kernels have in common.
struct Shared {
    parts: Parts,
    /// Who they run as.
    user: User,
}

/// Starts the interpreter. Nothing is waited for, and what goes wrong is noted in the log: a sandbox
/// is of use without it.
pub(crate) fn start(config: InterpreterConfig, parts: Parts, access_token: Option<String>) {
    let log = Arc::clone(&parts.log);
    if let Err(problem) = try_start(config, parts, access_token) {
        log.failed("code interpreter not started", &problem.to_string());
    }
}

fn try_start(
    config: InterpreterConfig,
    parts: Parts,
    access_token: Option<String>,
) -> io::Result<()> {
    let listener = Listener::bind(("127.0.0.1", INTERPRETER_PORT))?;
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let no_user = |name| io::Error::other(format!("there is no user '{name}'"));
    let user = access::user(&HeaderMap::new()).map_err(no_user)?;
    let shared = Arc::new(Shared { parts, user });
    let contexts = Contexts::new(config, Arc::clone(&shared));
    let server = Arc::new(Server::new(contexts, shared, access_token));
    tokio::spawn(serve(listener, server));
    Ok(())
}

async fn serve(listener: TcpListener, server: Arc<Server>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // There is no descriptor left for it; some will be given back.
            sleep(EXHAUSTED).await;
            continue;
        };
        // Without it answers are as right, only later.
        let _ = stream.set_nodelay(true);
        let server = Arc::clone(&server);
        let service = hyper::service::service_fn(move |request| {
            let server = Arc::clone(&server);
            async move { server.answer(request).await }
        });
        tokio::spawn(async move {
            // A client that goes away in the middle is the end of its connection and no more.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
