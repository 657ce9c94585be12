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
    echo::Echo,
    environment::{self, Variables},
    kernel::Kernel,
    lines,
    outlet::Outlet,
    process::{Process, describe},
    run::{self, Run},
};

/// How long a kernel may take to forget the variables of an execution before it is given up.
const TIDYING: Duration = Duration::from_secs(10);

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
        self.kill();
        let mut turn = Arc::clone(&self.kernel).lock_owned().await;
        // Its end may not be known yet, and it would be taken for one that runs.
        *turn = None;
        self.running(&mut turn).await.map(|_| ())
    }

    /// Ends the kernel for good.
    pub(super) fn remove(&self) {
        self.removed.store(true, Ordering::Relaxed);
        self.kill();
    }

    fn kill(&self) {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(process) = &*process {
            process.kill();
        }
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
                let kernel = started
                    .map_err(|why| format!("the {language} kernel could not be started: {why}"))?;
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
        // A client that has gone need not be told, and one that missed something must not be.
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
            let language = &self.about.language;
            let set = environment::set(language, &execution.variables);
            let run = Run::new(kernel, outlet);
            run.all(set.as_deref(), &execution.code, Echo::of_language(language))
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
        let outside = self
            .shared
            .parts
            .surroundings
            .environment(&self.shared.user, &self.config.env);
        let reset = environment::reset(&self.about.language, &execution.variables, &outside);
        if let (Some(kernel), Some(reset)) = (turn, reset) {
            let patience = self.shared.parts.suspension.sleep(TIDYING);
            tokio::select! {
                // The next execution starts another kernel if this one has ended.
                _ = run::silently(kernel, &reset) => {}
                () = patience => kernel.process().kill(),
            }
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
