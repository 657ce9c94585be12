//! Connections of clients, and how they end with the sandbox whose traffic they carry.

use std::{
    collections::HashMap,
    os::fd::OwnedFd,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use nix::sys::socket::{setsockopt, sockopt::Linger};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

/// The connection of a client.
#[derive(Debug)]
pub(crate) struct ClientConnection {
    /// The same socket once more, to change it while the connection's task has the other.
    socket: OwnedFd,
    /// Cancelled when the connection is to end at once.
    reset: CancellationToken,
}

impl ClientConnection {
    pub(crate) fn new(stream: &TcpStream) -> std::io::Result<Arc<Self>> {
        use std::os::fd::AsFd as _;
        let socket = stream.as_fd().try_clone_to_owned()?;
        Ok(Arc::new(Self {
            socket,
            reset: CancellationToken::new(),
        }))
    }

    /// Waits until the connection is to end.
    pub(crate) async fn reset_requested(&self) {
        self.reset.cancelled().await;
    }

    /// Ends the connection so that its client sees a reset: an orderly end in the middle of a
    /// stream is taken for a complete answer by some clients.
    pub(super) fn reset(&self) {
        let at_once = nix::libc::linger {
            l_onoff: 1,
            l_linger: 0,
        };
        // It fails only when the client has gone, and then there is nothing to end.
        let _ = setsockopt(&self.socket, Linger, &at_once);
        self.reset.cancel();
    }
}

/// The connections that carry a sandbox's traffic at the moment.
#[derive(Debug, Default, Clone)]
pub(crate) struct Connections(Arc<Tracked>);

#[derive(Debug)]
struct Tracked {
    next: AtomicU64,
    /// None when the sandbox has ended.
    open: Mutex<Option<HashMap<u64, Arc<ClientConnection>>>>,
}

impl Default for Tracked {
    fn default() -> Self {
        Self {
            next: AtomicU64::new(0),
            open: Mutex::new(Some(HashMap::new())),
        }
    }
}

/// Traffic that is under way; over when this is dropped.
#[derive(Debug)]
pub(crate) struct InFlight {
    number: u64,
    tracked: Arc<Tracked>,
}

impl Connections {
    /// Notes that a connection carries traffic of the sandbox; resets it if the sandbox has ended.
    pub(crate) fn begin(&self, connection: &Arc<ClientConnection>) -> InFlight {
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        match self.0.lock().as_mut() {
            Some(open) => drop(open.insert(number, Arc::clone(connection))),
            None => connection.reset(),
        }
        InFlight {
            number,
            tracked: Arc::clone(&self.0),
        }
    }

    /// Resets all connections that carry traffic of the sandbox, and all that will.
    pub(crate) fn reset(&self) {
        let open = self.0.lock().take();
        open.into_iter()
            .flatten()
            .for_each(|(_, connection)| connection.reset());
    }
}

impl Tracked {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<HashMap<u64, Arc<ClientConnection>>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(open) = self.tracked.lock().as_mut() {
            open.remove(&self.number);
        }
    }
}
