//! Arguments that know their own names.

use std::{collections::BTreeMap, time::Duration};

use pyo3::{
    inspect::PyStaticExpr, prelude::*, type_hint_identifier, type_hint_subscript, type_hint_union,
};

use crate::parsing::{count, flag, port, seconds, strings, text};

/// Defines an argument that stands for a value of the core and knows its own name.
macro_rules! named_argument {
    ($(#[$doc:meta])* $type:ident($value:ty) = $extract:ident($name:literal), $hint:expr) => {
        $(#[$doc])*
        pub(crate) struct $type($value);

        impl From<$type> for $value {
            fn from(argument: $type) -> Self {
                argument.0
            }
        }

        impl FromPyObject<'_, '_> for $type {
            type Error = PyErr;

            const INPUT_TYPE: PyStaticExpr = $hint;

            fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
                $extract($name, &value).map(Self)
            }
        }
    };
}

pub(crate) use named_argument;

pub(crate) const STR: PyStaticExpr = type_hint_identifier!("builtins", "str");
pub(crate) const INT: PyStaticExpr = type_hint_identifier!("builtins", "int");
pub(crate) const BOOL: PyStaticExpr = type_hint_identifier!("builtins", "bool");
pub(crate) const SECONDS: PyStaticExpr = type_hint_union!(
    type_hint_identifier!("builtins", "float"),
    type_hint_identifier!("datetime", "timedelta")
);
pub(crate) const STRINGS: PyStaticExpr = type_hint_subscript!(
    type_hint_identifier!("collections.abc", "Mapping"),
    STR,
    STR
);

named_argument!(
    /// The timeout of a sandbox or of a command.
    Timeout(Duration) = seconds("timeout"), SECONDS
);
named_argument!(
    /// How long a sandbox may be idle.
    IdleTimeout(Duration) = seconds("idle_timeout"), SECONDS
);
named_argument!(
    /// By how much a sandbox's life is extended each time.
    ExtendBy(Duration) = seconds("extend_by"), SECONDS
);
named_argument!(
    /// How long one request may take.
    RequestTimeout(Duration) = seconds("request_timeout"), SECONDS
);
named_argument!(
    /// What to find a sandbox by.
    Metadata(BTreeMap<String, String>) = strings("metadata"), STRINGS
);
named_argument!(
    /// Environment variables.
    Envs(BTreeMap<String, String>) = strings("envs"), STRINGS
);
named_argument!(
    /// Headers of requests.
    Headers(BTreeMap<String, String>) = strings("headers"), STRINGS
);

named_argument!(
    /// The id of a sandbox.
    SandboxId(String) = text("sandbox_id"), STR
);
named_argument!(
    /// The name or id of a template.
    Template(String) = text("template"), STR
);
named_argument!(
    /// What makes a creation safe to repeat.
    IdempotencyKey(String) = text("idempotency_key"), STR
);
named_argument!(
    /// Where a list goes on.
    NextToken(String) = text("next_token"), STR
);
named_argument!(
    /// A command.
    Command(String) = text("cmd"), STR
);
named_argument!(
    /// Where to run a command.
    WorkingDirectory(String) = text("cwd"), STR
);
named_argument!(
    /// Whom to run a command as.
    User(String) = text("user"), STR
);
named_argument!(
    /// The name of a service.
    Provider(String) = text("provider"), STR
);
named_argument!(
    /// The key for a service.
    ApiKey(String) = text("api_key"), STR
);
named_argument!(
    /// The domain of a service.
    Domain(String) = text("domain"), STR
);
named_argument!(
    /// The URL of a control plane.
    ApiUrl(String) = text("api_url"), STR
);
named_argument!(
    /// The URL of all sandboxes.
    SandboxUrl(String) = text("sandbox_url"), STR
);
named_argument!(
    /// The URL of a proxy.
    Proxy(String) = text("proxy"), STR
);
named_argument!(
    /// A port of a sandbox.
    Port(u16) = port("port"), INT
);
named_argument!(
    /// The id of a process in a sandbox.
    ProcessId(u32) = count("pid"), INT
);
named_argument!(
    /// How many lines a terminal has.
    Rows(u32) = count("rows"), INT
);
named_argument!(
    /// How many columns a terminal has.
    Cols(u32) = count("cols"), INT
);
named_argument!(
    /// The size of a page.
    Limit(u32) = count("limit"), INT
);
named_argument!(
    /// Whether a sandbox's agent asks for a token.
    Secure(bool) = flag("secure"), BOOL
);
named_argument!(
    /// Whether a sandbox may reach the internet.
    AllowInternetAccess(bool) = flag("allow_internet_access"), BOOL
);
named_argument!(
    /// Whether a sandbox's ports answer without its token.
    AllowPublicTraffic(bool) = flag("allow_public_traffic"), BOOL
);
named_argument!(
    /// The host name that servers in a sandbox see.
    MaskRequestHost(String) = text("mask_request_host"), STR
);
named_argument!(
    /// Whether a process that nobody is attached to keeps a sandbox from being idle.
    IdleCountsProcesses(bool) = flag("idle_counts_processes"), BOOL
);
named_argument!(
    /// Whether a sandbox is paused when its time is over.
    AutoPause(bool) = flag("auto_pause"), BOOL
);
named_argument!(
    /// Whether traffic resumes a sandbox.
    AutoResume(bool) = flag("auto_resume"), BOOL
);
named_argument!(
    /// Whether a paused sandbox keeps its memory.
    KeepMemory(bool) = flag("keep_memory"), BOOL
);
named_argument!(
    /// Whether not to wait for a command.
    Background(bool) = flag("background"), BOOL
);
named_argument!(
    /// Whether the output of a command is kept for its result.
    RetainOutput(bool) = flag("retain_output"), BOOL
);
named_argument!(
    /// Whether a command has an input.
    Stdin(bool) = flag("stdin"), BOOL
);
