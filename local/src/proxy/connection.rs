//! Connections of clients, and how they end with the sandbox whose traffic they carry.

use std::{os::fd::OwnedFd, sync::Arc};

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
    pub(crate) fn reset(&self) {
        let at_once = nix::libc::linger {
            l_onoff: 1,
            l_linger: 0,
        };
        // It fails only when the client has gone, and then there is nothing to end.
        let _ = setsockopt(&self.socket, Linger, &at_once);
        self.reset.cancel();
    }
}
