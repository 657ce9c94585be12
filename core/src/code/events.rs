//! What happens while code runs, as it comes.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::Method;
use reqwest::Url;
use sandspan_protocol::interpreter::{EXECUTE_PATH, Event, Text};
use serde::Deserialize;

use super::{
    ExecutionError, ExecutionResult,
    large::{self, LARGE},
    lines::{Line, Lines},
    request,
};
use crate::{
    Error, ErrorKind, Naming, Result,
    agent::Agent,
    config::Endpoint,
    connection::Effect,
    diagnosis::Stage,
    feed::Pieces,
    lease::Active,
    transport::{Failure, Limit, open, shown, within},
};

/// How long the end of a stream may follow after the end of its execution.
const CLOSING: Duration = Duration::from_secs(1);

/// A piece of what code printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputMessage {
    /// The text.
    pub line: String,
    /// When it was printed, in the form of ISO 8601, where the sandbox says so.
    pub timestamp: Option<String>,
    /// Whether it was printed to the standard error.
    pub error: bool,
}

/// What happens while code runs.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub enum CodeEvent {
    /// The code printed something.
    Output(OutputMessage),
    /// The code displayed something, or came to it.
    Result(ExecutionResult),
    /// The code failed.
    Error(ExecutionError),
    /// How many executions the context has seen, with this one.
    ExecutionCount(u64),
}

/// How long an execution may take to start, and to end.
pub(super) struct Timing {
    pub(super) start: Limit,
    pub(super) end: Limit,
}

/// What is read of every line. What else is there is only known to be JSON.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: Kind,
    is_main_result: Option<bool>,
}

#[derive(PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Result,
    #[serde(other)]
    Other,
}

/// What a line says.
enum Step {
    Event(CodeEvent),
    End,
    /// A sign of life, or something that is not known here.
    Other,
}

/// The answer of the code interpreter while it comes.
struct Stream {
    response: reqwest::Response,
    lines: Lines,
    /// What was read after events that were handed out together.
    ahead: Option<Result<Step, Failure>>,
    /// The execution is a use of the sandbox.
    active: Active,
}

/// The events of one execution, from its start to its end. Dropping it interrupts the execution.
pub(super) struct Events {
    agent: Arc<Agent>,
    operation: &'static str,
    url: Url,
    limit: Limit,
    /// None once it ended, or broke.
    stream: Option<Stream>,
    has_ended: bool,
}

impl Events {
    /// Sends code, and waits until it is accepted.
    pub(super) async fn open(
        agent: Arc<Agent>,
        operation: &'static str,
        body: Bytes,
        timing: Timing,
    ) -> Result<Self> {
        let active = agent.begin();
        let attempt = async |endpoint: Arc<Endpoint>| {
            let (client, request) =
                request(&agent, &endpoint, Method::POST, EXECUTE_PATH, Some(&body))?;
            open(&client, request).await
        };
        let reaching = agent.connection.reach(Effect::Another, attempt);
        let opened = within(timing.start.earlier(timing.end), reaching).await;
        let response = match opened {
            Ok(response) => response,
            Err(Failure::TimedOut) if timing.end.is_over() => return Err(timed_out(operation)),
            Err(failure) => return Err(agent.explain(operation, Stage::Code, failure).await),
        };
        agent.answered();
        Ok(Self {
            url: response.url().clone(),
            agent,
            operation,
            limit: timing.end,
            stream: Some(Stream {
                response,
                lines: Lines::default(),
                ahead: None,
                active,
            }),
            has_ended: false,
        })
    }

    /// The next event; none after the last. A reading that is given up loses nothing.
    pub(super) async fn next_event(&mut self) -> Result<Option<CodeEvent>> {
        loop {
            match self.step().await {
                Ok(Step::Event(event)) => return Ok(Some(event)),
                Ok(Step::Other) => {}
                Ok(Step::End) => {
                    self.close();
                    return Ok(None);
                }
                Err(failure) => return Err(self.broken(failure).await),
            }
        }
    }

    /// The next event and those that came with it, at least one; none after the last.
    pub(super) async fn next_events(&mut self) -> Result<Option<Vec<CodeEvent>>> {
        let Some(first) = self.next_event().await? else {
            return Ok(None);
        };
        let mut events = vec![first];
        if let Some(stream) = &mut self.stream {
            stream.drain_into(&mut events);
        }
        Ok(Some(events))
    }

    async fn step(&mut self) -> Result<Step, Failure> {
        if self.has_ended {
            return Ok(Step::End);
        }
        let Some(stream) = &mut self.stream else {
            // A reading that was to explain this was given up.
            return Err(self.cut_off());
        };
        loop {
            if let Some(step) = stream.ahead.take().or_else(|| stream.step()) {
                return step;
            }
            // What never pauses would never meet its limit.
            if self.limit.is_over() {
                return Err(Failure::TimedOut);
            }
            let chunk = async {
                let chunk = stream.response.chunk().await;
                chunk.map_err(|error| Failure::from_reqwest(error, &self.url))
            };
            match within(self.limit, chunk).await? {
                Some(chunk) => stream.lines.push(chunk),
                None => return self.last(),
            }
        }
    }

