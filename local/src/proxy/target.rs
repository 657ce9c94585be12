//! Which sandbox and port a request names, if any.

use std::net::IpAddr;

use http::{HeaderMap, Request, header::HOST};
use sandspan_protocol::{
    defaults::AGENT_PORT,
    files,
    headers::ROUTING,
    host::{self, InvalidHost, Target},
};

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Routing {
    /// To the runtime itself.
    Control,
    /// To the agent of a sandbox that only the signature of the request tells.
    SignedFile,
    /// To a port of a sandbox.
    Sandbox(Target),
    /// Nowhere: it names a sandbox in a way that cannot be understood.
    Invalid(&'static str),
}

/// Reads where a request goes from its host name, or from the headers by which clients of each
/// family name a sandbox. The headers count only where the host is no sandbox's own.
pub(crate) fn routing<Body>(request: &Request<Body>) -> Routing {
    let host = host(request);
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    if is_shared(name) {
        match by_headers(request.headers()) {
            Routing::Sandbox(target) if is_for_control(&target, request.uri().path()) => {
                Routing::Control
            }
            // The runtime itself has no files.
            Routing::Control if request.uri().path() == files::PATH => Routing::SignedFile,
            routing => routing,
        }
    } else {
        by_host(name)
    }
}

/// Some clients name the sandbox in headers even when they ask the control plane to connect to it.
/// No agent has these paths.
fn is_for_control(target: &Target, path: &str) -> bool {
    let control = ["/sandboxes/", "/v2/sandboxes/"];
    target.port == AGENT_PORT && control.iter().any(|start| path.starts_with(start))
}

fn host<Body>(request: &Request<Body>) -> &str {
    let header = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    request
        .uri()
        .authority()
        .map(http::uri::Authority::as_str)
        .or(header)
        .unwrap_or_default()
}

/// Hosts that stand for the runtime and for all sandboxes at once.
fn is_shared(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.is_empty()
        || name.eq_ignore_ascii_case("localhost")
        || name.starts_with("sandbox.")
        || name.starts_with("api.")
        || address.parse::<IpAddr>().is_ok()
}

fn by_host(name: &str) -> Routing {
    match host::parse(name) {
        Ok(target) => Routing::Sandbox(target),
        Err(InvalidHost::Host) => Routing::Invalid("Invalid host"),
        Err(InvalidHost::Port) => Routing::Invalid("Invalid sandbox port"),
        Err(InvalidHost::SandboxId) => Routing::Invalid("Invalid sandbox ID"),
    }
}

fn by_headers(headers: &HeaderMap) -> Routing {
    let named =
        ROUTING
            .iter()
            .find_map(|(id, port)| match (headers.get(*id), headers.get(*port)) {
                (None, None) => None,
                pair => Some(pair),
            });
    let (id, port) = match named {
        None => return Routing::Control,
        Some((Some(id), Some(port))) => (id.to_str(), port.to_str()),
        Some(_) => return Routing::Invalid("missing header"),
    };
    let Some(port) = port.ok().and_then(host::parse_port) else {
        return Routing::Invalid("Invalid sandbox port");
    };
    match id.ok().and_then(|id| id.parse().ok()) {
        Some(sandbox) => Routing::Sandbox(Target { sandbox, port }),
        None => Routing::Invalid("Invalid sandbox ID"),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;
    use proptest::prelude::*;

    use super::{Routing, routing};

    fn route(headers: &[(&str, &str)]) -> Routing {
        route_path("/", headers)
    }

    fn route_path(path: &str, headers: &[(&str, &str)]) -> Routing {
        let builder = headers
            .iter()
            .fold(Request::get(path), |it, (name, value)| {
                it.header(*name, *value)
            });
        routing(&builder.body(()).expect("valid"))
    }

    fn is_sandbox(routing: &Routing, id: &str, port: u16) -> bool {
        matches!(routing, Routing::Sandbox(it) if it.sandbox.as_str() == id && it.port == port)
    }

    #[test]
    fn hosts_name_sandboxes() {
        assert!(is_sandbox(
            &route(&[("host", "8000-iabc.localhost:4000")]),
            "iabc",
            8000
        ));
        assert!(is_sandbox(
            &route(&[("host", "8000-iabc-6532622b.e2b.app")]),
            "iabc",
            8000
        ));
        assert_eq!(
            route(&[("host", "8000-ABC.e2b.app")]),
            Routing::Invalid("Invalid sandbox ID")
        );
        assert_eq!(
            route(&[("host", "example.com")]),
            Routing::Invalid("Invalid host")
        );
    }

    #[test]
    fn headers_of_every_family_name_sandboxes_on_shared_hosts() {
        for family in ["E2b", "Novita", "PPIO"] {
            for host in [
                "localhost:4000",
                "127.0.0.1:4000",
                "[::1]:4000",
                "sandbox.e2b.app",
            ] {
                let (id, port) = (
                    format!("{family}-Sandbox-Id"),
                    format!("{family}-Sandbox-Port"),
                );
                let routing = route(&[("host", host), (&id, "iabc-6532622b"), (&port, "49983")]);
                assert!(is_sandbox(&routing, "iabc", 49983), "{family} {host}");
                let alone = route(&[("host", host), (&id, "iabc")]);
                assert_eq!(alone, Routing::Invalid("missing header"));
            }
        }
    }

    #[test]
    fn headers_are_ignored_on_a_sandbox_host() {
        let headers = [
            ("host", "80-iabc.e2b.app"),
            ("e2b-sandbox-id", "iother"),
            ("e2b-sandbox-port", "81"),
        ];
        assert!(is_sandbox(&route(&headers), "iabc", 80));
    }

    #[test]
    fn everything_else_is_for_the_runtime() {
        assert_eq!(route(&[("host", "localhost")]), Routing::Control);
        assert_eq!(route(&[]), Routing::Control);
    }

    #[test]
    fn files_without_a_sandbox_are_found_by_their_signature() {
        let host = [("host", "127.0.0.1:4000")];
        let path = "/files?path=a&signature=v1_x";
        assert_eq!(route_path(path, &host), Routing::SignedFile);
        assert_eq!(route_path("/files/compose", &host), Routing::Control);
        assert!(is_sandbox(
            &route_path(path, &[("host", "49983-iabc.localhost")]),
            "iabc",
            49983
        ));
    }

    proptest! {
        #[test]
        fn any_host_and_header_leads_somewhere(
            host in "[ -~]{0,80}",
            id in "[ -~]{0,40}",
            port in "[ -~]{0,8}",
        ) {
            let headers = [
                ("host", host.as_str()),
                ("e2b-sandbox-id", id.as_str()),
                ("e2b-sandbox-port", port.as_str()),
            ];
            if let Routing::Sandbox(target) = route(&headers) {
                let id = target.sandbox.as_str();
                prop_assert!(id.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit()));
                prop_assert!(target.port > 0);
            }
        }

        #[test]
        fn hosts_of_sandboxes_are_read_back(
            port in 1..=u16::MAX,
            id in "i[a-z0-9]{20}",
            domain in "[a-z][a-z0-9.]{0,20}(:[0-9]{1,5})?",
        ) {
            let host = sandspan_protocol::host::format(port, &id, &domain);
            prop_assert!(is_sandbox(&route(&[("host", &host)]), &id, port));
        }
    }

    #[test]
    fn bad_values_say_what_is_bad() {
        let port = [
            ("host", "localhost"),
            ("e2b-sandbox-id", "iabc"),
            ("e2b-sandbox-port", "x"),
        ];
        assert_eq!(route(&port), Routing::Invalid("Invalid sandbox port"));
        let id = [
            ("host", "localhost"),
            ("e2b-sandbox-id", "../x"),
            ("e2b-sandbox-port", "1"),
        ];
        assert_eq!(route(&id), Routing::Invalid("Invalid sandbox ID"));
    }

    #[test]
    fn the_control_plane_is_asked_by_its_paths_whatever_headers_say() {
        let headers = |port| {
            [
                ("host", "localhost"),
                ("novita-sandbox-id", "iabc"),
                ("novita-sandbox-port", port),
            ]
        };
        let connect = "/sandboxes/iabc/connect";
        assert_eq!(route_path(connect, &headers("49983")), Routing::Control);
        assert!(is_sandbox(
            &route_path(connect, &headers("8000")),
            "iabc",
            8000
        ));
        assert!(is_sandbox(
            &route_path("/health", &headers("49983")),
            "iabc",
            49983
        ));
    }
}
