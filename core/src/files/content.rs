//! What is written to a file.

use std::{
    error, fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use bytes::Bytes;
use futures::{Stream, TryStreamExt as _, stream};
use http_body::{Body, Frame};
use http_body_util::Full;
use tokio::time::{Duration, Instant, sleep};

use super::{
    compression::compressed,
    pace::{PIECE, Paced},
};

/// How long a file is held back that could not be sent the first time.
const HESITATION: Duration = Duration::from_millis(200);

/// Why a source of bytes failed, in its own words.
pub(super) type SourceError = Box<dyn error::Error + Send + Sync>;

pub(super) type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, SourceError>> + Send>>;

/// What is written to a file: bytes, or a stream of them whose length nobody knows beforehand.
///
/// It is made of whatever turns [into](From) bytes, which are sent as they are and not copied, or by
/// [`stream`](Self::stream).
pub struct FileContent(pub(super) Content);

pub(super) enum Content {
    Bytes(Bytes),
    Stream(ByteStream),
}

impl FileContent {
    /// What a stream yields. It is read while it is sent, no faster than the sandbox takes it.
    ///
    /// When the stream yields an error, the write fails with the kind
    /// [`Source`](crate::ErrorKind::Source), the stream's error as the source of its error, and
    /// nothing of the file is left in the sandbox.
    pub fn stream<S, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<SourceError> + 'static,
    {
        Self(Content::Stream(Box::pin(stream.map_err(Into::into))))
    }

    pub(super) fn is_stream(&self) -> bool {
        matches!(self.0, Content::Stream(_))
    }
}

impl fmt::Debug for FileContent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Content::Bytes(bytes) => write!(formatter, "FileContent({} bytes)", bytes.len()),
            Content::Stream(_) => formatter.write_str("FileContent(a stream)"),
        }
    }
}

impl From<Bytes> for FileContent {
    fn from(bytes: Bytes) -> Self {
        Self(Content::Bytes(bytes))
    }
}

impl From<Vec<u8>> for FileContent {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<&[u8]> for FileContent {
    fn from(bytes: &[u8]) -> Self {
        Bytes::copy_from_slice(bytes).into()
    }
}

impl From<String> for FileContent {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&str> for FileContent {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

/// What one request after another may carry, until one of them got through.
pub(super) enum Upload {
    /// Bytes, to be sent as often as it takes.
    Bytes(Bytes),
    /// Bytes that are compressed anew each time.
    Compressed(Bytes),
    /// A stream, which can be read once.
    Stream(Reading),
}

impl Upload {
    pub(super) fn new(content: FileContent, gzip: bool) -> Self {
        match (content.0, gzip) {
            (Content::Bytes(bytes), false) => Self::Bytes(bytes),
            (Content::Bytes(bytes), true) => Self::Compressed(bytes),
            (Content::Stream(stream), false) => Self::Stream(Reading::new(stream)),
            (Content::Stream(stream), true) => Self::Stream(Reading::new(compressed(stream))),
        }
    }

    /// The body of a request; none where a stream was begun with already.
    ///
    /// A connection that broke may have done so because the server refused the file in the middle of
    /// it. With a second one, the server has time to say so before the file is sent again.
    pub(super) fn body(&self, is_first: bool) -> Option<reqwest::Body> {
        Some(match self {
            Self::Bytes(bytes) if bytes.len() <= PIECE => bytes.clone().into(),
            Self::Bytes(bytes) => {
                let body = Paced::new(Full::new(bytes.clone()));
                let body = if is_first {
                    body
                } else {
                    body.after(HESITATION)
                };
                reqwest::Body::wrap(body)
            }
            Self::Compressed(bytes) => {
                let whole = stream::iter([Ok(bytes.clone())]);
                reqwest::Body::wrap(Paced::new(Reading::new(compressed(Box::pin(whole)))))
            }
            Self::Stream(reading) if reading.lock().has_begun => return None,
            Self::Stream(reading) => reqwest::Body::wrap(Paced::new(reading.clone())),
        })
    }
}

/// A stream on its way into the body of a request. Clones share it.
#[derive(Clone)]
pub(super) struct Reading(Arc<Mutex<State>>);

struct State {
    stream: ByteStream,
    /// What the stream yielded and the connection did not take yet.
    rest: Bytes,
    has_begun: bool,
    /// Whether the connection waits for the stream, and not the other way round.
    is_wanted: bool,
    /// When the connection took something last.
    taken_at: Instant,
    failure: Option<SourceError>,
    /// Whom to wake when it is given up.
    waker: Option<Waker>,
}

impl Reading {
    fn new(stream: ByteStream) -> Self {
        Self(Arc::new(Mutex::new(State {
            stream,
            rest: Bytes::new(),
            has_begun: false,
            is_wanted: false,
            taken_at: Instant::now(),
            failure: None,
            waker: None,
        })))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the stream failed, if it did.
    pub(super) fn take_failure(&self) -> Option<SourceError> {
        self.lock().failure.take()
    }

    /// Drops the stream. A connection that would go on with it after an early answer is closed.
    pub(super) fn give_up(&self) {
        let mut state = self.lock();
        state.stream = Box::pin(stream::iter([Err("it was given up".into())]));
        state.rest.clear();
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }

    /// Waits until the connection has taken nothing for so long although there was something.
    pub(super) async fn stalled(&self, patience: Duration) {
        loop {
            let left = {
                let state = self.lock();
                if state.is_wanted || !state.has_begun {
                    patience
                } else {
                    patience.saturating_sub(state.taken_at.elapsed())
                }
            };
            if left.is_zero() {
                return;
            }
            sleep(left).await;
        }
    }
}

impl Body for Reading {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let mut state = self.lock();
        state.has_begun = true;
        state.is_wanted = true;
        state.waker = Some(context.waker().clone());
        let mut end = None;
        while state.rest.is_empty() && end.is_none() {
            match ready!(state.stream.as_mut().poll_next(context)) {
                Some(Ok(bytes)) => state.rest = bytes,
                Some(Err(error)) => {
                    state.failure = Some(error);
                    end = Some(Some(Err("the source of the file's content failed")));
                }
                None => end = Some(None),
            }
        }
        state.is_wanted = false;
        state.taken_at = Instant::now();
        // In small pieces: a large one that is on its way for long looks like one that is stuck.
        let length = state.rest.len().min(PIECE);
        let piece = state.rest.split_to(length);
        Poll::Ready(end.unwrap_or(Some(Ok(Frame::data(piece)))))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures::stream;
    use http_body_util::BodyExt as _;

    use super::{PIECE, Reading};

    #[tokio::test]
    async fn what_a_stream_yields_at_once_is_taken_in_pieces() {
        let pieces = [Bytes::new(), Bytes::from(vec![b'x'; 2 * PIECE + 1])];
        let mut reading = Reading::new(Box::pin(stream::iter(pieces.map(Ok))));
        let mut lengths = Vec::new();
        while let Some(frame) = reading.frame().await {
            lengths.push(frame.unwrap().into_data().unwrap().len());
        }
        assert_eq!(lengths, [PIECE, PIECE, 1]);
    }
}
