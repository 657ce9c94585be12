//! The commands in a sandbox.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use connectrpc::{ConnectError, ErrorCode, client::CallOptions};
use http::header::AUTHORIZATION;
use sandspan_protocol::{
    defaults,
    rpc::process::{self, process_selector::Selector},
};

use crate::{
    CommandHandle, CommandResult, Error, ErrorKind, Result,
    agent::{Agent, Process},
    agent_version::AgentVersion,
    arguments::{check_envs, check_text, check_user},
    command_handle::finished,
    diagnosis::Stage,
    events::{Events, Source, Step, Timing},
    input::{InputStream, Target},
    output::Transcript,
    transport::Failure,
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
    /// Whether all of its output is kept for its result. Default: yes. Otherwise only what was not
    /// taken yet is, up to 1 MiB: see [`CommandHandle`].
    pub retain_output: Option<bool>,
}

/// How to follow a process that runs already.
#[derive(Clone, Copy, Debug, Default)]
pub struct FollowOptions {
    /// How long to follow it, after which it is not killed. Default: 60 s; zero means without limit.
    pub timeout: Option<Duration>,
    /// How long the connection may take. Default: that of the connection to the service; zero means
    /// without limit.
    pub request_timeout: Option<Duration>,
    /// As [`RunOptions::retain_output`].
    pub retain_output: Option<bool>,
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
    /// output is read from then on.
    pub async fn start(&self, command: &str, options: RunOptions) -> Result<CommandHandle> {
        let keeps = options.retain_output.unwrap_or(true);
        let (pid, events) = self.run_bash("commands.start", command, options).await?;
        let commands = self.clone();
        Ok(CommandHandle::new(
            commands,
            Target::Stdin,
            pid,
            keeps,
            events,
        ))
    }

    /// Runs a command to its end, as [`start`](Self::start) does.
    ///
    /// An exit code other than 0 is an error of the kind [`CommandExit`], which carries the result.
    /// At its timeout a command is killed, which is an error of the kind [`CommandTimeout`].
    ///
    /// [`CommandExit`]: crate::ErrorKind::CommandExit
    /// [`CommandTimeout`]: crate::ErrorKind::CommandTimeout
    pub async fn run(&self, command: &str, options: RunOptions) -> Result<CommandResult> {
        const OPERATION: &str = "commands.run";
        let keeps = options.retain_output.unwrap_or(true);
        let (_, mut events) = self.run_bash(OPERATION, command, options).await?;
        let mut transcript = Transcript::new(keeps);
        let exit = loop {
            match events.step().await? {
                Step::Output(stream, bytes) => transcript.push(stream, bytes),
                Step::End(exit) => break exit,
            }
            // Nobody takes it.
            transcript.skip();
        };
        events.close();
        transcript.finish();
        finished(OPERATION, exit, transcript.into_texts(), keeps)
    }

    async fn run_bash(
        &self,
        operation: &'static str,
        command: &str,
        options: RunOptions,
    ) -> Result<(u32, Events)> {
        check_text(operation, "cmd", command)?;
        let program = Program {
            arguments: ["-l", "-c", command].map(str::to_owned).into(),
            envs: options.envs,
            cwd: options.cwd,
            user: options.user,
            stdin: Some(options.stdin),
            terminal: None,
        };
        let timing = self.timing(options.timeout, options.request_timeout);
        self.open(operation, program, timing).await
    }

    /// Starts a program and opens the stream of its events.
    pub(crate) async fn open(
        &self,
        operation: &'static str,
        program: Program,
        timing: Timing,
    ) -> Result<(u32, Events)> {
        program.check(operation)?;
        let authorization = self.agent.authorization(program.user.as_deref());
        let request = program.request();
        let start = async |client: Process, mut call: CallOptions| {
            if let Some(authorization) = &authorization {
                call = call.with_header(AUTHORIZATION, authorization.clone());
            }
            let stream = client.start_with_options(request.clone(), call).await?;
            Ok(Source::Start(stream))
        };
        Events::open(Arc::clone(&self.agent), operation, timing, start).await
    }

    /// Follows a process that runs already, from now on.
    ///
    /// Fails with the kind [`NotFound`](crate::ErrorKind::NotFound) where there is none.
    pub async fn connect(&self, pid: u32, options: FollowOptions) -> Result<CommandHandle> {
        self.follow("commands.connect", Target::Stdin, pid, options)
            .await
    }

    pub(crate) async fn follow(
        &self,
        operation: &'static str,
        target: Target,
        pid: u32,
        options: FollowOptions,
    ) -> Result<CommandHandle> {
        let request = process::ConnectRequest {
            process: selector(pid).into(),
            ..Default::default()
        };
        let connect = async |client: Process, call: CallOptions| {
            let stream = client.connect_with_options(request.clone(), call).await?;
            Ok(Source::Connect(stream))
        };
        let timing = self.timing(options.timeout, options.request_timeout);
        let agent = Arc::clone(&self.agent);
        let (pid, events) = Events::open(agent, operation, timing, connect).await?;
        let keeps = options.retain_output.unwrap_or(true);
        Ok(CommandHandle::new(self.clone(), target, pid, keeps, events))
    }

    pub(crate) fn timing(
        &self,
        timeout: Option<Duration>,
        request_timeout: Option<Duration>,
    ) -> Timing {
        Timing {
            start: self.agent.limit(request_timeout),
            end: timeout.unwrap_or(defaults::COMMAND_TIMEOUT),
        }
    }

