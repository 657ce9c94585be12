//! Who may send requests to a sandbox's ports, and what its servers see of them.

use http::{HeaderMap, HeaderValue, uri::Authority};
use sandspan_protocol::network::{Network, PORT_PLACEHOLDER, TRAFFIC_TOKEN};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::InvalidNetwork;
use crate::token;

/// Rules for requests to a sandbox's ports, fixed at its creation.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Ingress {
    /// As it was given.
    allow_public_traffic: Option<bool>,
    /// As it was given.
    mask_request_host: Option<String>,
    /// What requests must carry where traffic is not public.
    token: Option<String>,
}

/// Why a request does not reach a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoTraffic {
    /// It carries no token.
    TokenMissing,
    /// It carries a wrong one.
    TokenInvalid,
}

impl Ingress {
    /// Reads the rules of a creation, and makes the token where one is needed.
    pub(crate) fn read(network: Option<&Network>, secure: bool) -> Result<Self, InvalidNetwork> {
        let Some(network) = network else {
            return Ok(Self::default());
        };
        let is_public = network.allow_public_traffic.unwrap_or(true);
        if !is_public && !secure {
            return Err(InvalidNetwork(
                "You cannot create a sandbox without public access unless you enable secure envd \
                 access via 'secure' flag."
                    .to_owned(),
            ));
        }
        let mask = network.mask_request_host.clone();
        if let Some(mask) = mask.as_deref().filter(|mask| masked(mask, 1).is_none()) {
            return Err(InvalidNetwork(format!(
                "invalid maskRequestHost {mask:?}: it must be a host name of ASCII, with a port or \
                 {PORT_PLACEHOLDER} behind it if need be, such as localhost:{PORT_PLACEHOLDER}"
            )));
        }
        Ok(Self {
            allow_public_traffic: network.allow_public_traffic,
            mask_request_host: mask,
            token: (!is_public).then(token::random),
        })
    }

    /// The rules as they were given.
    pub(crate) fn describe(&self, network: &mut Network) {
        network.allow_public_traffic = self.allow_public_traffic;
        network
            .mask_request_host
            .clone_from(&self.mask_request_host);
    }

    /// What requests to all ports but the agent's must carry, if anything.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Whether a request to another port than the agent's may pass.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), NoTraffic> {
        let Some(token) = &self.token else {
            return Ok(());
        };
        let given = headers.get(TRAFFIC_TOKEN).ok_or(NoTraffic::TokenMissing)?;
        if bool::from(given.as_bytes().ct_eq(token.as_bytes())) {
            Ok(())
        } else {
            Err(NoTraffic::TokenInvalid)
        }
    }

    /// The host that a server on a port is told instead of the one that was asked for, if any.
    pub(crate) fn host(&self, port: u16) -> Option<HeaderValue> {
        self.mask_request_host
            .as_deref()
            .and_then(|mask| masked(mask, port))
    }
}

impl std::fmt::Debug for Ingress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Ingress")
            .field("allow_public_traffic", &self.allow_public_traffic)
            .field("mask_request_host", &self.mask_request_host)
            .finish_non_exhaustive()
    }
}

fn masked(mask: &str, port: u16) -> Option<HeaderValue> {
    let host = mask.replace(PORT_PLACEHOLDER, &port.to_string());
    let authority: Authority = host.parse().ok()?;
    let names_host = !authority.host().is_empty() && !host.contains('@') && !host.ends_with(':');
    names_host.then(|| HeaderValue::from_str(&host).ok())?
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use proptest::prelude::*;
    use sandspan_protocol::network::Network;

    use super::{Ingress, NoTraffic, masked};

    #[test]
    fn a_private_sandbox_asks_for_its_token() {
        let network = Network {
            allow_public_traffic: Some(false),
            ..Network::default()
        };
        assert!(Ingress::read(Some(&network), false).is_err());
        let ingress = Ingress::read(Some(&network), true).expect("valid");
        let mut headers = HeaderMap::new();
        assert_eq!(ingress.check(&headers), Err(NoTraffic::TokenMissing));
        headers.insert("e2b-traffic-access-token", "x".parse().expect("valid"));
        assert_eq!(ingress.check(&headers), Err(NoTraffic::TokenInvalid));
        let token = ingress.token().expect("one");
        headers.insert("e2b-traffic-access-token", token.parse().expect("valid"));
        assert_eq!(ingress.check(&headers), Ok(()));
    }

    #[test]
    fn a_masked_host_names_the_port_where_it_is_told_to() {
        for (mask, host) in [
            ("localhost:${PORT}", Some("localhost:8000")),
            ("app.example", Some("app.example")),
            ("${PORT}.example", Some("8000.example")),
            ("", None),
            ("ex ample", None),
            ("a@b", None),
            ("bücher.example", None),
            ("host\r\nX: y", None),
        ] {
            let masked = masked(mask, 8000);
            assert_eq!(masked.as_ref().and_then(|it| it.to_str().ok()), host);
        }
    }

    proptest! {
        #[test]
        fn no_mask_breaks_a_header(mask in any::<String>(), port in any::<u16>()) {
            if let Some(host) = masked(&mask, port) {
                prop_assert!(host.to_str().is_ok());
            }
        }
    }
}
