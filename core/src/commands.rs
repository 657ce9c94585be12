//! The commands in a sandbox.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use connectrpc::{ConnectError, ErrorCode, client::CallOptions};
use http::{HeaderValue, header::AUTHORIZATION};
use sandspan_protocol::{
    defaults,
    rpc::process::{self, process_input::Input, process_selector::Selector},
};

use crate::{
    CommandHandle, CommandResult, Result,
    agent::{Agent, Process},
    arguments::{check_envs, check_text, check_user},
    command_handle::finished,
    diagnosis::Stage,
    events::{Events, Source, Timing},
    output::Transcript,
    transport::{Failure, Limit},
};

/// The commands in a sandbox. It is cheap to clone.
#[derive(Clone)]
pub struct Commands {
    agent: Arc<Agent>,
}

impl fmt::Debug for Commands {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Commands");
        debug
            .field("sandbox_id", &self.agent.sandbox_id)
            .finish_non_exhaustive()
    }
}

/// How to run a command.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Where; a relative path starts at the user's home. Default: that home.
    pub cwd: Option<String>,
    /// As whom. Default: the sandbox's default user.
    pub user: Option<String>,
    /// Its environment variables, beside those of the sandbox.
    pub envs: BTreeMap<String, String>,
    /// Whether it has an input to write to; otherwise it reads end of file at once.
    pub stdin: bool,
    /// How long it may run before it is killed. Default: 60 s; zero means without limit.
    pub timeout: Option<Duration>,
    /// How long its start may take. Default: that of the connection; zero means without limit.
    pub request_timeout: Option<Duration>,
}

/// A process that runs in a sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessInfo {
    /// Its process id in the sandbox.
    pub pid: u32,
    /// The tag that it was started with.
    pub tag: Option<String>,
    /// The program.
    pub cmd: String,
    /// The program's arguments.
    pub args: Vec<String>,
    /// The environment variables that it was started with, beside those of the sandbox.
    pub envs: BTreeMap<String, String>,
    /// Where it was started, if that was said.
    pub cwd: Option<String>,
}

impl Commands {
    pub(crate) fn new(agent: Arc<Agent>) -> Self {
        Self { agent }
    }

    /// Starts a command, `/bin/bash -l -c <command>`, and returns once its process id is known. Its
    /// output is kept from then on.
    pub async fn start(&self, command: &str, options: RunOptions) -> Result<CommandHandle> {
        let (pid, events) = self.open("commands.start", command, options).await?;
        Ok(CommandHandle::new(self.clone(), pid, events))
    }

    /// Runs a command to its end, as [`start`](Self::start) does.
    ///
    /// An exit code other than 0 is an error of the kind [`CommandExit`], which carries the result.
    /// At its timeout a command is killed, which is an error of the kind [`CommandTimeout`].
    ///
    /// [`CommandExit`]: crate::ErrorKind::CommandExit
    /// [`CommandTimeout`]: crate::ErrorKind::CommandTimeout
    pub async fn run(&self, command: &str, options: RunOptions) -> Result<CommandResult> {
        let (_, events) = self.open("commands.run", command, options).await?;
        let mut transcript = Transcript::default();
        let exit = events
            .read(|stream, bytes| transcript.push(stream, bytes))
            .await?;
        transcript.finish();
        finished("commands.run", exit, transcript.into_texts())
    }

    async fn open(
        &self,
        operation: &'static str,
        command: &str,
        options: RunOptions,
    ) -> Result<(u32, Events)> {
        check(operation, command, &options)?;
        let request = process::StartRequest {
            process: process::ProcessConfig {
                cmd: "/bin/bash".to_owned(),
                args: ["-l", "-c", command].map(str::to_owned).into(),
                envs: options.envs.into_iter().collect(),
                cwd: options.cwd,
                ..Default::default()
            }
            .into(),
            stdin: Some(options.stdin),
            ..Default::default()
        };
        let authorization = options.user.as_deref().map(authorization);
        let start = async |client: Process, mut call: CallOptions| {
            if let Some(authorization) = &authorization {
                call = call.with_header(AUTHORIZATION, authorization.clone());
            }
            let stream = client.start_with_options(request.clone(), call).await?;
            Ok(Source::Start(stream))
        };
        let timing = self.timing(options.timeout, options.request_timeout);
        Events::open(Arc::clone(&self.agent), operation, timing, start).await
    }

    /// Follows a process that runs already, from now on; `timeout` and `request_timeout` are as in
    /// [`RunOptions`].
    ///
    /// Fails with the kind [`NotFound`](crate::ErrorKind::NotFound) where there is none.
    pub async fn connect(
        &self,
        pid: u32,
        timeout: Option<Duration>,
        request_timeout: Option<Duration>,
    ) -> Result<CommandHandle> {
        let request = process::ConnectRequest {
            process: selector(pid).into(),
            ..Default::default()
        };
        let connect = async |client: Process, call: CallOptions| {
            let stream = client.connect_with_options(request.clone(), call).await?;
            Ok(Source::Connect(stream))
        };
        let timing = self.timing(timeout, request_timeout);
        let agent = Arc::clone(&self.agent);
        let (pid, events) = Events::open(agent, "commands.connect", timing, connect).await?;
        Ok(CommandHandle::new(self.clone(), pid, events))
    }