    /// The processes that were started as commands or terminals and still run, in no order.
    pub async fn list(&self, request_timeout: Option<Duration>) -> Result<Vec<ProcessInfo>> {
        let list = async |client: Process| client.list(process::ListRequest::default()).await;
        let answer = self.call("commands.list", request_timeout, list).await?;
        let processes = answer.into_owned().processes;
        Ok(processes.into_iter().map(info).collect())
    }

    /// Kills a process with SIGKILL; false when there was none.
    pub async fn kill(&self, pid: u32, request_timeout: Option<Duration>) -> Result<bool> {
        self.kill_as("commands.kill", pid, request_timeout).await
    }

    pub(crate) async fn kill_as(
        &self,
        operation: &'static str,
        pid: u32,
        request_timeout: Option<Duration>,
    ) -> Result<bool> {
        let request = process::SendSignalRequest {
            process: selector(pid).into(),
            signal: process::Signal::SIGNAL_SIGKILL.into(),
            ..Default::default()
        };
        let kill = async |client: Process| client.send_signal(request.clone()).await;
        let limit = self.agent.limit(request_timeout);
        let answer = self.agent.call(limit, kill).await;
        match answer {
            Ok(_) => Ok(true),
            Err(Failure::Rpc {
                code: ErrorCode::NotFound,
                ..
            }) => Ok(false),
            Err(failure) => Err(self.agent.explain(operation, Stage::Call, failure).await),
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
        self.send_input(
            "commands.send_stdin",
            pid,
            Target::Stdin.input(data),
            request_timeout,
        )
        .await
    }

    pub(crate) async fn send_input(
        &self,
        operation: &'static str,
        pid: u32,
        input: process::ProcessInput,
        request_timeout: Option<Duration>,
    ) -> Result<()> {
        let request = process::SendInputRequest {
            process: selector(pid).into(),
            input: input.into(),
            ..Default::default()
        };
        let send = async |client: Process| client.send_input(request.clone()).await;
        self.call(operation, request_timeout, send).await?;
        Ok(())
    }

    /// Opens a way into a command that was started with an input. It stays open for `timeout`, by
    /// default 60 s and with zero without limit, and its end is acknowledged within
    /// `request_timeout`, by default that of the connection. Must be called in a Tokio runtime.
    ///
    /// Where there is no such command, the handle's methods fail with the kind
    /// [`NotFound`](crate::ErrorKind::NotFound).
    #[must_use]
    pub fn stream_input(
        &self,
        pid: u32,
        timeout: Option<Duration>,
        request_timeout: Option<Duration>,
    ) -> InputStream {
        self.stream_to(Target::Stdin, pid, timeout, request_timeout)
    }

    pub(crate) fn stream_to(
        &self,
        target: Target,
        pid: u32,
        timeout: Option<Duration>,
        request_timeout: Option<Duration>,
    ) -> InputStream {
        let agent = Arc::clone(&self.agent);
        let request_timeout =
            request_timeout.unwrap_or(self.agent.connection.settings.request_timeout);
        InputStream::open(agent, target, pid, timeout, request_timeout)
    }

    /// Closes a command's input, so that it reads end of file. Doing so again changes nothing.
    ///
    /// Fails with the kind [`NotFound`](crate::ErrorKind::NotFound) where there is no such process, and
    /// with [`Template`](ErrorKind::Template) where the sandbox's agent is older than 0.5.2.
    pub async fn close_stdin(&self, pid: u32, request_timeout: Option<Duration>) -> Result<()> {
        const OPERATION: &str = "commands.close_stdin";
        if self.agent.version < AgentVersion::CLOSE_STDIN {
            let message = "You need to update the template to close the input of a command.";
            return Err(Error::new(ErrorKind::Template, OPERATION, message));
        }
        let request = process::CloseStdinRequest {
            process: selector(pid).into(),
            ..Default::default()
        };
        let close = async |client: Process| client.close_stdin(request.clone()).await;
        self.call(OPERATION, request_timeout, close).await?;
        Ok(())
    }

    pub(crate) async fn call<T, F>(
        &self,
        operation: &'static str,
        request_timeout: Option<Duration>,
        call: impl Fn(Process) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T, ConnectError>>,
    {
        let limit = self.agent.limit(request_timeout);
        let answer: Result<_, Failure> = self.agent.call(limit, call).await;
        match answer {
            Ok((answer, _)) => Ok(answer),
            Err(failure) => Err(self.agent.explain(operation, Stage::Call, failure).await),
        }
    }
}

/// What `/bin/bash` is started with.
pub(crate) struct Program {
    pub(crate) arguments: Vec<String>,
    pub(crate) envs: BTreeMap<String, String>,
    pub(crate) cwd: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) stdin: Option<bool>,
    pub(crate) terminal: Option<process::PTY>,
}

impl Program {
    fn check(&self, operation: &'static str) -> Result<()> {
        check_envs(operation, &self.envs)?;
        if let Some(cwd) = &self.cwd {
            check_text(operation, "cwd", cwd)?;
        }
        match &self.user {
            Some(user) => check_user(operation, user),
            None => Ok(()),
        }
    }

    fn request(self) -> process::StartRequest {
        process::StartRequest {
            process: process::ProcessConfig {
                cmd: "/bin/bash".to_owned(),
                args: self.arguments,
                envs: self.envs.into_iter().collect(),
                cwd: self.cwd,
                ..Default::default()
            }
            .into(),
            pty: self.terminal.into(),
            stdin: self.stdin,
            ..Default::default()
        }
    }
}

pub(crate) fn selector(pid: u32) -> process::ProcessSelector {
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
