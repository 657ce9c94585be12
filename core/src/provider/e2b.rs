//! E2B, and the services that are E2B under another domain.

use sandspan_protocol::headers;

use super::{IdleTimeout, Profile};

pub(crate) const E2B: Profile = Profile {
    name: "e2b",
    environment: "E2B",
    key_variables: &["E2B_API_KEY"],
    chosen_by_key: true,
    key_source: "please visit the API Keys tab at https://e2b.dev/dashboard?tab=keys to get your API key",
    key_example: "e2b_...",
    domain: Some("e2b.app"),
    routed_domains: &["e2b.app", "e2b.dev", "e2b.pro", "e2b-staging.dev"],
    routing_headers: headers::ROUTING[0],
    idle_timeout: IdleTimeout::Lease,
    counts_processes: false,
    rule: "a sandbox ends at its deadline, which can be moved up to what the plan allows (1 h or 24 h \
           since it started or was resumed); traffic never moves it; an idle timeout is kept by \
           the client, which holds a short lease",
};
