//! Which directories a watch covers, and what the kernel's events about them mean to a client.

use std::{
    collections::{HashMap, HashSet},
    fs, io, mem,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use connectrpc::ConnectError;
use rustix::fs::inotify::ReadFlags;
use sandspan_protocol::rpc::filesystem::{EventType, FilesystemEvent};

use super::{
    Options, failed,
    kernel::{self, RawEvent},
};
use crate::files::{
    entry, network,
    owners::Owners,
    problem::{is_missing, reason, rpc},
    staging::is_staging,
};

/// What a client is told for each flag of the kernel's; where one event has several, in this order.
const KINDS: [(ReadFlags, EventType); 5] = [
    (
        ReadFlags::CREATE.union(ReadFlags::MOVED_TO),
        EventType::EVENT_TYPE_CREATE,
    ),
    (
        ReadFlags::MOVED_FROM.union(ReadFlags::MOVE_SELF),
        EventType::EVENT_TYPE_RENAME,
    ),
    (ReadFlags::ATTRIB, EventType::EVENT_TYPE_CHMOD),
    (ReadFlags::MODIFY, EventType::EVENT_TYPE_WRITE),
    (
        ReadFlags::DELETE.union(ReadFlags::DELETE_SELF),
        EventType::EVENT_TYPE_REMOVE,
    ),
];

/// The directories that are watched, by the kernel's numbers and relative to the first one.
#[derive(Debug)]
pub(super) struct Tree {
    root: PathBuf,
    options: Options,
    directories: HashMap<i32, PathBuf>,
    /// What was found in a new directory when it was added, and told. The kernel may have noted it
    /// too; that event is then waiting already.
    found: HashSet<PathBuf>,
    /// A directory that was moved away from here, and may come again under another name: its
    /// watches are kept until then, so that nothing is missed in between.
    moved: Option<(u32, PathBuf)>,
}

impl Tree {
    /// Watches a directory.
    pub(super) fn start(root: PathBuf, options: Options) -> Result<(OwnedFd, Self), ConnectError> {
        check(&root, options)?;
        let queue =
            kernel::queue().map_err(|problem| limited("error creating watcher", &problem))?;
        let mut tree = Self {
            root,
            options,
            directories: HashMap::new(),
            found: HashSet::new(),
            moved: None,
        };
        tree.add(&queue, Path::new("")).map_err(|problem| {
            let what = format!("error adding path {} to watcher", tree.root.display());
            limited(&what, &problem)
        })?;
        Ok((queue, tree))
    }

    /// Watches a directory and, if so asked, those below it; the answer is what is in them. What
    /// goes away meanwhile is left out.
    fn add(&mut self, queue: &OwnedFd, relative: &Path) -> io::Result<Vec<PathBuf>> {
        let (mut waiting, mut found) = (vec![relative.to_owned()], Vec::new());
        while let Some(relative) = waiting.pop() {
            let is_root = relative.as_os_str().is_empty();
            let path = self.root.join(&relative);
            match kernel::add(queue, &path, is_root) {
                Err(problem) if is_missing(&problem) && !is_root => continue,
                number => self.directories.insert(number?, relative.clone()),
            };
            if !self.options.recursive {
                break;
            }
            let Ok(entries) = fs::read_dir(&path) else {
                continue;
            };
            for entry in entries.flatten().filter(|entry| !is_staging(&entry.path())) {
                let relative = relative.join(entry.file_name());
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    waiting.push(relative.clone());
                }
                found.push(relative);
            }
        }
        Ok(found)
    }

    /// What the kernel's events mean to the client.
    pub(super) fn translate(
        &mut self,
        queue: &OwnedFd,
        events: Vec<RawEvent>,
    ) -> Result<Vec<FilesystemEvent>, ConnectError> {
        let mut told = Told::new(self.options.include_entry);
        for event in events {
            self.translate_one(queue, &event, &mut told)?;
        }
        Ok(told.events)
    }

    /// All events that waited when directories were last added have been read.
    pub(super) fn caught_up(&mut self, queue: &OwnedFd) {
        mem::take(&mut self.found);
        self.forget_moved(queue);
    }

    fn translate_one(
        &mut self,
        queue: &OwnedFd,
        event: &RawEvent,
        told: &mut Told,
    ) -> Result<(), ConnectError> {
        let flags = event.flags;
        if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
            return Err(failed(
                &"queue overflow: events came faster than they were read",
            ));
        }
        if flags.contains(ReadFlags::IGNORED) {
            self.directories.remove(&event.watch);
        }
        let Some(directory) = self.directories.get(&event.watch) else {
            return Ok(());
        };
        let relative = match &event.name {
            Some(name) => directory.join(&**name),
            None if directory.as_os_str().is_empty() => PathBuf::new(),
            // The directory above tells the same of its entry.
            None => return Ok(()),
        };
        let path = self.root.join(&relative);
        if is_staging(&path) {
            return Ok(());
        }
        let known = self.found.remove(&relative) && flags.contains(ReadFlags::CREATE);
        if !known {
            let kinds = KINDS.iter().filter(|(flag, _)| flags.intersects(*flag));
            kinds.for_each(|(_, kind)| told.tell(&relative, &path, *kind));
        }
        if self.options.recursive && flags.contains(ReadFlags::ISDIR) && !known {
            self.follow(queue, &relative, event, told)?;
        }
        Ok(())
    }

    /// Watches a directory that came, and forgets those in one that was moved away. Of one that is
    /// new all that is in it already is new as well.
    fn follow(
        &mut self,
        queue: &OwnedFd,
        relative: &Path,
        event: &RawEvent,
        told: &mut Told,
    ) -> Result<(), ConnectError> {
        let flags = event.flags;
        if flags.contains(ReadFlags::MOVED_FROM) {
            self.forget_moved(queue);
            self.moved = Some((event.cookie, relative.to_owned()));
        }
        if flags.contains(ReadFlags::MOVED_TO)
            && let Some((_, old)) = self.moved.take_if(|moved| moved.0 == event.cookie)
        {
            self.rename(&old, relative);
            return Ok(());
        }
        if flags.intersects(ReadFlags::CREATE.union(ReadFlags::MOVED_TO)) {
            let found = self
                .add(queue, relative)
                .map_err(|problem| failed(&watches(&problem)))?;
            if flags.contains(ReadFlags::CREATE) {
                for relative in found {
                    let path = self.root.join(&relative);
                    told.tell(&relative, &path, EventType::EVENT_TYPE_CREATE);
                    self.found.insert(relative);
                }
            }
        }
        Ok(())
    }

    fn rename(&mut self, old: &Path, new: &Path) {
        for directory in self.directories.values_mut() {
            if let Ok(rest) = directory.strip_prefix(old) {
                // Joined piece by piece, for joining nothing would add a slash.
                *directory = new.components().chain(rest.components()).collect();
            }
        }
    }

    fn forget_moved(&mut self, queue: &OwnedFd) {
        let Some((_, relative)) = self.moved.take() else {
            return;
        };
        self.directories.retain(|number, directory| {
            let stays = !directory.starts_with(&relative);
            if !stays {
                kernel::remove(queue, *number);
            }
            stays
        });
    }
}

