//! The texts of errors, as people know them from the packages they come from.

mod code;
mod files;
mod lifetimes;

use std::sync::OnceLock;

use connectrpc::ErrorCode;

use crate::{CommandResult, provider::Profile};

/// How messages name options and methods, which differs between languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// `timeout` and `.set_timeout`; the default.
    Rust,
    /// `timeout` and `.set_timeout`.
    Python,
    /// `timeoutMs` and `.setTimeout`.
    JavaScript,
}

static NAMING: OnceLock<Naming> = OnceLock::new();

/// Sets how messages name options and methods. A binding does so once, when it is loaded; the
/// first call counts.
pub fn set_naming(naming: Naming) {
    NAMING.get_or_init(|| naming);
}

impl Naming {
    pub(crate) fn current() -> Self {
        NAMING.get().copied().unwrap_or(Self::Rust)
    }

    fn is_javascript(self) -> bool {
        self == Self::JavaScript
    }

    /// The name of an option.
    pub(crate) fn option(self, name: &str) -> String {
        if !self.is_javascript() {
            return name.to_owned();
        }
        let mut words = name.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |mut camel, word| {
            camel.extend(word.chars().take(1).flat_map(char::to_uppercase));
            camel.extend(word.chars().skip(1));
            camel
        })
    }

    pub(crate) fn key_required(self, profile: &Profile) -> String {
        let (source, variable) = (profile.key_source, profile.key_variables[0]);
        let example = profile.key_example;
        let argument = if self.is_javascript() {
            format!("the sandbox like Sandbox.create({{ apiKey: '{example}' }})")
        } else {
            format!("the method like api_key=\"{example}\"")
        };
        format!(
            "API key is required, {source}. You can either set the environment variable \
             `{variable}` or you can pass it directly to {argument}"
        )
    }

    /// The control plane's answers that upstream words in its own way.
    pub(crate) fn control(self, status: u16, message: &str) -> String {
        let (text, end) = match status {
            401 => ("Unauthorized, please check your credentials", "."),
            429 => ("Rate limit exceeded, please try again later", ""),
            503 => ("Service temporarily unavailable, please retry", ""),
            _ => return format!("{status}: {message}"),
        };
        if self.is_javascript() {
            format!("{text}{end} - {message}")
        } else {
            format!("{status}: {text}. - {message}")
        }
    }

    pub(crate) fn request_timed_out(self) -> String {
        let option = if self.is_javascript() {
            "requestTimeoutMs"
        } else {
            "request_timeout"
        };
        format!("Request timed out — the '{option}' option can be used to increase this timeout")
    }

    /// An error of an RPC that is passed on as it is.
    pub(crate) fn coded(self, code: ErrorCode, message: &str) -> String {
        if self.is_javascript() {
            format!("[{}] {message}", code.as_str())
        } else {
            message.to_owned()
        }
    }

    /// An error of an RPC that no kind is made for.
    pub(crate) fn uncommon(self, code: ErrorCode, message: &str) -> String {
        let name = code.as_str();
        if self.is_javascript() {
            format!("{}: [{name}] {message}", code.grpc_code())
        } else {
            format!("Code.{}: {message}", name.to_uppercase())
        }
    }

    /// An error of an RPC with an explanation behind it.
    fn explained(self, code: ErrorCode, message: &str, javascript: &str, others: &str) -> String {
        let explanation = if self.is_javascript() {
            javascript
        } else {
            others
        };
        format!("{}: {explanation}", self.coded(code, message))
    }

    fn unavailable(self, message: &str, others: &str) -> String {
        let javascript = "This error is likely due to sandbox timeout. You can modify the \
                          sandbox timeout by passing 'timeoutMs' when starting the sandbox or \
                          calling '.setTimeout' on the sandbox with the desired timeout.";
        self.explained(ErrorCode::Unavailable, message, javascript, others)
    }

    pub(crate) fn not_running(self, message: &str) -> String {
        self.unavailable(
            message,
            "The sandbox was killed or reached its timeout. You can modify the sandbox timeout \
             by passing 'timeout' when starting the sandbox or calling '.set_timeout' on the \
             sandbox with the desired timeout.",
        )
    }

    /// What a command that cannot be started in a sandbox that is gone says.
    pub(crate) fn not_running_at_start(self, message: &str) -> String {
        if self.is_javascript() {
            "Sandbox is probably not running anymore".to_owned()
        } else {
            self.not_running(message)
        }
    }

    pub(crate) fn ended_in_flight(self, message: &str) -> String {
        self.unavailable(
            message,
            "The sandbox was killed or reached its end of life while the request was in flight.",
        )
    }

    pub(crate) fn paused(self) -> String {
        let call = if self.is_javascript() {
            "Sandbox.connect(sandboxId)"
        } else {
            "Sandbox.connect(sandbox_id)"
        };
        format!("The sandbox is paused. '{call}' resumes it.")
    }

    pub(crate) fn agent_unreachable(self, message: &str) -> String {
        self.unavailable(
            message,
            "The sandbox is running but envd inside it could not be reached (e.g. its network is \
             down). Check the sandbox state with 'Sandbox.get_info()'.",
        )
    }

    pub(crate) fn broke_while_running(self, message: &str) -> String {
        self.unavailable(
            message,
            "The sandbox is running, but the connection to it broke while the request was in \
             flight.",
        )
    }

    pub(crate) fn state_unknown(self, message: &str) -> String {
        self.unavailable(
            message,
            "The sandbox could not be reached and its state is unknown — check it with \
             'Sandbox.get_info()'.",
        )
    }

    pub(crate) fn too_many_requests(self, message: &str) -> String {
        let explanation = "Rate limit exceeded, please try again later.";
        self.explained(
            ErrorCode::ResourceExhausted,
            message,
            explanation,
            explanation,
        )
    }

    pub(crate) fn canceled(self, message: &str) -> String {
        self.explained(
            ErrorCode::Canceled,
            message,
            "This error is likely due to exceeding 'requestTimeoutMs'. You can pass the request \
             timeout value as an option when making the request.",
            "The request was cancelled by the server or a proxy while it was in flight — for \
             example when the sandbox is paused or shut down.",
        )
    }

    pub(crate) fn deadline_exceeded(self, message: &str) -> String {
        self.explained(
            ErrorCode::DeadlineExceeded,
            message,
            "This error is likely due to exceeding 'timeoutMs' — the total time a long running \
             request (like command execution or directory watch) can be active. It can be \
             modified by passing 'timeoutMs' when making the request. Use '0' to disable the \
             timeout.",
            "This error is likely due to exceeding 'timeout' — the total time a long running \
             request (like process or directory watch) can be active — or 'request_timeout'. You \
             can modify these by passing 'timeout' or 'request_timeout' when making the request. \
             Use '0' to disable the timeout.",
        )
    }

    pub(crate) fn command_exit(self, result: &CommandResult) -> String {
        let error = result.error.as_deref().unwrap_or_default();
        if self.is_javascript() {
            return error.to_owned();
        }
        let (code, stderr) = (result.exit_code, &result.stderr);
        if !result.retained {
            return format!("Command exited with code {code}");
        }
        format!("Command exited with code {code} and error:\n{stderr}")
    }

    /// The name of an option that is a duration, which JavaScript gives in milliseconds.
    pub(crate) fn duration_option(self, name: &str) -> String {
        let unit = if self.is_javascript() { "Ms" } else { "" };
        format!("{}{unit}", self.option(name))
    }

    pub(crate) fn proxy_without_address(self) -> String {
        let name = self.option("egress_proxy");
        let kind = if self.is_javascript() {
            "an object"
        } else {
            "a dict"
        };
        format!(
            "network {name} must be {kind} with a string 'address' (e.g. 'proxy.example.com:1080')."
        )
    }

    /// How a caller says that a branch is to follow the remote's.
    pub(crate) fn set_upstream(self) -> &'static str {
        if self.is_javascript() {
            "{ setUpstream: true }"
        } else {
            "set_upstream=True"
        }
    }

    pub(crate) fn no_result(self) -> &'static str {
        if self.is_javascript() {
            "Process exited without a result"
        } else {
            "Command ended without an end event"
        }
    }

    pub(crate) fn no_start(self, got: &str) -> String {
        if self.is_javascript() {
            "Expected start event".to_owned()
        } else {
            format!("Failed to start process: expected start event, got {got}")
        }
    }
}

