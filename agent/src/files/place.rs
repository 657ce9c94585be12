//! Where the contents of an upload go.

use std::{
    fs::{self, File, Metadata},
    io::{self, Write as _},
    os::unix::fs::{FileTypeExt as _, MetadataExt as _},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use nix::errno::Errno;
use rustix::fs::{
    CWD, FallocateFlags, Gid, Mode, OFlags, ResolveFlags, Uid, fallocate, fchmod, fchown, openat2,
};
use sandspan_protocol::control::StringMap;

use super::{
    directories, metadata,
    problem::{NO_SPACE, Refusal, errno, reason},
    staging::Staged,
};
use crate::users::User;

/// How many symbolic links the kernel follows.
const LINKS: usize = 40;

/// The bits of a file's mode that outlive a change of its contents.
const PERMISSIONS: u32 = 0o777;

/// What is to be written, and for whom.
#[derive(Debug)]
pub(super) struct Destination {
    pub(super) path: PathBuf,
    pub(super) user: User,
    pub(super) metadata: StringMap,
    /// How many bytes the request has, where it says so.
    pub(super) length: Option<u64>,
}

/// An open place for contents.
#[derive(Debug)]
pub(super) enum Place {
    /// A file that takes the place of the one at a path, if any, when it is whole.
    Staged {
        staged: Staged,
        target: PathBuf,
        /// The permissions that it keeps, where there was a file before.
        mode: Option<u32>,
    },
    /// What cannot be replaced, a device for example.
    Existing(File),
    /// A named pipe, which may have no room.
    Pipe(File),
}

impl Place {
    /// Opens the place, and makes the directories above it.
    pub(super) fn open(destination: &Destination) -> Result<Self, Refusal> {
        let path = &destination.path;
        let shown = path.display();
        if let Some(parent) = path.parent() {
            directories::ensure(parent, &destination.user)
                .map_err(|it| Refusal::failed("error ensuring directories", &it))?;
        }
        let (target, found) = follow(path)
            .map_err(|it| Refusal::failed(format_args!("error getting file info: {shown}"), &it))?;
        let mode = match &found {
            Some(it) if it.is_dir() => {
                return Err(Refusal::bad_request(format!(
                    "path is a directory: {shown}"
                )));
            }
            Some(it) if !it.is_file() => return special(&target, it, destination),
            Some(it) => Some(it.mode() & PERMISSIONS),
            None => None,
        };
        match target.parent().map(Staged::create) {
            Some(Ok(staged)) => Ok(Self::Staged {
                staged,
                target,
                mode,
            }),
            Some(Err(problem)) if !nothing_can_be_made(&problem) => Err(Refusal::failed(
                format_args!("error opening file: open {shown}"),
                &problem,
            )),
            // Nothing can be made there, but what is there may take contents: files of /proc do.
            _ => open(&target, OFlags::CREATE | OFlags::TRUNC)
                .map(Self::Existing)
                .map_err(|it| {
                    Refusal::failed(format_args!("error opening file: open {shown}"), &it)
                }),
        }
    }

    /// Writes contents; not for pipes.
    pub(super) fn write(
        &mut self,
        contents: &[Bytes],
        destination: &Destination,
    ) -> Result<(), Refusal> {
        let file = match self {
            Self::Staged { staged, .. } => &mut staged.file,
            Self::Existing(file) | Self::Pipe(file) => file,
        };
        contents
            .iter()
            .try_for_each(|part| file.write_all(part))
            .map_err(|problem| not_written(&problem, destination))
    }

    /// Makes the contents what is at the path.
    pub(super) fn finish(self, destination: &Destination) -> Result<(), Refusal> {
        match self {
            Self::Staged {
                staged,
                target,
                mode,
            } => publish(staged, &target, mode, destination),
            Self::Existing(file) | Self::Pipe(file) => keep(&file, destination),
        }
    }
}

pub(super) fn not_written(problem: &io::Error, destination: &Destination) -> Refusal {
    let mut refusal = Refusal::failed("error writing file", problem);
    if let (NO_SPACE, Some(length)) = (&*refusal.message, destination.length) {
        refusal.message = format!("attempted to write {length} bytes: {NO_SPACE}");
    }
    refusal
}

/// A file that was renamed to its place is news to those who watch the directory, and no more than
/// that. Upstream's clients count on hearing of a change of its owner and of its contents after it;
/// so its owner is set once more, and its first block, which it has, asked for.
fn publish(
    mut staged: Staged,
    target: &Path,
    mode: Option<u32>,
    destination: &Destination,
) -> Result<(), Refusal> {
    let chown = |file: &File| {
        let user = &destination.user;
        let (uid, gid) = (
            Uid::from_raw(user.uid.as_raw()),
            Gid::from_raw(user.gid.as_raw()),
        );
        fchown(file, Some(uid), Some(gid))
            .map_err(|it| Refusal::failed("error changing file ownership", &it.into()))
    };
    chown(&staged.file)?;
    if let Some(mode) = mode {
        fchmod(&staged.file, Mode::from_raw_mode(mode))
            .map_err(|it| Refusal::failed("error changing file mode", &it.into()))?;
    }
    keep(&staged.file, destination)?;
    staged.rename(target).map_err(|it| {
        Refusal::failed(
            format_args!("error replacing file {}", target.display()),
            &it,
        )
    })?;
    chown(&staged.file)?;
    if staged.file.metadata().is_ok_and(|it| it.len() > 0) {
        // Where it is not supported the event is missing, and nothing else.
        let _ = fallocate(&staged.file, FallocateFlags::KEEP_SIZE, 0, 1);
    }
    Ok(())
}

fn keep(file: &File, destination: &Destination) -> Result<(), Refusal> {
    metadata::store(file, &destination.metadata)
        .map_err(|it| Refusal::failed("error storing metadata with the file", &it))
}

/// What a path leads to in the end, by the names of links alone: what the links in /proc to open
/// files lead to is not a matter of names, and some of it is outside of the sandbox.
fn follow(path: &Path) -> io::Result<(PathBuf, Option<Metadata>)> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match fs::symlink_metadata(&path) {
            Ok(it) if it.is_symlink() => {
                refuse_magic(&path)?;
                let target = fs::read_link(&path)?;
                path.pop();
                path.push(target);
            }
            Ok(it) => return Ok((path, Some(it))),
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => return Ok((path, None)),
            Err(problem) => return Err(problem),
        }
    }
    Err(Errno::ELOOP.into())
}

