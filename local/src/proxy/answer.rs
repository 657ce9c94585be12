//! Answers that the proxy gives instead of a sandbox.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, USER_AGENT, X_CONTENT_TYPE_OPTIONS},
};
use http_body_util::Full;
use sandspan_protocol::{
    error::{
        CANNOT_RESUME, ErrorBody, PORT_NOT_OPEN, ProxyErrorBody, SANDBOX_NOT_FOUND, TRANSITIONING,
    },
    host::Target,
    network::TRAFFIC_TOKEN,
};
use serde::Serialize;

use super::signed::Unsigned;
use crate::{lifecycle::NoEntry, network::NoTraffic};

const JSON: &str = "application/json; charset=utf-8";

type Answer = Response<Full<Bytes>>;

/// There is no such running sandbox.
pub(super) fn not_found(target: &Target, headers: &HeaderMap) -> Answer {
    about_sandbox(
        StatusCode::BAD_GATEWAY,
        target,
        None,
        SANDBOX_NOT_FOUND,
        headers,
    )
}

/// The sandbox does not run, and the request does not change that.
pub(super) fn no_entry(reason: NoEntry, target: &Target, headers: &HeaderMap) -> Answer {
    let (status, message) = match reason {
        NoEntry::NotRunning => return not_found(target, headers),
        NoEntry::Denied => (StatusCode::FORBIDDEN, CANNOT_RESUME),
        NoEntry::Transitioning => (StatusCode::CONFLICT, TRANSITIONING),
    };
    about_sandbox(status, target, None, message, headers)
}

/// The sandbox runs, and nothing listens on the port, or it stopped to answer.
pub(super) fn port_not_open(target: &Target, headers: &HeaderMap) -> Answer {
    let port = Some(target.port);
    about_sandbox(
        StatusCode::BAD_GATEWAY,
        target,
        port,
        PORT_NOT_OPEN,
        headers,
    )
}

/// The request does not carry the token that traffic to the sandbox must carry.
pub(super) fn no_traffic(reason: NoTraffic, target: &Target, headers: &HeaderMap) -> Answer {
    let problem = match reason {
        NoTraffic::TokenMissing => format!("Token header '{TRAFFIC_TOKEN}' is missing"),
        NoTraffic::TokenInvalid => format!("Provided token in header '{TRAFFIC_TOKEN}' is invalid"),
    };
    let message = format!("Sandbox is secured with traffic access token. {problem}");
    about_sandbox(StatusCode::FORBIDDEN, target, None, &message, headers)
}

/// A request for a file names no sandbox, and no signature tells which one it is for, or none that can
/// be understood.
pub(crate) fn unsigned(reason: &Unsigned) -> Answer {
    let status = match reason {
        Unsigned::Missing | Unsigned::Invalid => StatusCode::UNAUTHORIZED,
        Unsigned::Expiration(_) => StatusCode::BAD_REQUEST,
    };
    let body = ErrorBody {
        code: status.as_u16(),
        error_code: None,
        message: reason.to_string(),
    };
    // As the agent, in whose place this is said, ends its own.
    let mut bytes = serde_json::to_vec(&body).expect("an error body is plain data");
    bytes.push(b'\n');
    let mut response = answer(status, JSON, bytes.into());
    let nosniff = HeaderValue::from_static("nosniff");
    response
        .headers_mut()
        .insert(X_CONTENT_TYPE_OPTIONS, nosniff);
    response
}

fn about_sandbox(
    status: StatusCode,
    target: &Target,
    port: Option<u16>,
    message: &str,
    headers: &HeaderMap,
) -> Answer {
    let code = status.as_u16();
    if is_browser(headers) {
        let page = format!(
            "<html><head><title>{code}</title></head><body><h1>{message}</h1><p>Sandbox {}, port {}</p></body></html>",
            target.sandbox, target.port
        );
        return answer(status, "text/html; charset=utf-8", page.into());
    }
    let sandbox_id = target.sandbox.to_string();
    json(
        status,
        &ProxyErrorBody {
            sandbox_id,
            message: message.to_owned(),
            port,
            code,
        },
    )
}

/// A path of the agent that only the runtime may ask for.
pub(super) fn reserved(path: &str) -> Answer {
    #[derive(Serialize)]
    struct Body<'path> {
        message: &'static str,
        path: &'path str,
        code: u16,
    }
    let message = "This endpoint is reserved for the E2B control plane and is not reachable through \
                   the sandbox URL";
    json(
        StatusCode::NOT_FOUND,
        &Body {
            message,
            path,
            code: 404,
        },
    )
}

/// The request names no sandbox in a way that can be understood.
pub(crate) fn invalid(message: &str) -> Answer {
    answer(
        StatusCode::BAD_REQUEST,
        "text/plain; charset=utf-8",
        format!("{message}\n").into(),
    )
}

fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    let bytes = serde_json::to_vec(body).expect("an error body is plain data");
    answer(status, JSON, bytes.into())
}

fn answer(status: StatusCode, content_type: &'static str, body: Bytes) -> Answer {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Whether a person is likely to read the answer.
fn is_browser(headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|it: &HeaderValue| it.to_str().ok())
    };
    let accept = text(ACCEPT.as_str()).unwrap_or_default();
    let program_asks = accept.contains("application/json") && !accept.contains("text/html")
        || headers.contains_key("x-requested-with")
        || matches!(
            text("sec-fetch-mode"),
            Some("cors" | "no-cors" | "same-origin" | "websocket")
        );
    let agent = text(USER_AGENT.as_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let browsers = [
        "mozilla", "chrome", "safari", "firefox", "edge", "opera", "msie",
    ];
    !program_asks && browsers.iter().any(|browser| agent.contains(browser))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http_body_util::BodyExt as _;
    use sandspan_protocol::host::Target;

    use super::{not_found, port_not_open};

    async fn text(response: http::Response<http_body_util::Full<bytes::Bytes>>) -> String {
        let bytes = response
            .into_body()
            .collect()
            .await
            .expect("a whole body")
            .to_bytes();
        String::from_utf8(bytes.to_vec()).expect("text")
    }

    #[tokio::test]
    async fn bodies_are_as_clients_know_them_to_the_letter() {
        let target = Target {
            sandbox: "iabc".parse().expect("valid"),
            port: 8000,
        };
        let headers = HeaderMap::new();
        assert_eq!(
            text(not_found(&target, &headers)).await,
            r#"{"sandboxId":"iabc","message":"The sandbox was not found","code":502}"#
        );
        assert_eq!(
            text(port_not_open(&target, &headers)).await,
            r#"{"sandboxId":"iabc","message":"The sandbox is running but port is not open","port":8000,"code":502}"#
        );
    }

    #[tokio::test]
    async fn browsers_get_a_page() {
        let target = Target {
            sandbox: "iabc".parse().expect("valid"),
            port: 8000,
        };
        let mut headers = HeaderMap::new();
        headers.insert("user-agent", "Mozilla/5.0".parse().expect("valid"));
        assert!(
            text(not_found(&target, &headers))
                .await
                .starts_with("<html")
        );
        headers.insert("sec-fetch-mode", "cors".parse().expect("valid"));
        assert!(text(not_found(&target, &headers)).await.starts_with('{'));
    }
}
