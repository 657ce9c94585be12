//! Where to connect to, and as whom.

use std::{collections::BTreeMap, fmt, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;
use sandspan_protocol::{defaults, headers};

use crate::{
    Error, ErrorKind, Naming, Result,
    provider::{LOCAL, Profile, SERVER},
    transport::Proxy,
};

const OPERATION: &str = "configure";

/// The environment variable that names the provider.
const PROVIDER: &str = "SANDSPAN_PROVIDER";

/// Where to connect to, and as whom.
///
/// Everything is optional: what is not given comes from the environment (an empty variable counts
/// as none), and what is not there from the provider's profile. The provider is, in this order: the
/// one given; the server at the given `api_url`; `SANDSPAN_PROVIDER`; the server at
/// `SANDSPAN_API_URL`; the one whose key is in the environment (`E2B_API_KEY`); `local`.
#[derive(Clone, Default)]
pub struct ConnectionOptions {
    /// The provider's name: `local` or `e2b`.
    pub provider: Option<String>,
    /// The key of the control plane. Default: `<PREFIX>_API_KEY`; the local runtime has its own,
    /// which only a key given here replaces.
    pub api_key: Option<String>,
    /// The provider's domain. Default: `<PREFIX>_DOMAIN`, else the profile's.
    pub domain: Option<String>,
    /// The URL of the control plane. Default: `<PREFIX>_API_URL`, else `https://api.<domain>`.
    pub api_url: Option<String>,
    /// The URL that reaches every sandbox's agent. Default: `<PREFIX>_SANDBOX_URL`, else as the
    /// profile derives it from the domain and the sandbox's id.
    pub sandbox_url: Option<String>,
    /// How long one request may take. Default: 60 s; zero means without limit.
    pub request_timeout: Option<Duration>,
    /// Further headers of every request to the control plane.
    pub headers: BTreeMap<String, String>,
    /// The URL of a proxy. Default: that of the system, and none for servers on this machine.
    pub proxy: Option<String>,
}

impl fmt::Debug for ConnectionOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys, header values and what is in URLs are not for logs.
        formatter
            .debug_struct("ConnectionOptions")
            .field("provider", &self.provider)
            .field("domain", &self.domain)
            .field("request_timeout", &self.request_timeout)
            .finish_non_exhaustive()
    }
}

/// A server's control plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) url: Url,
    /// Marked as sensitive, so that it is not printed.
    pub(crate) api_key: HeaderValue,
}

impl Endpoint {
    /// The endpoint at this URL; `None` where the key cannot stand in a header.
    pub(crate) fn new(url: Url, api_key: &str) -> Option<Self> {
        let api_key = secret(api_key)?;
        Some(Self { url, api_key })
    }
}

/// The value of a header that is not printed; `None` where the text cannot stand in one.
pub(crate) fn secret(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// All that is settled once the options, the environment and the profile are known.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) profile: &'static Profile,
    /// Whether nothing at all said which provider.
    pub(crate) is_fallback: bool,
    /// Where the control plane is; none for the local runtime, which is found on first use.
    pub(crate) endpoint: Option<Endpoint>,
    /// The key that a caller gave for an endpoint that is yet to be found.
    pub(crate) given_key: Option<HeaderValue>,
    pub(crate) sandbox_url: Option<Url>,
    pub(crate) domain: Option<String>,
    pub(crate) request_timeout: Duration,
    /// Of every request to the control plane, beside the key.
    pub(crate) headers: HeaderMap,
    pub(crate) proxy: Proxy,
}

