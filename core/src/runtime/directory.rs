//! The directory of the user's runtime files. What stands in it is believed, so it must be the
//! user's own.

use std::{
    fs::{self, DirBuilder, Metadata},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};

use nix::unistd::geteuid;
use sandspan_protocol::runtime;

use super::failed;
use crate::{Result, config::Endpoint};

/// Who may write to it besides its owner.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// Where it is, as an absolute path.
pub(super) fn path() -> Result<PathBuf> {
    let path = runtime::directory(geteuid().as_raw());
    std::path::absolute(&path)
        .map_err(|error| unusable(&path, &error.to_string()).with_source(error))
}

/// Whether it exists. One that others could write to is an error.
pub(super) fn exists(path: &Path) -> Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => check(path, &metadata).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(unusable(path, &error.to_string()).with_source(error)),
    }
}

/// Makes it, for its user alone, where it does not exist.
pub(super) fn ensure(path: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| unusable(path, &error.to_string()).with_source(error))?;
    exists(path).map(drop)
}

fn check(path: &Path, metadata: &Metadata) -> Result<()> {
    let problem = if metadata.is_symlink() {
        "it is a symbolic link"
    } else if !metadata.is_dir() {
        "it is not a directory"
    } else if metadata.uid() != geteuid().as_raw() {
        "it belongs to another user"
    } else if metadata.mode() & WRITABLE_BY_OTHERS != 0 {
        "other users may write to it"
    } else {
        return Ok(());
    };
    Err(unusable(path, problem))
}

/// Where the server says it is, if one ever did.
pub(super) fn read(directory: &Path) -> Result<Option<Endpoint>> {
    let file = directory.join(runtime::SERVER_FILE);
    let unreadable = |problem: &str| {
        let file = file.display();
        failed(format!(
            "Cannot read {file}: {problem}. Remove it if nothing else helps"
        ))
    };
    let server = runtime::read(directory)
        .map_err(|error| unreadable(&error.to_string()).with_source(error))?;
    let Some(server) = server else {
        return Ok(None);
    };
    let url = server
        .url
        .parse()
        .map_err(|_| unreadable("its URL is none"))?;
    let endpoint = Endpoint::new(url, &server.api_key);
    endpoint
        .map(Some)
        .ok_or_else(|| unreadable("its key is none"))
}

fn unusable(path: &Path, problem: &str) -> crate::Error {
    let (path, variable) = (path.display(), runtime::RUNTIME_DIR);
    failed(format!(
        "Cannot use {path} for the local runtime: {problem}. Set {variable} to another directory"
    ))
}

#[cfg(test)]
mod tests {
    use std::{env, fs, os::unix::fs::PermissionsExt, process};

    use super::{ensure, exists, read};
    use crate::ErrorKind;

    #[test]
    fn only_a_directory_of_ones_own_is_believed() {
        let root = env::temp_dir().join(format!("sandspan-directory-{}", process::id()));
        let path = root.join("made");
        assert_eq!(exists(&path).ok(), Some(false));
        ensure(&path).expect("can be made");
        assert_eq!(exists(&path).ok(), Some(true));
        assert_eq!(read(&path).ok(), Some(None));

        let open = root.join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
        let link = root.join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let file = root.join("file");
        fs::write(&file, "").unwrap();
        for refused in [open, link, file] {
            let error = exists(&refused).expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::LocalRuntime, "{error}");
            assert!(ensure(&refused).is_err());
        }

        fs::write(path.join("server.json"), "half a fi").unwrap();
        let error = read(&path).expect_err("garbage");
        assert!(error.message().contains("server.json"), "{error}");
        fs::remove_dir_all(&root).unwrap();
    }
}
