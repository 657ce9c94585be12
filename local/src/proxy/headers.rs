//! Headers of a request on its way through the proxy, and of the answer.

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{self, CONNECTION, HOST, UPGRADE},
};

/// Headers that speak about one connection, not about the request.
const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Headers by which a client could claim to be somebody else.
const CLAIMS: [&str; 2] = ["forwarded", "x-real-ip"];

/// What the names of the other such headers begin with.
const FORWARDED: &str = "x-forwarded-";

/// By which header a server learns which host its client had asked for.
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The protocol that a request wants to switch to.
pub(super) fn upgrade_of(headers: &HeaderMap) -> Option<HeaderValue> {
    let upgrades = nominated(headers).any(|it| it.eq_ignore_ascii_case("upgrade"));
    upgrades.then(|| headers.get(UPGRADE).cloned()).flatten()
}

/// Takes away what is not to be passed on; the wish to switch to a protocol stays if it is given.
pub(super) fn strip(headers: &mut HeaderMap, upgrade: Option<&HeaderValue>) {
    let named_by_client: Vec<_> = nominated(headers).map(str::to_owned).collect();
    for name in named_by_client {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    for name in CLAIMS {
        headers.remove(name);
    }
    let claims = headers
        .keys()
        .filter(|it| it.as_str().starts_with(FORWARDED));
    let claims: Vec<_> = claims.cloned().collect();
    for name in claims {
        headers.remove(name);
    }
    if let Some(protocol) = upgrade {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, protocol.clone());
    }
}

/// Tells the server another host than the client asked for, if there is one, and that one beside it.
pub(super) fn mask_host(headers: &mut HeaderMap, mask: Option<HeaderValue>) {
    let Some(mask) = mask else { return };
    if let Some(asked) = headers.insert(HOST, mask) {
        headers.insert(FORWARDED_HOST, asked);
    }
}

/// What the header about the connection names: other headers that are about it too.
fn nominated(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(CONNECTION).iter();
    let names = values.filter_map(|value| value.to_str().ok());
    names.flat_map(|names| names.split(',').map(str::trim))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::{mask_host, strip, upgrade_of};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        pairs.collect()
    }

    #[test]
    fn claims_and_the_connections_own_headers_stay_behind() {
        let mut given = headers(&[
            ("host", "8000-iabc.localhost"),
            ("connection", "keep-alive, X-Mine"),
            ("x-mine", "1"),
            ("x-other", "2"),
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-port", "443"),
            ("forwarded", "for=203.0.113.9"),
        ]);
        strip(&mut given, None);
        let left = headers(&[("host", "8000-iabc.localhost"), ("x-other", "2")]);
        assert_eq!(given, left);
    }

    #[test]
    fn a_switch_of_protocols_is_passed_on() {
        let mut given = headers(&[("connection", "Upgrade"), ("upgrade", "websocket")]);
        let upgrade = upgrade_of(&given);
        strip(&mut given, upgrade.as_ref());
        assert_eq!(
            given,
            headers(&[("connection", "upgrade"), ("upgrade", "websocket")])
        );
        assert_eq!(upgrade_of(&headers(&[("upgrade", "websocket")])), None);
    }

    #[test]
    fn a_masked_host_leaves_a_trace() {
        let mut given = headers(&[("host", "8000-iabc.localhost")]);
        mask_host(&mut given, Some(HeaderValue::from_static("localhost:8000")));
        let masked = [
            ("host", "localhost:8000"),
            ("x-forwarded-host", "8000-iabc.localhost"),
        ];
        assert_eq!(given, headers(&masked));
    }

    proptest! {
        #[test]
        fn no_connection_header_is_too_odd(value in "[ -~]{0,60}") {
            let mut given = HeaderMap::new();
            given.insert("connection", value.parse().expect("printable"));
            strip(&mut given, None);
            prop_assert!(given.is_empty());
        }
    }
}
