//! The server as a whole: from taking the state directory to its own end.

use std::{
    env, fs, io,
    net::SocketAddr,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use nix::{
    mount::{MsFlags, mount},
    sched::{CloneFlags, unshare},
    sys::stat::{Mode, umask},
};
use sandspan_protocol::runtime::{SERVER_FILE, ServerFile};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    time::timeout,
};

use crate::{
    agents::Agents,
    control::{self, Control},
    isolation::{Cgroups, Identity, Internet, Isolation},
    journal::Journal,
    lifecycle::Registry,
    listener,
    machine::Machine,
    metrics,
    options::ServeOptions,
    store::{OpenError, Store},
    template::Templates,
    token,
};

/// The program that becomes PID 1 of sandboxes, in the directory of programs.
const AGENT_PROGRAM: &str = "sandspan-agent";

/// Why a server could not be run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The state directory is no good.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}{advice}", advice = listen_advice(.1))]
    Listen(SocketAddr, #[source] io::Error),
    /// A directory or a file is no good.
    #[error("{0}: {1}")]
    Path(PathBuf, #[source] io::Error),
    /// Anything else that the system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn listen_advice(problem: &io::Error) -> &'static str {
    match problem.kind() {
        io::ErrorKind::AddrInUse => ": choose another port, or 0 for any free one",
        _ => "",
    }
}

/// Runs a server until it is told to end or has had no sandbox for long enough. Calls `ready` when
/// clients can find it. Must be called before the process has a second thread.
///
/// # Errors
///
/// Why it cannot be run. Sandboxes of an earlier run live on in any case.
pub fn serve(options: &ServeOptions, ready: impl FnOnce(&ServerFile)) -> Result<(), ServeError> {
    umask(Mode::from_bits_truncate(0o022));
    let identity = Identity::detect();
    enter_state_directory(&options.state_directory)?;
    let cgroups = Cgroups::detect();
    let store = Store::open(identity, cgroups.clone())?;
    if let Identity::Range { .. } = identity {
        // Root of a container may not, and then mounts nothing either: see `template::base`.
        if let Err(problem) = leave_no_mounts() {
            tracing::info!(%problem, "this root may not have mounts of its own");
        }
    }
    // Whatever a helper leaves behind becomes our child, and so does every sandbox.
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
        .map_err(io::Error::from)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(options, identity, cgroups, store, ready))
}

async fn run(
    options: &ServeOptions,
    identity: Identity,
    cgroups: Cgroups,
    store: Store,
    ready: impl FnOnce(&ServerFile),
) -> Result<(), ServeError> {
    let templates = Arc::new(Templates::prepare(identity, &options.programs)?);
    let agent_program = options.programs.join(AGENT_PROGRAM);
    fs::metadata(&agent_program).map_err(|it| ServeError::Path(agent_program.clone(), it))?;
    let machine = Machine::look();
    let isolation = Isolation {
        identity,
        in_memory: !can_carry_overlay()?,
        agent_program,
        limits: machine.limits(),
        cpu_count: machine.cpu_count,
        cgroups,
        internet: Internet::detect(identity),
        templates: Arc::clone(&templates),
    };
    let agents = Agents::new();
    let registry = Arc::new(Registry::new(
        isolation,
        (store, Journal::open()?),
        agents.clone(),
        (options.max_timeout, options.obeys_idle_timeouts),
    ));
    let adopted = registry.adopt()?;
    // Whoever looks when the server is up finds nothing of what has ended.
    registry.settle().await;
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|problem| ServeError::Listen(options.listen, problem))?;
    let api_key = options
        .api_key
        .clone()
        .unwrap_or_else(|| format!("e2b_{}", token::random()));
    let address = listener.local_addr()?;
    let file = ServerFile {
        url: format!("http://{address}"),
        api_key,
        pid: std::process::id(),
    };
    let announced = Announced::write(&options.runtime_directory, &file)?;
    tracing::info!(%address, adopted, ?identity, "the server is up");
    let control = Control::new(
        Arc::clone(&registry),
        templates,
        machine,
        file.api_key.clone(),
    );
    let router = control::router(Arc::new(control));
    let count = registry.count();
    let measuring = tokio::spawn(metrics::collect(Arc::clone(&registry)));
    ready(&file);
    tokio::select! {
        never = listener::accept(listener, Arc::clone(&registry), agents, router) => match never {},
        () = empty_for(count, options.idle_exit) => tracing::info!("nothing to do any more"),
        result = told_to_end() => result?,
    }
    measuring.abort();
    drop(announced);
    registry.settle().await;
    Ok(())
}

fn enter_state_directory(path: &Path) -> Result<(), ServeError> {
    fs::create_dir_all(path)
        .and_then(|()| env::set_current_dir(path))
        .map_err(|problem| ServeError::Path(path.to_owned(), problem))
}

/// The server's own view of mounts: what it mounts goes with it and its sandboxes, even when it is
/// killed.
fn leave_no_mounts() -> io::Result<()> {
    unshare(CloneFlags::CLONE_NEWNS)?;
    let receive_only = MsFlags::MS_REC | MsFlags::MS_SLAVE;
    mount(None::<&str>, "/", None::<&str>, receive_only, None::<&str>)?;
    // The working directory is of the view that was left behind.
    let directory = env::current_dir()?;
    env::set_current_dir(directory)
}

/// An overlay cannot lie on another one, which is what containers have as their disk.
fn can_carry_overlay() -> io::Result<bool> {
    let kind = nix::sys::statfs::statfs(".")?.filesystem_type();
    Ok(kind != nix::sys::statfs::OVERLAYFS_SUPER_MAGIC)
}

/// Waits until there has been no sandbox for a while.
async fn empty_for(mut count: watch::Receiver<usize>, idle_exit: Option<Duration>) {
    let Some(idle_exit) = idle_exit else {
        return std::future::pending().await;
    };
    loop {
        let occupied = count.wait_for(|count| *count == 0).await.is_err();
        if occupied
            || timeout(idle_exit, count.wait_for(|count| *count > 0))
                .await
                .is_err()
        {
            return;
        }
    }
}

async fn told_to_end() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// The file by which clients find the server; removed when the server ends in order.
#[derive(Debug)]
struct Announced {
    path: PathBuf,
    pid: u32,
}

impl Announced {
    fn write(directory: &Path, file: &ServerFile) -> Result<Self, ServeError> {
        let path = directory.join(SERVER_FILE);
        write_privately(directory, &path, file)
            .map_err(|problem| ServeError::Path(path.clone(), problem))?;
        Ok(Self {
            path,
            pid: file.pid,
        })
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        // Another server may have taken the place meanwhile.
        let ours = fs::read(&self.path)
            .ok()
            .and_then(|it| serde_json::from_slice(&it).ok());
        if ours.is_some_and(|file: ServerFile| file.pid == self.pid) {
            // Nobody is hurt by a file that is left: clients see that nobody answers there.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn write_privately(directory: &Path, path: &Path, file: &ServerFile) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
    let unfinished = directory.join(format!("{SERVER_FILE}.{}", file.pid));
    let mut options = fs::OpenOptions::new();
    let writer = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)?;
    serde_json::to_writer(writer, file)?;
    fs::rename(unfinished, path)
}
