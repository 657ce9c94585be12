//! Any server that speaks E2B's dialect, known only by the URL that a caller gives.

use sandspan_protocol::headers;

use super::{IdleTimeout, Profile};

pub(crate) const SERVER: Profile = Profile {
    name: "server",
    environment: "SANDSPAN",
    // Callers who point E2B's own packages at another server leave their key where it is.
    key_variables: &["SANDSPAN_API_KEY", "E2B_API_KEY"],
    chosen_by_key: false,
    key_source: "the one that the server at that URL accepts",
    key_example: "...",
    domain: None,
    routed_domains: &[],
    routing_headers: headers::ROUTING[0],
    idle_timeout: IdleTimeout::Lease,
    counts_processes: false,
    rule: "a sandbox ends at its deadline, which can be moved up to what the server allows; an idle \
           timeout is kept by the client, which holds a short lease, unless the server keeps it",
};
