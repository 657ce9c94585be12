//! The runtime's side of making a sandbox.

use std::{
    fs,
    io::{self, Write as _},
    os::{
        fd::AsFd as _,
        unix::{
            fs::PermissionsExt as _,
            net::{UnixListener, UnixStream},
        },
    },
    path::{Path, PathBuf},
    sync::Arc,
};

use sandspan_protocol::agent::AgentConfig;

use super::{
    Cgroups, Error, Identity, Internet, JAIL_COMMAND, Limits,
    channel::{self, MAPPED, Order, RECORDED, Report},
};
use crate::template::{Layer, Templates};

/// What all sandboxes of a runtime have in common.
#[derive(Debug, Clone)]
pub(crate) struct Isolation {
    /// Who is who inside.
    pub(crate) identity: Identity,
    /// Whether changes are kept in memory.
    pub(crate) in_memory: bool,
    /// The program that becomes PID 1.
    pub(crate) agent_program: PathBuf,
    /// What the processes may use.
    pub(crate) limits: Limits,
    /// How many processors they have.
    pub(crate) cpu_count: u32,
    /// Where that is enforced for a sandbox as a whole.
    pub(crate) cgroups: Cgroups,
    /// How they get out.
    pub(crate) internet: Internet,
    /// What they are made of.
    pub(crate) templates: Arc<Templates>,
}

impl Isolation {
    /// Makes a sandbox in a directory that is there already (relative to the state directory, which
    /// is the working directory) and waits until its agent takes over. `record` is called with the
    /// number of its PID 1 before that runs anything, and gives what is returned. Blocks for some
    /// milliseconds.
    ///
    /// # Errors
    ///
    /// What the kernel or the file system refused. Nothing of the sandbox runs then.
    pub(crate) fn create<Recorded>(
        &self,
        directory: &str,
        layers: Vec<Layer>,
        agent: AgentConfig,
        record: impl FnOnce(i32) -> io::Result<Recorded>,
    ) -> Result<Recorded, Error> {
        let listener = listen(directory)?;
        let order = Order {
            identity: self.identity,
            directory: directory.to_owned(),
            cgroups: self.cgroups.create(&agent.sandbox_id, self.limits)?,
            in_memory: self.in_memory,
            layers,
            agent_program: self.agent_program.to_string_lossy().into_owned(),
            agent,
            limits: self.limits,
        };
        let (mut helper, mut channel) = channel::start_helper([JAIL_COMMAND])?;
        let result = channel::send_order(&mut channel, &order, listener.as_fd())
            .map_err(Error::from)
            .and_then(|()| self.follow(&mut channel, helper.id(), record));
        drop(channel);
        // It ends by itself, at the latest when the channel is closed.
        helper.wait()?;
        result
    }

    fn follow<Recorded>(
        &self,
        channel: &mut UnixStream,
        helper: u32,
        record: impl FnOnce(i32) -> io::Result<Recorded>,
    ) -> Result<Recorded, Error> {
        let (mut record, mut recorded) = (Some(record), None);
        while let Some(report) = channel::receive(channel)? {
            match report {
                Report::Unshared => {
                    self.identity.map(helper).map_err(|it| cannot_map(&it))?;
                    channel.write_all(&[MAPPED])?;
                }
                Report::Child(pid) => {
                    recorded = record.take().map(|record| record(pid)).transpose()?;
                    channel.write_all(&[RECORDED])?;
                }
                Report::Failed(reason) => return Err(Error::Refused(reason)),
            }
        }
        // The channel closes when the agent is executed, and also when the helper dies.
        recorded
            .ok_or_else(|| Error::Refused("the helper ended before the sandbox began".to_owned()))
    }
}

/// The socket lies in the sandbox's directory, where no process of the sandbox can see it, and an
/// adopting runtime can find it.
fn listen(directory: &str) -> io::Result<UnixListener> {
    let path = agent_socket(directory);
    let listener = UnixListener::bind(&path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

fn cannot_map(problem: &io::Error) -> Error {
    Error::Refused(format!(
        "the kernel refuses to map the sandbox's ids: {problem}"
    ))
}

/// The socket of a sandbox's agent, given the sandbox's directory.
#[must_use]
pub(crate) fn agent_socket(directory: &str) -> PathBuf {
    Path::new(directory).join("agent.sock")
}
