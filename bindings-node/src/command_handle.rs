//! A running command or terminal.

use napi::bindgen_prelude::{Either, FnArgs, Promise, PromiseRaw, Uint8Array, spawn};
use napi::threadsafe_function::ThreadsafeFunction;
use napi::{Env, Error, Result, Status};
use napi_derive::napi;
use sandspan::Output;
use tokio::sync::watch;

use crate::commands::bytes;
use crate::error::JsResult;
use crate::promise::promise;
use crate::text::Text;

/// How a command ended.
#[napi(object, object_from_js = false)]
pub struct CommandResult {
    /// Its exit code; -1 when a signal ended it.
    pub exit_code: i32,
    /// How it ended, in words, when the exit code is not 0.
    pub error: Option<String>,
    /// All that it wrote to its standard output, if it was kept.
    #[napi(ts_type = "string")]
    pub stdout: Text,
    /// All that it wrote to its standard error, if it was kept.
    #[napi(ts_type = "string")]
    pub stderr: Text,
}

impl From<sandspan::CommandResult> for CommandResult {
    fn from(result: sandspan::CommandResult) -> Self {
        Self {
            exit_code: result.exit_code,
            error: result.error,
            stdout: result.stdout.into(),
            stderr: result.stderr.into(),
        }
    }
}

/// Which output of a command it is.
#[napi(string_enum = "lowercase")]
pub enum OutputStream {
    /// The standard output.
    Stdout,
    /// The standard error.
    Stderr,
    /// What a terminal shows.
    Pty,
}

type Piece = FnArgs<(OutputStream, Either<Text, Uint8Array>)>;

/// Takes the pieces of a command's output one after the other, and tells whether to go on. It must
/// not throw. It is weak: an unfinished command does not keep a finished script alive.
pub type OutputListener = ThreadsafeFunction<Piece, Promise<bool>, Piece, Status, false, true>;

/// A running command or terminal.
#[napi]
pub struct CommandHandle {
    inner: sandspan::CommandHandle,
    /// Closed once the listener has had the last piece.
    delivery: watch::Receiver<()>,
}

impl CommandHandle {
    /// A handle whose output goes to the listener, if there is one, from now on.
    pub(crate) fn new(inner: sandspan::CommandHandle, listener: Option<OutputListener>) -> Self {
        let (delivering, delivery) = watch::channel(());
        if let Some(listener) = listener {
            let handle = inner.clone();
            spawn(async move {
                if deliver(&handle, listener).await.is_err() {
                    handle.disconnect();
                }
                drop(delivering);
            });
        } else {
            // There is no other way to take its output.
            inner.discard_output();
        }
        Self { inner, delivery }
    }
}

async fn deliver(handle: &sandspan::CommandHandle, listener: OutputListener) -> Result<()> {
    while let Some(output) = handle.next_output().await {
        let piece = match output {
            Output::Stdout(text) => (OutputStream::Stdout, Either::A(text.into())),
            Output::Stderr(text) => (OutputStream::Stderr, Either::A(text.into())),
            Output::Pty(bytes) => (OutputStream::Pty, Either::B(Vec::from(bytes).into())),
        };
        if !listener.call_async(piece.into()).await?.await? {
            return Err(Error::from_status(Status::Cancelled));
        }
    }
    Ok(())
}

#[napi]
impl CommandHandle {
    /// Its process id in the sandbox.
    #[napi(getter)]
    pub fn pid(&self) -> u32 {
        self.inner.pid()
    }

    /// Its exit code, once it ended; -1 when a signal ended it.
    #[napi(getter)]
    pub fn exit_code(&self) -> Option<i32> {
        self.inner.exit_code()
    }

    /// How it ended, in words, once it ended with another exit code than 0.
    #[napi(getter)]
    pub fn error(&self) -> Option<String> {
        self.inner.error()
    }

    /// Its standard output so far.
    #[napi(getter, ts_return_type = "string")]
    pub fn stdout(&self) -> Text {
        self.inner.stdout().into()
    }

    /// Its standard error so far.
    #[napi(getter, ts_return_type = "string")]
    pub fn stderr(&self) -> Text {
        self.inner.stderr().into()
    }

    /// Waits for its end, and until the listener has had all its output.
    #[napi]
    pub fn wait<'env>(&self, env: &'env Env) -> Result<PromiseRaw<'env, JsResult<CommandResult>>> {
        let handle = self.inner.clone();
        let mut delivery = self.delivery.clone();
        promise(env, async move {
            while delivery.changed().await.is_ok() {}
            handle.wait().await.map(CommandResult::from)
        })
    }

    /// Kills it; false when it had ended.
    #[napi]
    pub fn kill<'env>(&self, env: &'env Env) -> Result<PromiseRaw<'env, JsResult<bool>>> {
        let handle = self.inner.clone();
        promise(env, async move { handle.kill().await })
    }

    /// Stops following it; the command goes on.
    #[napi]
    pub fn disconnect(&self) {
        self.inner.disconnect();
    }

    /// Writes to its input.
    #[napi]
    pub fn send_stdin<'env>(
        &self,
        env: &'env Env,
        data: Either<String, Uint8Array>,
    ) -> Result<PromiseRaw<'env, JsResult<()>>> {
        let handle = self.inner.clone();
        let data = bytes(data);
        promise(env, async move { handle.send_stdin(data).await })
    }

    /// Closes its input, so that it reads end of file.
    #[napi]
    pub fn close_stdin<'env>(&self, env: &'env Env) -> Result<PromiseRaw<'env, JsResult<()>>> {
        let handle = self.inner.clone();
        promise(env, async move { handle.close_stdin().await })
    }
}
