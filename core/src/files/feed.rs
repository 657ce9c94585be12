//! What is read piece by piece.

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::Result;

/// Something that is read piece by piece. A reading that is given up loses nothing.
pub(super) trait Pieces {
    type Piece;

    /// The next piece; none at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Self::Piece>>> + Send;
}

/// Something that is read piece by piece until it ends, fails or is closed, when it is dropped.
pub(super) struct Feed<P> {
    pieces: Mutex<Option<P>>,
    closed: CancellationToken,
}

impl<P: Pieces> Feed<P> {
    pub(super) fn new(pieces: P) -> Self {
        Self {
            pieces: Mutex::new(Some(pieces)),
            closed: CancellationToken::new(),
        }
    }

    /// The next piece; none at the end, after an error and when it was closed.
    pub(super) async fn next(&self) -> Option<Result<P::Piece>> {
        let mut pieces = self.pieces.lock().await;
        let reading = pieces.as_mut()?.next();
        let piece = self.closed.run_until_cancelled(reading).await;
        let piece = piece.and_then(Result::transpose);
        if !matches!(piece, Some(Ok(_))) {
            *pieces = None;
        }
        piece
    }

    /// Closes it, so that a reading which waits gets none.
    pub(super) fn close(&self) {
        self.closed.cancel();
        // Who holds the lock finds that it is closed.
        if let Ok(mut pieces) = self.pieces.try_lock() {
            *pieces = None;
        }
    }
}
