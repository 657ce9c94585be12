//! The rest of a request, which nobody wants.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::time::timeout;

/// How much is read of what comes from somebody who may not send it, in bytes.
const OF_STRANGERS: usize = 1024 * 1024;

/// How long is waited for it: who sends nothing more waits for the answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Reads a request to its end, while more of it comes. Who still sends does not look for an answer, and with something left
/// unread the connection ends after the answer: under the proxy's next request, if that is quick.
pub(crate) async fn drain(body: &mut Incoming) {
    while let Ok(Some(Ok(_))) = timeout(PATIENCE, body.frame()).await {}
}

/// Reads a request to its end, unless it is a long one or takes long.
pub(crate) async fn drain_of_stranger(body: &mut Incoming) {
    let _ = timeout(PATIENCE, drain_start(body)).await;
}

async fn drain_start(body: &mut Incoming) {
    let mut length = 0;
    while length < OF_STRANGERS
        && let Some(Ok(frame)) = body.frame().await
    {
        length += frame.data_ref().map_or(0, bytes::Bytes::len);
    }
}
