//! The transport of kernels: ZMTP 3.0, the protocol of `ZeroMQ`'s sockets, as the side that connects.
//!
//! It is spoken here rather than by a library for the sake of its bounds: a kernel sends whatever
//! code makes it send, and this is PID 1, with which the sandbox ends. A message is given out when a
//! frame of it begins that is long; who wants that frame takes it piece by piece, and otherwise it is
//! passed over and never kept. Nothing is read ahead of what is taken.

use std::{io, path::Path};

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
};

/// The longest frame that is kept whole, and the most that is taken of a longer one at once, in
/// bytes.
pub(super) const PIECE: usize = 512 * 1024;

/// The most frames of a message that are kept; a message of a kernel has six, and its buffers.
const FRAMES: usize = 16;

/// How much is read at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// What a connection opens with: the signature, version 3.0, no security, and not as its server.
const GREETING: [u8; 64] = {
    let mut greeting = [0; 64];
    greeting[0] = 0xff;
    greeting[9] = 0x7f;
    greeting[10] = 3;
    (greeting[12], greeting[13], greeting[14], greeting[15]) = (b'N', b'U', b'L', b'L');
    greeting
};

/// Whether another frame of the message follows.
const MORE: u8 = 1;

/// Whether the length has eight bytes rather than one.
const LONG: u8 = 2;

/// Whether it is a word of the transport rather than a message.
const COMMAND: u8 = 4;

