//! The runtime on this machine.

use sandspan_protocol::headers;

use super::Profile;

pub(crate) const LOCAL: Profile = Profile {
    name: "local",
    environment: "SANDSPAN",
    key_variables: &["SANDSPAN_API_KEY"],
    chosen_by_key: false,
    key_source: "the one that the server at that URL was started with",
    key_example: "...",
    domain: None,
    routed_domains: &[],
    routing_headers: headers::ROUTING[0],
};
