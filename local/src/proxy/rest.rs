//! The rest of a request that goes nowhere.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::time::timeout;

/// How much of it is read, in bytes.
const LENGTH: usize = 1024 * 1024;

/// How long it is waited for.
const PATIENCE: Duration = Duration::from_millis(250);

/// Reads what a client still sends, unless that is long: until it has sent all, it does not look for
/// the answer, and would find the connection closed instead.
pub(crate) async fn drain(body: &mut Incoming) {
    let reading = async {
        let mut length = 0;
        while length < LENGTH
            && let Some(Ok(frame)) = body.frame().await
        {
            length += frame.data_ref().map_or(0, bytes::Bytes::len);
        }
    };
    // One that takes longer is refused all the same.
    let _ = timeout(PATIENCE, reading).await;
}