/// Settles everything, the environment given as a function.
pub(crate) fn resolve(
    options: ConnectionOptions,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Settings> {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    let chosen = choose(&options, &variable)?;
    let profile = chosen.unwrap_or(&LOCAL);
    let setting = |name: &str| variable(&format!("{}_{name}", profile.environment));

    let domain = options.domain.or_else(|| setting("DOMAIN"));
    let domain = domain.or_else(|| profile.domain.map(str::to_owned));
    let sandbox_url = options.sandbox_url.or_else(|| setting("SANDBOX_URL"));
    let api_url = options.api_url.or_else(|| setting("API_URL"));
    let api_url = api_url.or_else(|| Some(format!("https://api.{}", domain.as_deref()?)));
    let api_url = api_url.map(|text| url("api_url", &text)).transpose()?;
    let given_key = options.api_key.as_deref().map(api_key).transpose()?;
    let is_near = api_url.as_ref().is_none_or(is_loopback);
    Ok(Settings {
        profile,
        is_fallback: chosen.is_none(),
        endpoint: api_url
            .map(|url| endpoint(profile, url, given_key.clone(), &variable))
            .transpose()?,
        given_key,
        sandbox_url: sandbox_url
            .map(|text| url("sandbox_url", &text))
            .transpose()?,
        domain,
        request_timeout: options.request_timeout.unwrap_or(defaults::REQUEST_TIMEOUT),
        headers: header_map(&options.headers)?,
        proxy: match options.proxy {
            Some(proxy) => Proxy::Url(url("proxy", &proxy)?),
            None if is_near => Proxy::None,
            None => Proxy::System,
        },
    })
}

/// The provider that something says to use; none when nothing does.
fn choose(
    options: &ConnectionOptions,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<&'static Profile>> {
    if let Some(name) = &options.provider {
        return named(name).map(Some);
    }
    if options.api_url.is_some() {
        return Ok(Some(&SERVER));
    }
    if let Some(name) = variable(PROVIDER) {
        return named(&name).map(Some);
    }
    if variable("SANDSPAN_API_URL").is_some() {
        return Ok(Some(&SERVER));
    }
    let chosen = chosen_by_key(&mut Profile::chosen_by_key(), variable)?;
    if chosen.is_none() && (options.api_key.is_some() || options.domain.is_some()) {
        let naming = Naming::current();
        let given = if options.api_key.is_some() {
            "api_key"
        } else {
            "domain"
        };
        return Err(invalid(format!(
            "{} is given, but not the provider that it is for: give {} or {} too",
            naming.option(given),
            naming.option("provider"),
            naming.option("api_url"),
        )));
    }
    Ok(chosen)
}

/// The one profile whose key is in the environment.
fn chosen_by_key(
    profiles: &mut dyn Iterator<Item = &'static Profile>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<&'static Profile>> {
    let mut keys = profiles.filter_map(|profile| {
        let mut names = profile.key_variables.iter();
        Some((profile, names.find(|name| variable(name).is_some())?))
    });
    match (keys.next(), keys.next()) {
        (Some((_, one)), Some((_, other))) => Err(invalid(format!(
            "Both {one} and {other} are set: choose with {PROVIDER}, or give {}",
            Naming::current().option("provider"),
        ))),
        (first, _) => Ok(first.map(|(profile, _)| profile)),
    }
}

fn named(name: &str) -> Result<&'static Profile> {
    Profile::named(name).ok_or_else(|| {
        let known: Vec<_> = Profile::names().map(|name| format!("'{name}'")).collect();
        invalid(format!(
            "Unknown provider '{name}', expected {}",
            known.join(" or ")
        ))
    })
}

fn endpoint(
    profile: &Profile,
    url: Url,
    given_key: Option<HeaderValue>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Endpoint> {
    if let Some(api_key) = given_key {
        return Ok(Endpoint { url, api_key });
    }
    let mut keys = profile.key_variables.iter().copied();
    let Some(found) = keys.find_map(variable) else {
        let message = Naming::current().key_required(profile);
        return Err(Error::new(ErrorKind::Unauthenticated, OPERATION, message));
    };
    let api_key = api_key(&found)?;
    Ok(Endpoint { url, api_key })
}

fn api_key(text: &str) -> Result<HeaderValue> {
    secret(text).ok_or_else(|| {
        let option = Naming::current().option("api_key");
        invalid(format!(
            "Invalid {option}: it holds characters that no key has"
        ))
    })
}

/// A URL that requests can be made to. Errors do not quote it: it may hold a password.
fn url(option: &str, text: &str) -> Result<Url> {
    let refused = |reason: &str| {
        let option = Naming::current().option(option);
        invalid(format!("Invalid {option}: {reason}"))
    };
    let url = Url::parse(text).map_err(|error| refused(&error.to_string()))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err(refused("it starts with neither http:// nor https://")),
    }
}

/// Whether a URL leads to this machine, which no proxy does.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address = address.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn header_map(given: &BTreeMap<String, String>) -> Result<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in given {
        let header = name.parse::<HeaderName>().ok().zip(value.parse().ok());
        let (header, mut value): (_, HeaderValue) =
            header.ok_or_else(|| invalid(format!("Invalid header '{name}'")))?;
        if header == headers::API_KEY {
            let option = Naming::current().option("api_key");
            return Err(invalid(format!("The header '{name}' is set by {option}")));
        }
        value.set_sensitive(true);
        map.insert(header, value);
    }
    Ok(map)
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, OPERATION, message)
}

#[cfg(test)]
mod tests;
