//! The control plane of one provider.
#![expect(
    clippy::unused_async,
    clippy::needless_pass_by_value,
    clippy::unused_self,
    reason = "thin for a moment"
)]

use std::{collections::BTreeMap, time::Duration};

use crate::{
    ConnectionOptions, Error, ErrorKind, ListOptions, Paginator, Result, Sandbox, SandboxInfo,
};

/// What a new sandbox is like.
#[derive(Debug, Clone, Default)]
pub struct CreateOptions {
    /// The template's name. Default: `base`.
    pub template: Option<String>,
    /// How long it lives. Default: 300 s.
    pub timeout: Option<Duration>,
    /// Names and values to find it by.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Environment variables of every process in it.
    pub envs: Option<BTreeMap<String, String>>,
    /// Whether its agent asks for a token. Default: yes.
    pub secure: Option<bool>,
    /// Whether it may reach the internet.
    pub allow_internet_access: Option<bool>,
    /// Makes the creation safe to repeat: 1 to 255 characters of `[a-z0-9-]`. Default: a random one.
    pub idempotency_key: Option<String>,
}

/// The control plane of one provider. It is cheap to clone, and makes no request when built.
#[derive(Clone, Debug)]
pub struct Client {}

impl Client {
    /// A client with these options.
    pub fn new(options: ConnectionOptions) -> Result<Self> {
        drop(options);
        Ok(Self {})
    }

    /// Creates a sandbox.
    pub async fn create(&self, options: CreateOptions) -> Result<Sandbox> {
        drop(options);
        Err(Error::new(
            ErrorKind::Unexpected,
            "sandbox.create",
            "not yet",
        ))
    }

    /// Connects to a sandbox, and resumes it when it is paused.
    pub async fn connect(&self, _sandbox_id: &str, _timeout: Option<Duration>) -> Result<Sandbox> {
        Err(Error::new(
            ErrorKind::Unexpected,
            "sandbox.connect",
            "not yet",
        ))
    }

    /// Lists sandboxes.
    #[must_use]
    pub fn list(&self, options: ListOptions) -> Paginator {
        drop(options);
        Paginator {}
    }

    /// Kills a sandbox; false when there was none.
    pub async fn kill(&self, _sandbox_id: &str) -> Result<bool> {
        Ok(false)
    }

    /// Sets a sandbox's timeout, from now.
    pub async fn set_timeout(&self, _sandbox_id: &str, _timeout: Duration) -> Result<()> {
        Ok(())
    }

    /// What the service knows of a sandbox.
    pub async fn get_info(&self, _sandbox_id: &str) -> Result<SandboxInfo> {
        Err(Error::new(
            ErrorKind::Unexpected,
            "sandbox.get_info",
            "not yet",
        ))
    }
}
