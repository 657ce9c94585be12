//! The creation of a sandbox.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use http::{HeaderValue, Method};
use sandspan_protocol::{
    control::{self, ActivityKind, NewSandbox},
    defaults,
};

use crate::{
    Client, Error, ErrorKind, LifecycleOptions, Naming, Network, Result, Sandbox,
    arguments::check_envs,
    client::{described, parse_id},
    connection::{Connection, Request},
    diagnosis, idempotency, idle,
    lease::{Lease, Start},
    lifecycle::{self, Fields},
    network, preparation,
    provider::{IdleTimeout, Profile},
    transport::{Answer, Failure},
    units::whole_seconds,
    version,
};

const OPERATION: &str = "sandbox.create";

/// What a new sandbox is like.
#[derive(Debug, Clone, Default)]
pub struct CreateOptions {
    /// The template's name or id. Default: `base`.
    pub template: Option<String>,
    /// How long it lives, rounded up to whole seconds; more than zero, and at most what the service
    /// allows. Default: 300 s. It is ended automatically when the time has passed.
    pub timeout: Option<Duration>,
    /// How long it may be idle, rounded up to whole seconds: nothing is connected to it, and no
    /// request is under way. Default: without limit, which zero says too.
    ///
    /// It counts from 30 s on, and never for longer than the timeout. It travels as the metadata
    /// value `idle_timeout`, which says the same to callers who rather give that. Where the service
    /// has no idle timeout, the handles of the sandbox see to it as long as there is one.
    pub idle_timeout: Option<Duration>,
    /// Whether a process that nobody is attached to keeps it from being idle. Default: no. Only the
    /// local runtime can do this; elsewhere it is an error of the kind [`ErrorKind::Unsupported`].
    pub idle_counts_processes: Option<bool>,
    /// What happens when its time is over, and on traffic after it. Default: the service's, which
    /// is to kill it.
    pub lifecycle: Option<LifecycleOptions>,
    /// Another name for an `on_timeout` of pause (true) or kill (false) in the `lifecycle`.
    pub auto_pause: Option<bool>,
    /// Names and values to find it by.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Environment variables of every process in it.
    pub envs: Option<BTreeMap<String, String>>,
    /// Whether its agent asks for a token. Default: yes.
    pub secure: Option<bool>,
    /// Whether it may reach the internet. Default: the service's.
    pub allow_internet_access: Option<bool>,
    /// What it may reach, and what may reach its ports. Default: the service's.
    pub network: Option<Network>,
    /// Makes the creation safe to repeat: 1 to 255 characters of `[a-z0-9-]`; the same key gets the
    /// same sandbox. Default: a random one.
    pub idempotency_key: Option<String>,
}

impl Client {
    /// Creates a sandbox.
    ///
    /// The local runtime may have to make the template first; how far it is goes to standard error.
    ///
    /// Fails with the kind [`ErrorKind::Template`] where there is no such template.
    pub async fn create(&self, options: CreateOptions) -> Result<Sandbox> {
        let creation = Creation::new(self.connection.settings.profile, options)?;
        preparation::prepare(&self.connection, OPERATION, &creation.first.template_id).await?;
        let answer = creation.request(&self.connection).await;
        let answer = answer.map_err(|failure| match failure {
            Failure::Refused(refusal) if refusal.status == 404 => {
                diagnosis::refused(ErrorKind::Template, OPERATION, &refusal)
            }
            failure => diagnosis::control(OPERATION, failure),
        })?;
        let described = described(OPERATION, &answer)?;
        let lease = creation.lease(self, &described).await?;
        self.sandbox(OPERATION, described, lease)
    }
}

/// A creation that is ready to be asked for.
struct Creation {
    /// The body for the first version of the API.
    first: NewSandbox,
    /// The body for the second version; none where that has no word for what is asked.
    second: Option<NewSandbox>,
    key: HeaderValue,
    /// The idle timeout, if any.
    idle: Option<Duration>,
    /// How long the sandbox is to live.
    life: Duration,
}

impl Creation {
    fn new(profile: &Profile, mut options: CreateOptions) -> Result<Self> {
        let life = options.timeout.unwrap_or(defaults::SANDBOX_TIMEOUT);
        let seconds = whole_seconds(OPERATION, "timeout", life)?;
        if seconds == 0 {
            return Err(invalid("Timeout must be greater than 0"));
        }
        let life = Duration::from_secs(seconds.unsigned_abs());
        if let Some(envs) = &options.envs {
            check_envs(OPERATION, envs)?;
        }
        let fields = lifecycle::resolve(
            &options.lifecycle.take().unwrap_or_default(),
            options.auto_pause,
        )?;
        check_counting(profile, &options)?;
        if let Some(network) = &options.network {
            network::check(OPERATION, &network.others)?;
        }
        let idle = idle::resolve(OPERATION, options.idle_timeout, &mut options.metadata)?;
        let idle = idle.map(|idle| idle.min(life));
        let seconds = match (profile.idle_timeout, idle) {
            (IdleTimeout::Lease, Some(idle)) => Some(whole_seconds(OPERATION, "timeout", idle)?),
            _ => options.timeout.map(|_| seconds),
        };
        let key = idempotency::key(OPERATION, options.idempotency_key.take())?;
        let secure = options.secure.unwrap_or(true);
        let second = body(options, &fields, seconds);
        let default = whole_seconds(OPERATION, "timeout", defaults::SANDBOX_TIMEOUT)?;
        Ok(Self {
            first: NewSandbox {
                timeout: seconds.or(Some(default)),
                secure: Some(secure),
                ..second.clone()
            },
            second: secure.then_some(second),
            key,
            idle,
            life,
        })
    }

