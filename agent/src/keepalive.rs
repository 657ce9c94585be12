//! What streams do beside telling events: signs of life when there is nothing else to say, and an end
//! at the deadline that a client has set.

use std::time::{Duration, Instant};

use connectrpc::{ConnectError, RequestContext};
use sandspan_protocol::{defaults::AGENT_KEEPALIVE, headers::KEEPALIVE_INTERVAL};
use tokio::time::sleep_until;

/// How long a stream may be silent before a sign of life is due.
pub(crate) fn interval(context: &RequestContext) -> Result<Duration, ConnectError> {
    let Some(value) = context.header(KEEPALIVE_INTERVAL) else {
        return Ok(AGENT_KEEPALIVE);
    };
    let seconds = value
        .to_str()
        .ok()
        .and_then(|text| text.parse::<u32>().ok());
    match seconds {
        Some(seconds @ 1..) => Ok(Duration::from_secs(seconds.into())),
        _ => Err(ConnectError::invalid_argument(format!(
            "{KEEPALIVE_INTERVAL} must be a positive number of seconds"
        ))),
    }
}

/// Waits until the deadline, without one for ever.
pub(crate) async fn wait_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

/// What a stream ends with at its deadline.
pub(crate) fn deadline_exceeded() -> ConnectError {
    ConnectError::deadline_exceeded("context deadline exceeded")
}
