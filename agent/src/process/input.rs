//! What a process is given to read.

use std::{fmt::Display, io, os::fd::OwnedFd, sync::Arc};

use buffa::MessageField;
use connectrpc::ConnectError;
use rustix::termios::{Winsize, tcsetwinsize};
use sandspan_protocol::rpc::process::{ProcessInput, process_input};
use tokio::{
    io::{AsyncWriteExt as _, Interest, unix::AsyncFd},
    net::unix::pipe,
    sync::Mutex,
};

/// Where the input of a process goes.
#[derive(Debug)]
pub(crate) enum Input {
    /// Its standard input, until that is closed.
    Pipe(Mutex<Option<pipe::Sender>>),
    /// Its terminal; who writes holds the lock, so that inputs do not mix.
    Terminal(Arc<AsyncFd<OwnedFd>>, Mutex<()>),
}

impl Input {
    /// Writes an input, which must be of the right kind, to its end.
    pub(crate) async fn write<Pointer>(
        &self,
        input: &MessageField<ProcessInput, Pointer>,
    ) -> Result<(), ConnectError>
    where
        Pointer: buffa::ProtoBox<ProcessInput>,
    {
        match (self, &input.input) {
            (Self::Pipe(stdin), Some(process_input::Input::Stdin(bytes))) => {
                match stdin.lock().await.as_mut() {
                    Some(stdin) => stdin.write_all(bytes).await.map_err(|it| stdin_failed(&it)),
                    None => Err(stdin_failed(&"stdin not enabled or closed")),
                }
            }
            (Self::Terminal(master, order), Some(process_input::Input::Pty(bytes))) => {
                let _alone = order.lock().await;
                write_all(master, bytes)
                    .await
                    .map_err(|it| terminal_failed(&it))
            }
            (Self::Terminal(..), Some(process_input::Input::Stdin(_))) => Err(stdin_failed(
                &"tty assigned to process — input should be written to the pty, not the stdin",
            )),
            (Self::Pipe(_), Some(process_input::Input::Pty(_))) => {
                Err(terminal_failed(&"tty not assigned to process"))
            }
            (_, None) => Err(ConnectError::invalid_argument(
                "input must be for stdin or for the pty",
            )),
        }
    }

    /// Lets the process read end of file. Doing so again changes nothing.
    pub(crate) async fn close(&self) -> Result<(), ConnectError> {
        match self {
            Self::Pipe(stdin) => {
                stdin.lock().await.take();
                Ok(())
            }
            Self::Terminal(..) => Err(ConnectError::new(
                connectrpc::ErrorCode::Unknown,
                "error closing stdin: cannot close stdin for PTY process — send Ctrl+D (0x04) instead",
            )),
        }
    }

    /// Changes the size of the terminal.
    pub(crate) fn resize(&self, size: Winsize) -> Result<(), ConnectError> {
        let failed = |problem: &dyn Display| {
            ConnectError::internal(format!("error resizing tty: {problem}"))
        };
        match self {
            Self::Terminal(master, _) => tcsetwinsize(master, size).map_err(|it| failed(&it)),
            Self::Pipe(_) => Err(failed(&"tty not assigned to process")),
        }
    }
}

async fn write_all(file: &AsyncFd<OwnedFd>, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = file
            .async_io(Interest::WRITABLE, |file| {
                Ok(rustix::io::write(file, bytes)?)
            })
            .await?;
        bytes = &bytes[count..];
    }
    Ok(())
}

fn stdin_failed(problem: &dyn Display) -> ConnectError {
    ConnectError::internal(format!("error writing to stdin: {problem}"))
}

fn terminal_failed(problem: &dyn Display) -> ConnectError {
    ConnectError::internal(format!("error writing to tty: {problem}"))
}
