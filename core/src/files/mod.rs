//! The files in a sandbox.

mod compression;
mod content;
mod entry;
mod event;
mod form;
mod pace;
mod read;
mod url;
mod watch;
mod watcher;
mod write;

use std::{fmt, sync::Arc, time::Duration};

use connectrpc::{ConnectError, ErrorCode, client::CallOptions};
use http::header::AUTHORIZATION;
use sandspan_protocol::rpc::filesystem;

pub use content::FileContent;
use entry::is_listed;
pub use entry::{EntryInfo, FileType, WriteInfo};
pub use event::{FilesystemEvent, FilesystemEventType};
pub use read::{FileReader, ReadOptions};
pub use url::UrlOptions;
pub(crate) use url::signed as signed_url;
pub use watch::{Watch, WatchOptions};
pub use watcher::Watcher;
pub use write::{WriteEntry, WriteOptions};

use crate::{
    Error, ErrorKind, Naming, Result,
    agent::{Agent, Filesystem},
    arguments::{check_text, check_user},
    diagnosis::Stage,
    transport::Failure,
};

/// The files in a sandbox. It is cheap to clone.
///
/// A relative path starts at the user's home, as does `~`.
#[derive(Clone)]
pub struct Files {
    agent: Arc<Agent>,
}

impl fmt::Debug for Files {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Files");
        debug
            .field("sandbox_id", &self.agent.sandbox_id)
            .finish_non_exhaustive()
    }
}

/// How to do something with a file.
#[derive(Clone, Debug, Default)]
pub struct FileOptions {
    /// As whom, which says where a relative path starts and who owns what is made. Default: the
    /// sandbox's default user.
    pub user: Option<String>,
    /// How long it may take. Default: that of the connection; zero means without limit.
    pub request_timeout: Option<Duration>,
}

/// How to list a directory.
#[derive(Clone, Debug, Default)]
pub struct ListFilesOptions {
    /// How many levels of directories to go down. Default: 1, which is the directory alone.
    pub depth: Option<i64>,
    /// As whom, which says where a relative path starts. Default: the sandbox's default user.
    pub user: Option<String>,
    /// How long it may take. Default: that of the connection; zero means without limit.
    pub request_timeout: Option<Duration>,
}

impl Files {
    pub(crate) fn new(agent: Arc<Agent>) -> Self {
        Self { agent }
    }

