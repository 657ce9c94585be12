//! Where a sandbox's agent and ports are reached.

use reqwest::Url;
use sandspan_protocol::{defaults::AGENT_PORT, host};

use crate::{config::is_loopback, provider::Profile};

/// The host name, and where needed the port, that reaches a port of a sandbox. Without a domain,
/// one listener answers for everything and goes by the host name.
pub(crate) fn host(
    sandbox_id: &str,
    port: u16,
    domain: Option<&str>,
    api_url: Option<&Url>,
) -> String {
    if let Some(domain) = domain {
        return host::format(port, sandbox_id, domain);
    }
    // Every name under `localhost` leads to this machine; nothing stands under a number.
    let is_near = api_url.is_none_or(is_loopback);
    let name = api_url.and_then(Url::host_str).filter(|_| !is_near);
    let host = host::format(port, sandbox_id, name.unwrap_or("localhost"));
    match api_url.and_then(Url::port) {
        Some(listener) => format!("{host}:{listener}"),
        None => host,
    }
}

/// The base URL of a sandbox's agent, when nothing replaces it; `None` where the domain is none.
pub(crate) fn agent_url(
    profile: &Profile,
    sandbox_id: &str,
    domain: Option<&str>,
    api_url: &Url,
) -> Option<Url> {
    let Some(domain) = domain else {
        return Some(api_url.clone());
    };
    if profile.routed_domains.contains(&domain) {
        Url::parse(&format!("https://sandbox.{domain}")).ok()
    } else {
        host_url(sandbox_id, AGENT_PORT, domain)
    }
}

/// The base URL of what answers on a port of a sandbox, when nothing replaces it; `None` where the
/// domain is none.
pub(crate) fn port_url(
    sandbox_id: &str,
    port: u16,
    domain: Option<&str>,
    api_url: &Url,
) -> Option<Url> {
    match domain {
        Some(domain) => host_url(sandbox_id, port, domain),
        None => Some(api_url.clone()),
    }
}

/// The base URL of a port of a sandbox at the sandbox's own host; `None` where the domain is none.
pub(crate) fn host_url(sandbox_id: &str, port: u16, domain: &str) -> Option<Url> {
    let host = host::format(port, sandbox_id, domain);
    Url::parse(&format!("https://{host}")).ok()
}

#[cfg(test)]
mod tests {
    use super::{agent_url, host, port_url};
    use crate::provider::{E2B, LOCAL};

    #[test]
    fn hosts() {
        let cases = [
            (Some("e2b.app"), "https://api.e2b.app", "80-iabc.e2b.app"),
            (None, "http://127.0.0.1:4000", "80-iabc.localhost:4000"),
            (None, "http://[::1]:4000", "80-iabc.localhost:4000"),
            (None, "http://localhost:4000", "80-iabc.localhost:4000"),
            (
                None,
                "http://box.example:4000/prefix",
                "80-iabc.box.example:4000",
            ),
            (None, "https://box.example", "80-iabc.box.example"),
        ];
        for (domain, api_url, expected) in cases {
            let api_url = api_url.parse().unwrap();
            assert_eq!(host("iabc", 80, domain, Some(&api_url)), expected);
        }
    }

    #[test]
    fn agent_urls() {
        let cases = [
            (&E2B, Some("e2b.app"), "https://sandbox.e2b.app/"),
            (&E2B, Some("example.com"), "https://49983-iabc.example.com/"),
            (&LOCAL, None, "http://127.0.0.1:4000/"),
        ];
        let api_url = "http://127.0.0.1:4000".parse().unwrap();
        for (profile, domain, expected) in cases {
            let url = agent_url(profile, "iabc", domain, &api_url);
            assert_eq!(url.map(String::from).as_deref(), Some(expected));
        }
        assert_eq!(agent_url(&E2B, "iabc", Some("a b/"), &api_url), None);
    }

    #[test]
    fn urls_of_ports() {
        let cases = [
            (Some("e2b.app"), "https://49999-iabc.e2b.app/"),
            (None, "http://127.0.0.1:4000/"),
        ];
        let api_url = "http://127.0.0.1:4000".parse().unwrap();
        for (domain, expected) in cases {
            let url = port_url("iabc", 49999, domain, &api_url);
            assert_eq!(url.map(String::from).as_deref(), Some(expected));
        }
        assert_eq!(port_url("iabc", 80, Some("a b/"), &api_url), None);
    }
}
