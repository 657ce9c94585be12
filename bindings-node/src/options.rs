//! Options as JavaScript gives them. What is not given is left to the core.

use std::collections::BTreeMap;
use std::time::Duration;

use napi_derive::napi;
use sandspan::{Error, LifecycleOptions, Network, Result};

use crate::lifecycle::SandboxLifecycle;
use crate::network::NetworkOptions;

/// Where to connect to, and as whom. What is not given comes from the environment, and what is not
/// there from the provider's profile.
#[napi(object, object_to_js = false)]
pub struct ConnectionOptions {
    /// The provider's name: `local` or `e2b`.
    pub provider: Option<String>,
    /// The key of the control plane.
    pub api_key: Option<String>,
    /// The provider's domain.
    pub domain: Option<String>,
    /// The URL of the control plane.
    pub api_url: Option<String>,
    /// The URL that reaches every sandbox.
    pub sandbox_url: Option<String>,
    /// How long one request may take, in milliseconds. Default: 60000; 0 means without limit.
    pub request_timeout_ms: Option<f64>,
    /// Headers of every request to the control plane.
    pub headers: Option<BTreeMap<String, String>>,
    /// The URL of a proxy.
    pub proxy: Option<String>,
}

impl TryFrom<ConnectionOptions> for sandspan::ConnectionOptions {
    type Error = Error;

    fn try_from(options: ConnectionOptions) -> Result<Self> {
        Ok(Self {
            provider: options.provider,
            api_key: options.api_key,
            domain: options.domain,
            api_url: options.api_url,
            sandbox_url: options.sandbox_url,
            request_timeout: request_timeout(options.request_timeout_ms)?,
            headers: options.headers.unwrap_or_default(),
            proxy: options.proxy,
        })
    }
}

/// What a new sandbox is like.
#[napi(object, object_to_js = false)]
pub struct CreateOptions {
    /// The template's name. Default: `base`.
    pub template: Option<String>,
    /// How long it lives, in milliseconds. Default: 300000.
    pub timeout_ms: Option<f64>,
    /// How long it may be idle, in milliseconds: nothing is connected to it, and no request is
    /// under way. It counts from 30000 on, and never for longer than the timeout. Default: 0,
    /// without limit.
    ///
    /// Where the service has no idle timeout, the package sees to it as long as a program holds the
    /// sandbox.
    pub idle_timeout_ms: Option<f64>,
    /// Whether a process that nobody is attached to keeps it from being idle. Default: false. Only
    /// the local runtime can do this.
    pub idle_counts_processes: Option<bool>,
    /// What happens when its time is over, and on traffic after it. Default: the service's, which
    /// is to kill it.
    pub lifecycle: Option<SandboxLifecycle>,
    /// Another name for a `lifecycle.onTimeout` of `pause` (true) or `kill` (false).
    pub auto_pause: Option<bool>,
    /// Names and values to find it by.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Environment variables of every process in it.
    pub envs: Option<BTreeMap<String, String>>,
    /// Whether its agent asks for a token. Default: true.
    pub secure: Option<bool>,
    /// Whether it may reach the internet.
    pub allow_internet_access: Option<bool>,
    /// What it may reach, and what may reach its ports. Default: the service's.
    pub network: Option<NetworkOptions>,
    /// Makes the creation safe to repeat: 1 to 255 characters of `[a-z0-9-]`. Default: a random
    /// one.
    pub idempotency_key: Option<String>,
}

impl TryFrom<CreateOptions> for sandspan::CreateOptions {
    type Error = Error;

    fn try_from(options: CreateOptions) -> Result<Self> {
        Ok(Self {
            template: options.template,
            timeout: timeout(options.timeout_ms)?,
            idle_timeout: duration("idleTimeoutMs", options.idle_timeout_ms)?,
            idle_counts_processes: options.idle_counts_processes,
            lifecycle: options
                .lifecycle
                .map(LifecycleOptions::try_from)
                .transpose()?,
            auto_pause: options.auto_pause,
            metadata: options.metadata,
            envs: options.envs,
            secure: options.secure,
            allow_internet_access: options.allow_internet_access,
            network: options.network.map(Network::from),
            idempotency_key: options.idempotency_key,
        })
    }
}

/// How to run a command.
#[napi(object, object_to_js = false)]
pub struct RunOptions {
    /// The directory to run it in. Default: the user's home.
    pub cwd: Option<String>,
    /// The user to run it as. Default: the sandbox's default user.
    pub user: Option<String>,
    /// Its environment variables, beside those of the sandbox.
    pub envs: Option<BTreeMap<String, String>>,
    /// Whether it has an input to write to. Default: false.
    pub stdin: Option<bool>,
    /// How long it may run, in milliseconds. Default: 60000; 0 means without limit.
    pub timeout_ms: Option<f64>,
    /// How long its start may take, in milliseconds. Default: that of the connection.
    pub request_timeout_ms: Option<f64>,
    /// Whether all of its output is kept for its result. Default: true. Otherwise the result's texts
    /// are empty, and only the callbacks get them.
    pub retain_output: Option<bool>,
}

impl TryFrom<RunOptions> for sandspan::RunOptions {
    type Error = Error;

    fn try_from(options: RunOptions) -> Result<Self> {
        let defaults = Self::default();
        Ok(Self {
            cwd: options.cwd,
            user: options.user,
            envs: options.envs.unwrap_or(defaults.envs),
            stdin: options.stdin.unwrap_or(defaults.stdin),
            timeout: timeout(options.timeout_ms)?,
            request_timeout: request_timeout(options.request_timeout_ms)?,
            retain_output: options.retain_output,
        })
    }
}

/// How to follow a process that runs already.
#[napi(object, object_to_js = false)]
pub struct FollowOptions {
    /// How long to follow it, in milliseconds, after which it goes on. Default: 60000; 0 means
    /// without limit.
    pub timeout_ms: Option<f64>,
    /// How long the beginning may take, in milliseconds. Default: that of the connection.
    pub request_timeout_ms: Option<f64>,
    /// Whether all of its output is kept for its result. Default: true. Otherwise the result's texts
    /// are empty, and only the callbacks get them.
    pub retain_output: Option<bool>,
}

impl TryFrom<FollowOptions> for sandspan::FollowOptions {
    type Error = Error;

    fn try_from(options: FollowOptions) -> Result<Self> {
        Ok(Self {
            timeout: timeout(options.timeout_ms)?,
            request_timeout: request_timeout(options.request_timeout_ms)?,
            retain_output: options.retain_output,
        })
    }
}

pub(crate) fn timeout(milliseconds: Option<f64>) -> Result<Option<Duration>> {
    duration("timeoutMs", milliseconds)
}

pub(crate) fn request_timeout(milliseconds: Option<f64>) -> Result<Option<Duration>> {
    duration("requestTimeoutMs", milliseconds)
}

pub(crate) fn duration(name: &'static str, milliseconds: Option<f64>) -> Result<Option<Duration>> {
    milliseconds
        .map(|value| sandspan::duration_from_milliseconds(name, value))
        .transpose()
}
