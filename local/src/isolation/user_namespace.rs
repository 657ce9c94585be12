//! A user namespace without anything in it, for showing files through its ids.

use std::{
    fs::File,
    io::{self, Read as _},
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    os::unix::net::UnixStream,
    process::{Command, Stdio},
};

use nix::sched::{CloneFlags, unshare};

use super::{Identity, NAMESPACE_COMMAND};

/// A user namespace that is kept by its descriptor alone.
#[derive(Debug)]
pub(crate) struct UserNamespace(File);

impl UserNamespace {
    /// Makes one with the ids of sandboxes.
    pub(crate) fn create(identity: Identity) -> io::Result<Self> {
        let (mut channel, theirs) = UnixStream::pair()?;
        let mut holder = Command::new("/proc/self/exe")
            .arg(NAMESPACE_COMMAND)
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let ready = channel.read_exact(&mut [0]);
        let id = holder.id();
        let namespace = ready
            .and_then(|()| identity.map(id))
            .and_then(|()| File::open(format!("/proc/{id}/ns/user")));
        // The holder waits for this.
        drop(channel);
        holder.wait()?;
        Ok(Self(namespace?))
    }
}

impl AsFd for UserNamespace {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Runs the process that the namespace is taken from: it makes it, says so on its standard input, a
/// socket, and goes when that is closed.
///
/// # Errors
///
/// The kernel refuses the namespace.
pub fn hold_namespace() -> io::Result<()> {
    unshare(CloneFlags::CLONE_NEWUSER)?;
    nix::unistd::write(io::stdin(), &[0])?;
    io::stdin().read(&mut [0]).map(drop)
}
