//! Control groups: how much memory and how many processes a whole sandbox may use, and the means to
//! let it stand still.
//!
//! They are used where this process may make them: by root, and by an ordinary user to whom the
//! system has delegated a part of the tree. Elsewhere only the limits of each process hold.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use nix::unistd::{AccessFlags, access};

use super::{Limits, freezer::Freezer};

/// Where the system mounts the trees.
const MOUNT: &str = "/sys/fs/cgroup";

/// The controllers that are used.
const CONTROLLERS: [&str; 2] = ["memory", "pids"];

/// What the names of our groups begin with.
const PREFIX: &str = "sandspan-";

/// The trees in which groups are made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cgroups {
    trees: Vec<Tree>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Tree {
    /// The group in which a group for each sandbox is made.
    parent: PathBuf,
    /// The file by which a process joins a group.
    joined_by: &'static str,
    /// What is written into a new group: a file's name, and which limit.
    settings: Vec<(&'static str, Limit)>,
    /// How a group of this tree is made to stand still, if that can be done.
    freezer: Option<Freezer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    Memory,
    Processes,
}

impl Cgroups {
    /// Finds the trees in which this process may make groups.
    pub(crate) fn detect() -> Self {
        let unified = Path::new(MOUNT).join("cgroup.controllers").exists();
        let trees = if unified {
            unified_tree().into_iter().collect()
        } else {
            separate_trees()
        };
        Self { trees }
    }

    /// Makes a sandbox's groups, and gives the files by which a process joins them; see [`join`].
    pub(crate) fn create(&self, sandbox: &str, limits: Limits) -> io::Result<Vec<PathBuf>> {
        let create = |tree: &Tree| {
            let group = tree.group(sandbox);
            fs::create_dir(&group)?;
            for (file, limit) in &tree.settings {
                let value = match limit {
                    Limit::Memory => limits.memory,
                    Limit::Processes => limits.processes,
                };
                fs::write(group.join(file), value.to_string())?;
            }
            Ok(group.join(tree.joined_by))
        };
        self.trees.iter().map(create).collect()
    }

    /// Whether there is a means to let the processes of a sandbox stand still.
    pub(crate) fn can_freeze(&self) -> bool {
        self.freezer().is_some()
    }

    fn freezer(&self) -> Option<(Freezer, &Tree)> {
        self.trees
            .iter()
            .find_map(|tree| tree.freezer.zip(Some(tree)))
    }

    /// Lets all processes of a sandbox stand still, so that none of them notices, and waits, blocking,
    /// until they do. Does nothing where there is no such means.
    pub(crate) fn freeze(&self, sandbox: &str) -> io::Result<()> {
        self.with_freezer(sandbox, Freezer::freeze)
    }

    /// Lets the processes of a sandbox go on. Those that never stood still do too.
    pub(crate) fn thaw(&self, sandbox: &str) -> io::Result<()> {
        self.with_freezer(sandbox, Freezer::thaw)
    }

    /// Whether the processes of a sandbox have been told to stand still.
    pub(crate) fn is_frozen(&self, sandbox: &str) -> io::Result<bool> {
        self.freezer().map_or(Ok(false), |(freezer, tree)| {
            freezer.is_frozen(&tree.group(sandbox))
        })
    }

    fn with_freezer(
        &self,
        sandbox: &str,
        act: impl Fn(Freezer, &Path) -> io::Result<()>,
    ) -> io::Result<()> {
        match self.freezer() {
            Some((freezer, tree)) => act(freezer, &tree.group(sandbox)),
            None => Ok(()),
        }
    }

    /// Removes the groups of a sandbox that has ended.
    pub(crate) fn remove(&self, sandbox: &str) -> io::Result<()> {
        for tree in &self.trees {
            match fs::remove_dir(tree.group(sandbox)) {
                Err(problem) if problem.kind() == io::ErrorKind::NotFound => {}
                other => other?,
            }
        }
        Ok(())
    }
}

/// Puts this process, which has one thread, into groups, with all that will come from it.
///
/// It joins by itself: to move another one the kernel stops all of the machine's forks, which takes
/// it up to 30 ms.
pub(super) fn join(files: &[PathBuf]) -> io::Result<()> {
    files.iter().try_for_each(|file| fs::write(file, "0"))
}

impl Tree {
    fn group(&self, sandbox: &str) -> PathBuf {
        self.parent.join(format!("{PREFIX}{sandbox}"))
    }
}

/// Version 1: a tree for each controller.
fn separate_trees() -> Vec<Tree> {
    let controllers = [
        ("memory", Some(("memory.limit_in_bytes", Limit::Memory))),
        ("pids", Some(("pids.max", Limit::Processes))),
        ("freezer", None),
    ];
    let tree = |(controller, setting): (&str, Option<_>)| {
        let parent = own_group(controller).filter(|parent| is_writable(parent))?;
        Some(Tree {
            parent,
            joined_by: "tasks",
            freezer: setting.is_none().then_some(Freezer::Version1),
            settings: setting.into_iter().collect(),
        })
    };
    controllers.into_iter().filter_map(tree).collect()
}

/// Version 2: one tree, in which a group passes its controllers on to those below it.
fn unified_tree() -> Option<Tree> {
    let root = Path::new(MOUNT);
    // Root's place is at the top; the groups of sessions hold processes and may not have groups.
    let parent = if nix::unistd::geteuid().is_root() {
        root.to_owned()
    } else {
        own_group("")?
    };
    let passed_on = CONTROLLERS.map(|name| format!("+{name}")).join(" ");
    fs::write(parent.join("cgroup.subtree_control"), passed_on).ok()?;
    let settings = vec![
        ("memory.max", Limit::Memory),
        ("pids.max", Limit::Processes),
    ];
    is_writable(&parent).then_some(Tree {
        parent,
        joined_by: "cgroup.procs",
        settings,
        freezer: Some(Freezer::Version2),
    })
}

/// The group that this process is in, in the tree of a controller.
fn own_group(controller: &str) -> Option<PathBuf> {
    let text = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = text.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (_, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        controllers
            .split(',')
            .any(|it| it == controller)
            .then_some(path)
    })?;
    Some(
        Path::new(MOUNT)
            .join(controller)
            .join(path.trim_start_matches('/')),
    )
}

fn is_writable(group: &Path) -> bool {
    access(group, AccessFlags::W_OK).is_ok()
}
