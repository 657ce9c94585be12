//! What a sandbox may reach, and what may reach it.

use std::collections::BTreeMap;

use napi_derive::napi;
use serde_json::Value;

/// What a sandbox may reach, and what may reach its ports.
#[napi(object, object_to_js = false)]
pub struct NetworkOptions {
    /// Addresses, ranges and host names that it may reach in spite of `denyOut`.
    pub allow_out: Option<Vec<String>>,
    /// Addresses and ranges that it may not reach.
    pub deny_out: Option<Vec<String>>,
    /// Whether its ports answer without its traffic token. Default: true.
    pub allow_public_traffic: Option<bool>,
    /// The host name that its servers see, in which `${PORT}` stands for the port.
    pub mask_request_host: Option<String>,
    /// What is done to requests to some hosts, by host name.
    pub rules: Option<Value>,
    /// The proxy that it reaches everything through.
    pub egress_proxy: Option<Value>,
    /// Ports whose servers speak HTTPS.
    pub https_ports: Option<Value>,
    /// The name servers that it asks.
    pub dns_servers: Option<Value>,
}

impl From<NetworkOptions> for sandspan::Network {
    fn from(options: NetworkOptions) -> Self {
        Self {
            allow_out: options.allow_out,
            deny_out: options.deny_out,
            allow_public_traffic: options.allow_public_traffic,
            mask_request_host: options.mask_request_host,
            others: others([
                ("rules", options.rules),
                ("egressProxy", options.egress_proxy),
                ("httpsPorts", options.https_ports),
                ("dnsServers", options.dns_servers),
            ]),
        }
    }
}

/// What a sandbox may reach from now on.
#[napi(object, object_to_js = false)]
pub struct NetworkUpdate {
    /// Addresses, ranges and host names that it may reach in spite of `denyOut`.
    pub allow_out: Option<Vec<String>>,
    /// Addresses and ranges that it may not reach.
    pub deny_out: Option<Vec<String>>,
    /// Whether it may reach the internet.
    pub allow_internet_access: Option<bool>,
    /// What is done to requests to some hosts, by host name.
    pub rules: Option<Value>,
    /// The proxy that it reaches everything through.
    pub egress_proxy: Option<Value>,
}

impl From<NetworkUpdate> for sandspan::NetworkUpdate {
    fn from(update: NetworkUpdate) -> Self {
        Self {
            allow_out: update.allow_out,
            deny_out: update.deny_out,
            allow_internet_access: update.allow_internet_access,
            others: others([
                ("rules", update.rules),
                ("egressProxy", update.egress_proxy),
            ]),
        }
    }
}

/// Those that are given, by their names on the wire.
fn others<const COUNT: usize>(options: [(&str, Option<Value>); COUNT]) -> BTreeMap<String, Value> {
    let given = options
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    given.collect()
}
