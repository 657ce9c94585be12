//! Large pieces of output, which are unpacked in the memory in which they came: most of the time
//! that they take otherwise goes into fresh memory for copies.

use sandspan_protocol::interpreter::Text;
use serde::de::Error as _;

/// From which length on, in bytes, a line is worth it.
pub(super) const LARGE: usize = 64 << 10;

/// What stands before the text of a piece of output, spaces apart.
const STDOUT: &[u8] = br#"{"type":"stdout","text":""#;
const STDERR: &[u8] = br#"{"type":"stderr","text":""#;

/// Reads a line that is output, and tells whether that is of the standard error. All other lines,
/// and such that do not begin as usual, are given back.
pub(super) fn output(line: Vec<u8>) -> Result<serde_json::Result<(Text, bool)>, Vec<u8>> {
    match start(&line, STDOUT) {
        Some(start) => Ok(unpack(line, start).map(|text| (text, false))),
        None => match start(&line, STDERR) {
            Some(start) => Ok(unpack(line, start).map(|text| (text, true))),
            None => Err(line),
        },
    }
}

/// Where the text starts after this beginning, between whose parts there may be spaces.
fn start(line: &[u8], beginning: &[u8]) -> Option<usize> {
    let mut wanted = beginning.iter();
    let mut missing = wanted.next();
    for (position, byte) in line.iter().enumerate() {
        match missing {
            None => return Some(position),
            Some(next) if next == byte => missing = wanted.next(),
            Some(_) if *byte == b' ' => {}
            Some(_) => return None,
        }
    }
    None
}

/// Moves the text to the front of its line, its escapes resolved, which never makes it longer.
fn unpack(mut line: Vec<u8>, start: usize) -> serde_json::Result<Text> {
    let (mut read, mut written) = (start, 0);
    loop {
        let Some(length) = memchr::memchr2(b'"', b'\\', &line[read..]) else {
            // Without an end it is no JSON, which this says in words.
            return serde_json::from_slice(&line[..0]);
        };
        line.copy_within(read..read + length, written);
        written += length;
        read += length;
        if line[read] == b'"' {
            break;
        }
        let (character, after) = escape(&line, read)?;
        let mut bytes = [0; 4];
        let bytes = character.encode_utf8(&mut bytes).as_bytes();
        line[written..written + bytes.len()].copy_from_slice(bytes);
        written += bytes.len();
        read = after;
    }
    // What follows the text is read as if there were none.
    let others = [br#"{"text":"""#, &line[read + 1..]].concat();
    let others: Text = serde_json::from_slice(&others)?;
    line.truncate(written);
    let text = String::from_utf8(line).map_err(serde_json::Error::custom)?;
    Ok(Text { text, ..others })
}

/// The character that an escape stands for, and where the next one starts.
fn escape(line: &[u8], start: usize) -> serde_json::Result<(char, usize)> {
    let short = match line.get(start + 1) {
        Some(b'n') => Some('\n'),
        Some(b't') => Some('\t'),
        Some(b'"') => Some('"'),
        Some(b'\\') => Some('\\'),
        _ => None,
    };
    if let Some(character) = short {
        return Ok((character, start + 2));
    }
    let is_unicode = |start: usize| line.get(start..start + 2) == Some(br"\u");
    let mut length = if is_unicode(start) { 6 } else { 2 };
    let is_pair = is_unicode(start)
        && is_unicode(start + 6)
        && matches!(
            line[start + 2..start + 4],
            [b'd' | b'D', b'8' | b'9' | b'a' | b'A' | b'b' | b'B']
        );
    if is_pair {
        length += 6;
    }
    let escape = line.get(start..start + length).unwrap_or_default();
    let quoted = [b"\"", escape, b"\""].concat();
    Ok((serde_json::from_slice(&quoted)?, start + length))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;
    use sandspan_protocol::interpreter::{Event, Text};
    use serde_json::json;

    use super::output;

    fn read(line: &str) -> Option<(Text, bool)> {
        output(line.as_bytes().to_vec()).ok()?.ok()
    }

    proptest! {
        #[test]
        fn output_is_read_as_any_other_line(text in "[\"\\\\/a-c\n\r\t\u{0}\u{8}\u{7f}é\u{2028}日😀]{0,40}", error: bool, escapes: bool) {
            let kind = if error { "stderr" } else { "stdout" };
            let mut line = json!({ "type": kind }).to_string();
            let quoted = json!(text).to_string();
            let quoted = if escapes { escaped(&quoted) } else { quoted };
            line.truncate(line.len() - 1);
            let line = format!("{line}, \"text\": {quoted}, \"timestamp\":\"now\",\"more\":[1]}}\r\n");
            let whole: Event = serde_json::from_str(&line).expect("an event");
            let expected = match whole {
                Event::Stdout(text) => (text, false),
                Event::Stderr(text) => (text, true),
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(read(&line), Some(expected));
        }
    }

    /// A text in JSON without a character beyond ASCII.
    fn escaped(quoted: &str) -> String {
        let mut escaped = String::new();
        for character in quoted.chars() {
            if character.is_ascii() {
                escaped.push(character);
                continue;
            }
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(escaped, "\\u{unit:04X}").expect("there is memory");
            }
        }
        escaped
    }

    #[test]
    fn other_lines_are_given_back() {
        for line in [
            "",
            "{",
            r#"{"type":"result","text":"2"}"#,
            r#"{"text":"a","type":"stdout"}"#,
        ] {
            let given_back = output(line.as_bytes().to_vec()).err();
            assert_eq!(given_back.as_deref(), Some(line.as_bytes()));
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for end in [
            "a",
            "\\",
            "\\\"",
            "\\u12\"}",
            "\\q\"}",
            "\\ud800\"}",
            "\"",
            "\"]",
            "\"} x",
        ] {
            let line = format!("{{\"type\":\"stdout\",\"text\":\"{end}");
            let read = output(line.into_bytes()).expect("output");
            assert!(read.is_err(), "{end}");
        }
    }
}
