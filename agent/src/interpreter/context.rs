//! A context: a kernel that keeps what code leaves in it. One execution runs at a time, the others
//! wait in the order in which they came.

use std::{
    process::ExitStatus,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use sandspan_protocol::{agent::KernelConfig, defaults::INTERPRETER_KEEPALIVE, interpreter};
use tokio::sync::{Mutex as Turns, OwnedMutexGuard};

use super::{
    Shared,
    environment::{self, Variables},
    kernel::{Kernel, Received},
    lines,
    outlet::{Gone, Outlet},
    process::{Process, describe},
    progress::Progress,
};

/// How often code is interrupted whose client has gone, until it stops: it may catch the first.
const INSIST: Duration = Duration::from_secs(1);

/// How long is waited for the second sign that an execution is over, once the first has come.
const SECOND_SIGN: Duration = Duration::from_secs(10);

/// Lets Python's kernel wait where its socket would otherwise throw away what is not taken at once.
const LOSE_NOTHING: &str = "(lambda thread: thread.schedule(lambda: thread.socket.setsockopt(\
    __import__('zmq').XPUB_NODROP, 1)))(get_ipython().kernel.iopub_thread)";

/// A context.
pub(super) struct Context {
    about: interpreter::Context,
    /// Whether executions that name the language but no context run in it.
    pub(super) is_default: bool,
    config: KernelConfig,
    shared: Arc<Shared>,
    /// The kernel, in the hands of who uses it.
    kernel: Arc<Turns<Option<Kernel>>>,
    /// Its process, which others can end.
    process: Mutex<Option<Arc<Process>>>,
    restarts: AtomicU64,
    removed: AtomicBool,
}

type Turn = OwnedMutexGuard<Option<Kernel>>;

/// What an execution asks for.
pub(super) struct Execution {
    pub(super) code: String,
    pub(super) variables: Variables,
}

/// Why an execution ended early, as it is told.
struct Broken {
    name: &'static str,
    value: String,
}

impl Context {
    pub(super) fn new(
        about: interpreter::Context,
        is_default: bool,
        config: KernelConfig,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            about,
            is_default,
            config,
            shared,
            kernel: Arc::default(),
            process: Mutex::default(),
            restarts: AtomicU64::default(),
            removed: AtomicBool::default(),
        }
    }

    /// What clients are told of it.
    pub(super) fn about(&self) -> &interpreter::Context {
        &self.about
    }

    /// Starts the kernel if there is none. The error is for the user.
    pub(super) async fn start(&self) -> Result<(), String> {
        let mut turn = Arc::clone(&self.kernel).lock_owned().await;
        self.running(&mut turn).await.map(|_| ())
    }

    /// Ends the kernel and starts another; what runs or waits is told so.
    pub(super) async fn restart(&self) -> Result<(), String> {
        self.restarts.fetch_add(1, Ordering::Relaxed);
        if let Some(process) = self.kill() {
            // Until then it would be taken for one that runs.
            process.ended().await;
        }
        self.start().await
    }

    /// Ends the kernel for good.
    pub(super) fn remove(&self) {
        self.removed.store(true, Ordering::Relaxed);
        self.kill();
    }

    fn kill(&self) -> Option<Arc<Process>> {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let process = process.clone();
        if let Some(process) = &process {
            process.kill();
        }
        process
    }

    /// The kernel, which is started if there is none.
    async fn running<'turn>(
        &self,
        turn: &'turn mut Option<Kernel>,
    ) -> Result<&'turn mut Kernel, String> {
        if turn.as_ref().is_some_and(|it| it.process().has_ended()) {
            *turn = None;
        }
        match turn {
            Some(kernel) => Ok(kernel),
            none => {
                let known = |process: &Arc<Process>| {
                    let mut known = self.process.lock().unwrap_or_else(PoisonError::into_inner);
                    *known = Some(Arc::clone(process));
                };
                let started =
                    Kernel::start(&self.config, &self.about.cwd, &self.shared, known).await;
                let language = &self.about.language;
                let mut kernel = started
                    .map_err(|why| format!("the {language} kernel could not be started: {why}"))?;
                if language == "python" {
                    // One that ends meanwhile is found to have ended when it is used.
                    let _ = silently(&mut kernel, LOSE_NOTHING).await;
                }
                Ok(none.insert(kernel))
            }
        }
    }

    /// Runs code and tells the client of all that comes of it.
    pub(super) async fn execute(self: Arc<Self>, execution: Execution, outlet: Outlet) {
        let alive = async {
            outlet.keep_alive(INTERPRETER_KEEPALIVE).await;
            // What runs is stopped first, and that is waited for.
            std::future::pending::<()>().await;
        };
        let turn = tokio::select! {
            biased;
            turn = self.run(&execution, &outlet) => turn,
            () = alive => return,
        };
        // A client that has gone need not be told.
        let _ = outlet.push(lines::END).await;
        drop(outlet);
        if let Some(mut turn) = turn {
            self.tidy(&mut turn, &execution).await;
        }
        self.shared.parts.memory.used();
    }

    /// Runs code when it is its turn, which is given back.
    async fn run(&self, execution: &Execution, outlet: &Outlet) -> Option<Turn> {
        let restarts = self.restarts.load(Ordering::Relaxed);
        let mut turn = tokio::select! {
            turn = Arc::clone(&self.kernel).lock_owned() => turn,
            () = outlet.gone() => return None,
        };
        let run = async {
            self.check(restarts)?;
            let kernel = self.running(&mut turn).await.map_err(|value| Broken {
                name: "KernelNotStarted",
                value,
            })?;
            // Whoever ended it while it started meant this execution too.
            self.check(restarts)?;
            let set = environment::set(&self.about.language, &execution.variables);
            let run = Run { kernel, outlet };
            run.all(set.as_deref(), &execution.code)
                .await
                .map_err(|status| self.check(restarts).err().unwrap_or_else(|| died(status)))
        };
        if let Err(Broken { name, value }) = run.await {
            let _ = outlet.push(lines::error(name, &value, "")).await;
        }
        Some(turn)
    }

    /// Whether an execution may go on that began after so many restarts.
    fn check(&self, restarts: u64) -> Result<(), Broken> {
        if self.removed.load(Ordering::Relaxed) {
            return Err(Broken {
                name: "UnexpectedEndOfExecution",
                value: "Connection to the execution was closed before the execution was finished"
                    .to_owned(),
            });
        }
        if self.restarts.load(Ordering::Relaxed) != restarts {
            return Err(Broken {
                name: "ContextRestarting",
                value: "Context was restarted".to_owned(),
            });
        }
        Ok(())
    }

    /// Makes the context ready for the next execution.
    async fn tidy(&self, turn: &mut Option<Kernel>, execution: &Execution) {
        if self.removed.load(Ordering::Relaxed) {
            *turn = None;
            return;
        }
        let lives = turn.as_ref().is_some_and(|it| !it.process().has_ended());
        if !lives {
            // The next execution tells of what fails now.
            let _ = self.running(turn).await;
            return;
        }
        let outside = self.shared.parts.surroundings.envs();
        let reset = environment::reset(&self.about.language, &execution.variables, outside);
        if let (Some(kernel), Some(reset)) = (turn, reset) {
            // The next execution starts another kernel if this one has ended.
            let _ = silently(kernel, &reset).await;
        }
    }
}

