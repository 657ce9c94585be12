//! A process in a user namespace with the ids of sandboxes and nothing else: for showing files
//! through its ids, and for removing what only those ids may remove.

use std::{
    env,
    ffi::OsStr,
    fs::File,
    io::{self, Read as _, Write as _},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
    path::Path,
    process::Child,
};

use nix::sched::{CloneFlags, unshare};

use super::{
    Identity, NAMESPACE_COMMAND,
    channel::{self, MAPPED},
};
use crate::tree;

/// A user namespace that is kept by its descriptor alone.
#[derive(Debug)]
pub(crate) struct UserNamespace(File);

impl UserNamespace {
    /// Makes one with the ids of sandboxes.
    pub(crate) fn create(identity: Identity) -> io::Result<Self> {
        let (mut holder, channel) = start(identity, None)?;
        let namespace = File::open(format!("/proc/{}/ns/user", holder.id()));
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

/// Removes a tree in which files belong to ids of sandboxes that are not this user's own.
pub(crate) fn remove_tree(identity: Identity, tree: &Path) -> io::Result<()> {
    let (mut remover, mut channel) = start(identity, Some(tree))?;
    channel.write_all(&[MAPPED])?;
    if remover.wait()?.success() {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "{} cannot be removed as its owners",
        tree.display()
    )))
}

/// Starts the process and maps its ids.
fn start(identity: Identity, tree: Option<&Path>) -> io::Result<(Child, UnixStream)> {
    let arguments = [
        Some(OsStr::new(NAMESPACE_COMMAND)),
        tree.map(Path::as_os_str),
    ];
    let (mut child, mut channel) = channel::start_helper(arguments.into_iter().flatten())?;
    let ready = channel.read_exact(&mut [0]);
    if let Err(problem) = ready.and_then(|()| identity.map(child.id())) {
        drop(channel);
        child.wait()?;
        return Err(problem);
    }
    Ok((child, channel))
}

/// Runs that process: it makes the namespace, says so on its standard input, a socket, and goes when
/// that is closed. When it hears that its ids are mapped, it first removes the tree that its second
/// argument names.
///
/// # Errors
///
/// The kernel refuses the namespace, or something cannot be removed.
pub fn hold_namespace() -> io::Result<()> {
    unshare(CloneFlags::CLONE_NEWUSER)?;
    nix::unistd::write(io::stdin(), &[0])?;
    let mut answer = [0];
    if io::stdin().read(&mut answer)? == 1 && answer == [MAPPED] {
        let tree = env::args_os().nth(2);
        tree.map_or(Ok(()), |tree| tree::remove(Path::new(&tree)))?;
    }
    Ok(())
}
