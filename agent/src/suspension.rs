//! Standing still: while a sandbox is paused, the clocks that the agent keeps for its processes do
//! not go on, and where the machine has no other means the agent stops the processes too.

use std::{
    collections::HashSet,
    fs, io,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

/// How long processes may take to stop.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is looked whether they have.
const LOOK: Duration = Duration::from_micros(100);

/// All processes but this one.
const ALL: Pid = Pid::from_raw(-1);

/// How long the sandbox has stood still.
#[derive(Debug, Clone, Copy, Default)]
struct Stillness {
    /// Since when it does now.
    since: Option<Instant>,
    /// How long it did before.
    before: Duration,
}

/// Whether the sandbox stands still.
#[derive(Debug, Default)]
pub(crate) struct Suspension {
    stillness: watch::Sender<Stillness>,
    /// The processes that had been stopped by somebody else before this agent stopped the rest.
    stopped: Mutex<Option<HashSet<Pid>>>,
}

impl Suspension {
    /// Stops the clocks, and the processes too if nobody else does. Doing so again changes nothing.
    pub(crate) fn suspend(&self, stop: bool) -> io::Result<()> {
        self.stillness.send_modify(|stillness| {
            stillness.since.get_or_insert_with(Instant::now);
        });
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        if stop && stopped.is_none() {
            *stopped = Some(stop_others()?);
        }
        Ok(())
    }

    /// Lets the clocks go on, and the processes that this agent stopped.
    pub(crate) fn resume(&self) -> io::Result<()> {
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(others) = stopped.take() {
            continue_others(&others)?;
        }
        self.stillness.send_modify(|stillness| {
            if let Some(since) = stillness.since.take() {
                stillness.before += since.elapsed();
            }
        });
        Ok(())
    }

    /// Waits until a time that lies so far ahead, not counting while the sandbox stands still.
    pub(crate) async fn sleep(&self, duration: Duration) {
        let deadline = Instant::now() + duration;
        let mut stillness = self.stillness.subscribe();
        let before = stillness.borrow().before;
        loop {
            let now = *stillness.borrow_and_update();
            let still = now.before.saturating_sub(before);
            tokio::select! {
                () = sleep_until(deadline + still), if now.since.is_none() => return,
                changed = stillness.changed() => if changed.is_err() { return },
            }
        }
    }
}

/// Stops all other processes of the sandbox, and gives those that had been stopped before.
///
/// The kernel delivers a signal to all in one step, during which none can fork; a child whose making
/// had begun before gets it too. So none is missed.
fn stop_others() -> io::Result<HashSet<Pid>> {
    let before = others()?
        .into_iter()
        .filter(|(_, state)| is_stopped(*state))
        .map(|(pid, _)| pid)
        .collect();
    match kill(ALL, Signal::SIGSTOP) {
        // There are no others.
        Ok(()) | Err(nix::Error::ESRCH) => {}
        Err(problem) => return Err(problem.into()),
    }
    let begun = Instant::now();
    while others()?.into_iter().any(|(_, state)| is_going_on(state)) {
        if begun.elapsed() > PATIENCE {
            continue_others(&before)?;
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "a process does not stop: it waits for a disk",
            ));
        }
        thread::sleep(LOOK);
    }
    Ok(before)
}

fn continue_others(stopped_before: &HashSet<Pid>) -> io::Result<()> {
    for (pid, _) in others()? {
        if !stopped_before.contains(&pid) {
            // One that has ended meanwhile needs nothing.
            let _ = kill(pid, Signal::SIGCONT);
        }
    }
    Ok(())
}

/// The other processes of the sandbox, each with its state.
fn others() -> io::Result<Vec<(Pid, u8)>> {
    let own = std::process::id().cast_signed();
    let mut others = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // One whose line cannot be read has ended.
        let line = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name of the program stands before it in brackets, and may hold anything.
        let state = line
            .rsplit_once(") ")
            .and_then(|(_, rest)| rest.bytes().next());
        if let Some(state) = state.filter(|_| pid != own) {
            others.push((Pid::from_raw(pid), state));
        }
    }
    Ok(others)
}

fn is_stopped(state: u8) -> bool {
    matches!(state, b'T' | b't')
}

fn is_going_on(state: u8) -> bool {
    !is_stopped(state) && !matches!(state, b'Z' | b'X')
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, time::Duration};

    use super::Suspension;

    #[tokio::test(start_paused = true)]
    async fn time_that_stands_still_does_not_count() {
        let suspension = Suspension::default();
        let second = Duration::from_secs(1);
        let mut slept = pin!(suspension.sleep(10 * second));
        let passed = |time| tokio::time::timeout(time, std::future::pending::<()>());
        tokio::select! {
            biased;
            () = &mut slept => panic!("too early"),
            _ = passed(6 * second) => {}
        }
        suspension.suspend(false).expect("nothing to stop");
        suspension.suspend(false).expect("again");
        tokio::select! {
            biased;
            () = &mut slept => panic!("it stands still"),
            _ = passed(100 * second) => {}
        }
        suspension.resume().expect("nothing to continue");
        let resumed = tokio::time::Instant::now();
        slept.await;
        assert_eq!(resumed.elapsed().as_secs(), 4);
    }
}
