//! How far an execution is, by what its kernel tells.

use std::{borrow::Cow, str};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{
    echo::Echo,
    lines::{self, Stream},
    result,
    wire::{Content, Message},
};

/// An execution that goes on.
#[derive(Debug)]
pub(super) struct Progress {
    /// The id of its request.
    id: String,
    /// Whether a failure was told.
    failed: bool,
    /// A failure that the kernel answered, which is told at the end unless it was published.
    failure: Option<Vec<u8>>,
    idle: bool,
    replied: bool,
    /// What is still to be heard, and the request that it answers.
    echo: Option<(Echo, String)>,
}

/// The end of an execution.
#[derive(Debug)]
pub(super) struct Last {
    /// Whether the code failed.
    pub(super) has_failed: bool,
    /// What is left to tell.
    pub(super) line: Option<Vec<u8>>,
}

#[derive(Debug, Deserialize)]
struct Output<'message> {
    #[serde(borrow)]
    name: Cow<'message, str>,
    #[serde(borrow)]
    text: &'message RawValue,
}

#[derive(Debug, Deserialize)]
struct State {
    execution_state: String,
}

#[derive(Debug, Deserialize)]
struct Input {
    execution_count: u64,
}

/// A failure, as it is published, and as it is answered, where the status comes with it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Failure {
    status: String,
    ename: String,
    evalue: String,
    traceback: Vec<String>,
}

impl Failure {
    fn line(&self) -> Vec<u8> {
        // A shell's commands fail without one.
        let name = Some(&*self.ename).filter(|name| !name.is_empty());
        let name = name.unwrap_or("Error");
        lines::error(name, &self.evalue, &self.traceback.concat())
    }
}

impl Progress {
    /// An execution whose request has this id.
    pub(super) fn new(id: String) -> Self {
        Self {
            id,
            failed: false,
            failure: None,
            idle: false,
            replied: false,
            echo: None,
        }
    }

    /// Goes on until an echo is heard, which has this request.
    pub(super) fn wait_for(&mut self, echo: Echo, request: String) {
        self.echo = Some((echo, request));
    }

    /// What a client is told of something that the kernel published.
    pub(super) fn published(&mut self, message: &Message) -> Option<Vec<u8>> {
        let is_of_echo = |(_, request): &(Echo, String)| *request == message.parent;
        let is_late = self.echo.as_ref().is_some_and(is_of_echo);
        if message.parent != self.id && !is_late {
            return None;
        }
        let date = message.header.date.as_deref().unwrap_or_default();
        match message.header.msg_type.as_str() {
            "stream" if self.hears_echo(&message.content) => None,
            "stream" => output(&message.content, date),
            "display_data" => displayed(&message.content, false, date),
            "execute_result" => displayed(&message.content, true, date),
            // What follows is of the echo itself.
            _ if is_late => None,
            "execute_input" => {
                let input: Input = read(&message.content)?;
                Some(lines::number_of_executions(input.execution_count))
            }
            "error" if !self.failed => {
                self.failed = true;
                Some(failed(&message.content))
            }
            "status" => {
                let state: State = read(&message.content)?;
                self.idle |= state.execution_state == "idle";
                None
            }
            _ => None,
        }
    }

    fn hears_echo(&mut self, content: &Content) -> bool {
        let Content::Whole(content) = content else {
            return false;
        };
        let text = str::from_utf8(content).unwrap_or_default();
        self.echo.take_if(|(echo, _)| echo.is_in(text)).is_some()
    }

    /// Takes note of an answer of the kernel.
    pub(super) fn answered(&mut self, message: &Message) {
        if message.parent != self.id || message.header.msg_type != "execute_reply" {
            return;
        }
        self.replied = true;
        let reply: Failure = read(&message.content).unwrap_or_default();
        self.failure = match reply.status.as_str() {
            "error" => Some(reply.line()),
            "abort" | "aborted" => Some(lines::error(
                "ExecutionAborted",
                "Execution was aborted",
                "",
            )),
            _ => None,
        };
    }

    /// Whether one of the two signs of the end has come, and the other should come soon.
    pub(super) fn is_almost_over(&self) -> bool {
        self.idle || self.replied
    }

    /// Whether the kernel is idle again.
    pub(super) fn is_idle(&self) -> bool {
        self.idle
    }

    /// Whether nothing more comes.
    pub(super) fn is_over(&self) -> bool {
        self.idle && self.replied && self.echo.is_none()
    }

    /// Whether a failure was told.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// What is left to tell at the end.
    pub(super) fn finish(self) -> Last {
        let failure = if self.idle {
            self.failure
        } else {
            Some(lines::error(
                "UnexpectedEndOfExecution",
                "The execution has ended, and the end of its output was lost",
                "",
            ))
        };
        Last {
            has_failed: self.failed || failure.is_some(),
            line: failure.filter(|_| !self.failed),
        }
    }
}

fn output(content: &Content, date: &str) -> Option<Vec<u8>> {
    let content = match content {
        Content::Whole(content) => content,
        Content::Long(length) => {
            let note =
                format!("[{length} bytes of output at once were too many, and are left out]\n");
            return Some(lines::note(&note, date));
        }
    };
    let content: Output<'_> = serde_json::from_slice(content).ok()?;
    let stream = match &*content.name {
        "stdout" => Stream::Out,
        "stderr" => Stream::Error,
        _ => return None,
    };
    Some(lines::output(stream, content.text, date))
}

