//! Signs of life on streams that have nothing else to say.

use std::time::Duration;

use connectrpc::{ConnectError, RequestContext};
use sandspan_protocol::{defaults::AGENT_KEEPALIVE, headers::KEEPALIVE_INTERVAL};

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
