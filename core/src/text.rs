//! Text that comes in pieces of bytes.

/// Decodes UTF-8 that comes in pieces, which may be cut anywhere.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    /// The beginning of a character whose end has not come yet.
    partial: Vec<u8>,
}

impl Decoder {
    /// Appends bytes to a text, what is not UTF-8 as U+FFFD.
    pub(crate) fn push(&mut self, bytes: &[u8], text: &mut String) {
        let bytes = self.complete(bytes, text);
        let (whole, partial) = bytes.split_at(bytes.len() - partial_length(bytes));
        self.partial.extend_from_slice(partial);
        match std::str::from_utf8(whole) {
            Ok(whole) => text.push_str(whole),
            Err(_) => text.push_str(&String::from_utf8_lossy(whole)),
        }
    }

    /// Appends the character that began in an earlier piece, and gives the bytes after it.
    fn complete<'a>(&mut self, bytes: &'a [u8], text: &mut String) -> &'a [u8] {
        if self.partial.is_empty() {
            return bytes;
        }
        for (index, byte) in bytes.iter().enumerate() {
            self.partial.push(*byte);
            match std::str::from_utf8(&self.partial) {
                Ok(character) => text.push_str(character),
                Err(error) if error.error_len().is_none() => continue,
                Err(_) => {
                    // The byte belongs to what comes next.
                    text.push(char::REPLACEMENT_CHARACTER);
                    self.partial.clear();
                    return &bytes[index..];
                }
            }
            self.partial.clear();
            return &bytes[index + 1..];
        }
        &[]
    }

    /// Appends what is left over of a character that never became whole.
    pub(crate) fn finish(&mut self, text: &mut String) {
        let partial = std::mem::take(&mut self.partial);
        text.push_str(&String::from_utf8_lossy(&partial));
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

#[cfg(test)]
mod tests {
    use super::Decoder;

    fn decoded(chunks: &[&[u8]]) -> String {
        let mut decoder = Decoder::default();
        let mut text = String::new();
        for chunk in chunks {
            decoder.push(chunk, &mut text);
        }
        decoder.finish(&mut text);
        text
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
        let cases: [&[u8]; 7] = [
            b"a\xffb",
            b"\xf0\x9f\x98",
            b"\xf0\x90\xe2\x82",
            b"\xc3(",
            b"\xed\xa0\x80",
            b"\xe2\x82\xff\x80",
            b"\xe2\x82\xe2\x82\xac",
        ];
        for bytes in cases {
            let whole = String::from_utf8_lossy(bytes);
            for cut in 0..=bytes.len() {
                let (one, other) = bytes.split_at(cut);
                assert_eq!(decoded(&[one, other]), whole, "{bytes:?} cut at {cut}");
            }
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(decoded(&single), whole, "{bytes:?} byte by byte");
        }
    }
}
