//! The code that runs in a sandbox.

mod chart;
mod context;
mod events;
mod execution;
mod failure;
mod forms;
mod large;
mod lines;
mod result;
mod running;

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, header::CONTENT_TYPE};
use sandspan_protocol::{
    defaults::{CODE_TIMEOUT, INTERPRETER_PORT},
    interpreter::Execute,
};

pub use chart::{
    AxisScale, BarChart, BarElement, BoxAndWhiskerChart, BoxAndWhiskerElement, Chart, PieChart,
    PieElement, PointChart, PointElement, SuperChart,
};
pub use context::ContextOptions;
pub use events::{CodeEvent, OutputMessage};
pub use execution::{Execution, ExecutionError, Logs};
pub(crate) use failure::diagnosis;
pub use result::ExecutionResult;
pub use running::RunningCode;

use crate::{
    Error, ErrorKind, Naming, Result,
    agent::Agent,
    arguments::check_envs,
    config::Endpoint,
    transport::{Failure, Limit},
};

use self::events::{Events, Timing};

const OPERATION: &str = "code.run";

/// How long code may run in JavaScript's packages, whose users know it so.
const JAVASCRIPT_TIMEOUT: Duration = Duration::from_secs(60);

/// The code that runs in a sandbox, in kernels that keep their state. It is cheap to clone.
///
/// Without a word about it, code runs in the default context, which is one of Python.
#[derive(Clone)]
pub struct Code {
    agent: Arc<Agent>,
}

impl fmt::Debug for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Code");
        debug
            .field("sandbox_id", &self.agent.sandbox_id)
            .finish_non_exhaustive()
    }
}

/// How to run code.
#[derive(Clone, Debug, Default)]
pub struct RunCodeOptions {
    /// In which language, in its default context. Default: Python. Not together with a context.
    pub language: Option<String>,
    /// The id of the context to run in. Default: the default context of the language.
    pub context: Option<String>,
    /// Its environment variables, beside those of the sandbox. They last for this execution.
    pub envs: BTreeMap<String, String>,
    /// How long it may run before it is interrupted, with the wait for what runs in the context
    /// already. Default: 300 s, and 60 s for JavaScript's packages; zero means without limit.
    pub timeout: Option<Duration>,
    /// How long its start may take. Default: that of the connection; zero means without limit.
    pub request_timeout: Option<Duration>,
}

impl Code {
    pub(crate) fn new(agent: Arc<Agent>) -> Self {
        Self { agent }
    }

    /// Runs code to its end, and gives all that came of it. That the code fails is no error of this
    /// call: see [`Execution::error`].
    ///
    /// At its timeout the code is interrupted, which is an error of the kind [`CommandTimeout`], and
    /// the context can be used again. Dropping the call interrupts the code too. Fails with the kind
    /// [`NotFound`] where there is no such context, and with [`PortClosed`] where the sandbox has no
    /// code interpreter.
    ///
    /// [`CommandTimeout`]: ErrorKind::CommandTimeout
    /// [`NotFound`]: ErrorKind::NotFound
    /// [`PortClosed`]: ErrorKind::PortClosed
    pub async fn run(&self, code: &str, options: RunCodeOptions) -> Result<Execution> {
        let mut events = self.open(code, options).await?;
        let mut execution = Execution::default();
        while let Some(event) = events.next_event().await? {
            execution.push(event);
        }
        Ok(execution)
    }

    /// Starts code, as [`run`](Self::run) does, and returns once it is accepted. What comes of it is
    /// to be taken, and nothing of it is kept.
    pub async fn start(&self, code: &str, options: RunCodeOptions) -> Result<RunningCode> {
        Ok(RunningCode::new(self.open(code, options).await?))
    }

    async fn open(&self, code: &str, options: RunCodeOptions) -> Result<Events> {
        let (language, context_id) = (named(options.language), options.context);
        if let Some(id) = &context_id {
            context::check_id(OPERATION, id)?;
        }
        if language.is_some() && context_id.is_some() {
            let message = "You can provide context or language, but not both at the same time.";
            return Err(Error::new(ErrorKind::InvalidArgument, OPERATION, message));
        }
        check_envs(OPERATION, &options.envs)?;
        let execute = Execute {
            code: code.to_owned(),
            context_id,
            language,
            env_vars: Some(options.envs).filter(|envs| !envs.is_empty()),
        };
        let body = serde_json::to_vec(&execute).expect("texts are JSON");
        let timing = Timing {
            start: self.agent.limit(options.request_timeout),
            end: Limit::from_now(options.timeout.unwrap_or_else(default_timeout)),
        };
        Events::open(
            Arc::clone(&self.agent),
            OPERATION,
            Bytes::from(body),
            timing,
        )
        .await
    }
}

/// What is named, for an empty name stands for the default.
fn named(name: Option<String>) -> Option<String> {
    name.filter(|name| !name.is_empty())
}

/// A request to the code interpreter of a sandbox, with a JSON document if there is one, and the
/// client to make it with.
fn request(
    agent: &Agent,
    endpoint: &Endpoint,
    method: Method,
    path: &str,
    document: Option<&Bytes>,
) -> std::result::Result<(reqwest::Client, reqwest::Request), Failure> {
    let (client, mut request) = agent.port_request(endpoint, INTERPRETER_PORT, method, path)?;
    if let Some(document) = document {
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        *request.body_mut() = Some(document.clone().into());
    }
    Ok((client, request))
}

fn default_timeout() -> Duration {
    match Naming::current() {
        Naming::JavaScript => JAVASCRIPT_TIMEOUT,
        Naming::Rust | Naming::Python => CODE_TIMEOUT,
    }
}
