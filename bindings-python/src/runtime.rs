//! The tokio runtime of this process, and the two ways to wait for what it does.

use std::{
    future, panic,
    pin::{Pin, pin},
    process,
    sync::{Arc, PoisonError, RwLock},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use pyo3::prelude::*;
use tokio::{
    runtime::{Builder, Runtime},
    task::{AbortHandle, JoinHandle},
};

use crate::{
    calls::Calls,
    error,
    wakes::{self, Wakes},
};

/// How often a blocking call looks for Ctrl-C: twice within the 50 ms that it may take.
const SIGNAL_POLL: Duration = Duration::from_millis(25);

/// The threads do little but move bytes between sockets and Python, which runs on one thread.
const WORKER_THREADS: usize = 2;

static CURRENT: RwLock<Option<&'static Process>> = RwLock::new(None);

/// What belongs to one process. A forked child gets its own: the threads of its parent's do not
/// exist there.
struct Process {
    id: u32,
    runtime: Runtime,
    wakes: Wakes,
    calls: Calls,
}

fn started() -> Option<&'static Process> {
    let current = *CURRENT.read().unwrap_or_else(PoisonError::into_inner);
    current.filter(|process| process.id == process::id())
}

fn current() -> &'static Process {
    started().unwrap_or_else(|| {
        let mut current = CURRENT.write().unwrap_or_else(PoisonError::into_inner);
        match *current {
            Some(process) if process.id == process::id() => process,
            _ => {
                let runtime = start();
                current.insert(Box::leak(Box::new(Process {
                    id: process::id(),
                    wakes: Wakes::new(runtime.handle().clone()),
                    runtime,
                    calls: Calls::new(),
                })))
            }
        }
    })
}

/// Keeps the runtime's threads out of Python from now on. What Python runs at its exit after this
/// may still call.
#[pyfunction]
pub(crate) fn close(py: Python<'_>) -> PyResult<()> {
    let Some(process) = started() else {
        return Ok(());
    };
    let closed = process.calls.close(py, SIGNAL_POLL);
    py.detach(|| process.wakes.close());
    closed
}

fn start() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(WORKER_THREADS)
        .thread_name("sandspan")
        .enable_all()
        .build()
        .expect("the operating system lets this process start threads")
}

/// Runs a call of the core on the runtime. Dropping what this returns aborts the call.
pub(crate) async fn spawn<T: Send + 'static>(
    call: impl Future<Output = sandspan::Result<T>> + Send + 'static,
) -> PyResult<T> {
    let process = current();
    let call = Call {
        task: process.runtime.spawn(call),
        wakes: &process.wakes,
    };
    match call.await {
        Ok(result) => result.map_err(error::raise),
        Err(failure) => panic::resume_unwind(failure.into_panic()),
    }
}

/// Runs a call of the core on the runtime, and Python code with its result on a thread that may
/// block, unless it is aborted before.
pub(crate) fn spawn_then<T: Send + 'static>(
    call: impl Future<Output = sandspan::Result<T>> + Send + 'static,
    then: impl FnOnce(Python<'_>, PyResult<T>) + Send + 'static,
) -> AbortHandle {
    let process = current();
    let task = process.runtime.spawn(async move {
        let result = call.await;
        process.runtime.spawn_blocking(move || {
            process
                .calls
                .run(|py| then(py, result.map_err(error::raise)));
        });
    });
    task.abort_handle()
}

/// Waits on a caller's thread for what a thread of the runtime tells.
pub(crate) async fn told<T>(news: impl Future<Output = T>) -> T {
    let wakes = &current().wakes;
    let mut news = pin!(news);
    future::poll_fn(|context| wakes.poll(news.as_mut(), context)).await
}

/// Does something for which the core needs the runtime, without waiting for it.
pub(crate) fn within<T>(start: impl FnOnce() -> T) -> T {
    let _runtime = current().runtime.enter();
    start()
}

struct Call<T> {
    task: JoinHandle<T>,
    wakes: &'static Wakes,
}

impl<T> Future for Call<T> {
    type Output = <JoinHandle<T> as Future>::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let wakes = self.wakes;
        wakes.poll(Pin::new(&mut self.task), context)
    }
}

impl<T> Drop for Call<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Blocks this thread until the future is done, or until a signal handler raises.
///
/// The future is polled here and not by tokio: Python code that it or a signal handler calls may
/// then block in turn, which tokio refuses from inside its runtime.
pub(crate) fn block_on<T>(
    py: Python<'_>,
    future: impl Future<Output = PyResult<T>>,
) -> PyResult<T> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        let mut context = Context::from_waker(&waker);
        if let Poll::Ready(result) = wakes::poll_blocking(future.as_mut(), &mut context) {
            return result;
        }
        py.detach(|| thread::park_timeout(SIGNAL_POLL));
        py.check_signals()?;
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
