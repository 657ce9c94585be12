//! The output of a command or terminal: what is kept of it, and what is still to be taken.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::text::Decoder;

/// How much that nobody took and that is not kept anyway waits to be taken, in bytes. Until there
/// is room again, no more is read.
pub(crate) const LIMIT: usize = 1 << 20;

/// Which of a process's outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
    Terminal,
}

/// A piece of output: text, what is not UTF-8 in it as U+FFFD, or the bytes of a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Of a command's standard output.
    Stdout(String),
    /// Of a command's standard error.
    Stderr(String),
    /// Of a terminal, as it wrote them.
    Pty(Bytes),
}

impl Output {
    fn text(stream: Stream, text: String) -> Self {
        match stream {
            Stream::Stderr => Self::Stderr(text),
            Stream::Stdout | Stream::Terminal => Self::Stdout(text),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Stdout(text) | Self::Stderr(text) => text.len(),
            Self::Pty(bytes) => bytes.len(),
        }
    }
}

/// A piece of output that was not taken yet.
#[derive(Debug)]
enum Piece {
    /// So many bytes of a text that is kept. Neighbours of one output are one piece, so that a
    /// command which nobody listens to costs nothing but its text.
    Kept(Stream, usize),
    Loose(Output),
}

/// One output that is text.
#[derive(Debug, Default)]
struct Text {
    decoder: Decoder,
    /// All of it, if it is kept.
    kept: String,
    /// How much of what is kept was handed out in pieces, in bytes.
    taken: usize,
}

/// The output of a process: what is kept of it, once, and the pieces that nobody took yet.
#[derive(Debug)]
pub(crate) struct Transcript {
    keeps: bool,
    stdout: Text,
    stderr: Text,
    pieces: VecDeque<Piece>,
    /// How much waits in loose pieces, in bytes.
    loose: usize,
}

impl Transcript {
    /// One that keeps all text, or only what is still to be taken. The output of a terminal is never
    /// kept.
    pub(crate) fn new(keeps: bool) -> Self {
        Self {
            keeps,
            stdout: Text::default(),
            stderr: Text::default(),
            pieces: VecDeque::new(),
            loose: 0,
        }
    }

    pub(crate) fn keeps(&self) -> bool {
        self.keeps
    }

    pub(crate) fn push(&mut self, stream: Stream, bytes: Bytes) {
        if stream == Stream::Terminal {
            self.append(Output::Pty(bytes));
        } else {
            self.decode(stream, |decoder, text| decoder.push(&bytes, text));
        }
    }

    /// To be called after the last output.
    pub(crate) fn finish(&mut self) {
        for stream in [Stream::Stdout, Stream::Stderr] {
            self.decode(stream, Decoder::finish);
        }
    }

    fn decode(&mut self, stream: Stream, decode: impl FnOnce(&mut Decoder, &mut String)) {
        let keeps = self.keeps;
        let text = self.text(stream);
        if keeps {
            let before = text.kept.len();
            decode(&mut text.decoder, &mut text.kept);
            let length = text.kept.len() - before;
            self.note(stream, length);
        } else {
            let mut piece = String::new();
            decode(&mut text.decoder, &mut piece);
            self.append(Output::text(stream, piece));
        }
    }

    fn note(&mut self, stream: Stream, length: usize) {
        match self.pieces.back_mut() {
            _ if length == 0 => {}
            Some(Piece::Kept(last, total)) if *last == stream => *total += length,
            _ => self.pieces.push_back(Piece::Kept(stream, length)),
        }
    }

    fn append(&mut self, output: Output) {
        let length = output.len();
        self.loose += length;
        match (self.pieces.back_mut(), output) {
            _ if length == 0 => {}
            (Some(Piece::Loose(Output::Stdout(last))), Output::Stdout(text))
            | (Some(Piece::Loose(Output::Stderr(last))), Output::Stderr(text)) => {
                last.push_str(&text);
            }
            (_, output) => self.pieces.push_back(Piece::Loose(output)),
        }
    }

    /// Whether so much waits to be taken that no more should be read.
    pub(crate) fn is_full(&self) -> bool {
        self.loose >= LIMIT
    }

    /// Throws away what waits to be taken and is not kept.
    pub(crate) fn discard(&mut self) {
        self.pieces.retain(|piece| matches!(piece, Piece::Kept(..)));
        self.loose = 0;
    }

