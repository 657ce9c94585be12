//! Files: what is where, what changes, and what is in them.

mod compose;
mod directories;
mod download;
mod encoding;
mod entry;
mod media;
mod metadata;
mod network;
mod owners;
mod place;
mod problem;
mod query;
mod range;
mod receive;
mod remove;
mod service;
mod staging;
mod transfer;
mod upload;
mod watch;

pub(crate) use self::{
    problem::Refusal,
    query::FileQuery,
    service::FilesystemService,
    transfer::{Body, answer, answer_compose},
};

/// Does something to files where it holds up nobody else; a thread is there only while it lasts.
async fn blocking<Output: Send + 'static>(
    work: impl FnOnce() -> Output + Send + 'static,
) -> Output {
    match tokio::task::spawn_blocking(work).await {
        Ok(output) => output,
        // It is cancelled only with the whole agent, so it panicked; that goes on here.
        Err(problem) => std::panic::resume_unwind(problem.into_panic()),
    }
}
