//! Contents that travel compressed.

use std::{error, io};

use async_compression::tokio::bufread::{GzipDecoder, GzipEncoder};
use bytes::Bytes;
use futures::{Stream, TryStreamExt as _};
use tokio_util::io::{ReaderStream, StreamReader};

use super::content::{ByteStream, SourceError};

/// How many bytes are compressed or unpacked at a time.
const PIECE: usize = 64 << 10;

/// A stream in the format of gzip.
pub(super) fn compressed(stream: ByteStream) -> ByteStream {
    let encoder = GzipEncoder::new(StreamReader::new(stream.map_err(io::Error::other)));
    let stream = ReaderStream::with_capacity(encoder, PIECE);
    Box::pin(stream.map_err(original))
}

/// What a stream in the format of gzip holds. Errors of the stream stay what they are.
pub(super) fn unpacked<S, E>(
    stream: S,
) -> impl Stream<Item = Result<Bytes, SourceError>> + Send + use<S, E>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
    E: error::Error + Send + Sync + 'static,
{
    let mut decoder = GzipDecoder::new(StreamReader::new(stream.map_err(io::Error::other)));
    // A file may have been compressed in several parts.
    decoder.multiple_members(true);
    ReaderStream::with_capacity(decoder, PIECE).map_err(original)
}

/// The error that was passed on through a reader.
fn original(error: io::Error) -> SourceError {
    if error.get_ref().is_some() {
        error.into_inner().expect("it has one")
    } else {
        error.into()
    }
}
