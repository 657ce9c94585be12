//! Terminals that processes run in.

use std::{
    io,
    os::fd::{AsFd as _, OwnedFd},
};

use buffa::MessageField;
use connectrpc::ConnectError;
use rustix::{
    pty::{OpenptFlags, ioctl_tiocgptpeer, openpt, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use sandspan_protocol::rpc::process::PTY;

use crate::users::User;

/// How large a terminal is whose size nobody tells.
const USUAL: Winsize = Winsize {
    ws_row: 24,
    ws_col: 80,
    ws_xpixel: 0,
    ws_ypixel: 0,
};

/// The two ends of a new terminal.
#[derive(Debug)]
pub(crate) struct Terminal {
    /// The end that shows what processes write.
    pub(crate) master: OwnedFd,
    /// The end that processes use.
    pub(crate) slave: OwnedFd,
}

impl Terminal {
    /// Opens a terminal, which belongs to the user as after a login.
    pub(crate) fn open(size: Winsize, user: &User) -> io::Result<Self> {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = openpt(flags)?;
        unlockpt(&master)?;
        let slave = ioctl_tiocgptpeer(&master, flags)?;
        // Without it the user can still use the terminal, only not open it by its name.
        let _ = nix::unistd::fchown(slave.as_fd(), Some(user.uid), None);
        tcsetwinsize(&master, size)?;
        Ok(Self { master, slave })
    }
}

/// The size that a request asks for.
pub(crate) fn size<Pointer>(pty: &MessageField<PTY, Pointer>) -> Result<Winsize, ConnectError>
where
    Pointer: buffa::ProtoBox<PTY>,
{
    if !pty.size.is_set() {
        return Ok(USUAL);
    }
    let (columns, rows) = (pty.size.cols, pty.size.rows);
    match (u16::try_from(columns), u16::try_from(rows)) {
        (Ok(ws_col @ 1..), Ok(ws_row @ 1..)) => Ok(Winsize {
            ws_row,
            ws_col,
            ..USUAL
        }),
        _ => Err(ConnectError::invalid_argument(format!(
            "a terminal cannot have {columns} columns and {rows} rows: give 1 to 65535 of each"
        ))),
    }
}
