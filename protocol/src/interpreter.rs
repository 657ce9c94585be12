//! The code interpreter: a server on a port of the sandboxes that are made from its template. It
//! speaks plain JSON; what code prints and results in comes as one event a line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Tells whether the server answers.
pub const HEALTH_PATH: &str = "/health";

/// Runs code. Body: [`Execute`]; answer: a line for each [`Event`].
pub const EXECUTE_PATH: &str = "/execute";

/// The contexts: `GET` lists them, `POST` makes one (body: [`NewContext`]), `DELETE` of
/// `/contexts/<id>` removes one, and `POST` to `/contexts/<id>/restart` starts one anew.
pub const CONTEXTS_PATH: &str = "/contexts";

/// The body of an execution.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execute {
    /// What to run.
    pub code: String,
    /// In which context; without it in the default one of the language.
    #[serde(default)]
    pub context_id: Option<String>,
    /// In which language; without it, and without a context, in Python.
    #[serde(default)]
    pub language: Option<String>,
    /// Environment variables of this execution, beside those of the sandbox.
    #[serde(default)]
    pub env_vars: Option<BTreeMap<String, String>>,
}

/// The body of a new context.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewContext {
    /// Its language; without it Python.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Where it starts; without it the user's home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
}

/// A context: a kernel that keeps what code leaves in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Its id.
    pub id: String,
    /// Its language.
    pub language: String,
    /// Where it was started.
    pub cwd: String,
}

/// What happens while code runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// How many executions the context has seen, with this one.
    NumberOfExecutions {
        /// The number.
        execution_count: u64,
    },
    /// A piece of the standard output.
    Stdout(Text),
    /// A piece of the standard error.
    Stderr(Text),
    /// Something that the code displayed, or what it came to.
    Result(Map<String, Value>),
    /// The code failed.
    Error {
        /// The class of the exception.
        name: String,
        /// What it says.
        value: String,
        /// Where it was raised.
        traceback: String,
    },
    /// A sign of life on a quiet stream.
    Keepalive,
    /// Nothing comes after it.
    EndOfExecution,
    /// An event that only newer servers send.
    #[serde(other)]
    Unknown,
}

/// A piece of what code printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The text.
    pub text: String,
    /// When it was printed, in the form of ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
}
