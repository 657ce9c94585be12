//! The control plane of one provider.

use std::{collections::BTreeMap, env, fmt, sync::Arc, time::Duration};

use http::{HeaderValue, Method};
use rand::{TryRng, rngs::SysRng};
use sandspan_protocol::{
    control::{self, NewSandbox, SandboxDetail, SetTimeout},
    defaults,
    id::SandboxId,
};

use crate::{
    ConnectionOptions, Error, ErrorKind, ListOptions, Paginator, Result, Sandbox, SandboxInfo,
    arguments::check_envs,
    config,
    connection::{Connection, Request},
    diagnosis, notice,
    transport::{Answer, Failure},
    units::whole_seconds,
    version,
};

/// What a new sandbox is like.
#[derive(Debug, Clone, Default)]
pub struct CreateOptions {
    /// The template's name or id. Default: `base`.
    pub template: Option<String>,
    /// How long it lives, rounded up to whole seconds; more than zero, and at most what the service
    /// allows. Default: 300 s. It is ended automatically when the time has passed.
    pub timeout: Option<Duration>,
    /// Names and values to find it by.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Environment variables of every process in it.
    pub envs: Option<BTreeMap<String, String>>,
    /// Whether its agent asks for a token. Default: yes.
    pub secure: Option<bool>,
    /// Whether it may reach the internet. Default: the service's.
    pub allow_internet_access: Option<bool>,
    /// Makes the creation safe to repeat: 1 to 255 characters of `[a-z0-9-]`; the same key gets the
    /// same sandbox. Default: a random one.
    pub idempotency_key: Option<String>,
}

/// The control plane of one provider. It is cheap to clone. Building one makes no request and
/// starts nothing; its methods must be called in a Tokio runtime.
#[derive(Clone)]
pub struct Client {
    pub(crate) connection: Arc<Connection>,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let provider = self.connection.settings.profile.name;
        let mut debug = formatter.debug_struct("Client");
        debug.field("provider", &provider).finish_non_exhaustive()
    }
}

impl Client {
    /// A client of the provider that the options and the environment name; see
    /// [`ConnectionOptions`].
    ///
    /// Fails with the kind [`ErrorKind::InvalidArgument`] where they do not fit together, and
    /// [`ErrorKind::Unauthenticated`] where the provider's key is missing.
    pub fn new(options: ConnectionOptions) -> Result<Self> {
        let settings = config::resolve(options, &|name| env::var(name).ok())?;
        if settings.is_fallback {
            notice::local_by_default();
        }
        let connection = Arc::new(Connection::new(settings));
        Ok(Self { connection })
    }

    /// Creates a sandbox.
    ///
    /// Fails with the kind [`ErrorKind::Template`] where there is no such template.
    pub async fn create(&self, options: CreateOptions) -> Result<Sandbox> {
        const OPERATION: &str = "sandbox.create";
        let timeout = options
            .timeout
            .map(|timeout| whole_seconds(OPERATION, timeout));
        let timeout = timeout.transpose()?;
        if timeout == Some(0) {
            return Err(invalid(OPERATION, "Timeout must be greater than 0"));
        }
        if let Some(envs) = &options.envs {
            check_envs(OPERATION, envs)?;
        }
        let key = idempotency_key(OPERATION, options.idempotency_key)?;
        let v2 = NewSandbox {
            template_id: options
                .template
                .unwrap_or_else(|| defaults::TEMPLATE.to_owned()),
            timeout,
            allow_internet_access: options.allow_internet_access,
            metadata: options.metadata,
            env_vars: options.envs,
            ..NewSandbox::default()
        };
        let default = whole_seconds(OPERATION, defaults::SANDBOX_TIMEOUT)?;
        let v1 = NewSandbox {
            timeout: Some(timeout.unwrap_or(default)),
            secure: Some(options.secure.unwrap_or(true)),
            ..v2.clone()
        };
        let request = |path, body| {
            Request::new(Method::POST, path)
                .json(body)
                .idempotency_key(key.clone())
        };
        let v1 = request("/sandboxes", &v1);
        let answer = if options.secure == Some(false) {
            // The second version has no word for it.
            self.connection.request(&v1).await
        } else {
            let v2 = request("/v2/sandboxes", &v2);
            version::newest(&self.connection, &v2, &v1).await
        };
        let answer = answer.map_err(|failure| match failure {
            Failure::Refused(refusal) if refusal.status == 404 => {
                diagnosis::refused(ErrorKind::Template, OPERATION, &refusal)
            }
            failure => diagnosis::control(OPERATION, failure),
        })?;
        self.sandbox(OPERATION, &answer)
    }

