//! Where files are while they are written.
//!
//! A file is written under another name and then renamed, so that nobody sees half of it and a
//! failure leaves what was there before. That other name is in a directory apart, for whoever watches
//! or lists the directory of the file is to see the file and nothing else; it is on the same file
//! system, for only there is renaming one step.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// The directory on the sandbox's main file system.
const MAIN: &str = "/var/lib/sandspan";

/// Its name at the root of another one.
const OTHER: &str = ".sandspan";

/// Only root may look at what is not finished.
const DIRECTORY_MODE: u32 = 0o700;

/// How often the directory may go away just before a file is made in it.
const ATTEMPTS: u32 = 100;

/// A file that nobody knows of yet. It is removed again unless it was given its place.
#[derive(Debug)]
pub(super) struct Staged {
    pub(super) file: File,
    path: Option<PathBuf>,
}

impl Staged {
    /// Makes an empty file that can be renamed to any place in a directory.
    pub(super) fn create(directory: &Path) -> io::Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let mut attempts = 0..ATTEMPTS;
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = staging(directory)?.join(number.to_string());
            let mut options = OpenOptions::new();
            match options.write(true).create_new(true).mode(0o666).open(&path) {
                Ok(file) => {
                    let path = Some(path);
                    return Ok(Self { file, path });
                }
                // Left by an earlier agent on the same files.
                Err(problem) if problem.kind() == io::ErrorKind::AlreadyExists => {}
                // Another upload has just left the directory.
                Err(problem)
                    if problem.kind() == io::ErrorKind::NotFound && attempts.next().is_some() => {}
                Err(problem) => return Err(problem),
            }
        }
    }

    /// Gives the file its place, instead of what is there.
    pub(super) fn rename(&mut self, target: &Path) -> io::Result<()> {
        if let Some(path) = &self.path {
            fs::rename(path, target)?;
            leave(path);
            self.path = None;
        }
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // Nobody is there to be told; what is left is out of everybody's sight.
            let _ = fs::remove_file(path);
            leave(path);
        }
    }
}

/// Removes a directory that lists of files would show, unless other files are in it.
fn leave(path: &Path) {
    if let Some(directory) = path.parent().filter(|directory| directory.ends_with(OTHER)) {
        let _ = fs::remove_dir(directory);
    }
}

/// Whether a path is one of the directories that this module makes, which watchers leave out.
pub(super) fn is_staging(path: &Path) -> bool {
    path == Path::new(MAIN)
        || path.ends_with(OTHER) && path.parent().is_some_and(is_root_of_file_system)
}

/// Whether a directory is on another file system than the one above it, wherever links lead.
fn is_root_of_file_system(directory: &Path) -> bool {
    let device = |path: &Path| fs::metadata(path).map(|it| it.dev()).ok();
    device(directory) != device(&directory.join(".."))
}

fn staging(directory: &Path) -> io::Result<PathBuf> {
    let directory = fs::canonicalize(directory)?;
    let device = fs::metadata(&directory)?.dev();
    let staging = if fs::metadata("/")?.dev() == device {
        PathBuf::from(MAIN)
    } else {
        let same = |path: &&Path| fs::metadata(path).is_ok_and(|it| it.dev() == device);
        let root = directory.ancestors().take_while(same).last();
        root.unwrap_or(&directory).join(OTHER)
    };
    if let Some(parent) = staging.parent() {
        fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(DIRECTORY_MODE).create(&staging) {
        Err(problem) if problem.kind() != io::ErrorKind::AlreadyExists => Err(problem),
        _ => Ok(staging),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{MAIN, is_staging};

    #[test]
    fn only_what_is_made_here_is_left_out() {
        let folder = tempfile::tempdir().expect("there is room");
        assert!(is_staging(Path::new(MAIN)));
        assert!(is_staging(Path::new("/proc/.sandspan")));
        assert!(!is_staging(Path::new("/proc/other")));
        assert!(!is_staging(&folder.path().join(".sandspan")));
    }
}
