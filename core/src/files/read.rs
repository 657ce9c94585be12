//! Reading files.

use std::{fmt, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _};
use http::{
    HeaderValue, Method,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING},
};
use http_body_util::BodyExt as _;
use reqwest::Url;
use sandspan_protocol::{defaults::FILE_IDLE_TIMEOUT, files};

use super::{Files, check, compression::unpacked, content::SourceError};
use crate::{
    Error, ErrorKind, Naming, Result,
    agent::Agent,
    config::Endpoint,
    connection::Effect,
    diagnosis::Stage,
    feed::{Feed, Pieces},
    lease::Active,
    transport::{Failure, Limit, open, within},
};

const GZIP: &str = "gzip";

/// How to read a file.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// As whom, which says where a relative path starts. Default: the sandbox's default user.
    pub user: Option<String>,
    /// Whether the contents travel compressed.
    pub gzip: bool,
    /// How long it may take, of [`Files::read_stream`] until the contents begin to come. Default:
    /// that of the connection; zero means without limit.
    pub request_timeout: Option<Duration>,
    /// How long nothing may come, for [`Files::read_stream`]. Default: 60 s; zero means without
    /// limit.
    pub idle_timeout: Option<Duration>,
}

impl Files {
    /// Reads a file as text, what is not UTF-8 in it as U+FFFD.
    ///
    /// Fails with the kind [`FileNotFound`](ErrorKind::FileNotFound) where there is none, and
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) where it is a directory.
    pub async fn read(&self, path: &str, options: ReadOptions) -> Result<String> {
        let bytes = self.read_whole("files.read", path, options).await?;
        Ok(String::from_utf8(bytes.into())
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// Reads a file. See [`read`](Self::read) for the errors.
    pub async fn read_bytes(&self, path: &str, options: ReadOptions) -> Result<Bytes> {
        let bytes = self.read_whole("files.read_bytes", path, options).await?;
        Ok(bytes.freeze())
    }

    /// Begins to read a file piece by piece. See [`read`](Self::read) for the errors.
    pub async fn read_stream(&self, path: &str, options: ReadOptions) -> Result<FileReader> {
        const OPERATION: &str = "files.read_stream";
        let active = self.agent.begin();
        let limit = self.agent.limit(options.request_timeout);
        let contents = self.open(OPERATION, path, &options, limit).await?;
        Ok(FileReader(Feed::new(Transfer {
            agent: Arc::clone(&self.agent),
            contents,
            patience: options.idle_timeout.unwrap_or(FILE_IDLE_TIMEOUT),
            _active: active,
        })))
    }

    async fn read_whole(
        &self,
        operation: &'static str,
        path: &str,
        options: ReadOptions,
    ) -> Result<BytesMut> {
        let limit = self.agent.limit(options.request_timeout);
        let _active = self.agent.begin();
        let contents = self.open(operation, path, &options, limit).await?;
        match within(limit, contents.collect()).await {
            Ok(bytes) => Ok(bytes),
            Err(failure) => Err(self.explain(operation, Stage::Transfer, failure).await),
        }
    }

    async fn open(
        &self,
        operation: &'static str,
        path: &str,
        options: &ReadOptions,
        limit: Limit,
    ) -> Result<Contents> {
        let user = options.user.as_deref();
        check(operation, path, user)?;
        let attempt = async |endpoint: Arc<Endpoint>| {
            let request = self.agent.request(&endpoint, Method::GET, files::PATH);
            let (client, mut request) = request?;
            self.name(&mut request, path, user);
            if options.gzip {
                let gzip = HeaderValue::from_static(GZIP);
                request.headers_mut().insert(ACCEPT_ENCODING, gzip);
            }
            open(&client, request).await
        };
        let reaching = self.agent.connection.reach(Effect::Same, attempt);
        match within(limit, reaching).await {
            Ok(response) => {
                self.agent.answered();
                Ok(Contents::new(response))
            }
            Err(failure) => Err(self.explain(operation, Stage::Transfer, failure).await),
        }
    }
}

/// The contents of a file as they come.
struct Contents {
    stream: Box<dyn Stream<Item = Result<Bytes, SourceError>> + Send + Unpin>,
    /// How many bytes there are, where that was said.
    length: Option<u64>,
    url: Url,
}

impl Contents {
    fn new(response: reqwest::Response) -> Self {
        let encoding = response.headers().get(CONTENT_ENCODING);
        let is_packed = encoding.is_some_and(|encoding| encoding == GZIP);
        let length = response.content_length().filter(|_| !is_packed);
        let url = response.url().clone();
        let body: reqwest::Body = http::Response::from(response).into_body();
        let stream = body.into_data_stream();
        Self {
            stream: if is_packed {
                Box::new(unpacked(stream))
            } else {
                Box::new(stream.map(|item| item.map_err(Into::into)))
            },
            length,
            url,
        }
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        match self.stream.next().await.transpose() {
            Ok(bytes) => Ok(bytes),
            Err(error) => Err(match error.downcast::<reqwest::Error>() {
                Ok(error) => Failure::from_reqwest(*error, &self.url),
                Err(error) => Failure::Garbled(format!("Cannot unpack the file: {error}")),
            }),
        }
    }

    async fn collect(mut self) -> Result<BytesMut, Failure> {
        let mut whole = Vec::new();
        let length = self.length.unwrap_or_default();
        let reserved = usize::try_from(length).map(|length| whole.try_reserve_exact(length));
        if !matches!(reserved, Ok(Ok(()))) {
            let message = format!("There is no memory for a file of {length} bytes");
            return Err(Failure::Garbled(message));
        }
        let mut whole = BytesMut::from(Bytes::from(whole));
        while let Some(bytes) = self.next().await? {
            whole.extend_from_slice(&bytes);
        }
        Ok(whole)
    }
}

/// A file that is read piece by piece.
///
/// Dropping it ends the transfer. While it is there, it is a use of the sandbox.
pub struct FileReader(Feed<Transfer>);

impl FileReader {
    /// The next piece of the file; none at its end, after an error and when it was closed.
    ///
    /// Giving up a call loses nothing: the next one goes on where it was.
    pub async fn next(&self) -> Option<Result<Bytes>> {
        self.0.next().await
    }

    /// Ends the transfer. Doing so again changes nothing.
    pub fn close(&self) {
        self.0.close();
    }
}

impl fmt::Debug for FileReader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FileReader").finish_non_exhaustive()
    }
}

struct Transfer {
    agent: Arc<Agent>,
    contents: Contents,
    /// How long nothing may come.
    patience: Duration,
    /// The transfer is a use of the sandbox.
    _active: Active,
}

impl Pieces for Transfer {
    type Piece = Bytes;

    async fn next(&mut self) -> Result<Option<Bytes>> {
        const OPERATION: &str = "files.read_stream";
        let limit = Limit::from_now(self.patience);
        match within(limit, self.contents.next()).await {
            Ok(bytes) => Ok(bytes),
            Err(Failure::TimedOut) => {
                let message = Naming::current().download_stalled(self.patience);
                Err(Error::new(ErrorKind::RequestTimeout, OPERATION, message))
            }
            Err(failure) => {
                let explained = self.agent.explain(OPERATION, Stage::Transfer, failure);
                Err(explained.await)
            }
        }
    }
}
