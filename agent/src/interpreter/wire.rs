//! The messages of kernels: version 5 of Jupyter's protocol, as frames.

use std::borrow::Cow;

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::zmtp::Frame;

/// The version of the protocol that requests are written in.
const VERSION: &str = "5.3";

/// What stands between the addresses of a message and the message.
const DELIMITER: &[u8] = b"<IDS|MSG>";

/// What authenticates messages; empty where only the kernel's user can reach the kernel.
#[derive(Clone)]
pub(super) struct Key(pub(super) String);

impl Key {
    fn code(&self, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
        if self.0.is_empty() {
            return None;
        }
        let mut code =
            Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).expect("a key may have any length");
        for part in parts {
            code.update(part);
        }
        Some(code)
    }

    /// The signature of a message.
    fn sign(&self, parts: &[&[u8]]) -> String {
        let Some(code) = self.code(parts) else {
            return String::new();
        };
        hexadecimal(&code.finalize().into_bytes())
    }

    /// Whether a message comes from one who has the key.
    fn accepts(&self, signature: &[u8], parts: &[&[u8]]) -> bool {
        use subtle::ConstantTimeEq as _;
        self.0.is_empty() || self.sign(parts).as_bytes().ct_eq(signature).into()
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A request to a kernel.
#[derive(Debug)]
pub(super) struct Request {
    /// Its id, which all that comes of it names.
    pub(super) id: String,
    kind: &'static str,
    content: Value,
}

impl Request {
    pub(super) fn new(id: String, kind: &'static str, content: Value) -> Self {
        Self { id, kind, content }
    }

    /// Asks to run code: as the user's, or without a trace.
    pub(super) fn execute(id: String, code: &str, silent: bool) -> Self {
        let content = json!({
            "code": code,
            "silent": silent,
            "store_history": !silent,
            "user_expressions": {},
            "allow_stdin": false,
            "stop_on_error": true,
        });
        Self::new(id, "execute_request", content)
    }

    /// The request as it is sent.
    pub(super) fn frames(&self, session: &str, key: &Key) -> Vec<Bytes> {
        let header = json!({
            "msg_id": self.id,
            "session": session,
            "username": "sandspan",
            "date": Timestamp::now().to_string(),
            "msg_type": self.kind,
            "version": VERSION,
        });
        let (header, content) = (header.to_string(), self.content.to_string());
        let parts = [header.as_bytes(), b"{}", b"{}", content.as_bytes()];
        let signature = key.sign(&parts);
        vec![
            Bytes::from_static(DELIMITER),
            signature.into(),
            header.into(),
            Bytes::from_static(b"{}"),
            Bytes::from_static(b"{}"),
            content.into(),
        ]
    }
}

/// What is looked at of a header.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Header {
    pub(super) msg_id: String,
    pub(super) msg_type: String,
    pub(super) date: Option<String>,
}

/// A message of a kernel.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) header: Header,
    /// The id of the request that it comes of; empty when of none.
    pub(super) parent: String,
    pub(super) content: Content,
    /// What the kernel signed beside the content, and the signature.
    signed: [Bytes; 4],
}

/// What a message says, as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Whole(Bytes),
    /// It is this long, in bytes, and was not taken.
    Long(u64),
}

impl Message {
    /// Reads a message; none when it is not one.
    pub(super) fn read(frames: Vec<Frame>) -> Option<Self> {
        let is_delimiter = |frame: &Frame| matches!(frame, Frame::Whole(it) if it == DELIMITER);
        let mut frames = frames
            .into_iter()
            .skip_while(|it| !is_delimiter(it))
            .skip(1);
        let mut whole = || match frames.next()? {
            Frame::Whole(frame) => Some(frame),
            Frame::Long(_) => None,
        };
        let signed = [whole()?, whole()?, whole()?, whole()?];
        let [_, header, parent, _] = &signed;
        let parent: Header = serde_json::from_slice(parent).ok()?;
        Some(Self {
            header: serde_json::from_slice(header).ok()?,
            parent: parent.msg_id,
            content: match frames.next()? {
                Frame::Whole(content) => Content::Whole(content),
                Frame::Long(length) => Content::Long(length),
            },
            signed,
        })
    }

    /// Whether it comes from one who has the key. Of content that was not taken nothing is used but
    /// its length, so there is nothing to check.
    pub(super) fn is_genuine(&self, key: &Key) -> bool {
        let [signature, header, parent, metadata] = &self.signed;
        match &self.content {
            Content::Whole(content) => key.accepts(signature, &[header, parent, metadata, content]),
            Content::Long(_) => true,
        }
    }

    /// The same as text, where code printed something that is none: kernels send that as it is.
    pub(super) fn into_text(mut self) -> Self {
        if let Content::Whole(content) = &mut self.content
            && let Cow::Owned(text) = String::from_utf8_lossy(content)
        {
            *content = text.into();
        }
        self
    }

    /// The same with other content.
    pub(super) fn with(&self, content: Content) -> Self {
        Self {
            header: self.header.clone(),
            parent: self.parent.clone(),
            content,
            signed: self.signed.clone(),
        }
    }

    /// A message of a kernel, for tests.
    #[cfg(test)]
    pub(super) fn of(parent: &str, kind: &str, content: Content) -> Self {
        Self {
            header: Header {
                msg_type: kind.to_owned(),
                date: Some("now".to_owned()),
                ..Header::default()
            },
            parent: parent.to_owned(),
            content,
            signed: Default::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::{Frame, Key, Message, Request};

    fn sent(key: &str) -> Vec<Frame> {
        let request = Request::execute("one".to_owned(), "1+1", false);
        let frames = request.frames("session", &Key(key.to_owned()));
        let mut frames: Vec<Frame> = frames.into_iter().map(Frame::Whole).collect();
        frames.insert(0, Frame::Whole(Bytes::from_static(b"topic")));
        frames
    }

    #[test]
    fn a_message_is_read_by_who_has_the_key() {
        for key in ["", "secret"] {
            let message = Message::read(sent(key)).expect("it is one");
            assert!(message.is_genuine(&Key(key.to_owned())));
            assert_eq!(message.header.msg_type, "execute_request");
            assert_eq!(
                (message.header.msg_id, message.parent),
                ("one".into(), String::new())
            );
        }
        for key in ["", "other"] {
            let message = Message::read(sent(key)).expect("it is one");
            assert!(!message.is_genuine(&Key("secret".to_owned())));
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(
            frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..20), 0..8),
            after in 0_usize..8,
        ) {
            let mut frames: Vec<Frame> =
                frames.into_iter().map(|it| Frame::Whole(it.into())).collect();
            let delimiter = Frame::Whole(Bytes::from_static(super::DELIMITER));
            frames.insert(after.min(frames.len()), delimiter);
            Message::read(frames);
        }
    }
}
