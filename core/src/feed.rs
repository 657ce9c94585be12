//! What is read piece by piece.

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::Result;

/// Something that is read piece by piece. A reading that is given up loses nothing.
pub(crate) trait Pieces {
    type Piece;

    /// The next piece; none at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Self::Piece>>> + Send;
}

/// Something that is read piece by piece until it ends, fails or is closed, when it is dropped.
pub(crate) struct Feed<P> {
    pieces: Mutex<Option<P>>,
    closed: CancellationToken,
}

impl<P: Pieces> Feed<P> {
    pub(crate) fn new(pieces: P) -> Self {
        Self {
            pieces: Mutex::new(Some(pieces)),
            closed: CancellationToken::new(),
        }
    }

    /// The next piece; none at the end, after an error and when it was closed.
    pub(crate) async fn next(&self) -> Option<Result<P::Piece>> {
        self.read(P::next).await
    }

    /// What a reading of the next pieces gives; none as for [`next`](Self::next).
    pub(crate) async fn read<T>(
        &self,
        read: impl AsyncFnOnce(&mut P) -> Result<Option<T>>,
    ) -> Option<Result<T>> {
        let mut pieces = self.pieces.lock().await;
        let reading = read(pieces.as_mut()?);
        let piece = self.closed.run_until_cancelled(reading).await;
        let piece = piece.and_then(Result::transpose);
        if !matches!(piece, Some(Ok(_))) {
            *pieces = None;
        }
        piece
    }

    /// Closes it, so that a reading which waits gets none.
    pub(crate) fn close(&self) {
        self.closed.cancel();
        // Who holds the lock finds that it is closed.
        if let Ok(mut pieces) = self.pieces.try_lock() {
            *pieces = None;
        }
    }
}
