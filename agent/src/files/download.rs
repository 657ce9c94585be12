//! Reading files over plain HTTP.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    ops::Range,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use async_compression::{Level, tokio::bufread::GzipEncoder};
use bytes::Bytes;
use futures::{Stream, TryStreamExt as _};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame;
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
use tokio_util::io::{ReaderStream, StreamReader};

use super::{
    Body, blocking,
    encoding::{self, Encoding},
    media,
    problem::{Refusal, is_missing},
    range::{self, Selection},
};

/// How many bytes are read at once; a file that is not larger is read when it is opened.
const CHUNK: usize = 256 * 1024;

/// The most that is read of a file whose length is not known before, as those of /proc.
const UNMEASURED: u64 = 16 * 1024 * 1024;

/// Answers with what a file contains, or the part of it that was asked for.
pub(super) async fn answer(headers: &HeaderMap, path: PathBuf) -> Result<Response<Body>, Refusal> {
    let accepted = encoding::accepted(headers).ok_or_else(|| {
        let message =
            "error parsing Accept-Encoding: no acceptable encoding found, supported: [gzip]";
        Refusal::new(StatusCode::NOT_ACCEPTABLE, message)
    });
    let source = blocking(move || Source::open(path)).await?;
    if accepted? == Encoding::Gzip && !range::is_conditional(headers) {
        return Ok(source.packed());
    }
    Ok(source.selected(headers))
}

/// An open file.
struct Source {
    path: PathBuf,
    file: File,
    length: u64,
    modified: SystemTime,
    /// The first bytes; all of them where the file is small.
    start: Bytes,
}

