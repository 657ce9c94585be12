//! Writing files.

use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt as _, TryStreamExt as _, future, stream};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};
use sandspan_protocol::{defaults::FILE_IDLE_TIMEOUT, files};

use super::{
    FileContent, Files, WriteInfo, check,
    content::{Content, Upload},
    form::{Form, can_carry},
    pace::Paced,
};
use crate::{
    Error, ErrorKind, Naming, Result,
    agent_version::AgentVersion,
    config::Endpoint,
    connection::Effect,
    diagnosis::Stage,
    transport::{Answer, Failure, Limit, exchange, within},
};

/// How many files are on their way at once, where each takes a request of its own.
const AT_ONCE: usize = 8;

/// How to write files.
#[derive(Clone, Debug, Default)]
pub struct WriteOptions {
    /// As whom: who owns the files, and where relative paths start. Default: the sandbox's default
    /// user.
    pub user: Option<String>,
    /// How long a request may take. Default: that of the connection, and without limit for a
    /// stream; zero means without limit.
    pub request_timeout: Option<Duration>,
    /// Whether the contents travel compressed. Agents before 0.5.7 get them as they are.
    pub gzip: bool,
    /// Whether each file is the body of a request, and not a part of a form. Default: whatever is
    /// faster. Agents before 0.5.7 get forms.
    pub use_octet_stream: Option<bool>,
    /// Names and values to store with each file, which needs an agent of 0.6.2 or later.
    pub metadata: BTreeMap<String, String>,
}

/// A file to write.
#[derive(Debug)]
pub struct WriteEntry {
    /// Where.
    pub path: String,
    /// What.
    pub content: FileContent,
}

impl Files {
    /// Writes a file, which takes the place of one that was there, and makes the directories above
    /// it. Readers see the old file or the new one whole.
    ///
    /// Fails with the kind [`InvalidArgument`](ErrorKind::InvalidArgument) where there is a
    /// directory, with [`NotEnoughSpace`](ErrorKind::NotEnoughSpace), and with
    /// [`Template`](ErrorKind::Template) where the agent is too old for an option.
    pub async fn write(
        &self,
        path: &str,
        content: impl Into<FileContent>,
        options: WriteOptions,
    ) -> Result<WriteInfo> {
        const OPERATION: &str = "files.write";
        let entry = WriteEntry {
            path: path.to_owned(),
            content: content.into(),
        };
        let mut written = self.write_all(OPERATION, vec![entry], &options).await?;
        Ok(written.remove(0))
    }

    /// Writes several files, and tells of them in the same order. Of no files, nothing is asked.
    ///
    /// Fails as [`write`](Self::write) does; files may have been written by then.
    pub async fn write_files(
        &self,
        entries: Vec<WriteEntry>,
        options: WriteOptions,
    ) -> Result<Vec<WriteInfo>> {
        self.write_all("files.write_files", entries, &options).await
    }

