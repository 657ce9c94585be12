//! What a client gets to see: one JSON document a line.
//!
//! Texts go from the kernel's JSON to the client's as they stand, without being read, except that
//! all beyond ASCII is escaped: clients split lines where Unicode does, and pieces anywhere.

use serde_json::{json, value::RawValue};

/// The last line.
pub(super) const END: &str = "{\"type\": \"end_of_execution\"}\n";

/// A sign of life.
pub(super) const KEEPALIVE: &str = "{\"type\": \"keepalive\"}\n";

/// Appends JSON in ASCII; beyond it there is something in texts only, where it can be escaped.
pub(super) fn push_json(line: &mut Vec<u8>, json: &str) {
    let mut rest = json;
    while let Some(start) = rest.bytes().position(|byte| !byte.is_ascii()) {
        line.extend_from_slice(&rest.as_bytes()[..start]);
        rest = &rest[start..];
        let end = rest.bytes().position(|byte| byte.is_ascii());
        let (beyond, after) = rest.split_at(end.unwrap_or(rest.len()));
        for unit in beyond.encode_utf16() {
            push_escaped(line, unit);
        }
        rest = after;
    }
    line.extend_from_slice(rest.as_bytes());
}

fn push_escaped(line: &mut Vec<u8>, unit: u16) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    line.extend_from_slice(b"\\u");
    for shift in [12, 8, 4, 0] {
        line.push(DIGITS[usize::from(unit >> shift & 0xf)]);
    }
}

fn push_text(line: &mut Vec<u8>, text: &str) {
    push_json(line, &json!(text).to_string());
}

/// How many executions the context has seen.
pub(super) fn number_of_executions(count: u64) -> Vec<u8> {
    format!("{{\"type\": \"number_of_executions\", \"execution_count\": {count}}}\n").into_bytes()
}

/// A piece of output, whose text is JSON already.
pub(super) fn output(stream: Stream, text: &RawValue, date: &str) -> Vec<u8> {
    let text = text.get();
    // Room for everything, so that a large one is not moved while it grows.
    let mut line = Vec::with_capacity(text.len() + date.len() + 64);
    line.extend_from_slice(match stream {
        Stream::Out => b"{\"type\": \"stdout\", \"text\": ",
        Stream::Error => b"{\"type\": \"stderr\", \"text\": ",
    });
    push_json(&mut line, text);
    line.extend_from_slice(b", \"timestamp\": ");
    push_text(&mut line, date);
    line.extend_from_slice(b"}\n");
    line
}

/// A piece of output in the words of this program.
pub(super) fn note(text: &str, date: &str) -> Vec<u8> {
    let text = RawValue::from_string(json!(text).to_string()).expect("it is JSON");
    output(Stream::Error, &text, date)
}

/// Which output something was printed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Out,
    Error,
}

/// The code failed, or what runs it did.
pub(super) fn error(name: &str, value: &str, traceback: &str) -> Vec<u8> {
    let mut line = b"{\"type\": \"error\", \"name\": ".to_vec();
    push_text(&mut line, name);
    line.extend_from_slice(b", \"value\": ");
    push_text(&mut line, value);
    line.extend_from_slice(b", \"traceback\": ");
    push_text(&mut line, traceback);
    line.extend_from_slice(b"}\n");
    line
}

/// A line that is made of names and JSON.
pub(super) struct Document(Vec<u8>);

impl Document {
    /// A document of this type.
    pub(super) fn new(kind: &str, room: usize) -> Self {
        let mut line = Vec::with_capacity(room + 64);
        line.extend_from_slice(b"{\"type\": ");
        push_text(&mut line, kind);
        Self(line)
    }

    /// Adds a member.
    pub(super) fn push(&mut self, name: &str, json: &str) {
        self.0.extend_from_slice(b", ");
        push_text(&mut self.0, name);
        self.0.extend_from_slice(b": ");
        push_json(&mut self.0, json);
    }

    /// The line.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.0.extend_from_slice(b"}\n");
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sandspan_protocol::interpreter::{Event, Text};
    use serde_json::{json, value::RawValue};

    use super::{END, KEEPALIVE, Stream, error, number_of_executions, output};

    fn read(line: &[u8]) -> Event {
        assert!(line.is_ascii());
        assert_eq!(
            line.iter().position(|byte| *byte == b'\n'),
            Some(line.len() - 1)
        );
        serde_json::from_slice(line).expect("it is an event")
    }

    #[test]
    fn the_simple_lines_are_events() {
        assert_eq!(read(END.as_bytes()), Event::EndOfExecution);
        assert_eq!(read(KEEPALIVE.as_bytes()), Event::Keepalive);
        let count = Event::NumberOfExecutions { execution_count: 7 };
        assert_eq!(read(&number_of_executions(7)), count);
    }

    proptest! {
        #[test]
        fn texts_arrive_as_they_were(text in any::<String>(), date in any::<String>()) {
            let raw = RawValue::from_string(json!(text).to_string()).expect("it is JSON");
            let expected = Text { text: text.clone(), timestamp: Some(date.clone()) };
            let line = output(Stream::Out, &raw, &date);
            prop_assert_eq!(read(&line), Event::Stdout(expected));
            let expected = Event::Error {
                name: text.clone(),
                value: date.clone(),
                traceback: text.clone(),
            };
            prop_assert_eq!(read(&error(&text, &date, &text)), expected);
        }
    }
}