impl Source {
    /// Opens a file. Only regular ones are read: reading others may never end, or change them.
    fn open(path: PathBuf) -> Result<Self, Refusal> {
        let shown = path.display();
        let metadata = fs::metadata(&path).map_err(|problem| {
            if is_missing(&problem) {
                Refusal::new(
                    StatusCode::NOT_FOUND,
                    format!("path '{shown}' does not exist"),
                )
            } else {
                let what = format_args!("error checking if path exists '{shown}'");
                Refusal::failed(what, &problem)
            }
        })?;
        if metadata.is_dir() {
            return Err(Refusal::bad_request(format!(
                "path '{shown}' is a directory"
            )));
        }
        if !metadata.is_file() {
            let message = format!("path '{shown}' is not a regular file, and cannot be downloaded");
            return Err(Refusal::bad_request(message));
        }
        let failed = |problem: io::Error| {
            Refusal::failed(format_args!("error opening file '{shown}'"), &problem)
        };
        let file = open(&path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        let start = start(&file, metadata.len()).map_err(failed)?;
        if metadata.len() == 0 && start.len() as u64 > UNMEASURED {
            return Err(Refusal::bad_request(format!(
                "file '{shown}' has no known length and more than {UNMEASURED} bytes, and cannot be downloaded"
            )));
        }
        // The length of what is read whole is that of what was read.
        let is_whole = metadata.len() <= CHUNK as u64;
        Ok(Self {
            length: if is_whole {
                start.len() as u64
            } else {
                metadata.len()
            },
            modified: metadata.modified().unwrap_or(UNIX_EPOCH),
            start,
            file,
            path,
        })
    }

    /// The whole file, packed on the way.
    fn packed(self) -> Response<Body> {
        let kind = media::by_name(&self.path).unwrap_or(media::UNKNOWN);
        let disposition = media::disposition(&self.path);
        let chunks = StreamReader::new(Box::pin(chunks(self.file, 0..self.length)));
        // Time counts for more than size where both ends are often on one machine.
        let packed = GzipEncoder::with_quality(chunks, Level::Fastest);
        let mut response = Response::new(streamed(ReaderStream::with_capacity(packed, CHUNK / 4)));
        let headers = response.headers_mut();
        set(headers, header::VARY, "Accept-Encoding");
        set(headers, header::CONTENT_ENCODING, "gzip");
        set(headers, header::CONTENT_TYPE, kind);
        set(headers, header::CONTENT_DISPOSITION, &disposition);
        response
    }

    /// What the headers of a request select.
    fn selected(self, headers: &HeaderMap) -> Response<Body> {
        let length = self.length;
        match range::select(headers, length, self.modified) {
            Selection::Whole => self.part(StatusCode::OK, 0..length),
            Selection::Part(range) => {
                let (first, last) = (range.start, range.end - 1);
                let mut response = self.part(StatusCode::PARTIAL_CONTENT, range);
                let value = format!("bytes {first}-{last}/{length}");
                set(response.headers_mut(), header::CONTENT_RANGE, &value);
                response
            }
            Selection::NotModified => {
                let mut response = self.part(StatusCode::NOT_MODIFIED, 0..0);
                response.headers_mut().remove(header::CONTENT_TYPE);
                response.headers_mut().remove(header::CONTENT_LENGTH);
                response
            }
            Selection::PreconditionFailed => self.part(StatusCode::PRECONDITION_FAILED, 0..0),
            Selection::Unsatisfiable(problem) => {
                let mut response = Response::new(full(Bytes::from(format!("{problem}\n"))));
                *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
                let headers = response.headers_mut();
                set(headers, header::CONTENT_RANGE, &format!("bytes */{length}"));
                set(headers, header::CONTENT_TYPE, "text/plain; charset=utf-8");
                set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
                response
            }
        }
    }

    fn part(self, status: StatusCode, range: Range<u64>) -> Response<Body> {
        let kind = media::by_name(&self.path).unwrap_or_else(|| media::by_contents(&self.start));
        let (disposition, length) = (media::disposition(&self.path), range.end - range.start);
        let modified = httpdate::fmt_http_date(self.modified);
        let body = match usize::try_from(range.end) {
            Ok(end) if end <= self.start.len() => {
                let first = end - usize::try_from(length).unwrap_or(end);
                full(self.start.slice(first..end))
            }
            _ => streamed(chunks(self.file, range)),
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        set(headers, header::ACCEPT_RANGES, "bytes");
        set(headers, header::CONTENT_DISPOSITION, &disposition);
        set(headers, header::CONTENT_LENGTH, &length.to_string());
        set(headers, header::CONTENT_TYPE, kind);
        set(headers, header::LAST_MODIFIED, &modified);
        set(headers, header::VARY, "Accept-Encoding");
        response
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    let value = HeaderValue::from_str(value).expect("it has printable signs only");
    headers.insert(name, value);
}

/// Opens a file for reading, without waiting for anybody and without following links of /proc to
/// open files, some of which are outside of the sandbox.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(openat2(CWD, path, flags, Mode::empty(), ResolveFlags::NO_MAGICLINKS)?.into())
}

fn start(file: &File, length: u64) -> io::Result<Bytes> {
    let limit = match length {
        // One more, which tells that there is too much.
        0 => UNMEASURED + 1,
        small if small <= CHUNK as u64 => small,
        _ => media::LOOKED_AT as u64,
    };
    let mut start = Vec::with_capacity(usize::try_from(limit).unwrap_or(CHUNK).min(CHUNK));
    file.take(limit).read_to_end(&mut start)?;
    Ok(start.into())
}

/// A part of a file, piece by piece. A file that became shorter meanwhile ends in an error, so that
/// nobody takes what there is for all.
fn chunks(file: File, range: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    futures::stream::try_unfold((file, range), |(file, mut range)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        blocking(move || {
            let left = range.end - range.start;
            let mut buffer = vec![0; usize::try_from(left).unwrap_or(CHUNK).min(CHUNK)];
            let count = file.read_at(&mut buffer, range.start)?;
            if count == 0 {
                let message = "the file became shorter while it was read";
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
            }
            buffer.truncate(count);
            range.start += count as u64;
            Ok(Some((Bytes::from(buffer), (file, range))))
        })
        .await
    })
}

fn full(bytes: Bytes) -> Body {
    Full::new(bytes)
        .map_err(|never| match never {})
        .boxed_unsync()
}

fn streamed(chunks: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Body {
    StreamBody::new(chunks.map_ok(Frame::data)).boxed_unsync()
}
