//! Waking Python's event loop from other threads, until Python ends.

use std::{
    pin::Pin,
    sync::{Arc, PoisonError, RwLock},
    task::{Context, Poll, Wake, Waker},
};

/// Lets threads of tokio wake whoever waits in Python, until it is closed.
///
/// To wake an event loop is to run Python code. A thread that does so while the interpreter is
/// finalized never gets to run on, and takes the process down.
pub(crate) struct Wakes(RwLock<State>);

#[derive(Clone, Copy, PartialEq)]
enum State {
    Open,
    Closed,
}

impl Wakes {
    pub(crate) const fn new() -> Self {
        Self(RwLock::new(State::Open))
    }

    /// Ends the waking. Waits for threads that are at it: the caller must be detached from Python.
    pub(crate) fn close(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = State::Closed;
    }

    pub(crate) fn are_closed(&self) -> bool {
        *self.0.read().unwrap_or_else(PoisonError::into_inner) == State::Closed
    }

    /// Polls a future that other threads wake, by a waker that does so as long as that is allowed.
    pub(crate) fn poll<F: Future>(
        &'static self,
        future: Pin<&mut F>,
        context: &mut Context<'_>,
    ) -> Poll<F::Output> {
        let waker = self.waker(context.waker());
        let polled = future.poll(&mut Context::from_waker(&waker));
        if polled.is_pending() && self.are_closed() {
            // No other thread will, so the one that waits keeps looking.
            context.waker().wake_by_ref();
        }
        polled
    }

    /// A waker for other threads, which does what the given one does as long as that is allowed.
    fn waker(&'static self, waker: &Waker) -> Waker {
        Waker::from(Arc::new(GuardedWaker {
            waker: waker.clone(),
            wakes: self,
        }))
    }
}

struct GuardedWaker {
    waker: Waker,
    wakes: &'static Wakes,
}

impl Wake for GuardedWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let state = self.wakes.0.read().unwrap_or_else(PoisonError::into_inner);
        if *state == State::Open {
            self.waker.wake_by_ref();
        }
    }
}
