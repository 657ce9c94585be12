//! Uploads that read what they send from objects of Python's.

use std::{error, fmt, pin::pin};

use bytes::Bytes;
use futures::{
    Stream,
    future::{Either, select},
    stream,
};
use pyo3::prelude::*;
use sandspan::FileContent;
use tokio::sync::{
    mpsc::{self, UnboundedReceiver, UnboundedSender},
    oneshot,
};

use crate::{
    runtime,
    source::{Content, Source},
};

/// What the core gets of a source that failed; its exception stays on this side.
#[derive(Debug)]
struct SourceFailed;

impl fmt::Display for SourceFailed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("reading what is to be written raised an exception")
    }
}

impl error::Error for SourceFailed {}

type Piece = Result<Bytes, SourceFailed>;

/// A wish for the next piece of a source.
struct Wish {
    /// Which source.
    index: usize,
    answer: oneshot::Sender<Option<Piece>>,
}

/// The sources of an upload. They are read on the caller's thread, where their Python code belongs,
/// piece by piece as the sandbox takes them.
pub(crate) struct Upload {
    sources: Vec<Source>,
    sender: UnboundedSender<Wish>,
    wishes: UnboundedReceiver<Wish>,
}

impl Upload {
    pub(crate) fn new() -> Self {
        let (sender, wishes) = mpsc::unbounded_channel();
        Self {
            sources: Vec::new(),
            sender,
            wishes,
        }
    }

    /// What the core reads a file's content from.
    pub(crate) fn content(&mut self, content: Content) -> FileContent {
        match content {
            Content::Bytes(bytes) => bytes.into(),
            Content::Source(source) => {
                self.sources.push(source);
                let index = self.sources.len() - 1;
                FileContent::stream(pieces(index, self.sender.clone()))
            }
        }
    }

    /// Does the call that uploads. What a source raises is raised, and then nothing of its file is
    /// left.
    pub(crate) async fn run<T: Send + 'static>(
        self,
        has_loop: bool,
        call: impl Future<Output = sandspan::Result<T>> + Send + 'static,
    ) -> PyResult<T> {
        let mut wishes = self.wishes;
        // From now on only streams that are still to be read keep the channel open.
        drop(self.sender);
        // After the wishes, so that one that is given up ends before them.
        let mut call = pin!(runtime::spawn(call));
        loop {
            let wish = pin!(runtime::told(wishes.recv()));
            let wish = match select(call.as_mut(), wish).await {
                Either::Left((result, _)) => return result,
                Either::Right((None, _)) => return call.await,
                Either::Right((Some(wish), _)) => wish,
            };
            let piece = pin!(self.sources[wish.index].next(has_loop));
            let piece = match select(call.as_mut(), piece).await {
                Either::Left((result, _)) => return result,
                Either::Right((piece, _)) => piece,
            };
            match piece {
                // Nobody waits for it where the call has just ended.
                Ok(piece) => drop(wish.answer.send(piece.map(Ok))),
                Err(exception) => {
                    drop(wish.answer.send(Some(Err(SourceFailed))));
                    drop(call.await);
                    return Err(exception);
                }
            }
        }
    }
}

fn pieces(index: usize, wishes: UnboundedSender<Wish>) -> impl Stream<Item = Piece> + Send {
    stream::unfold((index, wishes), async |(index, wishes)| {
        let (answer, piece) = oneshot::channel();
        // One that nobody hears is dropped, and so unanswered.
        drop(wishes.send(Wish { index, answer }));
        // Not to be answered is no end of the file: whoever reads the source has given it up.
        let piece = piece.await.unwrap_or(Some(Err(SourceFailed)));
        Some((piece?, (index, wishes)))
    })
}
