//! What is kept on disk of a sandbox, so that a new run of the runtime can take it over.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, lchown},
    path::{Path, PathBuf},
};

use nix::fcntl::{Flock, FlockArg};
use sandspan_protocol::{agent::InterpreterConfig, control::StringMap, id::SandboxId};
use serde::{Deserialize, Serialize};

use crate::{
    isolation::{self, Cgroups, Identity, ProcessIdentity},
    lifecycle::Span,
    network::{Egress, Ingress},
    template::Layer,
    tree,
};

/// The directory of all sandboxes, in the state directory, which is the working directory.
const SANDBOXES: &str = "sandboxes";

const RECORD: &str = "record.json";

/// What never changes of a sandbox.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) sandbox_id: SandboxId,
    pub(crate) template_id: String,
    pub(crate) layers: Vec<Layer>,
    #[serde(default)]
    pub(crate) interpreter: Option<InterpreterConfig>,
    pub(crate) metadata: Option<StringMap>,
    pub(crate) envs: StringMap,
    pub(crate) access_token: Option<String>,
    #[serde(default)]
    pub(crate) ingress: Ingress,
    pub(crate) idempotency_key: Option<String>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut debug = formatter.debug_struct("Settings");
        debug
            .field("sandbox_id", &self.sandbox_id)
            .finish_non_exhaustive()
    }
}

/// All that must be known of a sandbox to go on with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) settings: Settings,
    pub(crate) span: Span,
    #[serde(default)]
    pub(crate) egress: Egress,
    /// PID 1, if it has one.
    pub(crate) process: Option<ProcessIdentity>,
    /// Which start of the machine its moments and its process belong to.
    pub(crate) boot_id: String,
}

impl Record {
    /// The record as another start of the machine finds it; nothing if that has nothing to go on
    /// with. Processes have ended; of what was paused the files may be left.
    fn after_reboot(mut self) -> Option<Self> {
        self.process = None;
        self.span.survives_reboot().then_some(self)
    }
}

/// The state directory of a runtime; no two can have the same.
#[derive(Debug)]
pub(crate) struct Store {
    identity: Identity,
    cgroups: Cgroups,
    boot_id: String,
    _lock: Flock<File>,
}

/// The state directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another runtime uses it.
    #[error(
        "the state directory is in use by another server (process {0}): stop that one, or name another directory with --state-dir"
    )]
    InUse(String),
    /// It cannot be written to.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Store {
    /// Takes the working directory as state directory.
    pub(crate) fn open(identity: Identity, cgroups: Cgroups) -> Result<Self, OpenError> {
        let mut options = OpenOptions::new();
        let lock = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open("lock")?;
        let mut lock = match Flock::lock(lock, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => lock,
            Err((_, nix::Error::EWOULDBLOCK)) => {
                let holder = fs::read_to_string("lock").unwrap_or_default();
                return Err(OpenError::InUse(holder.trim().to_owned()));
            }
            Err((_, problem)) => return Err(io::Error::from(problem).into()),
        };
        lock.set_len(0)?;
        write!(lock, "{}", std::process::id())?;
        let boot_id = fs::read_to_string("/proc/sys/kernel/random/boot_id")?
            .trim()
            .to_owned();
        let store = Self {
            identity,
            cgroups,
            boot_id,
            _lock: lock,
        };
        for directory in [".", SANDBOXES, "templates"] {
            fs::create_dir_all(directory)?;
            store.let_sandboxes_through(Path::new(directory))?;
        }
        Ok(store)
    }

    /// Which start of the machine this is.
    pub(crate) fn boot_id(&self) -> &str {
        &self.boot_id
    }

    /// A sandbox's directory.
    pub(crate) fn directory(id: &SandboxId) -> String {
        format!("{SANDBOXES}/{id}")
    }

    /// Makes a sandbox's directory: one part for its changes and one to show its root in, both of
    /// which are its own, and beside them what it cannot see.
    pub(crate) fn create(&self, id: &SandboxId) -> io::Result<()> {
        let directory = PathBuf::from(Self::directory(id));
        fs::create_dir(&directory)?;
        self.let_sandboxes_through(&directory)?;
        for name in ["changes", "root"] {
            let part = directory.join(name);
            fs::create_dir(&part)?;
            if let Identity::Range { base } = self.identity {
                lchown(&part, Some(base), Some(base))?;
            }
        }
        Ok(())
    }

    /// Writes a record so that a reader finds either the old or the new one whole. It is not forced
    /// to the disk: what a crash of the machine would lose is of sandboxes that it ends too.
    pub(crate) fn save(record: &Record) -> io::Result<()> {
        let directory = PathBuf::from(Self::directory(&record.settings.sandbox_id));
        let unfinished = directory.join("record.new");
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(&serde_json::to_vec(record)?)?;
        fs::rename(unfinished, directory.join(RECORD))
    }

    /// Removes all of a sandbox that has ended: its files, its control groups, and what connected it.
    /// Must be called inside a Tokio runtime, and blocks.
    pub(crate) fn remove(&self, id: &SandboxId) -> io::Result<()> {
        let directory = PathBuf::from(Self::directory(id));
        let connection = isolation::disconnect(&directory);
        let groups = self.cgroups.remove(id.as_str());
        connection.and(groups).and(self.remove_tree(&directory))
    }

    /// What earlier runs left: records of sandboxes that can be gone on with. The rest is removed.
    pub(crate) fn load(&self) -> io::Result<Vec<Record>> {
        let mut records = Vec::new();
        for entry in fs::read_dir(SANDBOXES)? {
            let entry = entry?;
            let path = entry.path();
            let record = fs::read(path.join(RECORD)).ok();
            let record = record.and_then(|bytes| serde_json::from_slice::<Record>(&bytes).ok());
            let usable = record.and_then(|record| {
                if record.boot_id == self.boot_id {
                    Some(record)
                } else {
                    record.after_reboot()
                }
            });
            if let Some(record) = usable {
                records.push(record);
            } else {
                isolation::disconnect(&path)?;
                self.cgroups.remove(&entry.file_name().to_string_lossy())?;
                self.remove_tree(&path)?;
            }
        }
        Ok(records)
    }

    /// Removes a tree whose files may belong to a sandbox's users.
    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        match tree::remove(path) {
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(problem) if problem.kind() == io::ErrorKind::PermissionDenied => {
                match self.identity {
                    Identity::Subordinate { .. } => isolation::remove_tree(self.identity, path),
                    _ => Err(problem),
                }
            }
            other => other,
        }
    }

    /// Sandboxes' helpers must be able to walk through, and nobody else.
    fn let_sandboxes_through(&self, directory: &Path) -> io::Result<()> {
        let mode = match self.identity {
            Identity::Range { base } => {
                lchown(directory, None, Some(base))?;
                0o710
            }
            _ => 0o700,
        };
        fs::set_permissions(directory, Permissions::from_mode(mode))
    }
}