fn failed(content: &Content) -> Vec<u8> {
    if let Content::Long(length) = content {
        let note = format!("[the error is left out: it has {length} bytes]");
        return lines::error("Error", &note, "");
    }
    let failure: Failure = read(content).unwrap_or_default();
    failure.line()
}

fn displayed(content: &Content, is_main: bool, date: &str) -> Option<Vec<u8>> {
    match content {
        Content::Whole(content) => result::lines(str::from_utf8(content).ok()?, is_main, date),
        Content::Long(length) => Some(result::too_long(*length, is_main, date)),
    }
}

fn read<Document: DeserializeOwned>(content: &Content) -> Option<Document> {
    match content {
        Content::Whole(content) => serde_json::from_slice(content).ok(),
        Content::Long(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sandspan_protocol::interpreter::{Event, Text};
    use serde_json::{Value, json};

    use super::{Content, Echo, Message, Progress};

    fn message(kind: &str, content: &Value) -> Message {
        Message::of("ours", kind, Content::Whole(content.to_string().into()))
    }

    fn events(lines: &[u8]) -> Vec<Event> {
        let lines = std::str::from_utf8(lines).expect("it is text").lines();
        lines
            .map(|line| serde_json::from_str(line).expect("an event"))
            .collect()
    }

    fn progress() -> Progress {
        Progress::new("ours".to_owned())
    }

    fn idle() -> Message {
        message("status", &json!({"execution_state": "idle"}))
    }

    fn failure() -> Value {
        json!({"ename": "E", "evalue": "why", "traceback": ["a\n", "b"], "status": "error"})
    }

    fn told() -> Vec<Event> {
        vec![Event::Error {
            name: "E".to_owned(),
            value: "why".to_owned(),
            traceback: "a\nb".to_owned(),
        }]
    }

    #[test]
    fn output_is_told_with_its_time() {
        let text = |text: &str| Text {
            text: text.to_owned(),
            timestamp: Some("now".to_owned()),
        };
        for (name, event) in [
            ("stdout", Event::Stdout(text("é\n"))),
            ("stderr", Event::Stderr(text("é\n"))),
        ] {
            let content = json!({"name": name, "text": "é\n"});
            let line = progress().published(&message("stream", &content));
            assert_eq!(events(&line.expect("it is told")), [event]);
        }
    }

    #[test]
    fn what_others_asked_for_is_not_told() {
        let content = json!({"name": "stdout", "text": "x"}).to_string();
        let message = Message::of("theirs", "stream", Content::Whole(content.into()));
        assert_eq!(progress().published(&message), None);
    }

    #[test]
    fn it_is_over_after_both_signs_in_any_order() {
        let reply = message("execute_reply", &json!({"status": "ok"}));
        for idle_first in [true, false] {
            let mut progress = progress();
            if idle_first {
                progress.published(&idle());
            } else {
                progress.answered(&reply);
            }
            assert!(progress.is_almost_over() && !progress.is_over());
            progress.published(&idle());
            progress.answered(&reply);
            assert!(progress.is_over());
            assert!(!progress.finish().has_failed);
        }
    }

    #[test]
    fn what_is_published_before_the_echo_counts() {
        let echo = Echo::of_language("javascript").expect("it needs one");
        let printed = echo.code();
        let mut progress = progress();
        progress.published(&idle());
        progress.answered(&message("execute_reply", &json!({"status": "ok"})));
        progress.wait_for(echo, "echo".to_owned());
        let late = |kind: &str, content: Value| {
            Message::of("echo", kind, Content::Whole(content.to_string().into()))
        };
        let input = late("execute_input", json!({"execution_count": 7}));
        assert_eq!(progress.published(&input), None);
        let result = json!({"data": {"text/plain": "1"}});
        assert!(
            progress
                .published(&late("execute_result", result))
                .is_some()
        );
        assert!(!progress.is_over());
        let echo = json!({"name": "stdout", "text": printed});
        assert_eq!(progress.published(&late("stream", echo)), None);
        assert!(progress.is_over());
    }

    #[test]
    fn a_failure_is_told_once() {
        let reply = message("execute_reply", &failure());
        let mut published = progress();
        let line = published.published(&message("error", &failure()));
        assert_eq!(events(&line.expect("it is told")), told());
        assert_eq!(published.published(&message("error", &failure())), None);
        published.answered(&reply);
        published.published(&idle());
        assert_eq!(published.finish().line, None);

        let mut answered = progress();
        answered.answered(&reply);
        answered.published(&idle());
        assert_eq!(events(&answered.finish().line.expect("it is told")), told());
    }

    #[test]
    fn an_end_that_was_lost_is_told() {
        let mut progress = progress();
        progress.answered(&message("execute_reply", &json!({"status": "ok"})));
        let told = events(&progress.finish().line.expect("it is told"));
        assert!(
            matches!(&told[..], [Event::Error { name, .. }] if name == "UnexpectedEndOfExecution")
        );
    }

    #[test]
    fn what_was_not_taken_is_told() {
        let message = Message::of("ours", "execute_result", Content::Long(1 << 30));
        let told = events(&progress().published(&message).expect("it is told"));
        assert!(matches!(&told[..], [Event::Stderr(_), Event::Result(_)]));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(
            kind in "stream|display_data|execute_result|execute_input|error|status|execute_reply",
            content in any::<String>(),
        ) {
            let mut progress = progress();
            let message = Message::of("ours", &kind, Content::Whole(content.into()));
            if let Some(lines) = progress.published(&message) {
                events(&lines);
            }
            progress.answered(&message);
        }
    }
}