/// Fails where the name that a link shows is not what it leads to.
fn refuse_magic(link: &Path) -> io::Result<()> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    match openat2(CWD, link, flags, Mode::empty(), ResolveFlags::NO_MAGICLINKS) {
        Err(rustix::io::Errno::LOOP) => Err(Errno::ELOOP.into()),
        _ => Ok(()),
    }
}

fn special(target: &Path, found: &Metadata, destination: &Destination) -> Result<Place, Refusal> {
    let shown = destination.path.display();
    if !destination.metadata.is_empty() {
        return Err(Refusal::bad_request(format!(
            "invalid metadata: {shown} is not a regular file, and can hold none"
        )));
    }
    match open(target, OFlags::empty()) {
        Ok(file) if found.file_type().is_fifo() => Ok(Place::Pipe(file)),
        Ok(file) => Ok(Place::Existing(file)),
        Err(problem) if errno(&problem) == Errno::ENXIO => Err(Refusal::bad_request(format!(
            "error opening file: open {shown}: {}: nobody reads from it",
            reason(&problem)
        ))),
        Err(problem) => Err(Refusal::failed(
            format_args!("error opening file: open {shown}"),
            &problem,
        )),
    }
}

/// Whether a file system lets no file be made at a place. Other failures, a full disk or too many
/// open files, say nothing of the place: what is there must stay whole then.
fn nothing_can_be_made(problem: &io::Error) -> bool {
    matches!(
        errno(problem),
        Errno::EROFS | Errno::EACCES | Errno::EPERM | Errno::EOPNOTSUPP | Errno::ENOENT
    )
}

/// Opens a file for writing, without waiting for anybody and without following links of /proc that
/// are more than a name.
fn open(path: &Path, flags: OFlags) -> io::Result<File> {
    let flags = flags | OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let mode = if flags.contains(OFlags::CREATE) {
        0o666
    } else {
        0
    };
    let opened = openat2(
        CWD,
        path,
        flags,
        Mode::from_raw_mode(mode),
        ResolveFlags::NO_MAGICLINKS,
    )?;
    Ok(File::from(opened))
}
