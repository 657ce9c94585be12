//! Host names of the form `<port>-<sandbox id>[-<anything>].<domain>`.

use crate::id::SandboxId;

/// A sandbox and a port in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// The sandbox.
    pub sandbox: SandboxId,
    /// The port inside it.
    pub port: u16,
}

/// Why a host name does not name a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHost {
    /// There is no `<port>-<id>` before the first dot.
    #[error("Invalid host")]
    Host,
    /// The part before the first dash is no port.
    #[error("Invalid sandbox port")]
    Port,
    /// The part after the first dash is no sandbox id.
    #[error("Invalid sandbox ID")]
    SandboxId,
}

/// The host name that reaches a port of a sandbox.
#[must_use]
pub fn format(port: u16, sandbox: &str, domain: &str) -> String {
    format!("{port}-{sandbox}.{domain}")
}

/// Reads the sandbox and the port from a host name; a port number of the host itself is ignored.
///
/// # Errors
///
/// The host name is not of the form.
pub fn parse(host: &str) -> Result<Target, InvalidHost> {
    let (label, _domain) = host.split_once('.').ok_or(InvalidHost::Host)?;
    let (port, rest) = label.split_once('-').ok_or(InvalidHost::Host)?;
    let id = rest.split('-').next().unwrap_or_default();
    Ok(Target {
        port: parse_port(port).ok_or(InvalidHost::Port)?,
        sandbox: id.parse().map_err(|_| InvalidHost::SandboxId)?,
    })
}

/// Reads a port number: digits only, 1 to 65535.
#[must_use]
pub fn parse_port(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

#[cfg(test)]
mod tests {
    use super::{InvalidHost, format, parse};

    #[test]
    fn reads_what_it_writes() {
        let target = parse(&format(8000, "iabc", "localhost:4000")).expect("valid");
        assert_eq!((target.port, target.sandbox.as_str()), (8000, "iabc"));
    }

    #[test]
    fn ignores_what_follows_the_id() {
        assert_eq!(
            parse("80-iabc-6532622b.e2b.app")
                .expect("valid")
                .sandbox
                .as_str(),
            "iabc"
        );
    }

    #[test]
    fn says_which_part_is_wrong() {
        let cases = [
            ("localhost", InvalidHost::Host),
            ("example.com", InvalidHost::Host),
            ("x-iabc.com", InvalidHost::Port),
            ("+80-iabc.com", InvalidHost::Port),
            ("0-iabc.com", InvalidHost::Port),
            ("70000-iabc.com", InvalidHost::Port),
            ("80-ABC.com", InvalidHost::SandboxId),
            ("80-.com", InvalidHost::SandboxId),
        ];
        for (host, error) in cases {
            assert_eq!(parse(host), Err(error), "{host}");
        }
    }
}