    /// Lists a directory in the order of its entries' paths. What is neither a file nor a directory
    /// nor leads to one is left out; links are not followed.
    ///
    /// Fails with the kind [`FileNotFound`](ErrorKind::FileNotFound) where there is none, and
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) where it is a file.
    pub async fn list(&self, path: &str, options: ListFilesOptions) -> Result<Vec<EntryInfo>> {
        const OPERATION: &str = "files.list";
        let depth = options.depth.unwrap_or(1);
        if depth < 1 {
            let message = Naming::current().depth_too_small();
            return Err(Error::new(ErrorKind::InvalidArgument, OPERATION, message));
        }
        let request = filesystem::ListDirRequest {
            path: path.to_owned(),
            depth: depth.try_into().unwrap_or(u32::MAX),
            ..Default::default()
        };
        let list = async |client: Filesystem, call: CallOptions| {
            client.list_dir_with_options(request.clone(), call).await
        };
        let options = FileOptions {
            user: options.user,
            request_timeout: options.request_timeout,
        };
        let answer = self.ask(OPERATION, &[path], &options, list).await?;
        let entries = answer.into_owned().entries.into_iter();
        Ok(entries.filter(is_listed).map(EntryInfo::new).collect())
    }

    /// Whether there is anything at a path.
    pub async fn exists(&self, path: &str, options: FileOptions) -> Result<bool> {
        match self.stat("files.exists", path, &options).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::FileNotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Describes a file or a directory.
    ///
    /// Fails with the kind [`FileNotFound`](ErrorKind::FileNotFound) where there is none.
    pub async fn get_info(&self, path: &str, options: FileOptions) -> Result<EntryInfo> {
        let entry = self.stat("files.get_info", path, &options).await?;
        Ok(EntryInfo::new(entry))
    }

    async fn stat(
        &self,
        operation: &'static str,
        path: &str,
        options: &FileOptions,
    ) -> Result<filesystem::EntryInfo> {
        let request = filesystem::StatRequest {
            path: path.to_owned(),
            ..Default::default()
        };
        let stat = async |client: Filesystem, call: CallOptions| {
            client.stat_with_options(request.clone(), call).await
        };
        let answer = self.ask(operation, &[path], options, stat).await?;
        Ok(answer.into_owned().entry.into_option().unwrap_or_default())
    }

    /// Removes a file, or a directory with all that is in it. It is no error where there is none.
    pub async fn remove(&self, path: &str, options: FileOptions) -> Result<()> {
        let request = filesystem::RemoveRequest {
            path: path.to_owned(),
            ..Default::default()
        };
        let remove = async |client: Filesystem, call: CallOptions| {
            client.remove_with_options(request.clone(), call).await
        };
        self.ask("files.remove", &[path], &options, remove).await?;
        Ok(())
    }

    /// Moves a file or a directory, and makes the directories above its new path. A file that is
    /// there is replaced.
    ///
    /// Fails with the kind [`FileNotFound`](ErrorKind::FileNotFound) where there is nothing to move.
    pub async fn rename(
        &self,
        old_path: &str,
        new_path: &str,
        options: FileOptions,
    ) -> Result<EntryInfo> {
        let request = filesystem::MoveRequest {
            source: old_path.to_owned(),
            destination: new_path.to_owned(),
            ..Default::default()
        };
        let rename = async |client: Filesystem, call: CallOptions| {
            client.r#move_with_options(request.clone(), call).await
        };
        let paths = [old_path, new_path];
        let answer = self.ask("files.rename", &paths, &options, rename).await?;
        let entry = answer.into_owned().entry;
        Ok(EntryInfo::new(entry.into_option().unwrap_or_default()))
    }

    /// Makes a directory and those above it; false when it existed.
    ///
    /// Fails with the kind [`InvalidArgument`](ErrorKind::InvalidArgument) where there is a file.
    pub async fn make_dir(&self, path: &str, options: FileOptions) -> Result<bool> {
        const OPERATION: &str = "files.make_dir";
        check(OPERATION, path, options.user.as_deref())?;
        let request = filesystem::MakeDirRequest {
            path: path.to_owned(),
            ..Default::default()
        };
        let make = async |client: Filesystem, call: CallOptions| {
            client.make_dir_with_options(request.clone(), call).await
        };
        match self.call(&options, make).await {
            Ok(_) => Ok(true),
            Err(Failure::Rpc {
                code: ErrorCode::AlreadyExists,
                ..
            }) => Ok(false),
            Err(failure) => Err(self.explain(OPERATION, Stage::Call, failure).await),
        }
    }

    /// Makes an RPC about paths, once these are found to be right.
    async fn ask<T, F>(
        &self,
        operation: &'static str,
        paths: &[&str],
        options: &FileOptions,
        call: impl Fn(Filesystem, CallOptions) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T, ConnectError>>,
    {
        for path in paths {
            check(operation, path, options.user.as_deref())?;
        }
        match self.call(options, call).await {
            Ok(answer) => Ok(answer),
            Err(failure) => Err(self.explain(operation, Stage::Call, failure).await),
        }
    }

    async fn call<T, F>(
        &self,
        options: &FileOptions,
        call: impl Fn(Filesystem, CallOptions) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, ConnectError>>,
    {
        let limit = self.agent.limit(options.request_timeout);
        let user = options.user.as_deref();
        let named = |client| call(client, self.call_options(user, CallOptions::default()));
        let (answer, _) = self.agent.call(limit, named).await?;
        Ok(answer)
    }

    /// The options of an RPC with the user in them.
    fn call_options(&self, user: Option<&str>, options: CallOptions) -> CallOptions {
        match self.agent.authorization(user) {
            Some(authorization) => options.with_header(AUTHORIZATION, authorization),
            None => options,
        }
    }

    /// Says in a plain request which file it is about, if any, and as whom.
    fn name(&self, request: &mut reqwest::Request, path: &str, user: Option<&str>) {
        let user = self.agent.user(user);
        url::name(request.url_mut(), path, user);
    }

    async fn explain(&self, operation: &'static str, stage: Stage, failure: Failure) -> Error {
        explain(&self.agent, operation, stage, failure).await
    }
}

/// What a failed request about files means.
async fn explain(agent: &Agent, operation: &'static str, stage: Stage, failure: Failure) -> Error {
    let error = agent.explain(operation, stage, failure).await;
    match error.kind() {
        ErrorKind::NotFound => error.with_kind(ErrorKind::FileNotFound),
        // The time of a command is the time of a watch here.
        ErrorKind::CommandTimeout => error.with_kind(ErrorKind::RequestTimeout),
        _ => error,
    }
}

/// Checks a path, and the user that something is to be done as.
fn check(operation: &'static str, path: &str, user: Option<&str>) -> Result<()> {
    check_text(operation, "path", path)?;
    match user {
        Some(user) => check_user(operation, user),
        None => Ok(()),
    }
}
