//! One execution, from the request to the kernel to its end.

use std::{pin::Pin, process::ExitStatus, time::Duration};

use super::{
    echo::Echo,
    kernel::{Kernel, Received},
    outlet::Outlet,
    progress::Progress,
};

/// How often code is interrupted whose client has gone, until it stops: it may catch the first.
const INSIST: Duration = Duration::from_secs(1);

/// How long is waited for an answer once a kernel is idle, before which it is sent. A kernel that is
/// interrupted between two steps of its own gives none.
const ANSWER: Duration = Duration::from_secs(1);

/// How long a kernel may take to get idle once it has answered: its output goes another way.
const IDLENESS: Duration = Duration::from_secs(10);

/// Runs code of this program's own. The error is the end of the kernel.
pub(super) async fn silently(kernel: &mut Kernel, code: &str) -> Result<(), ExitStatus> {
    let mut progress = Progress::new(kernel.execute(code, true).await);
    while !progress.is_over() {
        match kernel.next().await {
            Received::Published(message) => {
                progress.published(&message);
            }
            Received::Reply(message) => progress.answered(&message),
            Received::Ended(status) => return Err(status),
        }
    }
    Ok(())
}

/// A time that passes whatever else happens.
type Timer<'run> = Pin<Box<dyn Future<Output = ()> + Send + 'run>>;

/// One execution.
pub(super) struct Run<'run> {
    kernel: &'run mut Kernel,
    outlet: &'run Outlet,
    /// When the code is interrupted once more, if its client has gone.
    interrupt: Option<Timer<'run>>,
    /// When the second sign of the end is no longer waited for, if the first has come.
    second_sign: Option<Timer<'run>>,
}

/// What is told of what code does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Telling {
    All,
    /// That it failed.
    Failure,
}

impl<'run> Run<'run> {
    pub(super) fn new(kernel: &'run mut Kernel, outlet: &'run Outlet) -> Self {
        Self {
            kernel,
            outlet,
            interrupt: None,
            second_sign: None,
        }
    }

    /// Runs the code after what prepares it, unless that fails. The error is the end of the kernel.
    pub(super) async fn all(
        mut self,
        prepare: Option<&str>,
        code: &str,
        echo: Option<Echo>,
    ) -> Result<(), ExitStatus> {
        if let Some(prepare) = prepare {
            let progress = Progress::new(self.kernel.execute(prepare, true).await);
            let is_prepared = self.follow(progress, Telling::Failure, None).await?;
            if !is_prepared {
                return Ok(());
            }
        }
        let progress = Progress::new(self.kernel.execute(code, false).await);
        self.follow(progress, Telling::All, echo).await?;
        Ok(())
    }

    /// Follows code to its end, and says whether it came to a good one with its client still there.
    async fn follow(
        &mut self,
        mut progress: Progress,
        telling: Telling,
        mut echo: Option<Echo>,
    ) -> Result<bool, ExitStatus> {
        self.second_sign = None;
        loop {
            if progress.is_over() {
                let Some(echo) = echo.take() else {
                    break;
                };
                let request = self.kernel.execute(&echo.code(), true).await;
                progress.wait_for(echo, request);
            }
            let line = match self.received(&progress).await {
                Some(Received::Published(message)) => progress.published(&message),
                Some(Received::Reply(message)) => {
                    progress.answered(&message);
                    None
                }
                Some(Received::Ended(status)) => return Err(status),
                None => break,
            };
            let is_told = telling == Telling::All || progress.has_failed();
            if let Some(line) = line.filter(|_| is_told && self.interrupt.is_none()) {
                self.tell(line).await;
            }
        }
        let last = progress.finish();
        let is_good = !last.has_failed && self.interrupt.is_none();
        if let Some(line) = last.line {
            let _ = self.outlet.push(line).await;
        }
        Ok(is_good)
    }

    /// Tells the client. While it has no room the kernel stands still.
    async fn tell(&mut self, line: Vec<u8>) {
        let told = if self.outlet.has_room(&line) {
            self.outlet.push(line).await
        } else {
            let process = self.kernel.process();
            process.stop();
            let told = async {
                self.outlet.push(line).await?;
                self.outlet.drained().await
            };
            let told = told.await;
            // Not while the whole sandbox stands still.
            self.outlet.wait(Duration::ZERO).await;
            process.go_on();
            told
        };
        if told.is_err() {
            self.stop().await;
        }
    }

    /// Interrupts code that nobody listens to, now and until it stops.
    async fn stop(&mut self) {
        self.interrupt = Some(Box::pin(self.outlet.wait(INSIST)));
        self.kernel.interrupt().await;
    }

    /// What the kernel says next; none when that takes too long.
    async fn received(&mut self, progress: &Progress) -> Option<Received> {
        if progress.is_almost_over() && self.second_sign.is_none() {
            let patience = if progress.is_idle() { ANSWER } else { IDLENESS };
            self.second_sign = Some(Box::pin(self.outlet.wait(patience)));
        }
        loop {
            // The times come first: a kernel may always have something to say.
            tokio::select! {
                biased;
                () = passed(&mut self.second_sign) => return None,
                () = passed(&mut self.interrupt) => {}
                received = self.kernel.next() => return Some(received),
                () = self.outlet.gone(), if self.interrupt.is_none() => {}
            }
            self.stop().await;
        }
    }
}

/// Waits for a time to pass, if there is one.
async fn passed(timer: &mut Option<Timer<'_>>) {
    match timer {
        Some(timer) => timer.await,
        None => std::future::pending().await,
    }
}
