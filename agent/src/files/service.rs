//! The filesystem service: see `protocol/proto/filesystem/filesystem.proto`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use connectrpc::{
    ConnectError, RequestContext, Response, ServiceRequest, ServiceResult, ServiceStream,
};
use sandspan_protocol::rpc::filesystem::{
    CreateWatcherRequest, CreateWatcherResponse, EntryInfo, Filesystem, GetWatcherEventsRequest,
    GetWatcherEventsResponse, ListDirRequest, ListDirResponse, MakeDirRequest, MakeDirResponse,
    MoveRequest, MoveResponse, RemoveRequest, RemoveResponse, RemoveWatcherRequest,
    RemoveWatcherResponse, StatRequest, StatResponse, WatchDirRequest, WatchDirResponse,
};

use super::{
    blocking, directories, entry,
    owners::Owners,
    problem::{is_missing, reason, rpc, rpc_missing},
    remove::remove_directory,
    watch::{self, Options, Watchers},
};
use crate::{access, keepalive, path, users::User};

/// Looks at, moves, removes and watches files. It does so as root, whoever asks: the user counts
/// for where paths start and whom new directories belong to.
#[derive(Debug, Default)]
pub(crate) struct FilesystemService {
    watchers: Watchers,
}

#[expect(
    refining_impl_trait,
    reason = "the plain types read better than what the trait leaves open"
)]
impl Filesystem for FilesystemService {
    async fn stat(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, StatRequest>,
    ) -> ServiceResult<StatResponse> {
        let path = resolve(&user(&context)?, request.path)?;
        let entry = blocking(move || {
            entry::info(&path, &Owners::read())
                .map_err(|problem| rpc_missing("file not found", "lstat", &path, &problem))
        });
        Response::ok(StatResponse {
            entry: entry.await?.into(),
            ..Default::default()
        })
    }

    async fn make_dir(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, MakeDirRequest>,
    ) -> ServiceResult<MakeDirResponse> {
        let user = user(&context)?;
        let path = resolve(&user, request.path)?;
        let entry = blocking(move || make_directory(&path, &user));
        Response::ok(MakeDirResponse {
            entry: entry.await?.into(),
            ..Default::default()
        })
    }

    async fn r#move(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, MoveRequest>,
    ) -> ServiceResult<MoveResponse> {
        let user = user(&context)?;
        let source = resolve(&user, request.source)?;
        let destination = resolve(&user, request.destination)?;
        let entry = blocking(move || rename(&source, &destination, &user));
        Response::ok(MoveResponse {
            entry: entry.await?.into(),
            ..Default::default()
        })
    }

    async fn list_dir(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, ListDirRequest>,
    ) -> ServiceResult<ListDirResponse> {
        let path = resolve(&user(&context)?, request.path)?;
        let depth = request.depth.max(1);
        let entries = blocking(move || directories::list(&path, depth));
        Response::ok(ListDirResponse {
            entries: entries.await?,
            ..Default::default()
        })
    }

    async fn remove(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, RemoveRequest>,
    ) -> ServiceResult<RemoveResponse> {
        let path = resolve(&user(&context)?, request.path)?;
        blocking(move || remove(&path)).await?;
        Response::ok(RemoveResponse::default())
    }

    async fn watch_dir(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, WatchDirRequest>,
    ) -> ServiceResult<ServiceStream<WatchDirResponse>> {
        let root = resolve(&user(&context)?, request.path)?;
        let options = Options {
            recursive: request.recursive,
            include_entry: request.include_entry,
            allow_network_mounts: request.allow_network_mounts,
        };
        let (keepalive, deadline) = (keepalive::interval(&context)?, context.deadline());
        let watch = watch::start(root, options).await?;
        Response::ok(Box::pin(watch::stream(watch, keepalive, deadline)))
    }

    async fn create_watcher(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, CreateWatcherRequest>,
    ) -> ServiceResult<CreateWatcherResponse> {
        let root = resolve(&user(&context)?, request.path)?;
        let options = Options {
            recursive: request.recursive,
            include_entry: request.include_entry,
            allow_network_mounts: request.allow_network_mounts,
        };
        Response::ok(CreateWatcherResponse {
            watcher_id: self.watchers.create(root, options).await?,
            ..Default::default()
        })
    }

    async fn get_watcher_events(
        &self,
        _context: RequestContext,
        request: ServiceRequest<'_, GetWatcherEventsRequest>,
    ) -> ServiceResult<GetWatcherEventsResponse> {
        Response::ok(GetWatcherEventsResponse {
            events: self.watchers.take(request.watcher_id)?,
            ..Default::default()
        })
    }

    async fn remove_watcher(
        &self,
        _context: RequestContext,
        request: ServiceRequest<'_, RemoveWatcherRequest>,
    ) -> ServiceResult<RemoveWatcherResponse> {
        self.watchers.remove(request.watcher_id)?;
        Response::ok(RemoveWatcherResponse::default())
    }
}