    async fn write_all(
        &self,
        operation: &'static str,
        entries: Vec<WriteEntry>,
        options: &WriteOptions,
    ) -> Result<Vec<WriteInfo>> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let is_form = self.takes_form(operation, &entries, options)?;
        let writing = Writing {
            files: self,
            operation,
            headers: headers(operation, &options.metadata)?,
            options,
        };
        let _active = self.agent.begin();
        if is_form {
            return writing.form(entries).await;
        }
        let files = entries.into_iter().enumerate().map(|(index, entry)| {
            let written = writing.single(entry);
            async move { Ok::<_, Error>((index, written.await?)) }
        });
        // In no order, so that the first failure ends the others, however long they would take.
        let written = stream::iter(files).buffer_unordered(AT_ONCE);
        let mut written: Vec<_> = written.try_collect().await?;
        written.sort_by_key(|(index, _)| *index);
        Ok(written.into_iter().map(|(_, info)| info).collect())
    }

    /// Whether files travel as a form, once they and the options are found to be right.
    fn takes_form(
        &self,
        operation: &'static str,
        entries: &[WriteEntry],
        options: &WriteOptions,
    ) -> Result<bool> {
        let refused = |kind, message: String| Err(Error::new(kind, operation, message));
        let (naming, version) = (Naming::current(), self.agent.version);
        for entry in entries {
            check(operation, &entry.path, options.user.as_deref())?;
            if entry.path.is_empty() {
                let message = "Invalid path: it is empty".to_owned();
                return refused(ErrorKind::InvalidArgument, message);
            }
        }
        if !options.metadata.is_empty() && version < AgentVersion::FILE_METADATA {
            let message = "File metadata requires envd 0.6.2 or later.".to_owned();
            return refused(ErrorKind::Template, message);
        }
        let wants_form = options.use_octet_stream == Some(false);
        if options.gzip && wants_form {
            return refused(ErrorKind::InvalidArgument, naming.gzip_in_form());
        }
        let has_stream = entries.iter().any(|entry| entry.content.is_stream());
        let is_old = version < AgentVersion::OCTET_STREAM;
        if has_stream && is_old {
            let message = "Uploading iterable data requires envd 0.5.7 or later.".to_owned();
            return refused(ErrorKind::Template, message);
        }
        if has_stream && wants_form {
            return refused(ErrorKind::InvalidArgument, naming.stream_in_form());
        }
        let is_small_work = options.use_octet_stream.is_none()
            && entries.len() > 1
            && !has_stream
            && !options.gzip
            && entries.iter().all(|entry| can_carry(&entry.path));
        Ok(is_old || wants_form || is_small_work)
    }
}

/// A write of one or several files.
struct Writing<'a> {
    files: &'a Files,
    operation: &'static str,
    options: &'a WriteOptions,
    headers: HeaderMap,
}

