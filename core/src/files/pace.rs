//! Bodies that leave room for an early answer.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::{
    task::yield_now,
    time::{Duration, sleep},
};

/// How many bytes are written to the connection before it is looked whether there is an answer.
pub(super) const PIECE: usize = 128 << 10;

/// A body that is sent in small pieces, the connection looked at between them.
///
/// A server that refuses a file may answer and close the connection without reading all of it. To go
/// on writing then is an error, behind which its answer is lost.
pub(super) struct Paced<B> {
    body: B,
    rest: Bytes,
    /// What is awaited before the next piece.
    pause: Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>>,
}

impl<B> Paced<B> {
    pub(super) fn new(body: B) -> Self {
        Self {
            body,
            rest: Bytes::new(),
            pause: None,
        }
    }

    /// The same body, which waits for so long for an answer before any of it is sent.
    pub(super) fn after(mut self, wait: Duration) -> Self {
        self.pause = Some(Box::pin(sleep(wait)));
        self
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Paced<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        while self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) => self.rest = bytes,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                end => return Poll::Ready(end),
            }
        }
        let length = self.rest.len().min(PIECE);
        // Until the runtime has asked the system what came.
        self.pause = Some(Box::pin(yield_now()));
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.len() as u64;
        match self.body.size_hint().exact() {
            Some(length) => SizeHint::with_exact(length + rest),
            None => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http_body::Body as _;
    use http_body_util::{BodyExt as _, Full};

    use super::{PIECE, Paced};

    #[tokio::test]
    async fn nothing_is_lost_between_pieces() {
        let bytes: Bytes = (0..=255).cycle().take(3 * PIECE + 1).collect();
        let mut body = Paced::new(Full::new(bytes.clone()));
        assert_eq!(body.size_hint().exact(), Some(bytes.len() as u64));
        let mut sent = Vec::new();
        while let Some(frame) = body.frame().await {
            let piece = frame.unwrap().into_data().unwrap();
            assert!(piece.len() <= PIECE);
            sent.extend_from_slice(&piece);
            let left = (bytes.len() - sent.len()) as u64;
            assert_eq!(body.size_hint().exact(), Some(left));
        }
        assert_eq!(sent, bytes);
    }
}
