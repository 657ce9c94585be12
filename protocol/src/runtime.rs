//! How a client finds the local runtime of its user: files in one private directory.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// Where the local runtime answers, and the key that it asks for. Readable by its user alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerFile {
    /// The base URL, such as `http://127.0.0.1:41234`.
    pub url: String,
    /// The key of the control plane.
    pub api_key: String,
    /// The process that answers there.
    pub pid: u32,
}

impl std::fmt::Debug for ServerFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut debug = formatter.debug_struct("ServerFile");
        debug
            .field("url", &self.url)
            .field("pid", &self.pid)
            .finish_non_exhaustive()
    }
}

/// The environment variable that names the runtime directory.
pub const RUNTIME_DIR: &str = "SANDSPAN_RUNTIME_DIR";

/// The file in the runtime directory that tells where the server answers.
pub const SERVER_FILE: &str = "server.json";

/// The file in the runtime directory whose lock elects the one that starts a server.
pub const START_LOCK: &str = "start.lock";

/// The file in the runtime directory that a server started in the background writes its log to.
pub const LOG_FILE: &str = "server.log";

/// The directory of the user's runtime files: `$SANDSPAN_RUNTIME_DIR`, else a folder of
/// `$XDG_RUNTIME_DIR`, else one of the temporary directory that carries the user's id.
#[must_use]
pub fn directory(user_id: u32) -> PathBuf {
    let set = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set(RUNTIME_DIR)
        .or_else(|| Some(set("XDG_RUNTIME_DIR")?.join("sandspan")))
        .unwrap_or_else(|| env::temp_dir().join(format!("sandspan-{user_id}")))
}

/// Reads where the server answers; nothing when no server ever did.
///
/// # Errors
///
/// The file is there and cannot be read or is not what a server writes.
pub fn read(directory: &Path) -> io::Result<Option<ServerFile>> {
    match fs::read(directory.join(SERVER_FILE)) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where the local runtime's templates are made ready: `POST <path>/<name>` answers with a line of
/// [`Preparation`] for each step and ends with the first that is ready or failed. Making one twice
/// at the same time comes to the same work; both are told of it. Only the local runtime knows this.
pub const TEMPLATES_PATH: &str = "/runtime/templates";

/// How far a template is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Preparation {
    /// It is being made; told at least once a second.
    Building {
        /// What is being done, in words.
        step: String,
        /// How many steps are done.
        done: u32,
        /// How many steps there are.
        total: u32,
    },
    /// Sandboxes can be made from it.
    Ready,
    /// It could not be made.
    Failed {
        /// Why, and what to do about it.
        message: String,
    },
}
