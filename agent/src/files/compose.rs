//! Putting files together into one.

use std::{
    fs::{self, File},
    io,
    path::PathBuf,
};

use http::StatusCode;
use sandspan_protocol::{
    control::StringMap,
    files::{FORM_FIELD, WrittenFile},
};
use serde::Deserialize;

use super::{
    place::{Destination, Place},
    problem::Refusal,
};
use crate::{path, users::User};

/// The body of a request to put files together.
#[derive(Debug, Deserialize)]
pub(super) struct Compose {
    /// What is put together, in this order; it is gone afterwards.
    #[serde(default)]
    source_paths: Vec<String>,
    /// Where it goes, instead of what is there.
    #[serde(default)]
    destination: String,
    /// The user whom paths start at, and whom the result belongs to.
    #[serde(default)]
    pub(super) username: Option<String>,
}

/// Puts files together. They are removed when all went well.
pub(super) fn compose(request: &Compose, user: &User) -> Result<WrittenFile, Refusal> {
    if request.source_paths.is_empty() {
        return Err(Refusal::bad_request("source_paths must not be empty"));
    }
    if request.destination.is_empty() {
        return Err(Refusal::bad_request("destination is required"));
    }
    let target = path::resolve(&request.destination, &user.home).map_err(|problem| {
        Refusal::bad_request(format!("error resolving destination path: {problem}"))
    })?;
    let sources = request.source_paths.iter();
    let sources = sources.map(|source| check(source, &target, user));
    let sources = sources.collect::<Result<Vec<_>, _>>()?;
    let destination = Destination {
        path: target.clone(),
        user: user.clone(),
        metadata: StringMap::new(),
        length: None,
    };
    let mut place = Place::open(&destination)?;
    for source in &sources {
        append(source, &mut place).map_err(|problem| {
            Refusal::failed(
                format_args!("error composing source {}", source.display()),
                &problem,
            )
        })?;
    }
    place.finish(&destination)?;
    for source in &sources {
        // The result is there; a source that somebody else removed is no failure of it.
        let _ = fs::remove_file(source);
    }
    Ok(WrittenFile {
        metadata: StringMap::new(),
        name: path::name(&target),
        path: target.to_string_lossy().into_owned(),
        kind: FORM_FIELD.to_owned(),
    })
}

fn check(source: &str, target: &PathBuf, user: &User) -> Result<PathBuf, Refusal> {
    let path = path::resolve(source, &user.home).map_err(|problem| {
        Refusal::bad_request(format!("error resolving source path {source:?}: {problem}"))
    })?;
    if path == *target {
        return Err(Refusal::bad_request(format!(
            "source path {source:?} cannot be the same as destination"
        )));
    }
    match fs::metadata(&path) {
        Ok(it) if it.is_file() => Ok(path),
        Ok(_) => Err(Refusal::bad_request(format!(
            "source path is not a regular file: {source}"
        ))),
        Err(_) => Err(Refusal::new(
            StatusCode::NOT_FOUND,
            format!("source file not found: {source}"),
        )),
    }
}

/// The kernel copies from file to file by itself where it can.
fn append(source: &PathBuf, place: &mut Place) -> io::Result<()> {
    let target = match place {
        Place::Staged { staged, .. } => &mut staged.file,
        Place::Existing(file) | Place::Pipe(file) => file,
    };
    io::copy(&mut File::open(source)?, target).map(drop)
}
