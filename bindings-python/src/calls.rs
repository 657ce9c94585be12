//! Calling Python functions from threads of our own, until Python ends.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use pyo3::prelude::*;

/// Lets threads call Python functions, until it is closed.
///
/// A thread that attaches itself while the interpreter is finalized never gets to run on. So Python
/// waits at its exit for the calls that run, as it does for threads that it started itself, and
/// there are no further ones.
pub(crate) struct Calls {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    is_closed: bool,
    running: usize,
}

impl Calls {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::default(),
            ended: Condvar::new(),
        }
    }

    /// Runs Python code on this thread, unless it is too late for that.
    pub(crate) fn run(&self, call: impl FnOnce(Python<'_>)) {
        {
            let mut state = self.lock();
            if state.is_closed {
                return;
            }
            state.running += 1;
        }
        let _running = Running(self);
        Python::attach(call);
    }

    /// Refuses further calls and waits for those that run, or until a signal handler raises.
    pub(crate) fn close(&self, py: Python<'_>, signal_poll: Duration) -> PyResult<()> {
        self.lock().is_closed = true;
        while !py.detach(|| self.have_ended(signal_poll)) {
            py.check_signals()?;
        }
        Ok(())
    }

    /// Whether no call runs, if need be after waiting for that.
    fn have_ended(&self, at_most: Duration) -> bool {
        let waited = self
            .ended
            .wait_timeout_while(self.lock(), at_most, |state| state.running > 0);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.running == 0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Running<'a>(&'a Calls);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.lock().running -= 1;
        self.0.ended.notify_all();
    }
}