#[cfg(test)]
mod tests {
    use connectrpc::ErrorCode;

    use super::Naming;
    use crate::CommandResult;

    #[test]
    fn options_are_named_as_in_the_language() {
        assert_eq!(Naming::Python.option("api_url"), "api_url");
        assert_eq!(Naming::JavaScript.option("api_url"), "apiUrl");
        assert_eq!(Naming::JavaScript.option("proxy"), "proxy");
    }

    #[test]
    fn control_plane_texts() {
        let cases = [
            (400, "400: M", "400: M"),
            (
                401,
                "401: Unauthorized, please check your credentials. - M",
                "Unauthorized, please check your credentials. - M",
            ),
            (
                429,
                "429: Rate limit exceeded, please try again later. - M",
                "Rate limit exceeded, please try again later - M",
            ),
            (
                503,
                "503: Service temporarily unavailable, please retry. - M",
                "Service temporarily unavailable, please retry - M",
            ),
        ];
        for (status, python, javascript) in cases {
            assert_eq!(Naming::Python.control(status, "M"), python);
            assert_eq!(Naming::JavaScript.control(status, "M"), javascript);
        }
    }

    #[test]
    fn rpc_texts() {
        let (python, javascript) = (Naming::Python, Naming::JavaScript);
        assert_eq!(python.coded(ErrorCode::NotFound, "M"), "M");
        assert_eq!(javascript.coded(ErrorCode::NotFound, "M"), "[not_found] M");
        assert_eq!(
            python.uncommon(ErrorCode::AlreadyExists, "M"),
            "Code.ALREADY_EXISTS: M"
        );
        assert_eq!(
            javascript.uncommon(ErrorCode::AlreadyExists, "M"),
            "6: [already_exists] M"
        );
        assert_eq!(
            javascript.not_running_at_start("M"),
            "Sandbox is probably not running anymore"
        );
        assert!(
            python
                .not_running("M")
                .starts_with("M: The sandbox was killed or")
        );
        assert!(
            javascript
                .canceled("M")
                .starts_with("[canceled] M: This error is likely")
        );
    }

    #[test]
    fn command_exit_texts() {
        let result = CommandResult {
            stderr: "boom".to_owned(),
            stdout: String::new(),
            exit_code: 3,
            error: Some("exit status 3".to_owned()),
            retained: true,
        };
        assert_eq!(
            Naming::Python.command_exit(&result),
            "Command exited with code 3 and error:\nboom"
        );
        assert_eq!(Naming::JavaScript.command_exit(&result), "exit status 3");
    }
}
