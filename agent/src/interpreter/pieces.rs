//! Output that is too long for one message of a kernel to be kept: cut into messages that are not,
//! while it comes in.

use bytes::Bytes;

/// How much may stand before the text, in bytes.
const HEAD: usize = 1024;

/// What the text is called.
const NAME: &[u8] = b"\"text\"";

/// Cuts the content of an output message, which is an object with a text in it.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    state: State,
    /// What came and was not given out.
    rest: Vec<u8>,
    is_error: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    /// Before the text.
    #[default]
    Head,
    Text,
    /// After the text, or where there is none.
    Over,
}

impl Pieces {
    /// Takes what came, and gives the content of a message for the text in it, if there is any.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Option<Bytes> {
        if self.state == State::Over {
            return None;
        }
        self.rest.extend_from_slice(bytes);
        if self.state == State::Head {
            let Some(start) = start_of_text(&self.rest) else {
                if self.rest.len() > HEAD {
                    self.state = State::Over;
                }
                return None;
            };
            let head = String::from_utf8_lossy(&self.rest[..start]);
            self.is_error = head.contains("\"stderr\"");
            self.rest.drain(..start);
            self.state = State::Text;
        }
        let (end, is_over) = end_of_text(&self.rest);
        let text: Vec<u8> = self.rest.drain(..end).collect();
        if is_over {
            self.state = State::Over;
            self.rest = Vec::new();
        }
        (!text.is_empty()).then(|| self.content(&text))
    }

    fn content(&self, text: &[u8]) -> Bytes {
        let name = if self.is_error { "stderr" } else { "stdout" };
        let mut content = Vec::with_capacity(text.len() + 64);
        content.extend_from_slice(format!("{{\"name\":\"{name}\",\"text\":\"").as_bytes());
        content.extend_from_slice(text);
        content.extend_from_slice(b"\"}");
        content.into()
    }
}

/// Where the text starts, after its quote.
fn start_of_text(head: &[u8]) -> Option<usize> {
    let name = head.windows(NAME.len()).position(|it| it == NAME)?;
    let after = name + NAME.len();
    let value = head[after..]
        .iter()
        .position(|byte| !matches!(byte, b':' | b' '))?;
    (head[after + value] == b'"').then_some(after + value + 1)
}

/// Where a text has to be cut: after what is whole of it, or at its end, and whether it is the end.
fn end_of_text(text: &[u8]) -> (usize, bool) {
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let length = match byte {
            b'"' => return (at, true),
            b'\\' => escape(&text[at..]),
            0xf0.. => Some(4),
            0xe0..0xf0 => Some(3),
            0xc0..0xe0 => Some(2),
            _ => Some(1),
        };
        match length {
            Some(length) if at + length <= text.len() => at += length,
            _ => break,
        }
    }
    (at.min(text.len()), false)
}

/// How long an escape is: two halves of a character stay together. None when that is not known yet.
fn escape(text: &[u8]) -> Option<usize> {
    if *text.get(1)? != b'u' {
        return Some(2);
    }
    let digits = text.get(2..4)?;
    let is_first_half = digits[0].eq_ignore_ascii_case(&b'd')
        && matches!(digits[1].to_ascii_lowercase(), b'8' | b'9' | b'a' | b'b');
    if !is_first_half {
        return Some(6);
    }
    match text.get(6..8)? {
        b"\\u" => Some(12),
        _ => Some(6),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::Pieces;

    fn texts(content: &[u8], step: usize, name: &str) -> String {
        let mut pieces = Pieces::default();
        let mut text = String::new();
        for piece in content.chunks(step) {
            if let Some(content) = pieces.push(piece) {
                let content: Value = serde_json::from_slice(&content).expect("it is JSON");
                assert_eq!(content["name"], name);
                text.push_str(content["text"].as_str().expect("a text"));
            }
        }
        text
    }

    /// As Python writes it, where all beyond ASCII is escaped.
    fn escaped(text: &str) -> String {
        let units: Vec<String> = text
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04X}"))
            .collect();
        units.concat()
    }

    proptest! {
        #[test]
        fn pieces_make_the_whole(text in any::<String>(), step in 1_usize..40) {
            let content = json!({"name": "stderr", "text": text}).to_string();
            prop_assert_eq!(texts(content.as_bytes(), step, "stderr"), text);
        }

        #[test]
        fn escapes_stay_whole(text in any::<String>(), step in 1_usize..40) {
            let content = format!("{{\"name\": \"stdout\", \"text\" : \"{}\"}}", escaped(&text));
            prop_assert_eq!(texts(content.as_bytes(), step, "stdout"), text);
        }

        #[test]
        fn nothing_makes_it_panic(
            pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..5),
        ) {
            let mut cut = Pieces::default();
            cut.push(b"{\"text\":\"");
            for piece in pieces {
                cut.push(&piece);
            }
        }
    }

    #[test]
    fn what_is_no_output_is_not_kept() {
        let mut pieces = Pieces::default();
        for _ in 0..1000 {
            assert_eq!(pieces.push(&[b'x'; 1000]), None);
        }
        assert!(pieces.rest.len() < 5000);
    }
}
