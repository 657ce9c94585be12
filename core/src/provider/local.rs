//! The runtime on this machine.

use sandspan_protocol::headers;

use super::{IdleTimeout, Profile};

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
    idle_timeout: IdleTimeout::Server,
    counts_processes: true,
    rule: "a sandbox ends at its deadline, which can be moved up to the cap; with an idle timeout it ends \
           once nothing has been connected to it for so long; a pause stops both, and a resume \
           starts a new span",
};