fn user(context: &RequestContext) -> Result<User, ConnectError> {
    access::user(context.headers())
        .map_err(|name| ConnectError::unauthenticated(format!("invalid username: '{name}'")))
}

fn resolve(user: &User, path: &str) -> Result<PathBuf, ConnectError> {
    path::resolve(path, &user.home).map_err(ConnectError::invalid_argument)
}

fn make_directory(path: &Path, user: &User) -> Result<EntryInfo, ConnectError> {
    let shown = path.display();
    match fs::metadata(path) {
        Ok(it) if it.is_dir() => {
            let message = format!("directory already exists: {shown}");
            return Err(ConnectError::already_exists(message));
        }
        Ok(_) => {
            let message = format!("path already exists but it is not a directory: {shown}");
            return Err(ConnectError::invalid_argument(message));
        }
        Err(problem) if is_missing(&problem) => {}
        Err(problem) => {
            return Err(rpc(
                format_args!("error getting file info: {shown}"),
                &problem,
            ));
        }
    }
    directories::ensure(path, user)
        .map_err(|problem| rpc(format_args!("error creating directory {shown}"), &problem))?;
    describe(path)
}

/// The source is looked for first, so that no directories are made for nothing.
fn rename(source: &Path, destination: &Path, user: &User) -> Result<EntryInfo, ConnectError> {
    let missing = |problem: &io::Error| {
        let (source, destination) = (source.display(), destination.display());
        let reason = reason(problem);
        ConnectError::not_found(format!(
            "source file not found: rename {source} {destination}: {reason}"
        ))
    };
    match fs::symlink_metadata(source) {
        Err(problem) if is_missing(&problem) => return Err(missing(&problem)),
        _ => {}
    }
    let failed = |problem: io::Error| {
        let (source, destination) = (source.display(), destination.display());
        rpc(
            format_args!("error renaming: rename {source} {destination}"),
            &problem,
        )
    };
    if let Some(parent) = destination.parent() {
        directories::ensure(parent, user).map_err(failed)?;
    }
    match fs::rename(source, destination) {
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => Err(missing(&problem)),
        Err(problem) => Err(failed(problem)),
        Ok(()) => describe(destination),
    }
}

fn describe(path: &Path) -> Result<EntryInfo, ConnectError> {
    entry::info(path, &Owners::read())
        .map_err(|problem| rpc_missing("file not found", "lstat", path, &problem))
}

/// What is not there need not be removed.
fn remove(path: &Path) -> Result<(), ConnectError> {
    let removed = fs::symlink_metadata(path).and_then(|metadata| {
        if metadata.is_dir() {
            remove_directory(path)
        } else {
            fs::remove_file(path)
        }
    });
    match removed {
        Err(problem) if !is_missing(&problem) => {
            let shown = path.display();
            Err(rpc(
                format_args!("error removing file or directory {shown}"),
                &problem,
            ))
        }
        _ => Ok(()),
    }
}
