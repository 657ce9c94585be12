//! Waking Python's event loop from other threads, until Python ends.

use std::{
    cell::Cell,
    mem,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, RwLock},
    task::{Context, Poll, Wake, Waker},
};

use pyo3::Python;
use tokio::runtime::Handle;

/// Lets threads of tokio wake whoever waits in Python, until it is closed.
///
/// To wake an event loop is to run Python code. A thread that does so while the interpreter is
/// finalized never gets to run on, and takes the process down. And it waits for its turn, and has a
/// thread state made and thrown away: so one thread wakes all who are to be woken by then, and those
/// that move bytes go on meanwhile.
pub(crate) struct Wakes {
    state: RwLock<State>,
    /// Who is to be woken. Somebody sees to it from the first one on.
    due: Mutex<Vec<Waker>>,
    runtime: Handle,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Open,
    Closed,
}

thread_local! {
    /// Whether this thread polls for a caller that blocks, and so is woken without Python.
    static BLOCKS: Cell<bool> = const { Cell::new(false) };
}

/// Polls for a caller that blocks this thread, whose waker runs no Python code.
pub(crate) fn poll_blocking<F: Future>(
    future: Pin<&mut F>,
    context: &mut Context<'_>,
) -> Poll<F::Output> {
    let before = BLOCKS.replace(true);
    let polled = future.poll(context);
    BLOCKS.set(before);
    polled
}

impl Wakes {
    pub(crate) const fn new(runtime: Handle) -> Self {
        Self {
            state: RwLock::new(State::Open),
            due: Mutex::new(Vec::new()),
            runtime,
        }
    }

    /// Ends the waking. Waits for threads that are at it: the caller must be detached from Python.
    pub(crate) fn close(&self) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = State::Closed;
    }

    pub(crate) fn are_closed(&self) -> bool {
        *self.state.read().unwrap_or_else(PoisonError::into_inner) == State::Closed
    }

    /// Polls a future that other threads wake, by a waker that does so as long as that is allowed.
    pub(crate) fn poll<F: Future>(
        &'static self,
        future: Pin<&mut F>,
        context: &mut Context<'_>,
    ) -> Poll<F::Output> {
        let polled = if BLOCKS.get() {
            future.poll(context)
        } else {
            let waker = Waker::from(Arc::new(GuardedWaker {
                waker: context.waker().clone(),
                wakes: self,
            }));
            future.poll(&mut Context::from_waker(&waker))
        };
        if polled.is_pending() && self.are_closed() {
            // No other thread will, so the one that waits keeps looking.
            context.waker().wake_by_ref();
        }
        polled
    }

    fn add(&'static self, waker: Waker) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        due.push(waker);
        if due.len() == 1 {
            self.runtime.spawn_blocking(|| self.wake_all());
        }
    }

    fn wake_all(&self) {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if *state == State::Closed {
            return;
        }
        Python::attach(|_| {
            // Those who came while this thread waited for its turn are among them.
            self.take().into_iter().for_each(Waker::wake);
        });
    }

    fn take(&self) -> Vec<Waker> {
        mem::take(&mut *self.due.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Has the given waker woken in its turn.
struct GuardedWaker {
    waker: Waker,
    wakes: &'static Wakes,
}

impl Wake for GuardedWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.wakes.add(self.waker.clone());
    }
}