/// Events on their way to the client.
struct Told {
    owners: Option<Owners>,
    events: Vec<FilesystemEvent>,
}

impl Told {
    fn new(include_entry: bool) -> Self {
        Self {
            owners: include_entry.then(Owners::read),
            events: Vec::new(),
        }
    }

    /// What was renamed away or removed has nothing left to describe.
    fn tell(&mut self, relative: &Path, path: &Path, kind: EventType) {
        let is_gone = matches!(
            kind,
            EventType::EVENT_TYPE_RENAME | EventType::EVENT_TYPE_REMOVE
        );
        let owners = self.owners.as_ref().filter(|_| !is_gone);
        let name = relative.to_string_lossy();
        self.events.push(FilesystemEvent {
            name: if name.is_empty() {
                ".".to_owned()
            } else {
                name.into_owned()
            },
            r#type: kind.into(),
            entry: owners
                .and_then(|owners| entry::info(path, owners).ok())
                .into(),
            ..Default::default()
        });
    }
}

fn check(root: &Path, options: Options) -> Result<(), ConnectError> {
    let shown = root.display();
    match fs::metadata(root) {
        Ok(it) if it.is_dir() => {}
        Ok(_) => {
            let message = format!("path {shown} not a directory");
            return Err(ConnectError::invalid_argument(message));
        }
        Err(problem) if is_missing(&problem) => {
            return Err(ConnectError::not_found(format!(
                "path {shown} not found: stat {shown}: {}",
                reason(&problem)
            )));
        }
        Err(problem) => return Err(rpc(format_args!("error statting path {shown}"), &problem)),
    }
    let is_network = network::is_network(root).map_err(|problem| {
        rpc(
            format_args!("error checking mount status of {shown}"),
            &problem,
        )
    })?;
    if is_network && !options.allow_network_mounts {
        return Err(ConnectError::invalid_argument(format!(
            "cannot watch path on network filesystem: {shown}"
        )));
    }
    Ok(())
}

fn limited(what: &str, problem: &io::Error) -> ConnectError {
    match problem.raw_os_error() {
        Some(nix::libc::ENOSPC | nix::libc::EMFILE) => {
            ConnectError::resource_exhausted(format!("{what}: {}", watches(problem)))
        }
        _ => rpc(what, problem),
    }
}

/// What the kernel means by its errors when it comes to watches.
fn watches(problem: &io::Error) -> String {
    match problem.raw_os_error() {
        Some(nix::libc::ENOSPC) => {
            "too many directories are watched: watch fewer, or raise the host's \
             fs.inotify.max_user_watches"
                .to_owned()
        }
        Some(nix::libc::EMFILE) => "there are too many watchers: remove some, or raise the host's \
             fs.inotify.max_user_instances"
            .to_owned(),
        _ => reason(problem),
    }
}