    /// Throws away all that waits to be taken: of what is kept, no more is handed out in pieces.
    pub(crate) fn skip(&mut self) {
        self.pieces.clear();
        self.loose = 0;
        for text in [&mut self.stdout, &mut self.stderr] {
            text.taken = text.kept.len();
        }
    }

    /// The next piece that was not handed out yet.
    pub(crate) fn next_piece(&mut self) -> Option<Output> {
        match self.pieces.pop_front()? {
            Piece::Kept(stream, length) => {
                let text = self.text(stream);
                let end = text.taken + length;
                let piece = text.kept[text.taken..end].to_owned();
                text.taken = end;
                Some(Output::text(stream, piece))
            }
            Piece::Loose(output) => {
                self.loose -= output.len();
                Some(output)
            }
        }
    }

    fn text(&mut self, stream: Stream) -> &mut Text {
        match stream {
            Stream::Stderr => &mut self.stderr,
            Stream::Stdout | Stream::Terminal => &mut self.stdout,
        }
    }

    pub(crate) fn stdout(&self) -> &str {
        &self.stdout.kept
    }

    pub(crate) fn stderr(&self) -> &str {
        &self.stderr.kept
    }

    /// The whole of both outputs, as far as they are kept, standard output first.
    pub(crate) fn into_texts(self) -> (String, String) {
        (self.stdout.kept, self.stderr.kept)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{LIMIT, Output, Stream, Transcript};

    fn stdout(text: &str) -> Output {
        Output::Stdout(text.to_owned())
    }

    #[test]
    fn pieces_are_handed_out_once_and_in_order() {
        for keeps in [true, false] {
            let mut transcript = Transcript::new(keeps);
            let mut push = |stream, text: &'static [u8]| {
                transcript.push(stream, Bytes::from_static(text));
            };
            push(Stream::Stdout, b"a");
            push(Stream::Stdout, b"b");
            push(Stream::Stderr, b"x");
            assert_eq!(transcript.next_piece(), Some(stdout("ab")));
            transcript.push(Stream::Stdout, Bytes::from_static(b"c\xc3"));
            let stderr = Some(Output::Stderr("x".to_owned()));
            assert_eq!(transcript.next_piece(), stderr);
            assert_eq!(transcript.next_piece(), Some(stdout("c")));
            assert_eq!(transcript.next_piece(), None);
            transcript.finish();
            assert_eq!(transcript.next_piece(), Some(stdout("\u{fffd}")));
            assert_eq!(transcript.next_piece(), None);
            let kept = if keeps {
                ("abc\u{fffd}", "x")
            } else {
                ("", "")
            };
            assert_eq!((transcript.stdout(), transcript.stderr()), kept);
            assert_eq!(transcript.loose, 0);
        }
    }

    #[test]
    fn what_is_skipped_is_kept_and_not_handed_out() {
        let mut transcript = Transcript::new(true);
        transcript.push(Stream::Stdout, Bytes::from_static(b"a"));
        transcript.push(Stream::Terminal, Bytes::from_static(b"b"));
        transcript.skip();
        assert_eq!((transcript.next_piece(), transcript.loose), (None, 0));
        transcript.push(Stream::Stdout, Bytes::from_static(b"c"));
        assert_eq!(transcript.next_piece(), Some(stdout("c")));
        assert_eq!(transcript.stdout(), "ac");
    }

    #[test]
    fn only_what_is_not_kept_fills_it() {
        let chunk = Bytes::from(vec![b'x'; LIMIT]);
        let mut kept = Transcript::new(true);
        kept.push(Stream::Stdout, chunk.clone());
        assert!(!kept.is_full());
        kept.push(Stream::Terminal, chunk.clone());
        assert!(kept.is_full());
        kept.discard();
        assert!(!kept.is_full());
        assert_eq!(kept.next_piece().map(|piece| piece.len()), Some(LIMIT));
        assert_eq!(kept.next_piece(), None);

        let mut loose = Transcript::new(false);
        loose.push(Stream::Stdout, chunk);
        assert!(loose.is_full());
        assert_eq!(loose.next_piece().map(|piece| piece.len()), Some(LIMIT));
        assert!(!loose.is_full());
    }
}
