//! Watches for clients that ask from time to time.
//!
//! At most [`LIMIT`] events wait for a client. When there would be more, or the kernel had more than
//! it could note, those that wait are dropped, for a part of them would look like the whole. The
//! next question is answered with that error, once; the watch then goes on from there, with a fresh
//! look at the directories.

use std::{
    collections::HashMap,
    mem,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use connectrpc::ConnectError;
use sandspan_protocol::rpc::filesystem::FilesystemEvent;
use tokio::{sync::Notify, task::AbortHandle};

use super::{Options, Watch, failed, start};

/// How many events wait for a client.
const LIMIT: usize = 8192;

/// How many letters and digits follow the `w` of a watcher's id.
const ID_LENGTH: usize = 20;

/// The watches that clients ask about.
#[derive(Debug, Default)]
pub(in crate::files) struct Watchers(Mutex<HashMap<String, Watcher>>);

#[derive(Debug)]
struct Watcher {
    noting: Arc<Mutex<Noting>>,
    task: AbortHandle,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Watchers {
    /// Begins to watch a directory.
    pub(in crate::files) async fn create(
        &self,
        root: PathBuf,
        options: Options,
    ) -> Result<String, ConnectError> {
        let watch = start(root.clone(), options).await?;
        let noted = Ok(Vec::new());
        let noting = Noting {
            watch,
            noted,
            is_broken: false,
            broke: Arc::default(),
        };
        let noting = Arc::new(Mutex::new(noting));
        let task = tokio::spawn(note(Arc::clone(&noting), root, options)).abort_handle();
        let id = id();
        lock(&self.0).insert(id.clone(), Watcher { noting, task });
        Ok(id)
    }

    /// Takes what happened since the last time.
    pub(in crate::files) fn take(&self, id: &str) -> Noted {
        let watchers = lock(&self.0);
        let watcher = watchers.get(id).ok_or_else(|| not_found(id))?;
        let mut noting = lock(&watcher.noting);
        // Also what the kernel still holds.
        noting.catch_up();
        mem::replace(&mut noting.noted, Ok(Vec::new()))
    }

    /// Ends a watch.
    pub(in crate::files) fn remove(&self, id: &str) -> Result<(), ConnectError> {
        let removed = lock(&self.0).remove(id);
        removed.map(drop).ok_or_else(|| not_found(id))
    }
}

fn lock<Value>(mutex: &Mutex<Value>) -> MutexGuard<'_, Value> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn not_found(id: &str) -> ConnectError {
    ConnectError::not_found(format!("watcher with id {id} not found"))
}

/// A watch and what was noted of it since the last question, or what went wrong since then.
#[derive(Debug)]
struct Noting {
    watch: Watch,
    noted: Noted,
    /// Whether the watch has missed something, and is of no more use.
    is_broken: bool,
    broke: Arc<Notify>,
}

type Noted = Result<Vec<FilesystemEvent>, ConnectError>;

impl Noting {
    /// Notes all that has happened.
    fn catch_up(&mut self) {
        while !self.is_broken {
            match self.watch.take() {
                Ok(Some(more)) => add(&mut self.noted, more),
                Ok(None) => return,
                Err(problem) => {
                    self.noted = Err(problem);
                    self.is_broken = true;
                    self.broke.notify_one();
                }
            }
        }
    }
}

/// Notes what happens until the watcher is removed, or the directory can be watched no longer.
async fn note(noting: Arc<Mutex<Noting>>, root: PathBuf, options: Options) {
    let broke = Arc::clone(&lock(&noting).broke);
    loop {
        let queue = Arc::clone(&lock(&noting).watch.queue);
        tokio::select! {
            ready = queue.readable() => {
                let Ok(mut ready) = ready else { return };
                lock(&noting).catch_up();
                ready.clear_ready();
            }
            () = broke.notified() => match start(root.clone(), options).await {
                Ok(watch) => {
                    let mut noting = lock(&noting);
                    noting.watch = watch;
                    noting.is_broken = false;
                }
                Err(problem) => {
                    lock(&noting).noted = Err(problem);
                    return;
                }
            },
        }
    }
}

fn add(noted: &mut Noted, more: Vec<FilesystemEvent>) {
    // After an error nothing is noted until the client has been told.
    let Ok(events) = noted else { return };
    if events.len() + more.len() > LIMIT {
        *noted = Err(failed(&format_args!(
            "queue overflow: more than {LIMIT} events were not fetched; ask more often"
        )));
    } else {
        events.extend(more);
    }
}

fn id() -> String {
    const DIGITS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut random = [0; ID_LENGTH];
    // It need not be unguessable, for whoever may ask has the sandbox's token; it must be new.
    let _ = rustix::rand::getrandom(&mut random, rustix::rand::GetRandomFlags::empty());
    let digits = random.map(|byte| char::from(DIGITS[usize::from(byte) % DIGITS.len()]));
    std::iter::once('w').chain(digits).collect()
}

#[cfg(test)]
mod tests {
    use sandspan_protocol::rpc::filesystem::FilesystemEvent;

    use super::{LIMIT, add, id};

    #[test]
    fn a_full_queue_is_told_and_not_cut() {
        let mut noted = Ok(Vec::new());
        add(&mut noted, vec![FilesystemEvent::default(); LIMIT]);
        assert_eq!(noted.as_ref().map(Vec::len).ok(), Some(LIMIT));
        add(&mut noted, vec![FilesystemEvent::default()]);
        let problem = noted.as_ref().expect_err("there were too many");
        let message = problem.message.as_deref().expect("there is one");
        assert!(
            message.starts_with("watcher error: queue overflow"),
            "{message}"
        );
        add(&mut noted, vec![FilesystemEvent::default()]);
        assert!(noted.is_err());
    }

    #[test]
    fn ids_differ() {
        let (one, other) = (id(), id());
        assert!(
            one != other && one.len() == 21 && one.starts_with('w'),
            "{one} {other}"
        );
    }
}
