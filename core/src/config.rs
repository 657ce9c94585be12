//! Where to connect to, and as whom.

use std::{collections::BTreeMap, fmt, time::Duration};

/// Where to connect to, and as whom. Everything is optional: what is not given comes from the
/// environment, and what is not there from the provider's profile.
#[derive(Clone, Default)]
pub struct ConnectionOptions {
    /// The provider's name: `local` or `e2b`.
    pub provider: Option<String>,
    /// The key of the control plane.
    pub api_key: Option<String>,
    /// The provider's domain.
    pub domain: Option<String>,
    /// The URL of the control plane.
    pub api_url: Option<String>,
    /// The URL that reaches every sandbox's agent.
    pub sandbox_url: Option<String>,
    /// How long one request may take. Default: 60 s; zero means without limit.
    pub request_timeout: Option<Duration>,
    /// Headers of every request to the control plane.
    pub headers: BTreeMap<String, String>,
    /// The URL of a proxy.
    pub proxy: Option<String>,
}

impl fmt::Debug for ConnectionOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ConnectionOptions")
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}
