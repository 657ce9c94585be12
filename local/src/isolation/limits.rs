//! What the processes of a sandbox may use.

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};

/// What the processes of a sandbox may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Limits {
    /// How much memory the sandbox may use, in bytes, where control groups can be made.
    pub(crate) memory: u64,
    /// How many processes and threads one user of the sandbox may have, and where control groups
    /// can be made also all of them together.
    pub(crate) processes: u64,
    /// How large a file may become, in bytes.
    pub(crate) file_size: u64,
    /// How many files a process may have open.
    pub(crate) open_files: u64,
}

impl Limits {
    /// The limits of sandboxes on a machine with so much memory: a quarter is left to the host.
    pub(crate) fn of_machine(memory: u64) -> Self {
        Self {
            memory: memory / 4 * 3,
            processes: 2048,
            file_size: 16 << 30,
            open_files: 65536,
        }
    }

    /// Limits the calling process and all that come from it. The kernel counts processes for each
    /// user namespace apart, so that sandboxes do not use up each other's.
    pub(super) fn apply(self) -> nix::Result<()> {
        limit(Resource::RLIMIT_NPROC, self.processes)?;
        limit(Resource::RLIMIT_FSIZE, self.file_size)?;
        limit(Resource::RLIMIT_NOFILE, self.open_files)?;
        limit(Resource::RLIMIT_CORE, 0)
    }
}

/// An existing lower limit stays: it is the host's wish.
fn limit(resource: Resource, value: u64) -> nix::Result<()> {
    let (_, hard) = getrlimit(resource)?;
    let value = value.min(hard);
    setrlimit(resource, value, value)
}