    /// What the end of the stream says, whose last line may lack its end.
    fn last(&mut self) -> Result<Step, Failure> {
        let rest = self.stream.as_mut().map(|stream| stream.lines.rest());
        match rest.map(step) {
            Some(Ok(Step::End)) => Ok(Step::End),
            _ => Err(self.cut_off()),
        }
    }

    fn cut_off(&self) -> Failure {
        let place = shown(&self.url);
        Failure::CutOff { place }
    }

    /// Ends the connection, which interrupts the code, and finds out what a failure means.
    async fn broken(&mut self, failure: Failure) -> Error {
        self.stream = None;
        if matches!(failure, Failure::TimedOut) {
            return timed_out(self.operation);
        }
        let explained = self.agent.explain(self.operation, Stage::Code, failure);
        explained.await
    }

    /// Reads on to the end of the stream, which nobody waits for, so that its connection can be
    /// used again. The use of the sandbox is over.
    fn close(&mut self) {
        self.has_ended = true;
        let Some(stream) = self.stream.take() else {
            return;
        };
        let (mut response, active) = (stream.response, stream.active);
        drop(active);
        let read = async move {
            while let Ok(Some(_)) = response.chunk().await {}
            Ok(())
        };
        tokio::spawn(within(Limit::from_now(CLOSING), read));
    }
}

impl Pieces for Events {
    type Piece = CodeEvent;

    async fn next(&mut self) -> Result<Option<CodeEvent>> {
        self.next_event().await
    }
}

impl Stream {
    /// What the next line says, as far as there is a whole one.
    fn step(&mut self) -> Option<Result<Step, Failure>> {
        let line = self.lines.next().transpose()?;
        Some(line.and_then(step))
    }

    /// Takes the events that have come, without waiting for more.
    fn drain_into(&mut self, events: &mut Vec<CodeEvent>) {
        while self.ahead.is_none() {
            match self.step() {
                Some(Ok(Step::Event(event))) => events.push(event),
                Some(Ok(Step::Other)) => {}
                None => return,
                other => self.ahead = other,
            }
        }
    }
}

/// Reads a line.
fn step(line: Line) -> Result<Step, Failure> {
    let line = match line {
        Line::Joined(line) if line.len() >= LARGE => match large::output(line) {
            Ok(read) => {
                let (text, error) = read.map_err(|error| garbled(&error))?;
                return Ok(Step::Event(CodeEvent::Output(output(text, error))));
            }
            Err(line) => Line::Joined(line),
        },
        line => line,
    };
    let text = line.as_ref().trim_ascii();
    if text.is_empty() {
        return Ok(Step::Other);
    }
    let head: Head = serde_json::from_slice(text).map_err(|error| garbled(&error))?;
    if head.kind == Kind::Result {
        return Ok(Step::Event(CodeEvent::Result(result(line, &head)?)));
    }
    let event = serde_json::from_slice(text).map_err(|error| garbled(&error))?;
    let event = match event {
        Event::NumberOfExecutions { execution_count } => CodeEvent::ExecutionCount(execution_count),
        Event::Stdout(text) => CodeEvent::Output(output(text, false)),
        Event::Stderr(text) => CodeEvent::Output(output(text, true)),
        Event::Error {
            name,
            value,
            traceback,
        } => CodeEvent::Error(ExecutionError {
            name,
            value,
            traceback,
        }),
        Event::EndOfExecution => return Ok(Step::End),
        // Results were told apart before.
        Event::Keepalive | Event::Unknown | Event::Result(_) => return Ok(Step::Other),
    };
    Ok(Step::Event(event))
}

/// A result, whose line is only known to be JSON: what cannot be held of it must not cost the rest
/// of the execution.
fn result(line: Line, head: &Head) -> Result<ExecutionResult, Failure> {
    if !line.as_ref().trim_ascii_start().starts_with(b"{") {
        return Err(garbled(&"a result is an object"));
    }
    let line = match line {
        Line::Whole(line) => line.to_vec(),
        Line::Joined(line) => line,
    };
    let json = String::from_utf8(line).map_err(|error| garbled(&error))?;
    Ok(ExecutionResult::new(
        json,
        head.is_main_result == Some(true),
    ))
}

fn garbled(error: &dyn fmt::Display) -> Failure {
    Failure::Garbled(format!(
        "Cannot read what the code interpreter sent: {error}"
    ))
}

fn output(text: Text, error: bool) -> OutputMessage {
    OutputMessage {
        line: text.text,
        timestamp: text.timestamp,
        error,
    }
}

fn timed_out(operation: &'static str) -> Error {
    let message = Naming::current().execution_timed_out();
    Error::new(ErrorKind::CommandTimeout, operation, message)
}
