//! Lines that come in pieces of bytes.

use bytes::Bytes;

use crate::transport::Failure;

/// The longest line that is accepted, in bytes. An image or a table is one line.
const LIMIT: usize = 256 << 20;

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// One that came in one piece.
    Whole(Bytes),
    /// One that came in several.
    Joined(Vec<u8>),
}

impl AsRef<[u8]> for Line {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Joined(bytes) => bytes,
        }
    }
}

/// Splits bytes into lines, wherever they are cut. A line that came whole is not copied.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The beginning of a line whose end has not come yet.
    partial: Vec<u8>,
    /// What came after it.
    chunk: Bytes,
}

impl Lines {
    /// Adds what came next. All lines that are whole by now must have been taken.
    pub(super) fn push(&mut self, chunk: Bytes) {
        debug_assert!(self.chunk.is_empty(), "lines are left");
        self.chunk = chunk;
    }

    /// The next line that is whole, with its end.
    ///
    /// Fails where a line is too long to be kept.
    pub(super) fn next(&mut self) -> Result<Option<Line>, Failure> {
        if self.chunk.is_empty() {
            return Ok(None);
        }
        let end = memchr::memchr(b'\n', &self.chunk);
        let is_whole = end.is_some();
        let length = end.map_or(self.chunk.len(), |end| end + 1);
        let piece = self.chunk.split_to(length);
        if is_whole && self.partial.is_empty() {
            return Ok(Some(Line::Whole(piece)));
        }
        if self.partial.len() + piece.len() > LIMIT {
            let message = format!(
                "The code interpreter sent more than {} MiB at once: print or show less",
                LIMIT >> 20
            );
            return Err(Failure::Garbled(message));
        }
        self.partial.extend_from_slice(&piece);
        Ok(is_whole.then(|| Line::Joined(std::mem::take(&mut self.partial))))
    }

    /// What is left of a line without an end.
    pub(super) fn rest(&mut self) -> Line {
        Line::Joined(std::mem::take(&mut self.partial))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::Lines;

    /// The lines of pieces, the last of which may lack its end.
    fn lines(pieces: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut lines = Lines::default();
        let mut seen = Vec::new();
        for piece in pieces {
            lines.push(Bytes::copy_from_slice(piece));
            while let Some(line) = lines.next().expect("short lines") {
                seen.push(line.as_ref().to_vec());
            }
        }
        seen.push(lines.rest().as_ref().to_vec());
        seen.retain(|line| !line.is_empty());
        seen
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_lines(
            text in "([a-zé😀\"\\\\]{0,5}\n?){0,8}",
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        ) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.sort_unstable();
            let starts = [0].into_iter().chain(cuts.iter().copied());
            let ends = cuts.iter().copied().chain([bytes.len()]);
            let pieces: Vec<_> = starts.zip(ends).map(|(start, end)| &bytes[start..end]).collect();
            let whole: Vec<_> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            prop_assert_eq!(lines(&pieces), whole);
        }
    }

    #[test]
    fn a_line_is_not_kept_without_end() {
        let mut lines = Lines::default();
        let chunk = Bytes::from(vec![b'x'; 32 << 20]);
        for _ in 0..8 {
            lines.push(chunk.clone());
            assert_eq!(lines.next().expect("not too long"), None);
        }
        lines.push(Bytes::from_static(b"\n"));
        let failure = lines.next().expect_err("too long");
        assert!(
            failure.to_string().contains("more than 256 MiB"),
            "{failure}"
        );
    }
}
