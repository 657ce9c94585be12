//! Removing what a sandbox has left.

use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// What it takes to empty a directory.
const ALL: u32 = 0o700;

/// Removes a directory and all that is in it, also where a sandbox has taken permissions from its
/// directories; an overlay's own have none at all.
///
/// Sandboxes decide how deep their trees are, and can make one in which every step down would be a
/// step too much: for the stack of who walks there, for the number of open files or for the length
/// of a path. So nobody walks down: what a directory holds is moved up to the top until there is
/// nothing below.
///
/// # Errors
///
/// Something cannot be removed, for example because it belongs to another user. The top is then
/// still there.
pub(crate) fn remove(top: &Path) -> io::Result<()> {
    let mut places = (0_u64..).map(|number| top.join(format!("removed-{number}")));
    loop {
        let mut is_empty = true;
        for entry in open(top)? {
            let entry = entry?;
            is_empty = false;
            if entry.file_type()?.is_dir() {
                dissolve(&entry.path(), &mut places)?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        if is_empty {
            return fs::remove_dir(top);
        }
    }
}

/// Removes a directory, after the directories in it have been moved away.
fn dissolve(directory: &Path, places: &mut impl Iterator<Item = PathBuf>) -> io::Result<()> {
    for entry in open(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            move_away(&entry.path(), places)?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    fs::remove_dir(directory)
}

/// Most directories are empty, and need not be moved.
fn move_away(directory: &Path, places: &mut impl Iterator<Item = PathBuf>) -> io::Result<()> {
    match fs::remove_dir(directory) {
        Err(problem) if problem.kind() != io::ErrorKind::DirectoryNotEmpty => Err(problem),
        Ok(()) => Ok(()),
        Err(_) => loop {
            // It cannot be moved before it may be written to, for it knows what it is in.
            allow(directory)?;
            let place = places.next().expect("numbers do not end");
            match fs::rename(directory, place) {
                // Left there by an earlier attempt.
                Err(problem) if problem.kind() == io::ErrorKind::DirectoryNotEmpty => {}
                other => return other,
            }
        },
    }
}

fn open(directory: &Path) -> io::Result<fs::ReadDir> {
    allow(directory)?;
    fs::read_dir(directory)
}

fn allow(directory: &Path) -> io::Result<()> {
    let mode = fs::symlink_metadata(directory)?.permissions().mode();
    if mode & ALL == ALL {
        return Ok(());
    }
    fs::set_permissions(directory, Permissions::from_mode(ALL))
}

#[cfg(test)]
mod tests {
    use std::{
        env,
        fs::{self, Permissions},
        io,
        os::unix::fs::{PermissionsExt as _, symlink},
        path::PathBuf,
        thread,
    };

    use super::remove;

    fn directory(name: &str) -> PathBuf {
        let path = env::temp_dir().join(format!("sandspan-tree-{}-{name}", std::process::id()));
        fs::create_dir(&path).expect("it is new");
        path
    }

    #[test]
    fn a_tree_is_removed_and_what_its_links_lead_to_is_not() {
        let (tree, other) = (directory("tree"), directory("other"));
        fs::create_dir_all(tree.join("a/b/c")).expect("made");
        fs::create_dir_all(tree.join("removed-0/d")).expect("made");
        fs::create_dir(tree.join("a/empty")).expect("made");
        fs::write(tree.join("a/b/c/file"), "").expect("written");
        fs::write(other.join("file"), "").expect("written");
        symlink(&other, tree.join("a/b/link")).expect("made");
        symlink(&other, tree.join("link")).expect("made");
        for closed in ["a/b/c", "a/b", "a"] {
            let none = Permissions::from_mode(0o000);
            fs::set_permissions(tree.join(closed), none).expect("it is ours");
        }
        remove(&tree).expect("removed");
        assert!(!tree.exists());
        assert!(other.join("file").exists());
        remove(&other).expect("removed");
        let problem = remove(&other).expect_err("it is gone");
        assert_eq!(problem.kind(), io::ErrorKind::NotFound);
    }

    /// A tree of this depth has no path; it is made from the bottom up.
    #[test]
    fn depth_does_not_matter() {
        let tree = directory("deep");
        let (one, other) = (tree.join("one"), tree.join("other"));
        fs::create_dir(&one).expect("made");
        for _ in 0..2_500 {
            fs::create_dir(&other).expect("made");
            fs::rename(&one, other.join("d")).expect("moved");
            fs::rename(&other, &one).expect("moved");
        }
        let path = tree.clone();
        let removing = thread::Builder::new().stack_size(64 << 10);
        let removing = removing.spawn(move || remove(&path)).expect("it starts");
        removing.join().expect("no panic").expect("removed");
        assert!(!tree.exists());
    }
}
