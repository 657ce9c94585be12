//! Removing a directory and what is in it.

use std::{
    ffi::{CStr, CString},
    io,
    os::fd::OwnedFd,
    path::Path,
};

use rustix::{
    fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, fstat, openat, statat, unlinkat},
    io::Errno,
};

/// Removes a directory and all that is in it; links are removed and not followed.
///
/// The processes of a sandbox make directories as deep as they like, deeper than a path, a stack or
/// the number of open files can be. So this is always in one directory only, and knows no more of
/// those above than what else is in them to be removed.
pub(super) fn remove_directory(path: &Path) -> io::Result<()> {
    let mut current = openat(CWD, path, DIRECTORY, Mode::empty())?;
    let mut below = empty_of_files(&current)?;
    let mut above: Vec<Level> = Vec::new();
    loop {
        if let Some(name) = below.pop() {
            let next = match openat(&current, &name, DIRECTORY, Mode::empty()) {
                Err(Errno::NOENT) => continue,
                next => next?,
            };
            let inside = empty_of_files(&next)?;
            above.push(Level {
                identity: identity(&current)?,
                below: std::mem::replace(&mut below, inside),
                name,
            });
            current = next;
        } else if let Some(level) = above.pop() {
            current = level.climb(&current)?;
            below = level.below;
        } else {
            return Ok(unlinkat(CWD, path, AtFlags::REMOVEDIR)?);
        }
    }
}

const DIRECTORY: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// A directory that was left for one in it.
struct Level {
    identity: (u64, u64),
    /// The directories in it that are still there.
    below: Vec<CString>,
    /// The one that was entered.
    name: CString,
}

impl Level {
    /// Goes back up from the directory below, which is empty, and removes that.
    fn climb(&self, below: &OwnedFd) -> io::Result<OwnedFd> {
        let directory = openat(below, c"..", DIRECTORY, Mode::empty())?;
        if identity(&directory)? != self.identity {
            return Err(io::Error::other("a directory was moved away meanwhile"));
        }
        match unlinkat(&directory, &self.name, AtFlags::REMOVEDIR) {
            Err(problem) if problem != Errno::NOENT => Err(problem.into()),
            _ => Ok(directory),
        }
    }
}

/// Tells a directory from all others.
fn identity(directory: &OwnedFd) -> io::Result<(u64, u64)> {
    let status = fstat(directory)?;
    Ok((status.st_dev, status.st_ino))
}

/// Removes what is no directory; the answer is what is one.
fn empty_of_files(directory: &OwnedFd) -> io::Result<Vec<CString>> {
    let mut directories = Vec::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == c"." || name == c".." {
            continue;
        }
        if is_directory(directory, name, entry.file_type())? {
            directories.push(name.to_owned());
        } else {
            match unlinkat(directory, name, AtFlags::empty()) {
                Err(problem) if problem != Errno::NOENT => return Err(problem.into()),
                _ => {}
            }
        }
    }
    Ok(directories)
}

/// Not every file system tells it with the name.
fn is_directory(directory: &OwnedFd, name: &CStr, kind: FileType) -> io::Result<bool> {
    if kind != FileType::Unknown {
        return Ok(kind == FileType::Directory);
    }
    match statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => Ok(false),
        status => Ok(FileType::from_raw_mode(status?.st_mode) == FileType::Directory),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink, thread};

    use super::remove_directory;

    #[test]
    fn a_tree_is_removed_and_what_its_links_lead_to_is_not() {
        let folder = tempfile::tempdir().expect("there is room");
        let path = |name: &str| folder.path().join(name);
        fs::create_dir_all(path("tree/a/b")).expect("made");
        fs::create_dir_all(path("tree/c/d/e")).expect("made");
        fs::create_dir(path("other")).expect("made");
        for file in ["tree/file", "tree/a/b/file", "tree/c/d/file", "other/file"] {
            fs::write(path(file), "").expect("written");
        }
        symlink(path("other"), path("tree/a/link")).expect("made");
        remove_directory(&path("tree")).expect("removed");
        assert!(!path("tree").exists());
        assert!(path("other/file").exists());
        symlink("other", path("link")).expect("made");
        remove_directory(&path("link")).expect_err("it is no directory");
        assert!(path("other/file").exists());
    }

    /// A tree of this depth has no path; it is made from the bottom up.
    #[test]
    fn depth_does_not_matter() {
        let folder = tempfile::tempdir().expect("there is room");
        let (tree, other) = (folder.path().join("tree"), folder.path().join("other"));
        fs::create_dir(&tree).expect("made");
        for _ in 0..2_500 {
            fs::create_dir(&other).expect("made");
            fs::rename(&tree, other.join("d")).expect("moved");
            fs::rename(&other, &tree).expect("moved");
        }
        let path = tree.clone();
        let removing = thread::Builder::new().stack_size(64 << 10);
        let removing = removing.spawn(move || remove_directory(&path));
        let removed = removing.expect("it starts").join().expect("no panic");
        removed.expect("removed");
        assert!(!tree.exists());
    }
}
