//! Where templates lie that are made once for all servers of a user: a directory of the user's
//! cache, in which each has a directory, and a lock beside it.

use std::{
    env,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Seek as _, Write as _},
    os::unix::fs::{
        DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
    },
    path::PathBuf,
};

use nix::{
    errno::Errno,
    fcntl::{Flock, FlockArg},
    unistd::geteuid,
};

use super::code_interpreter::NAME;

/// The environment variable that names the directory.
pub(super) const DIRECTORY: &str = "SANDSPAN_TEMPLATES_DIR";

/// What the names of directories that are being made, or removed, go on with.
const UNFINISHED: &str = ".unfinished-";

/// The permissions of the directory: nobody but the user gets into it.
const CLOSED: u32 = 0o700;

/// The directory in it for what pip downloads.
const DOWNLOADS: &str = "downloads";

/// The directory of a user's templates.
#[derive(Debug, Clone)]
pub(super) struct Cache(PathBuf);

/// A lock on one template, which goes with this.
pub(super) type Lock = Flock<File>;

impl Cache {
    /// The directory that the environment names: `$SANDSPAN_TEMPLATES_DIR`, else a folder of
    /// `$XDG_CACHE_HOME`, else of the user's `.cache`.
    pub(super) fn find() -> io::Result<Self> {
        let set = |name| {
            env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let directory = set(DIRECTORY).or_else(|| {
            let cache = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
            Some(cache?.join("sandspan/templates"))
        });
        let directory = directory.ok_or_else(|| {
            io::Error::other(format!(
                "HOME is not set: name the directory of templates with {DIRECTORY}"
            ))
        })?;
        Ok(Self(std::path::absolute(directory)?))
    }

    /// A cache in a directory of its own.
    #[cfg(test)]
    pub(super) fn at(directory: &std::path::Path) -> Self {
        Self(directory.to_owned())
    }

    /// Where downloads lie until a template is made of them, if the user's pip keeps none.
    pub(super) fn downloads(&self) -> PathBuf {
        self.0.join(DOWNLOADS)
    }

    /// The directory of a template, which is there once it is made.
    pub(super) fn directory(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What tells a directory from another that was made in its place; nothing where there is none.
    pub(super) fn identity(&self, name: &str) -> Option<(u64, u64, i64, i64)> {
        let metadata = fs::metadata(self.directory(name)).ok()?;
        let changed = (metadata.ctime(), metadata.ctime_nsec());
        metadata
            .is_dir()
            .then(|| (metadata.dev(), metadata.ino(), changed.0, changed.1))
    }

    /// What servers call the place where they show a template: not even one of the same name in
    /// another cache is called so.
    pub(super) fn place(&self, name: &str) -> Option<String> {
        let (device, inode, ..) = self.identity(name)?;
        Some(format!("{name}.{device:x}-{inode:x}"))
    }

    /// The names of what is there, whole or not.
    pub(super) fn names(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.0) {
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// A directory for making a template in, or for what is left of it while it is removed.
    pub(super) fn unfinished(&self, name: &str) -> PathBuf {
        self.0
            .join(format!("{name}{UNFINISHED}{}", std::process::id()))
    }

    /// Removes a template, where there is one, and what makers of it left that did not get to the
    /// end; its lock must be held.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        self.remove_leftovers(name)?;
        if self.directory(name).exists() {
            // Nobody finds half of it.
            fs::rename(self.directory(name), self.unfinished(name))?;
            fs::remove_dir_all(self.unfinished(name))?;
        }
        Ok(())
    }

    fn remove_leftovers(&self, name: &str) -> io::Result<()> {
        let leftover = format!("{name}{UNFINISHED}");
        for name in self.names()? {
            if name.starts_with(&leftover) {
                fs::remove_dir_all(self.directory(&name))?;
            }
        }
        Ok(())
    }

    /// Takes a lock of a template; gives nothing where another has it and `how` says not to wait.
    pub(super) fn lock(&self, name: &str, how: FlockArg) -> io::Result<Option<Lock>> {
        DirBuilder::new()
            .recursive(true)
            .mode(CLOSED)
            .create(&self.0)?;
        self.close()?;
        match Flock::lock(self.open_lock(name)?, how) {
            Ok(lock) => Ok(Some(lock)),
            Err((_, Errno::EWOULDBLOCK)) => Ok(None),
            Err((_, problem)) => Err(problem.into()),
        }
    }

    /// Keeps everybody but the user out: directories in it can be written to by everybody, so that
    /// every user of a sandbox can.
    fn close(&self) -> io::Result<()> {
        let metadata = fs::metadata(&self.0)?;
        let (owner, user) = (metadata.uid(), geteuid().as_raw());
        if owner != user {
            return Err(self.refuse(&format!("belongs to user {owner}, and this is user {user}")));
        }
        if metadata.mode() & 0o777 == CLOSED {
            return Ok(());
        }
        if !self.is_ours_alone()? {
            // Others may need to get at the rest.
            return Err(self.refuse("is open to other users and holds more than templates"));
        }
        fs::set_permissions(&self.0, fs::Permissions::from_mode(CLOSED))
    }

    fn is_ours_alone(&self) -> io::Result<bool> {
        for entry in fs::read_dir(&self.0)? {
            let name = entry?.file_name();
            if name != DOWNLOADS && !name.to_string_lossy().starts_with(NAME) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn refuse(&self, reason: &str) -> io::Error {
        let problem = format!(
            "the directory of templates {} {reason}: name another one with {DIRECTORY}",
            self.0.display()
        );
        io::Error::new(io::ErrorKind::PermissionDenied, problem)
    }

    /// What whoever has the lock of a template noted in it.
    pub(super) fn read_note(&self, name: &str) -> String {
        fs::read_to_string(self.lock_path(name)).unwrap_or_default()
    }

    fn open_lock(&self, name: &str) -> io::Result<File> {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        options.mode(0o600).open(self.lock_path(name))
    }

    fn lock_path(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.lock"))
    }
}

/// Notes something in a lock for those who wait for it.
pub(super) fn note(mut lock: &File, note: &str) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    lock.write_all(note.as_bytes())
}
