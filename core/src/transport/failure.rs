//! Why a request has no good answer.

use std::{error::Error as StdError, time::Duration};

use connectrpc::ErrorCode;
use http::{HeaderMap, header::RETRY_AFTER};
use reqwest::Url;
use serde::Deserialize;

use crate::Error;

/// How much of an answer that is not JSON an error quotes, in characters.
const QUOTED: usize = 200;

/// Why a request has no good answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// There was no connection, so the request never left.
    #[error("Cannot connect to {place}: {cause}")]
    NotConnected {
        place: String,
        cause: String,
        source: reqwest::Error,
    },
    /// The connection broke when the request may have left.
    #[error("The connection to {place} broke")]
    Broken {
        place: String,
        source: reqwest::Error,
    },
    /// A stream was over before its end was announced.
    #[error("The connection to {place} was closed before the answer was complete")]
    CutOff { place: String },
    /// It took too long.
    #[error("The request timed out")]
    TimedOut,
    /// The answer has an HTTP status of an error.
    #[error(transparent)]
    Refused(Refusal),
    /// The RPC failed in the protocol's own way.
    #[error("[{}] {message}", code.as_str())]
    Rpc { code: ErrorCode, message: String },
    /// The answer cannot be read.
    #[error("{0}")]
    Garbled(String),
    /// It is known already what to tell the caller.
    #[error(transparent)]
    Known(#[from] Error),
}

impl Failure {
    /// What a failed request to a URL comes to. Neither credentials nor the query of that are kept.
    pub(crate) fn from_reqwest(error: reqwest::Error, url: &Url) -> Self {
        let (place, source) = (shown(url), error.without_url());
        if source.is_timeout() {
            Self::TimedOut
        } else if source.is_connect() {
            let cause = root_cause(&source);
            Self::NotConnected {
                place,
                cause,
                source,
            }
        } else {
            Self::Broken { place, source }
        }
    }

    /// The same, with a name for what was to be reached.
    pub(crate) fn on_the_way_to(mut self, name: &str) -> Self {
        if let Self::NotConnected { place, .. }
        | Self::Broken { place, .. }
        | Self::CutOff { place } = &mut self
        {
            *place = format!("{name} at {place}");
        }
        self
    }
}

/// A URL as an error may show it.
pub(crate) fn shown(url: &Url) -> String {
    let origin = url.origin().ascii_serialization();
    format!("{origin}{}", url.path().trim_end_matches('/'))
}

fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn StdError = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// An answer with the HTTP status of an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {message}")]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// The `code` of a JSON body. A body without one comes from something that is no service of
    /// ours, such as a proxy on the way.
    pub(crate) code: Option<u16>,
    pub(crate) message: String,
    pub(crate) retry_after: Option<Duration>,
}

#[derive(Deserialize)]
struct Body {
    code: Option<u16>,
    message: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let json: Option<Body> = serde_json::from_slice(body).ok();
        let code = json.as_ref().and_then(|body| body.code);
        let message = json
            .and_then(|body| body.message)
            .unwrap_or_else(|| quoted(body));
        let retry_after = headers
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        Self {
            status,
            code,
            message,
            retry_after,
        }
    }
}

fn quoted(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() {
        return "the answer is empty".to_owned();
    }
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::HeaderMap;

    use super::{Refusal, shown};

    fn refusal(body: &str) -> Refusal {
        Refusal::new(404, &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn reads_json_and_anything_else() {
        let json = refusal(r#"{"code":404,"message":"gone","more":1}"#);
        assert_eq!((json.code, json.message.as_str()), (Some(404), "gone"));
        let proxy = refusal(r#"{"sandboxId":"i","message":"was not found","code":502}"#);
        assert_eq!(
            (proxy.code, proxy.message.as_str()),
            (Some(502), "was not found")
        );
        let html = refusal("<html>nothing</html>\n");
        assert_eq!(
            (html.code, html.message.as_str()),
            (None, "<html>nothing</html>")
        );
        assert_eq!(refusal("").message, "the answer is empty");
        assert_eq!(refusal(&"é".repeat(1000)).message.chars().count(), 203);
    }

    #[test]
    fn reads_how_long_to_wait() {
        let headers = HeaderMap::from_iter([(http::header::RETRY_AFTER, "7".parse().unwrap())]);
        let refusal = Refusal::new(429, &headers, b"");
        assert_eq!(refusal.retry_after, Some(Duration::from_secs(7)));
    }

    #[test]
    fn shows_urls_without_secrets() {
        let url = "https://user:secret@host:8443/path/?token=secret#x"
            .parse()
            .unwrap();
        assert_eq!(shown(&url), "https://host:8443/path");
    }
}
