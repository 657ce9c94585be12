//! What a sandbox may reach, and what may reach it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The header with the token that traffic to a sandbox's ports must carry where it is not public.
pub const TRAFFIC_TOKEN: &str = "e2b-traffic-access-token";

/// All addresses, as a rule names them.
pub const ALL_TRAFFIC: &str = "0.0.0.0/0";

/// What stands for the port in a masked host name.
pub const PORT_PLACEHOLDER: &str = "${PORT}";

/// The network rules of a sandbox, at its creation and when it is described.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// Addresses, ranges and host names that it may reach in spite of `deny_out`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_out: Option<Vec<String>>,
    /// Addresses and ranges that it may not reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny_out: Option<Vec<String>>,
    /// Whether its ports answer without its traffic token. Default: yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_public_traffic: Option<bool>,
    /// The host name that its servers see, whichever they were asked by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask_request_host: Option<String>,
    /// Rules that only some services know.
    #[serde(flatten)]
    pub others: BTreeMap<String, serde_json::Value>,
}

/// The body of a change of what a sandbox may reach: a field that is absent is cleared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkUpdate {
    /// Addresses, ranges and host names that it may reach in spite of `deny_out`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_out: Option<Vec<String>>,
    /// Addresses and ranges that it may not reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny_out: Option<Vec<String>>,
    /// Whether it may reach the internet.
    #[serde(
        default,
        rename = "allow_internet_access",
        skip_serializing_if = "Option::is_none"
    )]
    pub allow_internet_access: Option<bool>,
    /// Rules that only some services know.
    #[serde(flatten)]
    pub others: BTreeMap<String, serde_json::Value>,
}