    /// Connects to a sandbox, and resumes it when it is paused. The timeout (default: 300 s) only
    /// ever extends the life of one that runs.
    ///
    /// Fails with the kind [`ErrorKind::SandboxNotFound`] where there is none.
    pub async fn connect(&self, sandbox_id: &str, timeout: Option<Duration>) -> Result<Sandbox> {
        const OPERATION: &str = "sandbox.connect";
        let id = parse_id(OPERATION, sandbox_id)?;
        let timeout = timeout.map(|timeout| whole_seconds(OPERATION, timeout));
        let timeout = timeout.transpose()?;
        let default = whole_seconds(OPERATION, defaults::SANDBOX_TIMEOUT)?;
        let request = |path, timeout| {
            let body = control::Connect {
                timeout,
                memory: None,
            };
            Request::new(Method::POST, path).json(&body)
        };
        let v2 = request(format!("/v2/sandboxes/{id}/connect"), timeout);
        let v1 = request(
            format!("/sandboxes/{id}/connect"),
            timeout.or(Some(default)),
        );
        let answer = version::newest(&self.connection, &v2, &v1).await;
        let missing = format!("Paused sandbox {id} not found");
        let answer = answer.map_err(|failure| not_found(OPERATION, missing, failure))?;
        self.sandbox(OPERATION, &answer)
    }

    /// Lists sandboxes, page by page.
    #[must_use]
    pub fn list(&self, options: ListOptions) -> Paginator {
        Paginator::new(Arc::clone(&self.connection), options)
    }

    /// Kills a sandbox, paused or not; false when there was none.
    pub async fn kill(&self, sandbox_id: &str) -> Result<bool> {
        const OPERATION: &str = "sandbox.kill";
        let id = parse_id(OPERATION, sandbox_id)?;
        let request = Request::new(Method::DELETE, format!("/sandboxes/{id}"));
        match self.connection.request(&request).await {
            Ok(_) => Ok(true),
            Err(failure) if is_missing(&failure) => Ok(false),
            Err(failure) => Err(diagnosis::control(OPERATION, failure)),
        }
    }

    /// Sets how long a sandbox lives from now on: longer or shorter, rounded up to whole seconds, at
    /// most what the service allows. Zero ends it now.
    ///
    /// Fails with the kind [`ErrorKind::SandboxNotFound`] where there is none.
    pub async fn set_timeout(&self, sandbox_id: &str, timeout: Duration) -> Result<()> {
        const OPERATION: &str = "sandbox.set_timeout";
        let id = parse_id(OPERATION, sandbox_id)?;
        let timeout = whole_seconds(OPERATION, timeout)?;
        let request = Request::new(Method::POST, format!("/sandboxes/{id}/timeout"))
            .json(&SetTimeout { timeout });
        let answer = self.connection.request(&request).await;
        let missing = format!("Sandbox {id} not found");
        answer.map_err(|failure| not_found(OPERATION, missing, failure))?;
        Ok(())
    }

    /// What the service knows of a sandbox, paused or not.
    ///
    /// Fails with the kind [`ErrorKind::SandboxNotFound`] where there is none.
    pub async fn get_info(&self, sandbox_id: &str) -> Result<SandboxInfo> {
        const OPERATION: &str = "sandbox.get_info";
        let id = parse_id(OPERATION, sandbox_id)?;
        let request = Request::new(Method::GET, format!("/sandboxes/{id}"));
        let answer = self.connection.request(&request).await;
        let detail = answer.and_then(|answer| answer.json::<SandboxDetail>());
        let missing = format!("Sandbox {id} not found");
        let detail = detail.map_err(|failure| not_found(OPERATION, missing, failure))?;
        Ok(detail.into())
    }

