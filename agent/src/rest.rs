//! The rest of a request, which nobody wants.

use http_body_util::BodyExt as _;
use hyper::body::Incoming;

/// How much is read of what comes from somebody who may not send it, in bytes.
const OF_STRANGERS: usize = 1024 * 1024;

/// Reads a request to its end. Who still sends does not look for an answer, and with something left
/// unread the connection ends after the answer: under the proxy's next request, if that is quick.
pub(crate) async fn drain(body: &mut Incoming) {
    while let Some(Ok(_)) = body.frame().await {}
}

/// Reads a request to its end, unless it is a long one.
pub(crate) async fn drain_of_stranger(body: &mut Incoming) {
    let mut length = 0;
    while length < OF_STRANGERS
        && let Some(Ok(frame)) = body.frame().await
    {
        length += frame.data_ref().map_or(0, bytes::Bytes::len);
    }
}
