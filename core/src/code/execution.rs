//! What came of an execution.

use serde::Serialize;

use super::{CodeEvent, ExecutionResult};

/// What came of an execution.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Execution {
    /// What the code displayed, and what it came to, in the order in which they came.
    pub results: Vec<ExecutionResult>,
    /// What the code printed.
    pub logs: Logs,
    /// How the code failed, where it did.
    pub error: Option<ExecutionError>,
    /// How many executions the context has seen, with this one.
    #[serde(skip)]
    pub execution_count: Option<u64>,
}

/// What code printed, in the pieces in which it came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Logs {
    /// The pieces of the standard output.
    pub stdout: Vec<String>,
    /// The pieces of the standard error.
    pub stderr: Vec<String>,
}

/// How code failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExecutionError {
    /// The class of the exception.
    pub name: String,
    /// What it says.
    pub value: String,
    /// Where it was raised, as the kernel shows it. A service may send it with colours for a
    /// terminal.
    pub traceback: String,
}

impl Execution {
    /// Adds what happened next.
    pub fn push(&mut self, event: CodeEvent) {
        match event {
            CodeEvent::Output(output) if output.error => self.logs.stderr.push(output.line),
            CodeEvent::Output(output) => self.logs.stdout.push(output.line),
            CodeEvent::Result(result) => self.results.push(result),
            CodeEvent::Error(error) => self.error = Some(error),
            CodeEvent::ExecutionCount(count) => self.execution_count = Some(count),
        }
    }

    /// What the code came to, as a text: that of its last line, where that has a value.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        let mut results = self.results.iter();
        results.find(|result| result.is_main_result())?.text()
    }

    /// The results, the logs and the error in JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts are JSON")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Execution, ExecutionError};
    use crate::{CodeEvent, ExecutionResult, OutputMessage};

    fn result(raw: &Value) -> CodeEvent {
        let is_main_result = raw["is_main_result"] == true;
        CodeEvent::Result(ExecutionResult::new(raw.to_string(), is_main_result))
    }

    fn output(line: &str, error: bool) -> CodeEvent {
        CodeEvent::Output(OutputMessage {
            line: line.to_owned(),
            timestamp: None,
            error,
        })
    }

    #[test]
    fn gathers_what_happens() {
        let mut execution = Execution::default();
        let error = ExecutionError {
            name: "E".to_owned(),
            ..ExecutionError::default()
        };
        for event in [
            CodeEvent::ExecutionCount(3),
            output("a\n", false),
            output("b\n", true),
            output("c\n", false),
            result(&json!({ "text": "shown", "is_main_result": false })),
            result(&json!({ "text": "2", "is_main_result": true })),
            CodeEvent::Error(error),
        ] {
            execution.push(event);
        }
        assert_eq!(execution.text(), Some("2"));
        assert_eq!(execution.execution_count, Some(3));
        let expected = json!({
            "results": [{ "text": "shown" }, { "text": "2" }],
            "logs": { "stdout": ["a\n", "c\n"], "stderr": ["b\n"] },
            "error": { "name": "E", "value": "", "traceback": "" },
        });
        let json: Value = serde_json::from_str(&execution.to_json()).expect("JSON");
        assert_eq!(json, expected);
    }

    #[test]
    fn nothing_comes_of_nothing() {
        let execution = Execution::default();
        assert_eq!(execution.text(), None);
        let json = r#"{"results":[],"logs":{"stdout":[],"stderr":[]},"error":null}"#;
        assert_eq!(execution.to_json(), json);
    }
}
