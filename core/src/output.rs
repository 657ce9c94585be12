//! The output of a command, as text.

use std::collections::VecDeque;

/// Which of a command's outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

/// One output, as far as it has come.
#[derive(Debug, Default)]
struct Text {
    decoded: String,
    /// The beginning of a character whose end has not come yet.
    partial: Vec<u8>,
    /// How much of the text was handed out in pieces, in bytes.
    taken: usize,
}

impl Text {
    /// Appends bytes, what is not UTF-8 as U+FFFD, and tells how much longer the text became.
    fn push(&mut self, bytes: &[u8]) -> usize {
        let before = self.decoded.len();
        let joined;
        let bytes = if self.partial.is_empty() {
            bytes
        } else {
            joined = [self.partial.as_slice(), bytes].concat();
            &joined
        };
        let (whole, partial) = bytes.split_at(bytes.len() - partial_length(bytes));
        self.decoded.push_str(&String::from_utf8_lossy(whole));
        self.partial = partial.to_vec();
        self.decoded.len() - before
    }

    /// Appends what is left over of a character that never became whole.
    fn finish(&mut self) -> usize {
        let before = self.decoded.len();
        let partial = std::mem::take(&mut self.partial);
        self.decoded.push_str(&String::from_utf8_lossy(&partial));
        self.decoded.len() - before
    }
}

/// How many bytes at the end begin a character that is not whole yet.
fn partial_length(bytes: &[u8]) -> usize {
    let is_beginning = |length: &usize| {
        let end = &bytes[bytes.len() - length..];
        let error = std::str::from_utf8(end).err();
        error.is_some_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
    };
    (1..=bytes.len().min(3)).find(is_beginning).unwrap_or(0)
}

/// All output of a command so far, kept once. Pieces of it are handed out by position.
#[derive(Debug, Default)]
pub(crate) struct Transcript {
    stdout: Text,
    stderr: Text,
    /// The pieces that were not handed out yet, as lengths, in the order in which they came.
    /// Neighbours of one output are one piece, so that a command which nobody listens to costs
    /// nothing but its text.
    pieces: VecDeque<(Stream, usize)>,
}

impl Transcript {
    pub(crate) fn push(&mut self, stream: Stream, bytes: &[u8]) {
        let length = self.text(stream).push(bytes);
        self.note(stream, length);
    }

    /// To be called after the last output.
    pub(crate) fn finish(&mut self) {
        for stream in [Stream::Stdout, Stream::Stderr] {
            let length = self.text(stream).finish();
            self.note(stream, length);
        }
    }

    fn note(&mut self, stream: Stream, length: usize) {
        match self.pieces.back_mut() {
            _ if length == 0 => {}
            Some((last, total)) if *last == stream => *total += length,
            _ => self.pieces.push_back((stream, length)),
        }
    }

    /// The next piece that was not handed out yet.
    pub(crate) fn next_piece(&mut self) -> Option<(Stream, String)> {
        let (stream, length) = self.pieces.pop_front()?;
        let text = self.text(stream);
        let end = text.taken + length;
        let piece = text.decoded[text.taken..end].to_owned();
        text.taken = end;
        Some((stream, piece))
    }

    fn text(&mut self, stream: Stream) -> &mut Text {
        match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        }
    }

    pub(crate) fn stdout(&self) -> &str {
        &self.stdout.decoded
    }

    pub(crate) fn stderr(&self) -> &str {
        &self.stderr.decoded
    }

    /// The whole of both outputs, standard output first.
    pub(crate) fn into_texts(self) -> (String, String) {
        (self.stdout.decoded, self.stderr.decoded)
    }
}

#[cfg(test)]
mod tests {
    use super::{Stream, Transcript};

    fn decoded(chunks: &[&[u8]]) -> String {
        let mut transcript = Transcript::default();
        for chunk in chunks {
            transcript.push(Stream::Stdout, chunk);
        }
        transcript.finish();
        transcript.into_texts().0
    }

    #[test]
    fn characters_survive_any_cut() {
        let text = "aé€😀z";
        for cut in 0..=text.len() {
            let (one, other) = text.as_bytes().split_at(cut);
            assert_eq!(decoded(&[one, other]), text);
        }
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(decoded(&bytes), text);
    }

    #[test]
    fn what_is_not_utf_8_is_replaced_as_in_one_piece() {
        let cases: [&[u8]; 6] = [
            b"a\xffb",
            b"\xf0\x9f\x98",
            b"\xf0\x90\xe2\x82",
            b"\xc3(",
            b"\xed\xa0\x80",
            b"\xe2\x82\xff\x80",
        ];
        for bytes in cases {
            let whole = String::from_utf8_lossy(bytes);
            for cut in 0..=bytes.len() {
                let (one, other) = bytes.split_at(cut);
                assert_eq!(decoded(&[one, other]), whole, "{bytes:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn pieces_are_handed_out_once_and_in_order() {
        let mut transcript = Transcript::default();
        transcript.push(Stream::Stdout, b"a");
        transcript.push(Stream::Stdout, b"b");
        transcript.push(Stream::Stderr, b"x");
        assert_eq!(
            transcript.next_piece(),
            Some((Stream::Stdout, "ab".to_owned()))
        );
        transcript.push(Stream::Stdout, b"c\xc3");
        assert_eq!(
            transcript.next_piece(),
            Some((Stream::Stderr, "x".to_owned()))
        );
        assert_eq!(
            transcript.next_piece(),
            Some((Stream::Stdout, "c".to_owned()))
        );
        assert_eq!(transcript.next_piece(), None);
        transcript.finish();
        assert_eq!(
            transcript.next_piece(),
            Some((Stream::Stdout, "\u{fffd}".to_owned()))
        );
        assert_eq!(
            (transcript.stdout(), transcript.stderr()),
            ("abc\u{fffd}", "x")
        );
    }
}