    fn timing(&self, timeout: Option<Duration>, request_timeout: Option<Duration>) -> Timing {
        Timing {
            start: self.limit(request_timeout),
            end: timeout.unwrap_or(defaults::COMMAND_TIMEOUT),
        }
    }

    fn limit(&self, request_timeout: Option<Duration>) -> Limit {
        match request_timeout {
            Some(timeout) => Limit::from_now(timeout),
            None => self.agent.connection.limit(),
        }
    }

    /// The processes that were started as commands or terminals and still run, in no order.
    pub async fn list(&self, request_timeout: Option<Duration>) -> Result<Vec<ProcessInfo>> {
        let list = async |client: Process| client.list(process::ListRequest::default()).await;
        let answer = self.call(request_timeout, list).await;
        match answer {
            Ok(answer) => Ok(answer
                .into_owned()
                .processes
                .into_iter()
                .map(info)
                .collect()),
            Err(failure) => Err(self
                .agent
                .explain("commands.list", Stage::Call, failure)
                .await),
        }
    }

    /// Kills a process with SIGKILL; false when there was none.
    pub async fn kill(&self, pid: u32, request_timeout: Option<Duration>) -> Result<bool> {
        let request = process::SendSignalRequest {
            process: selector(pid).into(),
            signal: process::Signal::SIGNAL_SIGKILL.into(),
            ..Default::default()
        };
        let kill = async |client: Process| client.send_signal(request.clone()).await;
        match self.call(request_timeout, kill).await {
            Ok(_) => Ok(true),
            Err(Failure::Rpc {
                code: ErrorCode::NotFound,
                ..
            }) => Ok(false),
            Err(failure) => Err(self
                .agent
                .explain("commands.kill", Stage::Call, failure)
                .await),
        }
    }

    /// Writes to the input of a command that was started with one.
    ///
    /// Fails with the kind [`NotFound`](crate::ErrorKind::NotFound) where there is no such process.
    pub async fn send_stdin(
        &self,
        pid: u32,
        data: Bytes,
        request_timeout: Option<Duration>,
    ) -> Result<()> {
        let request = process::SendInputRequest {
            process: selector(pid).into(),
            input: process::ProcessInput {
                input: Some(Input::Stdin(data.into())),
                ..Default::default()
            }
            .into(),
            ..Default::default()
        };
        let send = async |client: Process| client.send_input(request.clone()).await;
        match self.call(request_timeout, send).await {
            Ok(_) => Ok(()),
            Err(failure) => Err(self
                .agent
                .explain("commands.send_stdin", Stage::Call, failure)
                .await),
        }
    }

    /// Closes a command's input, so that it reads end of file. Doing so again changes nothing.
    ///
    /// Fails with the kind [`NotFound`](crate::ErrorKind::NotFound) where there is no such process.
    pub async fn close_stdin(&self, pid: u32, request_timeout: Option<Duration>) -> Result<()> {
        let request = process::CloseStdinRequest {
            process: selector(pid).into(),
            ..Default::default()
        };
        let close = async |client: Process| client.close_stdin(request.clone()).await;
        match self.call(request_timeout, close).await {
            Ok(_) => Ok(()),
            Err(failure) => Err(self
                .agent
                .explain("commands.close_stdin", Stage::Call, failure)
                .await),
        }
    }

    async fn call<T, F>(
        &self,
        request_timeout: Option<Duration>,
        call: impl Fn(Process) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, ConnectError>>,
    {
        let limit = self.limit(request_timeout);
        let (answer, _) = self.agent.call(limit, call).await?;
        Ok(answer)
    }
}

fn check(operation: &'static str, command: &str, options: &RunOptions) -> Result<()> {
    check_text(operation, "cmd", command)?;
    check_envs(operation, &options.envs)?;
    if let Some(cwd) = &options.cwd {
        check_text(operation, "cwd", cwd)?;
    }
    match &options.user {
        Some(user) => check_user(operation, user),
        None => Ok(()),
    }
}

/// The user that a command runs as travels as one without a password.
fn authorization(user: &str) -> HeaderValue {
    let value = format!("Basic {}", STANDARD.encode(format!("{user}:")));
    HeaderValue::try_from(value).expect("letters, digits and signs of base64")
}

fn selector(pid: u32) -> process::ProcessSelector {
    process::ProcessSelector {
        selector: Some(Selector::Pid(pid)),
        ..Default::default()
    }
}

fn info(process: process::ProcessInfo) -> ProcessInfo {
    let config = process.config.into_option().unwrap_or_default();
    ProcessInfo {
        pid: process.pid,
        tag: process.tag,
        cmd: config.cmd,
        args: config.args,
        envs: config.envs.into_iter().collect(),
        cwd: config.cwd,
    }
}
