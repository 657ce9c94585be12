//! The kernel's side of watching: inotify.

use std::{
    ffi::OsStr,
    io,
    mem::MaybeUninit,
    os::{fd::OwnedFd, unix::ffi::OsStrExt as _},
    path::Path,
};

use rustix::fs::inotify::{
    self, CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, remove_watch,
};

/// How many bytes of events are read at once; an event has at most 272.
const BATCH: usize = 4096;

/// What the kernel reports of a watched directory.
const WATCHED: WatchFlags = WatchFlags::ATTRIB
    .union(WatchFlags::CREATE)
    .union(WatchFlags::DELETE)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MODIFY)
    .union(WatchFlags::MOVED_FROM)
    .union(WatchFlags::MOVED_TO)
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::ONLYDIR);

/// An event as the kernel gives it.
#[derive(Debug)]
pub(super) struct RawEvent {
    /// Which watch it is about.
    pub(super) watch: i32,
    pub(super) flags: ReadFlags,
    /// What the two events of one move have in common.
    pub(super) cookie: u32,
    /// The entry of the directory, unless it is about the directory itself.
    pub(super) name: Option<Box<OsStr>>,
}

/// Makes an empty queue.
pub(super) fn queue() -> io::Result<OwnedFd> {
    Ok(inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?)
}

/// Adds a directory; one that is there already keeps its number.
pub(super) fn add(queue: &OwnedFd, directory: &Path, follow: bool) -> io::Result<i32> {
    let mut flags = WATCHED;
    flags.set(WatchFlags::DONT_FOLLOW, !follow);
    Ok(add_watch(queue, directory, flags)?)
}

/// Takes a directory out; one that is gone has been taken out by the kernel.
pub(super) fn remove(queue: &OwnedFd, watch: i32) {
    let _ = remove_watch(queue, watch);
}

/// Reads the events that are waiting, up to a bound.
pub(super) fn read(queue: &OwnedFd) -> io::Result<Vec<RawEvent>> {
    let mut buffer = [MaybeUninit::uninit(); BATCH];
    let mut reader = Reader::new(queue, &mut buffer);
    let mut events = Vec::new();
    loop {
        let event = reader.next()?;
        events.push(RawEvent {
            watch: event.wd(),
            flags: event.events(),
            cookie: event.cookie(),
            name: event
                .file_name()
                .map(|name| OsStr::from_bytes(name.to_bytes()).into()),
        });
        if reader.is_buffer_empty() {
            return Ok(events);
        }
    }
}