    async fn request(&self, connection: &Connection) -> Result<Answer, Failure> {
        let request = |path, body| {
            Request::new(Method::POST, path)
                .json(body)
                .idempotency_key(self.key.clone())
        };
        let first = request("/sandboxes", &self.first);
        match &self.second {
            Some(second) => {
                let second = request("/v2/sandboxes", second);
                version::newest(connection, &second, &first).await
            }
            None => connection.request(&first).await,
        }
    }
}

impl Creation {
    /// Sees to the idle timeout: by a lease where the service does not.
    async fn lease(
        &self,
        client: &Client,
        created: &control::Sandbox,
    ) -> Result<Option<Arc<Lease>>> {
        let Some(window) = self.idle else {
            return Ok(None);
        };
        let asked = client.connection.settings.profile.idle_timeout;
        if created.idle_timeout.is_some() {
            if asked == IdleTimeout::Lease {
                // It was created for a short time, in case the service would not see to it.
                client
                    .request_timeout(&created.sandbox_id, self.life)
                    .await?;
            }
            return Ok(None);
        }
        let id = parse_id(OPERATION, &created.sandbox_id)?;
        if let Some(lease) = Lease::existing(&client.connection, &id) {
            // The key was used before, so the sandbox is that of other handles too.
            return Ok(Some(lease));
        }
        let start = Start {
            window,
            life: self.life,
            server_life: match asked {
                IdleTimeout::Lease => window,
                IdleTimeout::Server => self.life,
            },
            auto_resume: self.first.auto_resume.is_some_and(|resume| resume.enabled),
            activity: ActivityKind::Created,
        };
        Ok(Some(Lease::new(&client.connection, id, start)))
    }
}

fn body(options: CreateOptions, fields: &Fields, timeout: Option<i64>) -> NewSandbox {
    let template = options.template;
    NewSandbox {
        template_id: template.unwrap_or_else(|| defaults::TEMPLATE.to_owned()),
        timeout,
        auto_pause: fields.pause,
        auto_pause_memory: fields.keep_memory,
        auto_resume: fields.resume,
        secure: None,
        allow_internet_access: options.allow_internet_access,
        network: options.network,
        metadata: options.metadata,
        env_vars: options.envs,
        // Only the local runtime knows the field, and "no" is what every service does.
        idle_counts_processes: options.idle_counts_processes.filter(|counts| *counts),
    }
}

fn check_counting(profile: &Profile, options: &CreateOptions) -> Result<()> {
    let naming = Naming::current();
    if options.idle_counts_processes != Some(true) {
        return Ok(());
    }
    if !profile.counts_processes {
        let message = naming.processes_do_not_count(profile.name);
        return Err(Error::new(ErrorKind::Unsupported, OPERATION, message));
    }
    let typed = options.idle_timeout.is_some_and(|idle| !idle.is_zero());
    if !typed && !options.metadata.as_ref().is_some_and(idle::is_given) {
        return Err(invalid(naming.nothing_to_count_for()));
    }
    Ok(())
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, OPERATION, message)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CreateOptions, Creation};
    use crate::{
        ErrorKind,
        provider::{E2B, LOCAL, Profile},
    };

    fn options(idle: u64) -> CreateOptions {
        CreateOptions {
            idle_timeout: Some(Duration::from_secs(idle)),
            ..CreateOptions::default()
        }
    }

    fn json(profile: &Profile, options: CreateOptions) -> String {
        let creation = Creation::new(profile, options).expect("valid");
        let second = creation.second.expect("the second version has a word");
        serde_json::to_string(&second).expect("JSON")
    }

    #[test]
    fn a_lease_asks_for_the_window_only() {
        let server = r#"{"templateID":"base","metadata":{"idle_timeout":"60"}}"#;
        assert_eq!(json(&LOCAL, options(60)), server);
        let lease = r#"{"templateID":"base","timeout":60,"metadata":{"idle_timeout":"60"}}"#;
        assert_eq!(json(&E2B, options(60)), lease);
        let clamped = r#"{"templateID":"base","timeout":300,"metadata":{"idle_timeout":"600"}}"#;
        assert_eq!(json(&E2B, options(600)), clamped);
        let off = r#"{"templateID":"base","metadata":{"idle_timeout":"29"}}"#;
        assert_eq!(json(&E2B, options(29)), off);
    }

    #[test]
    fn processes_count_where_they_can() {
        let counting = |idle| CreateOptions {
            idle_counts_processes: Some(true),
            ..options(idle)
        };
        assert!(json(&LOCAL, counting(60)).ends_with(r#""idleCountsProcesses":true}"#));
        let error = Creation::new(&E2B, counting(60))
            .err()
            .expect("unsupported");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().starts_with("The provider e2b"), "{error}");
        let error = Creation::new(&LOCAL, counting(0)).err().expect("no use");
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        let not_counting = CreateOptions {
            idle_counts_processes: Some(false),
            ..options(60)
        };
        assert!(!json(&E2B, not_counting).contains("idleCounts"));
    }
}
