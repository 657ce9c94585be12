//! What browsers must be told so that pages of any origin may use an agent. Only who holds its token
//! can do anything with that.

use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
        ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
    },
};

const METHODS: [Method; 6] = [
    Method::HEAD,
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// Headers of answers that pages may read.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "Grpc-Status, Grpc-Message, Grpc-Status-Details-Bin, Location, Cache-Control, X-Content-Type-Options",
);

const ANY: HeaderValue = HeaderValue::from_static("*");

/// For how many seconds browsers need not ask again.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// The answer to a browser that asks whether it may make a request; nothing for other requests. It
/// carries no token, and needs none.
pub(super) fn preflight<Sent, Answered: Default>(
    request: &Request<Sent>,
) -> Option<Response<Answered>> {
    let headers = request.headers();
    let method = headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
    if request.method() != Method::OPTIONS || !headers.contains_key(ORIGIN) {
        return None;
    }
    let mut response = Response::new(Answered::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let answer = response.headers_mut();
    answer.insert(
        VARY,
        HeaderValue::from_static(
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        ),
    );
    let is_known = METHODS.iter().any(|known| known.as_str() == *method);
    if is_known {
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        answer.insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
        answer.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        if let Some(wanted) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
        }
    }
    Some(response)
}

/// Lets the page that made a request read the answer.
pub(super) fn allow(request: &HeaderMap, answer: &mut HeaderMap) {
    if request.contains_key(ORIGIN) {
        answer.append(VARY, HeaderValue::from_static("Origin"));
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Request, Response};

    use super::{allow, preflight};

    fn ask(method: &str, wanted: &str) -> Option<Response<()>> {
        let request = Request::builder()
            .method(method)
            .header("origin", "https://app.example")
            .header("access-control-request-method", wanted)
            .header("access-control-request-headers", "x-access-token");
        preflight(&request.body(()).expect("valid"))
    }

    #[test]
    fn browsers_are_told_what_they_may_do() {
        let answer = ask("OPTIONS", "POST").expect("it asks");
        let header = |name: &str| {
            answer
                .headers()
                .get(name)
                .map(|it| it.to_str().expect("text"))
        };
        assert_eq!(answer.status(), 204);
        assert_eq!(header("access-control-allow-origin"), Some("*"));
        assert_eq!(header("access-control-allow-methods"), Some("POST"));
        assert_eq!(
            header("access-control-allow-headers"),
            Some("x-access-token")
        );
        let refused = ask("OPTIONS", "TRACE").expect("it asks");
        assert!(
            !refused
                .headers()
                .contains_key("access-control-allow-origin")
        );
        assert!(ask("GET", "POST").is_none());
    }

    #[test]
    fn only_pages_need_to_be_let_read() {
        let (mut request, mut answer) = (HeaderMap::new(), HeaderMap::new());
        allow(&request, &mut answer);
        assert!(answer.is_empty());
        request.insert("origin", "https://app.example".parse().expect("valid"));
        allow(&request, &mut answer);
        assert_eq!(answer["access-control-allow-origin"], "*");
    }
}
