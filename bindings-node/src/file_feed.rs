//! What JavaScript writes to a file piece by piece.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures::stream;
use napi::Env;
use napi::bindgen_prelude::{Either, PromiseRaw, Result, Uint8Array};
use napi_derive::napi;
use sandspan::FileContent;
use tokio::sync::mpsc;

use crate::commands::bytes;
use crate::error::JsResult;
use crate::promise::promise;

/// How many pieces wait to be sent before `push` waits.
const WAITING: usize = 2;

type Piece = std::result::Result<Bytes, String>;

/// A way by which JavaScript hands over the content of a file, no faster than the sandbox takes it.
#[napi]
pub struct FileFeed {
    sender: Mutex<Option<mpsc::Sender<Piece>>>,
    receiver: Mutex<Option<mpsc::Receiver<Piece>>>,
}

impl Default for FileFeed {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        Self {
            sender: Some(sender).into(),
            receiver: Some(receiver).into(),
        }
    }
}

impl FileFeed {
    /// All that is pushed. Who asks twice gets nothing the second time.
    pub(crate) fn content(&self) -> FileContent {
        let mut receiver = lock(&self.receiver).take();
        FileContent::stream(stream::poll_fn(move |context| match &mut receiver {
            Some(receiver) => receiver.poll_recv(context),
            None => None.into(),
        }))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[napi]
impl FileFeed {
    /// A way by which nothing has come yet.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Hands over a piece, and resolves once there is room for the next one; false when none is
    /// wanted any more.
    #[napi]
    pub fn push<'env>(
        &self,
        env: &'env Env,
        piece: Either<String, Uint8Array>,
    ) -> Result<PromiseRaw<'env, JsResult<bool>>> {
        let sender = lock(&self.sender).clone();
        let piece = bytes(piece);
        promise(env, async move {
            Ok(match sender {
                Some(sender) => sender.send(Ok(piece)).await.is_ok(),
                None => false,
            })
        })
    }

    /// Ends the content.
    #[napi]
    pub fn end(&self) {
        lock(&self.sender).take();
    }

    /// Tells that there is no more because of an error, in words.
    #[napi]
    pub fn fail<'env>(
        &self,
        env: &'env Env,
        reason: String,
    ) -> Result<PromiseRaw<'env, JsResult<()>>> {
        let sender = lock(&self.sender).take();
        promise(env, async move {
            if let Some(sender) = sender {
                // Where the writing is over already, nobody needs to know.
                let _ = sender.send(Err(reason)).await;
            }
            Ok(())
        })
    }
}
