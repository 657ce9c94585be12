//! How a server is to be run.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// How a server is to be run.
#[derive(Clone)]
pub struct ServeOptions {
    /// Where to listen; port 0 is any free one.
    pub listen: SocketAddr,
    /// Where everything of the sandboxes lies.
    pub state_directory: PathBuf,
    /// Where clients find out where the server is.
    pub runtime_directory: PathBuf,
    /// Where the agent and the other programs that go into sandboxes are.
    pub programs: PathBuf,
    /// The longest that a sandbox may live.
    pub max_timeout: Duration,
    /// Whether idle timeouts count; otherwise they are left to clients, as on services without them.
    pub obeys_idle_timeouts: bool,
    /// How long the server stays with no sandbox in it; none for ever.
    pub idle_exit: Option<Duration>,
    /// The key of the control plane; a random one if none.
    pub api_key: Option<String>,
}

impl std::fmt::Debug for ServeOptions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut debug = formatter.debug_struct("ServeOptions");
        debug
            .field("listen", &self.listen)
            .field("state_directory", &self.state_directory)
            .field("runtime_directory", &self.runtime_directory)
            .field("max_timeout", &self.max_timeout)
            .field("obeys_idle_timeouts", &self.obeys_idle_timeouts)
            .field("idle_exit", &self.idle_exit);
        debug.finish_non_exhaustive()
    }
}
