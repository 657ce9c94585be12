//! How far the following of a process has come.

use std::{
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use crate::{
    Error, Result,
    events::{Events, Exit, Step},
    output::{Output, Transcript},
};

/// What the task that reads a process's events and the handles of the process share.
pub(crate) struct Progress {
    state: Mutex<State>,
    changed: Notify,
}

pub(crate) struct State {
    pub(crate) transcript: Transcript,
    /// How the process, or the following of it, ended.
    pub(crate) ending: Option<Result<Exit>>,
    /// Whether anybody ever asked for a piece of output.
    is_asked: bool,
    /// Whether it is known that nobody will.
    discards: bool,
    /// How many wait for the end.
    waiting: usize,
}

impl State {
    /// Whether there is room for more output, which is made where nobody takes what there is.
    fn makes_room(&mut self) -> bool {
        let is_abandoned = self.discards || (self.waiting > 0 && !self.is_asked);
        if self.transcript.is_full() && is_abandoned {
            self.transcript.discard();
        }
        !self.transcript.is_full()
    }
}

impl Progress {
    pub(crate) fn new(keeps: bool) -> Self {
        Self {
            state: Mutex::new(State {
                transcript: Transcript::new(keeps),
                ending: None,
                is_asked: false,
                discards: false,
                waiting: 0,
            }),
            changed: Notify::new(),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let answer = change(&mut self.state());
        self.changed.notify_waiters();
        answer
    }

    /// Waits until there is an answer.
    async fn until<T>(&self, mut answer: impl FnMut(&mut State) -> Option<T>) -> T {
        loop {
            let mut changed = pin!(self.changed.notified());
            // Before the look at the state, so that no change is missed between the two.
            changed.as_mut().enable();
            if let Some(answer) = answer(&mut self.state()) {
                return answer;
            }
            changed.await;
        }
    }

    /// Reads the events to the end of the process, and pauses while too much waits to be taken.
    pub(crate) async fn follow(&self, events: &mut Events) -> Result<Exit> {
        loop {
            let (stream, bytes) = match events.step().await? {
                Step::Output(stream, bytes) => (stream, bytes),
                Step::End(exit) => return Ok(exit),
            };
            let has_room = self.change(|state| {
                // Nothing comes after the last.
                if state.ending.is_none() {
                    state.transcript.push(stream, bytes);
                }
                state.makes_room()
            });
            if !has_room {
                let room = self.until(|state| state.makes_room().then_some(()));
                events.pause(room).await?;
            }
        }
    }

    /// Notes how it ended, unless that is known already.
    pub(crate) fn end(&self, ending: Result<Exit>) {
        self.change(|state| {
            state.transcript.finish();
            state.ending.get_or_insert(ending);
        });
    }

    /// Ends it, unless that is done already, and throws away the output that nobody took yet.
    pub(crate) fn give_up(&self, error: Error) {
        self.change(|state| {
            state.transcript.finish();
            state.transcript.skip();
            state.ending.get_or_insert(Err(error));
        });
    }

    /// Nobody will take what is not kept.
    pub(crate) fn discard(&self) {
        self.change(|state| state.discards = true);
    }

    /// The next piece of output; none after the last.
    pub(crate) async fn next_piece(&self) -> Option<Output> {
        self.state().is_asked = true;
        let mut was_full = false;
        let next = |state: &mut State| {
            was_full = state.transcript.is_full();
            match state.transcript.next_piece() {
                Some(piece) => Some(Some(piece)),
                None => state.ending.is_some().then_some(None),
            }
        };
        let piece = self.until(next).await;
        if was_full {
            self.changed.notify_waiters();
        }
        piece
    }

    /// Waits for the end, and gives what is kept of the output, standard output first, and whether
    /// it is kept.
    pub(crate) async fn ended(&self) -> Result<(Exit, (String, String), bool)> {
        let _waiting = Waiting::new(self);
        let answer = |state: &mut State| {
            let exit = match state.ending.clone()? {
                Ok(exit) => exit,
                Err(error) => return Some(Err(error)),
            };
            let transcript = &state.transcript;
            let texts = (
                transcript.stdout().to_owned(),
                transcript.stderr().to_owned(),
            );
            Some(Ok((exit, texts, transcript.keeps())))
        };
        self.until(answer).await
    }
}

/// Somebody waits for the end, until this is dropped.
struct Waiting<'a>(&'a Progress);

impl<'a> Waiting<'a> {
    fn new(progress: &'a Progress) -> Self {
        progress.change(|state| state.waiting += 1);
        Self(progress)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
    }
}
