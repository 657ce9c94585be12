//! Making and listing directories.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::{ffi::OsStrExt as _, fs::DirBuilderExt as _, fs::lchown},
    path::{Path, PathBuf},
};

use connectrpc::ConnectError;
use sandspan_protocol::rpc::filesystem::EntryInfo;

use super::{
    entry,
    owners::Owners,
    problem::{is_missing, reason, rpc},
};
use crate::users::User;

/// The permissions of new directories.
const MODE: u32 = 0o755;

/// Makes sure that there is a directory at a path, and those above it. New ones are given to the
/// user; existing ones stay as they are.
pub(super) fn ensure(path: &Path, user: &User) -> io::Result<()> {
    let mut missing = Vec::new();
    for directory in path.ancestors() {
        match fs::metadata(directory) {
            Ok(it) if it.is_dir() => break,
            Ok(_) => {
                return Err(io::Error::other(format!(
                    "path is a file: {}",
                    directory.display()
                )));
            }
            // Above it there is a file, which the next one up tells.
            Err(problem) if is_missing(&problem) => missing.push(directory),
            Err(problem) => return Err(problem),
        }
    }
    let mut missing = missing.into_iter().rev();
    missing.try_for_each(|directory| make(directory, user))
}

fn make(directory: &Path, user: &User) -> io::Result<()> {
    match DirBuilder::new().mode(MODE).create(directory) {
        Ok(()) => lchown(directory, Some(user.uid.as_raw()), Some(user.gid.as_raw())),
        // Somebody else was faster; whether it is a directory was asked for too early.
        Err(problem) if problem.kind() == io::ErrorKind::AlreadyExists && directory.is_dir() => {
            Ok(())
        }
        Err(problem) => Err(problem),
    }
}

/// Lists what is in a directory and, down to a depth, in those below it: each directory in the order
/// of its names, and before what is in it. Symbolic links below are not followed.
pub(super) fn list(directory: &Path, depth: u32) -> Result<Vec<EntryInfo>, ConnectError> {
    let resolved =
        fs::canonicalize(directory).map_err(|problem| unresolved(directory, &problem))?;
    if !resolved.is_dir() {
        return Err(ConnectError::invalid_argument(format!(
            "path is not a directory: {}",
            directory.display()
        )));
    }
    let mut walk = Walk {
        owners: Owners::read(),
        entries: Vec::new(),
    };
    walk.enter(directory, depth).map_err(|problem| {
        rpc(
            format_args!("error reading directory {}", directory.display()),
            &problem,
        )
    })?;
    Ok(walk.entries)
}

fn unresolved(directory: &Path, problem: &io::Error) -> ConnectError {
    let shown = directory.display();
    if is_missing(problem) {
        ConnectError::not_found(format!(
            "path not found: lstat {shown}: {}",
            reason(problem)
        ))
    } else {
        rpc(format_args!("error resolving symlink {shown}"), problem)
    }
}

struct Walk {
    owners: Owners,
    entries: Vec<EntryInfo>,
}

impl Walk {
    /// What goes away while it is looked at is left out. How deep it goes is for the sandbox's
    /// processes to decide, and must not be a matter of this thread's stack.
    fn enter(&mut self, directory: &Path, depth: u32) -> io::Result<()> {
        let mut waiting = Vec::new();
        let add = |waiting: &mut Vec<_>, directory: &Path, depth| {
            let paths = sorted(directory)?.into_iter().rev();
            waiting.extend(paths.map(|path| (path, depth)));
            io::Result::Ok(())
        };
        add(&mut waiting, directory, depth)?;
        while let Some((path, depth)) = waiting.pop() {
            match entry::info(&path, &self.owners) {
                Ok(entry) => self.entries.push(entry),
                Err(problem) if is_missing(&problem) => continue,
                Err(problem) => return Err(problem),
            }
            if depth > 1 && is_directory(&path) {
                match add(&mut waiting, &path, depth - 1) {
                    Err(problem) if !is_missing(&problem) => return Err(problem),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

fn is_directory(path: &Path) -> bool {
    path.symlink_metadata()
        .is_ok_and(|metadata| metadata.is_dir())
}

fn sorted(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort_by(|one, other| one.as_os_str().as_bytes().cmp(other.as_os_str().as_bytes()));
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use std::{
        ffi::OsStr,
        fs,
        os::unix::{ffi::OsStrExt as _, fs::symlink},
    };

    use super::{ensure, list};
    use crate::users::User;

    fn myself() -> User {
        User {
            name: "me".to_owned(),
            uid: nix::unistd::Uid::current(),
            gid: nix::unistd::Gid::current(),
            home: "/".into(),
        }
    }

    #[test]
    fn lists_in_order_and_to_the_depth() {
        let folder = tempfile::tempdir().expect("there is room");
        let root = folder.path();
        fs::create_dir_all(root.join("b/c/d")).expect("made");
        fs::write(root.join("b/x"), "").expect("written");
        fs::write(root.join("a"), "").expect("written");
        fs::write(root.join(OsStr::from_bytes(b"z\xff")), "").expect("written");
        symlink("b", root.join("link")).expect("made");
        for (depth, expected) in [
            (1, vec!["a", "b", "link", "z\u{fffd}"]),
            (2, vec!["a", "b", "b/c", "b/x", "link", "z\u{fffd}"]),
            (
                u32::MAX,
                vec!["a", "b", "b/c", "b/c/d", "b/x", "link", "z\u{fffd}"],
            ),
        ] {
            let entries = list(root, depth).expect("it is a directory");
            let prefix = format!("{}/", root.display());
            let paths = entries.iter().map(|entry| entry.path.strip_prefix(&prefix));
            let paths: Option<Vec<_>> = paths.collect();
            assert_eq!(paths, Some(expected), "depth {depth}");
        }
        let through = list(&root.join("link"), 1).expect("it leads to one");
        assert_eq!(through[0].path, root.join("link/c").to_str().expect("text"));
    }

    #[test]
    fn says_why_it_cannot_list() {
        let folder = tempfile::tempdir().expect("there is room");
        symlink("loop", folder.path().join("loop")).expect("made");
        let message = |name: &str| {
            let error = list(&folder.path().join(name), 1).expect_err("refused");
            (error.code.as_str(), error.message.expect("there is one"))
        };
        assert_eq!(message("none").0, "not_found");
        assert!(message("none").1.starts_with("path not found: "));
        assert_eq!(message("loop").0, "failed_precondition");
        fs::write(folder.path().join("file"), "").expect("written");
        assert_eq!(message("file").0, "invalid_argument");
    }

    #[test]
    fn makes_directories_but_not_below_files() {
        let folder = tempfile::tempdir().expect("there is room");
        let path = |name: &str| folder.path().join(name);
        ensure(&path("a/b/c"), &myself()).expect("made");
        ensure(&path("a/b/c"), &myself()).expect("it is there");
        fs::write(path("a/file"), "").expect("written");
        let error = ensure(&path("a/file/b"), &myself()).expect_err("refused");
        let expected = format!("path is a file: {}", path("a/file").display());
        assert_eq!(error.to_string(), expected);
    }
}
