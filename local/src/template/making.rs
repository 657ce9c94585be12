//! Making a template: by one maker at a time, and as a whole or not at all.

use std::{
    fs::{self, File},
    io,
    path::Path,
    sync::mpsc,
    thread,
    time::Duration,
};

use nix::{fcntl::FlockArg, unistd::syncfs};
use sandspan_protocol::runtime::Preparation;

use super::{
    cache::{self, Cache, Lock},
    code_interpreter::{NAME, Recipe, read_manifest},
};

/// How often whoever waits for another maker looks how far that is.
const LOOK: Duration = Duration::from_millis(500);

/// A template could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The host has no Python that sandboxes could see.
    #[error(
        "the host has no Python 3.10 or newer under /usr, which the kernels run on: install it \
         (Debian, Ubuntu: python3 and python3-venv), and run `sandspan template build {NAME}`"
    )]
    NoPython,
    /// The Python of the host does not do.
    #[error(
        "no environment can be made from the host's Python: {0}; then run `sandspan template build {NAME}`"
    )]
    NoEnvironment(String),
    /// The package index cannot be reached.
    #[error(
        "the package index cannot be reached, and the packages are not in pip's cache ({0}): when \
         this machine is online, run `sandspan template build {NAME}`"
    )]
    Offline(String),
    /// pip fails for another reason.
    #[error(
        "pip cannot get the packages ({0}): see that `pip config list` names an index that has \
         them, and run `sandspan template build {NAME}` when this machine can reach it"
    )]
    Pip(String),
    /// A file could not be written.
    #[error("the template cannot be written: {0}{advice}", advice = room(.0))]
    Io(#[from] io::Error),
}

fn room(problem: &io::Error) -> &'static str {
    match problem.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ": it takes 500 MB in the user's cache, or in the directory that SANDSPAN_TEMPLATES_DIR \
             names, and while it is made up to 250 MB more in pip's cache and in TMPDIR"
        }
        _ => "",
    }
}

/// How far a maker is.
pub(super) struct Steps<'a> {
    /// What is being done.
    pub(super) step: String,
    /// How many steps are done.
    pub(super) done: u32,
    /// How many there are.
    pub(super) total: u32,
    listener: &'a mut dyn FnMut(Preparation),
}

impl Steps<'_> {
    /// Goes on to the next step.
    pub(super) fn begin(&mut self, step: &str) {
        step.clone_into(&mut self.step);
        self.tell();
    }

    /// Tells how far it is.
    pub(super) fn tell(&mut self) {
        (self.listener)(Preparation::Building {
            step: self.step.clone(),
            done: self.done,
            total: self.total,
        });
    }
}

/// Makes a template where it is not there yet, and tells how far it is at least once a second. Waits
/// for another maker, if there is one. Blocks for as long as it takes, in a thread of its own.
pub(super) fn make(
    cache: &Cache,
    recipe: &Recipe,
    listener: &mut dyn FnMut(Preparation),
) -> Result<(), BuildError> {
    let name = &recipe.directory;
    // Without a lock it might be seen while somebody is about to remove it.
    let shared = cache.lock(name, FlockArg::LockSharedNonblock)?;
    if shared.is_some() && is_made(cache, name)? {
        return Ok(());
    }
    drop(shared);
    let lock = wait_for_lock(cache, name, listener)?;
    if is_made(cache, name)? {
        return Ok(());
    }
    cache.remove(name)?;
    let unfinished = cache.unfinished(name);
    let noted = lock.try_clone()?;
    let mut noting = |preparation: Preparation| {
        // Who cannot read it waits all the same.
        let note = serde_json::to_string(&preparation).unwrap_or_default();
        let _ = cache::note(&noted, &note);
        listener(preparation);
    };
    let mut steps = Steps {
        step: String::new(),
        done: 0,
        total: 1,
        listener: &mut noting,
    };
    let made = fs::create_dir(&unfinished)
        .map_err(BuildError::from)
        .and_then(|()| recipe.make(cache, &lock, &unfinished, &mut steps))
        .and_then(|()| Ok(finish(&unfinished, &cache.directory(name))?));
    let _ = cache::note(&lock, "");
    // Whoever makes it next removes what cannot be removed now.
    let _ = fs::remove_dir_all(match &made {
        Ok(()) => cache.downloads(),
        Err(_) => unfinished,
    });
    made
}

fn is_made(cache: &Cache, name: &str) -> io::Result<bool> {
    Ok(read_manifest(&cache.directory(name))?.is_some())
}

/// Gives a template its name. Its files are on the disk before: else it could have the name without
/// them after the machine has gone down.
fn finish(unfinished: &Path, directory: &Path) -> io::Result<()> {
    syncfs(File::open(unfinished)?)?;
    fs::rename(unfinished, directory)
}

fn wait_for_lock(
    cache: &Cache,
    name: &str,
    listener: &mut dyn FnMut(Preparation),
) -> Result<Lock, BuildError> {
    if let Some(lock) = cache.lock(name, FlockArg::LockExclusiveNonblock)? {
        return Ok(lock);
    }
    let (sender, locked) = mpsc::channel();
    let waiting = (cache.clone(), name.to_owned());
    thread::spawn(move || {
        let (cache, name) = waiting;
        // Nobody waits for it when the process ends.
        let _ = sender.send(cache.lock(&name, FlockArg::LockExclusive));
    });
    loop {
        match locked.recv_timeout(LOOK) {
            Ok(lock) => return lock?.ok_or_else(|| io::Error::other("no lock").into()),
            Err(_) => listener(note(cache, name)),
        }
    }
}

/// How far the maker is that is waited for.
fn note(cache: &Cache, name: &str) -> Preparation {
    serde_json::from_str(&cache.read_note(name)).unwrap_or_else(|_| Preparation::Building {
        step: "waiting for another maker".to_owned(),
        done: 0,
        total: 1,
    })
}
