//! Code that is run to its end.

use pyo3::{
    prelude::*,
    types::{PyList, PyString},
};
use sandspan::{Code, CodeEvent, RunCodeOptions, RunningCode};

use crate::{
    callbacks::Callback,
    code_results::{Execution, ExecutionError, OutputMessage, Result},
    error,
    foreground::BATCH,
    runtime,
};

/// What to call with what happens, in the order in which it does.
pub(crate) struct CodeCallbacks {
    pub(crate) stdout: Option<Callback<OutputMessage>>,
    pub(crate) stderr: Option<Callback<OutputMessage>>,
    pub(crate) result: Option<Callback<Result>>,
    pub(crate) error: Option<Callback<ExecutionError>>,
}

impl CodeCallbacks {
    fn are_given(&self) -> bool {
        let outputs = self.stdout.is_some() || self.stderr.is_some();
        outputs || self.result.is_some() || self.error.is_some()
    }
}

/// Runs code to its end and calls the callbacks meanwhile. Dropping this interrupts the code.
///
/// What comes is kept here, as Python's own, and not by the core.
pub(crate) async fn run(
    code: Code,
    source: String,
    options: RunCodeOptions,
    callbacks: CodeCallbacks,
    awaits: bool,
) -> PyResult<Execution> {
    let batch = if callbacks.are_given() { 1 } else { BATCH };
    let start = async move {
        let running = code.start(&source, options).await?;
        Ok(gather(running, batch).await)
    };
    let mut gathered = runtime::spawn(start).await?;
    let mut record = Python::attach(Record::new);
    loop {
        for event in gathered.events {
            record.add(event, &callbacks, awaits).await?;
        }
        if let Some(ending) = gathered.ending {
            ending.map_err(error::raise)?;
            return record.finish();
        }
        let running = gathered.running;
        gathered = runtime::spawn(async move { Ok(gather(running, batch).await) }).await?;
    }
}

/// Some of what happened.
struct Gathered {
    running: RunningCode,
    events: Vec<CodeEvent>,
    /// How it ended, if nothing more happens.
    ending: Option<sandspan::Result<()>>,
}

/// Waits for so many bytes of output, or for the end.
async fn gather(running: RunningCode, batch: usize) -> Gathered {
    let (mut events, mut length) = (Vec::new(), 0);
    let mut ending = None;
    while length < batch {
        match running.next_events().await {
            Some(Ok(next)) => {
                length += next.iter().map(size).sum::<usize>();
                events.extend(next);
            }
            Some(Err(failure)) => ending = Some(Err(failure)),
            None => ending = Some(Ok(())),
        }
        if ending.is_some() {
            break;
        }
    }
    Gathered {
        running,
        events,
        ending,
    }
}

fn size(event: &CodeEvent) -> usize {
    match event {
        CodeEvent::Output(message) => message.line.len(),
        _ => 1,
    }
}

/// What happened so far.
struct Record {
    results: Py<PyList>,
    stdout: Py<PyList>,
    stderr: Py<PyList>,
    error: Option<ExecutionError>,
    count: Option<u64>,
}

impl Record {
    fn new(py: Python<'_>) -> Self {
        let list = || PyList::empty(py).unbind();
        Self {
            results: list(),
            stdout: list(),
            stderr: list(),
            error: None,
            count: None,
        }
    }

    /// Keeps what happened, and then calls the callback for it.
    async fn add(
        &mut self,
        event: CodeEvent,
        callbacks: &CodeCallbacks,
        awaits: bool,
    ) -> PyResult<()> {
        match event {
            CodeEvent::Output(message) if message.error => {
                let callback = callbacks.stderr.as_ref();
                let message = keep_line(&self.stderr, message, callback.is_some())?;
                tell(callback.zip(message), awaits).await
            }
            CodeEvent::Output(message) => {
                let callback = callbacks.stdout.as_ref();
                let message = keep_line(&self.stdout, message, callback.is_some())?;
                tell(callback.zip(message), awaits).await
            }
            CodeEvent::Result(result) => {
                let result = self.keep_result(&result)?;
                tell(callbacks.result.as_ref().zip(Some(result)), awaits).await
            }
            CodeEvent::Error(error) => {
                let error = self.keep_error(error)?;
                tell(callbacks.error.as_ref().zip(Some(error)), awaits).await
            }
            CodeEvent::ExecutionCount(count) => {
                self.count = Some(count);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn keep_result(&self, result: &sandspan::ExecutionResult) -> PyResult<Result> {
        Python::attach(|py| {
            let result = Result::of(py, result)?;
            self.results.bind(py).append(&result.0)?;
            Ok(result)
        })
    }

    fn keep_error(&mut self, error: sandspan::ExecutionError) -> PyResult<ExecutionError> {
        Python::attach(|py| {
            let error = ExecutionError::of(py, error)?;
            self.error = Some(ExecutionError(error.0.clone_ref(py)));
            Ok(error)
        })
    }

    fn finish(self) -> PyResult<Execution> {
        Python::attach(|py| {
            let (stdout, stderr) = (self.stdout.bind(py), self.stderr.bind(py));
            let results = self.results.bind(py);
            Execution::of(results, stdout, stderr, self.error, self.count)
        })
    }
}

/// Keeps a piece of output, and gives the message about it if somebody is to get one.
fn keep_line(
    lines: &Py<PyList>,
    message: sandspan::OutputMessage,
    is_told: bool,
) -> PyResult<Option<OutputMessage>> {
    Python::attach(|py| {
        let line = PyString::new(py, &message.line);
        lines.bind(py).append(&line)?;
        let told = || OutputMessage::of(py, &line, message.timestamp, message.error);
        is_told.then(told).transpose()
    })
}

async fn tell<Value: for<'py> IntoPyObject<'py>>(
    told: Option<(&Callback<Value>, Value)>,
    awaits: bool,
) -> PyResult<()> {
    match told {
        Some((callback, value)) => callback.call(value, awaits).await,
        None => Ok(()),
    }
}
