//! What comes of code.

use napi_derive::napi;

use crate::text::Text;

/// All that came of code.
#[napi(object, object_from_js = false)]
pub struct CodeOutput {
    /// What it displayed, and what its last line came to.
    pub results: Vec<CodeResult>,
    /// The pieces of its standard output.
    #[napi(ts_type = "string[]")]
    pub stdout: Vec<Text>,
    /// The pieces of its standard error.
    #[napi(ts_type = "string[]")]
    pub stderr: Vec<Text>,
    /// The exception that ended it, if one did.
    pub error: Option<CodeError>,
    /// How many runs its context has seen, with this one.
    pub execution_count: Option<i64>,
}

impl From<sandspan::Execution> for CodeOutput {
    fn from(execution: sandspan::Execution) -> Self {
        let texts = |pieces: Vec<String>| pieces.into_iter().map(Text::from).collect();
        Self {
            results: execution.results.into_iter().map(Into::into).collect(),
            stdout: texts(execution.logs.stdout),
            stderr: texts(execution.logs.stderr),
            error: execution.error.map(CodeError::from),
            execution_count: execution.execution_count.map(number),
        }
    }
}

/// Something that code displayed or came to.
#[napi(object, object_from_js = false)]
pub struct CodeResult {
    /// All its forms, in the JSON that came, which JavaScript reads faster than it makes objects
    /// here.
    #[napi(ts_type = "string")]
    pub json: Text,
    /// Whether it is what the last line came to.
    pub is_main_result: bool,
}

impl From<sandspan::ExecutionResult> for CodeResult {
    fn from(result: sandspan::ExecutionResult) -> Self {
        Self {
            is_main_result: result.is_main_result(),
            json: result.into_raw_json().into(),
        }
    }
}

/// The exception that ended code.
#[napi(object, object_from_js = false)]
pub struct CodeError {
    /// Its class.
    pub name: String,
    /// What it says.
    pub value: String,
    /// Where it was raised.
    pub traceback: String,
}

impl From<sandspan::ExecutionError> for CodeError {
    fn from(error: sandspan::ExecutionError) -> Self {
        Self {
            name: error.name,
            value: error.value,
            traceback: error.traceback,
        }
    }
}

/// What happened next: one of the fields is there.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct CodeEvent {
    /// It printed this to its standard output.
    #[napi(ts_type = "string")]
    pub stdout: Option<Text>,
    /// It printed this to its standard error.
    #[napi(ts_type = "string")]
    pub stderr: Option<Text>,
    /// It displayed this, or came to it.
    pub result: Option<CodeResult>,
    /// It ended with this exception.
    pub error: Option<CodeError>,
    /// How many runs its context has seen, with this one.
    pub execution_count: Option<i64>,
}

impl From<sandspan::CodeEvent> for CodeEvent {
    fn from(event: sandspan::CodeEvent) -> Self {
        use sandspan::CodeEvent as Event;

        let mut fields = Self::default();
        match event {
            Event::Output(output) if output.error => fields.stderr = Some(output.line.into()),
            Event::Output(output) => fields.stdout = Some(output.line.into()),
            Event::Result(result) => fields.result = Some(result.into()),
            Event::Error(error) => fields.error = Some(error.into()),
            Event::ExecutionCount(count) => fields.execution_count = Some(number(count)),
            // A newer core's, which this half is always built with.
            _ => {}
        }
        fields
    }
}

/// A count as JavaScript has numbers, and not as it has large ones.
fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