    fn sandbox(&self, operation: &'static str, answer: &Answer) -> Result<Sandbox> {
        let described = answer.json::<control::Sandbox>();
        let described = described.map_err(|failure| diagnosis::control(operation, failure))?;
        Sandbox::new(self.clone(), described).ok_or_else(|| {
            let message = "The server describes a sandbox that cannot be reached";
            Error::new(ErrorKind::Unexpected, operation, message)
        })
    }
}

/// An id that is safe to stand in a URL.
fn parse_id(operation: &'static str, sandbox_id: &str) -> Result<SandboxId> {
    sandbox_id.parse().map_err(|_| {
        let start: String = sandbox_id.chars().take(64).collect();
        let more = if start.len() < sandbox_id.len() {
            "..."
        } else {
            ""
        };
        let message = format!("Invalid sandbox ID {start:?}{more}: ids are [a-z0-9]");
        invalid(operation, message)
    })
}

fn idempotency_key(operation: &'static str, given: Option<String>) -> Result<HeaderValue> {
    let key = match given {
        Some(key) => key,
        None => random_key(operation)?,
    };
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if key.is_empty() || key.len() > 255 || !key.bytes().all(allowed) {
        let message = "Invalid idempotency_key: it must be 1 to 255 characters of [a-z0-9-]";
        return Err(invalid(operation, message));
    }
    Ok(HeaderValue::try_from(key).expect("letters, digits and dashes"))
}

/// A random key. It comes from the system each time: a generator of our own would repeat itself in
/// a forked child, which then got its parent's sandbox.
fn random_key(operation: &'static str) -> Result<String> {
    let mut random = [0; 16];
    SysRng.try_fill_bytes(&mut random).map_err(|error| {
        let message = "The system has no random numbers";
        Error::new(ErrorKind::Unexpected, operation, message).with_source(error)
    })?;
    Ok(format!("{:032x}", u128::from_ne_bytes(random)))
}

/// Whether the service itself says that there is no such thing. What else answers with 404 does not
/// know.
fn is_missing(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused(refusal) if refusal.code == Some(404))
}

fn not_found(operation: &'static str, message: String, failure: Failure) -> Error {
    if is_missing(&failure) {
        Error::new(ErrorKind::SandboxNotFound, operation, message).with_status(404)
    } else {
        diagnosis::control(operation, failure)
    }
}

fn invalid(operation: &'static str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, operation, message)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::{idempotency_key, parse_id};
    use crate::ErrorKind;

    #[test]
    fn foreign_ids_are_refused_and_named_shortly() {
        let long = "a".repeat(10_000);
        for id in ["", "a/b", "../x", "a b", "a\0", "A", &long] {
            let error = parse_id("sandbox.kill", id).expect_err(id);
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.message().len() < 200, "{error}");
            assert!(
                error.message().starts_with("Invalid sandbox ID \""),
                "{error}"
            );
        }
        let id = parse_id("sandbox.kill", "iabc-6532622b").expect("the old form");
        assert_eq!(id.as_str(), "iabc");
    }

    #[test]
    fn idempotency_keys() {
        let random = || idempotency_key("sandbox.create", None).expect("random");
        assert_eq!(random().len(), 32);
        assert_ne!(random(), random());
        let given = |key: String| idempotency_key("sandbox.create", Some(key));
        assert_eq!(
            given("a-1".to_owned())
                .ok()
                .as_ref()
                .map(HeaderValue::as_bytes),
            Some(&b"a-1"[..])
        );
        for key in [
            String::new(),
            "A".to_owned(),
            "a b".to_owned(),
            "a".repeat(256),
        ] {
            assert!(given(key).is_err());
        }
    }
}