fn died(status: ExitStatus) -> Broken {
    let how = describe(status);
    Broken {
        name: "ContextRestarting",
        value: format!(
            "The kernel died ({how}): what it held is lost, and the context was restarted"
        ),
    }
}

/// Runs code of this program's own. The error is the end of the kernel.
async fn silently(kernel: &mut Kernel, code: &str) -> Result<(), ExitStatus> {
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

/// One execution.
struct Run<'run> {
    kernel: &'run mut Kernel,
    outlet: &'run Outlet,
}

impl Run<'_> {
    /// Runs the code after what prepares it. The error is the end of the kernel.
    async fn all(mut self, prepare: Option<&str>, code: &str) -> Result<(), ExitStatus> {
        if let Some(prepare) = prepare {
            silently(self.kernel, prepare).await?;
        }
        let mut progress = Progress::new(self.kernel.execute(code, false).await);
        let mut gone = false;
        while !progress.is_over() {
            let Some(received) = self.received(&mut gone, &progress).await else {
                break;
            };
            let line = match received {
                Received::Published(message) => progress.published(&message),
                Received::Reply(message) => {
                    progress.answered(&message);
                    None
                }
                Received::Ended(status) => return Err(status),
            };
            if let Some(line) = line.filter(|_| !gone)
                && self.tell(line).await.is_err()
            {
                gone = true;
                self.kernel.interrupt().await;
            }
        }
        if let Some(line) = progress.finish() {
            let _ = self.outlet.push(line).await;
        }
        Ok(())
    }

    /// Tells the client. While it has no room the kernel stands still.
    async fn tell(&mut self, line: Vec<u8>) -> Result<(), Gone> {
        if self.outlet.has_room(&line) {
            return self.outlet.push(line).await;
        }
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
    }

    /// What the kernel says next; none when that takes too long. It is interrupted when the client
    /// goes.
    async fn received(&mut self, gone: &mut bool, progress: &Progress) -> Option<Received> {
        loop {
            tokio::select! {
                biased;
                received = self.kernel.next() => return Some(received),
                () = self.outlet.gone(), if !*gone => *gone = true,
                () = self.outlet.wait(INSIST), if *gone => {}
                () = self.outlet.wait(SECOND_SIGN), if progress.is_almost_over() => return None,
            }
            self.kernel.interrupt().await;
        }
    }
}
