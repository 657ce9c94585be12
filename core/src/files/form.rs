//! Several files in one request.

use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use sandspan_protocol::files::FORM_FIELD;

/// Contents up to this size, in bytes, are copied next to each other, so that many small files do
/// not take as many writes to the connection.
const SMALL: usize = 16 << 10;

/// How much is copied together at most, about.
const TOGETHER: usize = 64 << 10;

/// The body of a request with several files, as browsers send forms.
///
/// The client that requests go through can make forms too, yet of a thousand files it makes as many
/// streams, each within the next.
#[derive(Debug)]
pub(super) struct Form {
    boundary: String,
    chunks: VecDeque<Bytes>,
    together: BytesMut,
}

impl Form {
    pub(super) fn new() -> Self {
        Self {
            boundary: format!("sandspan-{:032x}", rand::random::<u128>()),
            chunks: VecDeque::new(),
            together: BytesMut::new(),
        }
    }

    /// The type of the body.
    pub(super) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// Adds a file.
    pub(super) fn add(&mut self, path: &str, content: Bytes) {
        // As browsers write names of files; whoever reads them sees no difference but in these.
        let name = path
            .replace('\r', "%0D")
            .replace('\n', "%0A")
            .replace('"', "%22");
        self.copy(&format!(
            "--{}\r\nContent-Disposition: form-data; name=\"{FORM_FIELD}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            self.boundary
        ));
        if content.len() <= SMALL {
            self.together.extend_from_slice(&content);
        } else {
            self.flush();
            self.chunks.push_back(content);
        }
        self.copy("\r\n");
        if self.together.len() >= TOGETHER {
            self.flush();
        }
    }

    /// The body, once all files are in it.
    pub(super) fn finish(mut self) -> Chunks {
        self.copy(&format!("--{}--\r\n", self.boundary));
        self.flush();
        Chunks(self.chunks)
    }

    fn copy(&mut self, text: &str) {
        self.together.extend_from_slice(text.as_bytes());
    }

    fn flush(&mut self) {
        self.chunks.push_back(self.together.split().freeze());
    }
}

/// Whether a form says the same path as the caller.
pub(super) fn can_carry(path: &str) -> bool {
    !path.contains(['\r', '\n', '"', '\\'])
}

/// A body that is there in pieces. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Chunks(VecDeque<Bytes>);

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.iter().map(|chunk| chunk.len() as u64).sum())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http_body::Body as _;
    use http_body_util::BodyExt as _;

    use super::{Form, SMALL, can_carry};

    #[tokio::test]
    async fn a_form_says_how_long_it_is() {
        let mut form = Form::new();
        let large = "x".repeat(SMALL + 1);
        form.add("/a b/ü", Bytes::from_static(b"one"));
        form.add("large", Bytes::from(large.clone()));
        form.add("empty", Bytes::new());
        let content_type = form.content_type();
        let boundary = content_type.rsplit('=').next().unwrap().to_owned();
        let body = form.finish();
        let announced = body.size_hint().exact();
        let sent = body.collect().await.unwrap().to_bytes();
        assert_eq!(announced, Some(sent.len() as u64));
        let part = |path: &str, content: &str| {
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; \
                 filename=\"{path}\"\r\nContent-Type: application/octet-stream\r\n\r\n{content}\r\n"
            )
        };
        let parts = [
            part("/a b/ü", "one"),
            part("large", &large),
            part("empty", ""),
        ];
        let expected = format!("{}--{boundary}--\r\n", parts.concat());
        assert_eq!(sent, expected);
    }

    #[test]
    fn some_paths_are_not_for_forms() {
        assert!(can_carry("/home/user/ü b.txt"));
        for path in ["a\"b", "a\nb", "a\rb", "a\\b"] {
            assert!(!can_carry(path), "{path:?}");
        }
    }
}