impl Writing<'_> {
    /// Writes a file as the body of a request.
    async fn single(&self, entry: WriteEntry) -> Result<WriteInfo> {
        let WriteEntry { path, content } = entry;
        let timeout = self.options.request_timeout;
        let limit = if content.is_stream() {
            Limit::from_now(timeout.unwrap_or_default())
        } else {
            self.files.agent.limit(timeout)
        };
        let upload = Upload::new(content, self.options.gzip);
        let effect = match upload {
            Upload::Stream(_) => Effect::Another,
            Upload::Bytes(_) | Upload::Compressed(_) => Effect::Same,
        };
        let was_tried = AtomicBool::new(false);
        let fill = |request: &mut reqwest::Request| {
            let is_first = !was_tried.swap(true, Ordering::Relaxed);
            let body = upload.body(is_first).ok_or_else(|| self.moved())?;
            *request.body_mut() = Some(body);
            self.files
                .name(request, &path, self.options.user.as_deref());
            let octets = HeaderValue::from_static("application/octet-stream");
            request.headers_mut().insert(CONTENT_TYPE, octets);
            if self.options.gzip {
                let gzip = HeaderValue::from_static("gzip");
                request.headers_mut().insert(CONTENT_ENCODING, gzip);
            }
            Ok(())
        };
        let sending = pin!(self.send(limit, effect, fill));
        let answer = match &upload {
            Upload::Stream(reading) => {
                let stalled = pin!(reading.stalled(FILE_IDLE_TIMEOUT));
                let answer = match future::select(sending, stalled).await {
                    future::Either::Left((answer, _)) => answer,
                    future::Either::Right(((), _)) => Err(self.stalled().into()),
                };
                let failure = reading.take_failure();
                reading.give_up();
                match failure {
                    Some(error) => {
                        let message = error.to_string();
                        let failed = Error::new(ErrorKind::Source, self.operation, message);
                        Err(failed.with_source(error).into())
                    }
                    None => answer,
                }
            }
            Upload::Bytes(_) | Upload::Compressed(_) => sending.await,
        };
        let mut written = self.written(answer, 1).await?;
        Ok(written.remove(0))
    }

    /// Writes files as a form.
    async fn form(&self, entries: Vec<WriteEntry>) -> Result<Vec<WriteInfo>> {
        let mut form = Form::new();
        let count = entries.len();
        let only = (count == 1).then(|| entries[0].path.clone());
        for entry in entries {
            match entry.content.0 {
                Content::Bytes(bytes) => form.add(&entry.path, bytes),
                Content::Stream(_) => unreachable!("streams are not sent as forms"),
            }
        }
        let content_type = form.content_type();
        let content_type = HeaderValue::try_from(content_type).expect("letters and digits");
        let chunks = form.finish();
        let fill = |request: &mut reqwest::Request| {
            *request.body_mut() = Some(reqwest::Body::wrap(Paced::new(chunks.clone())));
            let user = self.options.user.as_deref();
            // The path of a single file may hold what a form cannot say.
            self.files
                .name(request, only.as_deref().unwrap_or_default(), user);
            let headers = request.headers_mut();
            headers.insert(CONTENT_TYPE, content_type.clone());
            Ok(())
        };
        let limit = self.files.agent.limit(self.options.request_timeout);
        let answer = self.send(limit, Effect::Same, fill).await;
        self.written(answer, count).await
    }

    /// Sends requests that `fill` completes until one gets through.
    async fn send(
        &self,
        limit: Limit,
        effect: Effect,
        fill: impl Fn(&mut reqwest::Request) -> Result<(), Failure>,
    ) -> Result<Answer, Failure> {
        let agent = &self.files.agent;
        let attempt = async |endpoint: Arc<Endpoint>| {
            let request = agent.request(&endpoint, Method::POST, files::PATH);
            let (client, mut request) = request?;
            request.headers_mut().extend(self.headers.clone());
            fill(&mut request)?;
            exchange(&client, request).await
        };
        let answer = within(limit, agent.connection.reach(effect, attempt)).await?;
        agent.answered();
        Ok(answer)
    }

    /// What the answer to a request with so many files tells.
    async fn written(
        &self,
        answer: Result<Answer, Failure>,
        count: usize,
    ) -> Result<Vec<WriteInfo>> {
        let written = answer.and_then(|answer| answer.json::<Vec<files::WrittenFile>>());
        match written {
            Ok(written) if written.len() == count => {
                Ok(written.into_iter().map(WriteInfo::new).collect())
            }
            Ok(_) => {
                let message = "Received unexpected response from write operation";
                Err(Error::new(ErrorKind::Unexpected, self.operation, message))
            }
            Err(failure) => {
                let explained = self.files.explain(self.operation, Stage::Transfer, failure);
                Err(explained.await)
            }
        }
    }

    fn stalled(&self) -> Error {
        let message = format!(
            "The sandbox took nothing of the file for {FILE_IDLE_TIMEOUT:?}, so that it was given up"
        );
        Error::new(ErrorKind::RequestTimeout, self.operation, message)
    }

    /// A stream cannot be begun again where the server is now.
    fn moved(&self) -> Error {
        let message = "The server moved while the file was being sent to it: write the file again";
        Error::new(ErrorKind::Unreachable, self.operation, message)
    }
}

/// The headers that carry metadata, once they are found to be right.
fn headers(operation: &'static str, metadata: &BTreeMap<String, String>) -> Result<HeaderMap> {
    let invalid = |message| Error::new(ErrorKind::InvalidArgument, operation, message);
    let naming = Naming::current();
    let mut headers = HeaderMap::new();
    for (key, value) in metadata {
        let name = HeaderName::try_from(format!("{}{key}", files::METADATA_HEADER));
        let name = name.ok().filter(|_| !key.is_empty());
        let name = name.ok_or_else(|| invalid(naming.invalid_metadata_key(key)))?;
        let is_printable = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let value = HeaderValue::try_from(value).ok().filter(|_| is_printable);
        let value = value.ok_or_else(|| invalid(naming.invalid_metadata_value(key)))?;
        headers.insert(name, value);
    }
    if let Some(problem) = files::metadata_problem(metadata) {
        return Err(invalid(format!("Invalid metadata: {problem}")));
    }
    Ok(headers)
}
