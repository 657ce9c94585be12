//! Finding the local runtime, and starting it where there is none.

#[cfg(target_os = "linux")]
mod directory;
#[cfg(target_os = "linux")]
mod program;
#[cfg(target_os = "linux")]
mod start;

use std::{path::PathBuf, sync::OnceLock};

use crate::{Error, ErrorKind, Result, config::Endpoint};

const OPERATION: &str = "runtime.start";

static BUNDLED: OnceLock<PathBuf> = OnceLock::new();

/// Tells where a package keeps the `sandspan` program that comes with it. A binding does so once,
/// when it is loaded; the first call counts. The variable `SANDSPAN_PROGRAM` goes before it.
pub fn set_bundled_program(path: PathBuf) {
    BUNDLED.get_or_init(|| path);
}

/// Where the user's local runtime is, unless that is the stale place where it is no longer. It is
/// started where there is none.
#[cfg(target_os = "linux")]
pub(crate) async fn find_or_start(stale: Option<&Endpoint>) -> Result<Endpoint> {
    if let Some(endpoint) = find(stale)? {
        return Ok(endpoint);
    }
    let stale = stale.cloned();
    // To its end, whoever waits for it: half a start would be in the way of the next one.
    let started = tokio::task::spawn_blocking(move || start::start(stale.as_ref()));
    started
        .await
        .map_err(|error| failed("The start of the local runtime failed").with_source(error))?
}

/// Where the user's local runtime says it is, unless that is the stale place.
#[cfg(target_os = "linux")]
pub(crate) fn find(stale: Option<&Endpoint>) -> Result<Option<Endpoint>> {
    let directory = directory::path()?;
    if !directory::exists(&directory)? {
        return Ok(None);
    }
    let endpoint = directory::read(&directory)?;
    Ok(endpoint.filter(|endpoint| Some(endpoint) != stale))
}

/// There is no local runtime on this system.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "as on Linux, where it waits")]
pub(crate) async fn find_or_start(_stale: Option<&Endpoint>) -> Result<Endpoint> {
    Err(failed("the local runtime needs Linux"))
}

/// There is no local runtime on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn find(_stale: Option<&Endpoint>) -> Result<Option<Endpoint>> {
    Err(failed("the local runtime needs Linux"))
}

fn failed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::LocalRuntime, OPERATION, message)
}
