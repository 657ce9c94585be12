//! Putting files together into one.

use std::{
    fs::{self, Metadata},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use http::StatusCode;
use sandspan_protocol::{control::StringMap, files::WrittenFile};
use serde::Deserialize;

use super::{
    download,
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
    // What a link at the destination leads to is replaced, and must not be removed as a source.
    let replaced = fs::metadata(&target).ok().map(|it| identity(&it));
    let sources = sources.map(|source| check(source, &target, replaced, user));
    let sources = sources.collect::<Result<Vec<_>, _>>()?;
    let destination = Destination {
        path: target.clone(),
        user: user.clone(),
        metadata: StringMap::new(),
        length: None,
    };
    let mut place = Place::open(&destination)?;
    if let Place::Pipe(_) = place {
        return Err(Refusal::bad_request("destination must not be a named pipe"));
    }
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
    let path = target.to_string_lossy().into_owned();
    Ok(WrittenFile::new(
        path::name(&target),
        path,
        StringMap::new(),
    ))
}

fn check(
    source: &str,
    target: &Path,
    replaced: Option<(u64, u64)>,
    user: &User,
) -> Result<PathBuf, Refusal> {
    let path = path::resolve(source, &user.home).map_err(|problem| {
        Refusal::bad_request(format!("error resolving source path {source:?}: {problem}"))
    })?;
    let same = || {
        Refusal::bad_request(format!(
            "source path {source:?} cannot be the same as destination"
        ))
    };
    if path == *target {
        return Err(same());
    }
    match fs::metadata(&path) {
        Ok(it) if replaced == Some(identity(&it)) => Err(same()),
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

/// Tells a file from all others, whatever its path.
fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

/// The kernel copies from file to file by itself where it can.
fn append(source: &Path, place: &mut Place) -> io::Result<()> {
    let mut source = download::open(source)?;
    if !source.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file any more"));
    }
    let target = match place {
        Place::Staged { staged, .. } => &mut staged.file,
        Place::Existing(file) | Place::Pipe(file) => file,
    };
    io::copy(&mut source, target).map(drop)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use http::StatusCode;
    use nix::unistd::{Gid, Uid};

    use super::{Compose, compose};
    use crate::users::User;

    #[test]
    fn a_source_under_another_name_is_not_replaced() {
        let folder = tempfile::tempdir().expect("there is room");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("source"), "text").expect("written");
        symlink(path("source"), path("link")).expect("made");
        symlink(folder.path(), path("directory")).expect("made");
        let user = User {
            name: "user".to_owned(),
            uid: Uid::current(),
            gid: Gid::current(),
            home: folder.path().to_owned(),
        };
        for destination in ["source", "link", "directory/source"] {
            let request = Compose {
                source_paths: vec!["source".to_owned()],
                destination: destination.to_owned(),
                username: None,
            };
            let refusal = compose(&request, &user).expect_err(destination);
            assert_eq!(refusal.status, StatusCode::BAD_REQUEST, "{destination}");
            let kept = fs::read_to_string(path("source")).expect("it is there");
            assert_eq!(kept, "text", "{destination}");
        }
    }
}
