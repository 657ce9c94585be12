//! What the runtime and its helper tell each other, as JSON documents, each behind its length, over a pair
//! of sockets.

use std::{
    ffi::OsStr,
    io::{self, IoSlice, IoSliceMut, Read as _, Write as _},
    os::{
        fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd},
        unix::net::UnixStream,
    },
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg};
use sandspan_protocol::agent::AgentConfig;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Identity, Limits};
use crate::template::Layer;

/// What the helper is to make. All paths are relative to the state directory, which is its working
/// directory: it keeps that when it becomes somebody who could not walk there.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Who is who inside.
    pub(crate) identity: Identity,
    /// The sandbox's own directory.
    pub(crate) directory: String,
    /// The files by which it joins the sandbox's control groups.
    pub(crate) cgroups: Vec<PathBuf>,
    /// Whether changes are kept in memory, because the file system cannot carry an overlay.
    pub(crate) in_memory: bool,
    /// What the root file system is made of.
    pub(crate) layers: Vec<Layer>,
    /// The program that becomes PID 1.
    pub(crate) agent_program: String,
    /// What the agent is told.
    pub(crate) agent: AgentConfig,
    /// What the processes may use.
    pub(crate) limits: Limits,
}

/// What the helper answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Report {
    /// It is in its own user namespace, and waits for its ids to be mapped.
    Unshared,
    /// The process that becomes PID 1 of the sandbox, as the host numbers it. It becomes the agent
    /// only when it hears that it is on record, so that no crash can leave one that is not.
    Child(i32),
    /// It cannot go on.
    Failed(String),
}

/// What the runtime answers to [`Report::Unshared`].
pub(crate) const MAPPED: u8 = b'm';

/// What the runtime answers to [`Report::Child`].
pub(crate) const RECORDED: u8 = b'r';

/// Waits for an answer of one byte. An error is that the runtime has gone.
pub(crate) fn expect(stream: &mut UnixStream, answer: u8) -> io::Result<()> {
    let mut byte = [0];
    stream.read_exact(&mut byte)?;
    if byte == [answer] {
        Ok(())
    } else {
        Err(io::Error::other("an unknown answer"))
    }
}

/// Executes this program once more, for a part of its work, with one end of a channel as its standard
/// input and nothing else of ours.
pub(super) fn start_helper(
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> io::Result<(Child, UnixStream)> {
    let (channel, theirs) = UnixStream::pair()?;
    let child = Command::new("/proc/self/exe")
        .args(arguments)
        .env_clear()
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok((child, channel))
}

/// Sends the order together with the socket that the agent is to listen on.
pub(crate) fn send_order(
    stream: &mut UnixStream,
    order: &Order,
    listener: BorrowedFd<'_>,
) -> io::Result<()> {
    let descriptors = [listener.as_raw_fd()];
    let rights = [ControlMessage::ScmRights(&descriptors)];
    // A descriptor cannot travel without a byte.
    let byte = [IoSlice::new(&[0])];
    sendmsg::<()>(stream.as_raw_fd(), &byte, &rights, MsgFlags::empty(), None)?;
    send(stream, order)
}

/// Receives the order and the socket.
#[expect(
    unsafe_code,
    reason = "a descriptor that arrives in a message has no owner yet"
)]
pub(crate) fn receive_order(stream: &mut UnixStream) -> io::Result<(Order, OwnedFd)> {
    let mut byte = [0];
    let mut space = nix::cmsg_space!([i32; 1]);
    let mut parts = [IoSliceMut::new(&mut byte)];
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let message = recvmsg::<()>(stream.as_raw_fd(), &mut parts, Some(&mut space), flags)?;
    let listener = message.cmsgs()?.find_map(|control| match control {
        ControlMessageOwned::ScmRights(descriptors) => descriptors.first().copied(),
        _ => None,
    });
    let listener = listener.ok_or_else(|| io::Error::other("no socket came with the order"))?;
    // SAFETY: the kernel has just made this descriptor for us.
    let listener = unsafe { OwnedFd::from_raw_fd(listener) };
    let order = receive(stream)?.ok_or_else(|| io::Error::other("no order came"))?;
    Ok((order, listener))
}

/// Sends one document.
pub(crate) fn send<Message: Serialize>(
    stream: &mut UnixStream,
    message: &Message,
) -> io::Result<()> {
    let mut bytes = vec![0; size_of::<u32>()];
    serde_json::to_writer(&mut bytes, message)?;
    let length = u32::try_from(bytes.len() - size_of::<u32>()).map_err(io::Error::other)?;
    bytes[..size_of::<u32>()].copy_from_slice(&length.to_le_bytes());
    stream.write_all(&bytes)
}

/// Receives one document; nothing when the other side has gone.
pub(crate) fn receive<Message: DeserializeOwned>(
    stream: &mut UnixStream,
) -> io::Result<Option<Message>> {
    let mut length = [0; size_of::<u32>()];
    match stream.read_exact(&mut length) {
        Err(problem) if problem.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let mut bytes = vec![0; usize::try_from(u32::from_le_bytes(length)).map_err(io::Error::other)?];
    stream.read_exact(&mut bytes)?;
    Ok(Some(serde_json::from_slice(&bytes)?))
}
