//! Code that runs.

use std::{fmt, sync::Arc};

use super::{CodeEvent, events::Events};
use crate::{Result, feed::Feed};

/// Code that runs. Clones are the same execution.
///
/// Nothing of what comes is kept: what nobody takes waits in the sandbox, and whoever takes nothing of
/// it for 30 s is cut off, which is an error. Dropping the last handle before the end interrupts the
/// code.
#[derive(Clone)]
pub struct RunningCode(Arc<Feed<Events>>);

impl RunningCode {
    pub(super) fn new(events: Events) -> Self {
        Self(Arc::new(Feed::new(events)))
    }

    /// The next event, as soon as there is one; none after the last, after an error and when it was
    /// stopped. Only where no error came before it, none means that the code is at its end.
    ///
    /// See [`Code::run`](crate::Code::run) for the errors. Giving up a call loses nothing: the next
    /// one goes on where it was.
    pub async fn next(&self) -> Option<Result<CodeEvent>> {
        self.0.next().await
    }

    /// The next event and all that came with it, at least one, which costs less than to take them
    /// one by one. Otherwise as [`next`](Self::next).
    pub async fn next_events(&self) -> Option<Result<Vec<CodeEvent>>> {
        self.0.read(Events::next_events).await
    }

    /// Interrupts the code and takes no more of what it does. Doing so again changes nothing.
    pub fn stop(&self) {
        self.0.close();
    }
}

impl fmt::Debug for RunningCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RunningCode")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::RunningCode;
    use crate::{Code, RunCodeOptions};

    fn is_send<T: Send>(_: &T) {}

    /// Bindings await these on another thread than the caller's.
    #[expect(dead_code, reason = "that it compiles is the test")]
    fn futures_are_sent(code: &Code, running: &RunningCode) {
        is_send(&code.run("", RunCodeOptions::default()));
        is_send(&code.start("", RunCodeOptions::default()));
        is_send(&running.next());
        is_send(&running.next_events());
    }
}
