//! Commands that are run to their end.

use pyo3::{
    inspect::PyStaticExpr,
    prelude::*,
    types::{PyDict, PyString},
};
use sandspan::{CommandHandle, Commands, ErrorKind, Output, RunOptions};

use crate::{
    callbacks::Callbacks,
    error,
    results::{self, CommandResult},
    runtime,
    text::Text,
};

/// How much output is handed over to Python at once where nobody waits for each piece, in bytes.
pub(crate) const BATCH: usize = 512 * 1024;

/// How a command ended that was run to its end, its output in strings of Python's.
pub(crate) struct Finished {
    stderr: Option<Py<PyString>>,
    stdout: Option<Py<PyString>>,
    exit_code: i32,
    error: Option<String>,
}

impl Finished {
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (stderr, stdout) = (self.stderr.as_ref(), self.stdout.as_ref());
        results::command_fields(py, stderr, stdout, self.exit_code, self.error.as_deref())
    }
}

impl<'py> IntoPyObject<'py> for Finished {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = CommandResult::OUTPUT_TYPE;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        results::command_result(py, &self.fields(py)?)
    }
}

/// Runs a command to its end and calls the callbacks meanwhile.
///
/// What is kept of its output is kept here, as Python's own, and not by the core.
pub(crate) async fn run(
    commands: Commands,
    command: String,
    mut options: RunOptions,
    callbacks: Callbacks,
    awaits: bool,
) -> PyResult<Finished> {
    let keeps = options.retain_output.unwrap_or(true);
    options.retain_output = Some(false);
    let batch = if callbacks.are_given() { 1 } else { BATCH };
    let start = async move {
        let handle = commands.start(&command, options).await?;
        Ok(gather(handle, batch).await)
    };
    let mut gathered = runtime::spawn(start).await?;
    let mut transcript = Transcript::new(keeps);
    loop {
        for output in gathered.pieces {
            transcript.push(&output)?;
            callbacks.call(output, awaits).await?;
        }
        let handle = gathered.handle;
        match gathered.ending {
            Some(ending) => return transcript.finish(ending),
            None => {
                gathered = runtime::spawn(async move { Ok(gather(handle, batch).await) }).await?;
            }
        }
    }
}

/// Some output of a command.
struct Gathered {
    handle: CommandHandle,
    pieces: Vec<Output>,
    /// How it ended, if there is no further output.
    ending: Option<sandspan::Result<sandspan::CommandResult>>,
}

/// Waits for so much output, or for the end.
async fn gather(handle: CommandHandle, batch: usize) -> Gathered {
    let (mut pieces, mut length) = (Vec::new(), 0);
    let mut ending = None;
    while length < batch {
        let Some(output) = handle.next_output().await else {
            ending = Some(handle.wait().await);
            break;
        };
        length += match &output {
            Output::Stdout(text) | Output::Stderr(text) => text.len(),
            Output::Pty(bytes) => bytes.len(),
        };
        pieces.push(output);
    }
    Gathered {
        handle,
        pieces,
        ending,
    }
}

/// What a command wrote.
struct Transcript {
    keeps: bool,
    stdout: Text,
    stderr: Text,
}

impl Transcript {
    fn new(keeps: bool) -> Self {
        Self {
            keeps,
            stdout: Text::default(),
            stderr: Text::default(),
        }
    }

    fn push(&mut self, output: &Output) -> PyResult<()> {
        Python::attach(|py| match output {
            _ if !self.keeps => Ok(()),
            Output::Stdout(text) => self.stdout.push(py, text),
            Output::Stderr(text) => self.stderr.push(py, text),
            Output::Pty(_) => Ok(()),
        })
    }

    /// The result, or the exception of a command that failed.
    fn finish(self, ending: sandspan::Result<sandspan::CommandResult>) -> PyResult<Finished> {
        let (result, is_failure) = match ending {
            Ok(result) => (result, false),
            Err(error) => match error.command_result() {
                Some(result) if error.kind() == ErrorKind::CommandExit => (result.clone(), true),
                _ => return Err(error::raise(error)),
            },
        };
        Python::attach(|py| {
            let finished = Finished {
                stderr: self.keeps.then(|| self.stderr.into_string(py)),
                stdout: self.keeps.then(|| self.stdout.into_string(py)),
                exit_code: result.exit_code,
                error: result.error,
            };
            if is_failure {
                return Err(error::command_exit(&finished.fields(py)?)?);
            }
            Ok(finished)
        })
    }
}
