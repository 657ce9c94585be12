//! The HTTP clients, and with them the pools of connections.

use std::{process, sync::Arc};

use reqwest::{Url, redirect::Policy};
use rustls::{
    ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier, client::WantsClientCert,
    crypto::ring::default_provider,
};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::runtime;

use crate::{Error, ErrorKind, Result, chain::Chain};

/// Which proxy requests go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proxy {
    /// None, whatever the system says.
    None,
    /// What the system says.
    System,
    /// The one at this URL.
    Url(Url),
}

/// What clients cannot be shared across. A child of a fork has none of the threads that serve its
/// parent's connections, and the connections of a runtime stand still with it.
#[derive(PartialEq, Eq)]
struct Key {
    process: u32,
    runtime: runtime::Id,
    verified: bool,
    proxy: Proxy,
}

static CLIENTS: Chain<(Key, reqwest::Client)> = Chain::new();

/// The client for requests to a URL, made on first use. Must be called in a Tokio runtime.
pub(crate) fn client(url: &Url, proxy: &Proxy) -> Result<reqwest::Client> {
    let key = Key {
        process: process::id(),
        runtime: runtime::Handle::current().id(),
        verified: url.scheme() == "https" || *proxy != Proxy::None,
        proxy: proxy.clone(),
    };
    if let Some((_, client)) = CLIENTS.iter().find(|(existing, _)| *existing == key) {
        return Ok(client.clone());
    }
    let client = build(&key).map_err(|error| {
        let message = format!("Cannot set up connections: {error}");
        Error::new(ErrorKind::Unexpected, "connect", message).with_source(error)
    })?;
    CLIENTS.push((key, client.clone()));
    Ok(client)
}

fn build(key: &Key) -> Result<reqwest::Client, Box<dyn std::error::Error + Send + Sync>> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("sandspan/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .tcp_nodelay(true)
        .tls_backend_preconfigured(tls(key.verified)?);
    let builder = match &key.proxy {
        Proxy::None => builder.no_proxy(),
        Proxy::System => builder,
        Proxy::Url(url) => builder.proxy(reqwest::Proxy::all(url.clone())?),
    };
    Ok(builder.build()?)
}

/// The configuration of TLS. Where no request uses it, the system's certificates are not read:
/// that takes longer than all the rest of a first request.
fn tls(verified: bool) -> Result<ClientConfig, rustls::Error> {
    let builder: ConfigBuilder<ClientConfig, WantsVerifier> =
        ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?;
    let builder: ConfigBuilder<ClientConfig, WantsClientCert> = if verified {
        builder.with_platform_verifier()?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}