/// Which kind of socket this side is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// It asks, and gets answers.
    Dealer,
    /// It gets all that is published.
    Subscriber,
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Frame {
    Whole(Bytes),
    /// One of this length that is too long to be kept; it is the last that is given out.
    Long(u64),
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<Any: AsyncRead + AsyncWrite + Unpin + Send> Stream for Any {}

/// Where a socket of a kernel is.
#[derive(Debug, Clone)]
pub(super) enum Address {
    Path(Box<Path>),
    Port(u16),
}

/// A connection to a socket of a kernel.
pub(super) struct Connection {
    stream: Box<dyn Stream>,
    reader: Reader,
}

impl Connection {
    /// Connects, and agrees with the other side on how to go on.
    pub(super) async fn open(address: &Address, kind: Kind) -> io::Result<Self> {
        let stream: Box<dyn Stream> = match address {
            Address::Path(path) => Box::new(UnixStream::connect(path).await?),
            Address::Port(port) => {
                let stream = TcpStream::connect(("127.0.0.1", *port)).await?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
        };
        let mut connection = Self {
            stream,
            reader: Reader::default(),
        };
        connection.agree(kind).await?;
        Ok(connection)
    }

    async fn agree(&mut self, kind: Kind) -> io::Result<()> {
        self.stream.write_all(&GREETING).await?;
        let mut greeting = [0; GREETING.len()];
        self.stream.read_exact(&mut greeting).await?;
        if greeting[0] != 0xff || greeting[10] < 3 {
            return Err(invalid("the other side does not speak ZMTP 3"));
        }
        self.stream.write_all(&ready(kind)).await?;
        if let Kind::Subscriber = kind {
            // To everything.
            self.stream.write_all(&[0, 1, 1]).await?;
        }
        Ok(())
    }

    /// Sends a message. One that was not sent to its end leaves the connection useless.
    pub(super) async fn send(&mut self, frames: &[Bytes]) -> io::Result<()> {
        let last = frames.len().saturating_sub(1);
        for (number, frame) in frames.iter().enumerate() {
            let more = if number < last { MORE } else { 0 };
            let mut head = vec![more | LONG];
            head.extend_from_slice(&(frame.len() as u64).to_be_bytes());
            self.stream.write_all(&head).await?;
            self.stream.write_all(frame).await?;
        }
        self.stream.flush().await
    }

    /// The next message. Nothing is lost when it is not waited for to the end.
    pub(super) async fn receive(&mut self) -> io::Result<Vec<Frame>> {
        loop {
            if let Some(message) = self.reader.next() {
                return Ok(message);
            }
            self.fill().await?;
        }
    }

    /// The next piece of the long frame that the last message ended with; none when that has ended.
    /// Nothing is lost when it is not waited for to the end.
    pub(super) async fn piece(&mut self) -> io::Result<Option<Bytes>> {
        while self.reader.coming > 0 {
            if let Some(piece) = self.reader.piece() {
                return Ok(Some(piece));
            }
            self.fill().await?;
        }
        Ok(None)
    }

    async fn fill(&mut self) -> io::Result<()> {
        self.reader.buffer.reserve(CHUNK);
        if self.stream.read_buf(&mut self.reader.buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// Says which kind of socket this is.
fn ready(kind: Kind) -> Vec<u8> {
    let name = match kind {
        Kind::Dealer => "DEALER",
        Kind::Subscriber => "SUB",
    };
    let mut body = b"\x05READY\x0bSocket-Type".to_vec();
    let length = u32::try_from(name.len()).expect("it is a short name");
    body.extend_from_slice(&length.to_be_bytes());
    body.extend_from_slice(name.as_bytes());
    let length = u8::try_from(body.len()).expect("it is a short text");
    let mut command = vec![COMMAND, length];
    command.append(&mut body);
    command
}

fn invalid(problem: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

/// Makes messages of bytes.
#[derive(Debug, Default)]
struct Reader {
    buffer: BytesMut,
    frames: Vec<Frame>,
    /// How much is still to come of a long frame.
    coming: u64,
    /// Whether what comes then belongs to a message that was given out.
    given: bool,
}

impl Reader {
    /// The next message, if all of it is there that is given out.
    fn next(&mut self) -> Option<Vec<Frame>> {
        loop {
            if self.coming > 0 {
                let step = self.here();
                self.buffer.advance(step);
                self.coming -= step as u64;
                if self.coming > 0 {
                    return None;
                }
            }
            let (flags, head, length) = self.head()?;
            let more = flags & MORE != 0;
            if self.given || length > PIECE as u64 || self.frames.len() == FRAMES {
                self.buffer.advance(head);
                self.coming = length;
                if !std::mem::replace(&mut self.given, more) {
                    self.frames.push(Frame::Long(length));
                    return Some(self.take());
                }
                continue;
            }
            let length = usize::try_from(length).expect("it is short");
            if self.buffer.len() < head + length {
                self.buffer.reserve(head + length - self.buffer.len());
                return None;
            }
            self.buffer.advance(head);
            let frame = self.buffer.split_to(length).freeze();
            if flags & COMMAND != 0 {
                continue;
            }
            self.frames.push(Frame::Whole(frame));
            if !more {
                return Some(self.take());
            }
        }
    }

    /// What is there of the long frame.
    fn piece(&mut self) -> Option<Bytes> {
        let step = self.here().min(PIECE);
        if step == 0 {
            return None;
        }
        self.coming -= step as u64;
        Some(self.buffer.split_to(step).freeze())
    }

    /// How much is there of the long frame, in bytes.
    fn here(&self) -> usize {
        let here = self.buffer.len();
        usize::try_from(self.coming).map_or(here, |coming| coming.min(here))
    }

    /// The flags of the frame that comes, how long its head is and how long itself.
    fn head(&self) -> Option<(u8, usize, u64)> {
        let flags = *self.buffer.first()?;
        if flags & LONG == 0 {
            return Some((flags, 2, u64::from(*self.buffer.get(1)?)));
        }
        let length = self.buffer.get(1..9)?;
        let length = u64::from_be_bytes(length.try_into().expect("there are eight"));
        Some((flags, 9, length))
    }

    fn take(&mut self) -> Vec<Frame> {
        if self.buffer.is_empty() {
            // What is left of it belongs to messages, which shall be freed when they are.
            self.buffer = BytesMut::new();
        }
        std::mem::take(&mut self.frames)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::{COMMAND, Frame, LONG, MORE, PIECE, Reader};

    fn encode(messages: &[Vec<Vec<u8>>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for message in messages {
            for (number, frame) in message.iter().enumerate() {
                let more = if number + 1 < message.len() { MORE } else { 0 };
                if let Ok(length) = u8::try_from(frame.len()) {
                    bytes.extend([more, length]);
                } else {
                    bytes.push(more | LONG);
                    bytes.extend((frame.len() as u64).to_be_bytes());
                }
                bytes.extend(frame);
            }
            bytes.extend([COMMAND, 1, 0]);
        }
        bytes
    }

    fn decode(bytes: &[u8], step: usize) -> Vec<Vec<Frame>> {
        let mut reader = Reader::default();
        let mut messages = Vec::new();
        for piece in bytes.chunks(step) {
            reader.buffer.extend_from_slice(piece);
            messages.extend(std::iter::from_fn(|| reader.next()));
        }
        messages
    }

    proptest! {
        #[test]
        fn messages_come_out_as_they_went_in(
            messages in proptest::collection::vec(
                proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 1..5),
                0..5,
            ),
            step in 1_usize..400,
        ) {
            let expected: Vec<Vec<Frame>> = messages
                .iter()
                .map(|message| {
                    let whole = |frame: &Vec<u8>| Frame::Whole(Bytes::from(frame.clone()));
                    message.iter().map(whole).collect()
                })
                .collect();
            prop_assert_eq!(decode(&encode(&messages), step), expected);
        }

        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            decode(&bytes, 7);
        }
    }

    #[test]
    fn what_is_long_is_passed_over_or_taken_in_pieces() {
        let length = 100 * PIECE as u64;
        let piece = vec![7; PIECE / 4];
        for takes in [false, true] {
            let mut reader = Reader::default();
            reader.buffer.extend_from_slice(b"\x01\x01a\x03");
            reader.buffer.extend_from_slice(&length.to_be_bytes());
            let small = |text| Frame::Whole(Bytes::from_static(text));
            let expected = vec![small(b"a"), Frame::Long(length)];
            assert_eq!(reader.next(), Some(expected));
            let mut taken = 0;
            for _ in 0..length / piece.len() as u64 {
                reader.buffer.extend_from_slice(&piece);
                if takes {
                    taken += reader.piece().expect("it is there").len() as u64;
                } else {
                    assert_eq!(reader.next(), None);
                }
                assert!(reader.buffer.capacity() <= 4 * piece.len());
            }
            assert_eq!(taken, if takes { length } else { 0 });
            // What follows it in its message is not given out.
            reader
                .buffer
                .extend_from_slice(b"\x01\x02hi\x00\x00\x00\x01x");
            assert_eq!(reader.next(), Some(vec![small(b"x")]));
            assert_eq!((reader.coming, reader.next()), (0, None));
        }
    }
}
