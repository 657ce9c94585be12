//! What differs between providers, as data: one small file per provider.

mod e2b;
mod local;
mod server;

#[cfg(test)]
pub(crate) use e2b::E2B;
pub(crate) use local::LOCAL;
pub(crate) use server::SERVER;

/// The provider that a caller can name, in the order in which errors list them.
const PROFILES: [&Profile; 2] = [&LOCAL, &e2b::E2B];

/// What is particular to a provider.
#[derive(Debug)]
pub(crate) struct Profile {
    /// What callers call it.
    pub(crate) name: &'static str,
    /// What the names of its environment variables start with: `<prefix>_API_URL`, `_DOMAIN` and
    /// `_SANDBOX_URL`.
    pub(crate) environment: &'static str,
    /// The environment variables that may hold its key; the first that is set counts.
    pub(crate) key_variables: &'static [&'static str],
    /// Whether it is chosen when one of those is set and nothing else says which.
    pub(crate) chosen_by_key: bool,
    /// What to tell a caller who has no key about where to get one.
    pub(crate) key_source: &'static str,
    /// What a key looks like.
    pub(crate) key_example: &'static str,
    /// Its domain, from which the URL of its control plane follows (`https://api.<domain>`); none
    /// where one listener answers for everything.
    pub(crate) domain: Option<&'static str>,
    /// The domains that have one host for the agents of all sandboxes (`sandbox.<domain>`), which
    /// goes by the routing headers; others have one host per sandbox and port.
    pub(crate) routed_domains: &'static [&'static str],
    /// The headers that name a sandbox and a port in it.
    pub(crate) routing_headers: (&'static str, &'static str),
    /// Who sees to it that an idle sandbox ends.
    pub(crate) idle_timeout: IdleTimeout,
    /// Whether it can count processes that nobody is attached to as activity.
    pub(crate) counts_processes: bool,
    /// What ends its sandboxes, in words.
    pub(crate) rule: &'static str,
}

/// Who sees to it that an idle sandbox ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdleTimeout {
    /// The service, as a rule; its answers say whether it does.
    Server,
    /// The client, unless the service says that it does.
    Lease,
}

impl Profile {
    /// The profile of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        PROFILES.into_iter().find(|profile| profile.name == name)
    }

    /// The names of all providers.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        PROFILES.into_iter().map(|profile| profile.name)
    }

    /// The providers that are chosen by their key's environment variable.
    pub(crate) fn chosen_by_key() -> impl Iterator<Item = &'static Self> {
        PROFILES.into_iter().filter(|profile| profile.chosen_by_key)
    }
}
