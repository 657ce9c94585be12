//! The configuration of Git, and of its credentials.

use super::{
    AuthenticateOptions, ConfigOptions, Git, Line, command::given, credentials::check_line,
};
use crate::{CommandResult, Error, ErrorKind, Result};

/// Git's exit code for a key that is not set.
const NOT_SET: i32 = 1;

impl Git {
    /// Sets a value of the configuration.
    ///
    /// Fails with the kind [`ErrorKind::InvalidArgument`] for a scope that does not exist, and for
    /// the scope `local` without a repository.
    pub async fn set_config(
        &self,
        key: &str,
        value: &str,
        options: ConfigOptions,
    ) -> Result<CommandResult> {
        let line = config("git.set_config", key, &options)?.words([key, value]);
        self.run(&line).await
    }

    /// A value of the configuration; none where it is not set.
    ///
    /// Fails as [`set_config`](Self::set_config) does.
    pub async fn get_config(&self, key: &str, options: ConfigOptions) -> Result<Option<String>> {
        let line = config("git.get_config", key, &options)?.words(["--get", key]);
        match self.run(&line).await {
            Ok(result) => Ok(text(&result.stdout)),
            Err(error) if exit_code(&error) == Some(NOT_SET) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sets the name and the address of the author of commits.
    ///
    /// Fails as [`set_config`](Self::set_config) does, and without one of the two.
    pub async fn configure_user(
        &self,
        name: &str,
        email: &str,
        options: ConfigOptions,
    ) -> Result<CommandResult> {
        if name.is_empty() || email.is_empty() {
            let message = "Both name and email are required.";
            return Err(invalid("git.configure_user", message));
        }
        self.set_config("user.name", name, options.clone()).await?;
        self.set_config("user.email", email, options).await
    }

    /// Stores credentials for all that Git does in the sandbox from now on. Whatever runs there can
    /// read them; where possible, give credentials to one operation instead, or short-lived ones.
    ///
    /// Fails with the kind [`ErrorKind::InvalidArgument`] without one of the two.
    pub async fn dangerously_authenticate(
        &self,
        username: &str,
        password: &str,
        options: AuthenticateOptions,
    ) -> Result<CommandResult> {
        const OPERATION: &str = "git.dangerously_authenticate";
        if username.is_empty() || password.is_empty() {
            let message = "Both username and password are required to authenticate git.";
            return Err(invalid(OPERATION, message));
        }
        let trimmed = |text: Option<String>| text.unwrap_or_default().trim().to_owned();
        let (host, protocol) = (trimmed(options.host), trimmed(options.protocol));
        let fields = [
            ("protocol", given(Some(&protocol)).unwrap_or("https")),
            ("host", given(Some(&host)).unwrap_or("github.com")),
            ("username", username),
            ("password", password),
        ];
        let mut input = String::new();
        for (name, value) in fields {
            check_line(OPERATION, name, value)?;
            input.extend([name, "=", value, "\n"]);
        }
        // An empty line ends the input.
        input.push('\n');
        self.set_config("credential.helper", "store", ConfigOptions::default())
            .await?;
        let approve = Line::new("credential").word("approve").to_string();
        self.run_with_secret(&approve, input).await
    }
}

/// The beginning of a command for a key.
fn config(operation: &'static str, key: &str, options: &ConfigOptions) -> Result<Line> {
    if key.is_empty() {
        return Err(invalid(operation, "Git config key is required."));
    }
    let scope = given(options.scope.as_deref()).unwrap_or("global");
    let scope = scope.trim().to_lowercase();
    let line = Line::new("config");
    match scope.as_str() {
        "global" | "system" => Ok(line.words([format!("--{scope}")])),
        "local" => {
            let Some(path) = given(options.path.as_deref()) else {
                let message = "Repository path is required when scope is local.";
                return Err(invalid(operation, message));
            };
            Ok(line.at(path).word("--local"))
        }
        _ => {
            let message = "Git config scope must be one of: global, local, system.";
            Err(invalid(operation, message))
        }
    }
}

/// What a command wrote, without the line break at its end; none where that is nothing.
pub(super) fn text(output: &str) -> Option<String> {
    given(Some(output.trim())).map(str::to_owned)
}

/// The exit code of the command that failed, if that is the error.
pub(super) fn exit_code(error: &Error) -> Option<i32> {
    Some(error.command_result()?.exit_code)
}

fn invalid(operation: &'static str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, operation, message)
}

#[cfg(test)]
mod tests {
    use super::config;
    use crate::ConfigOptions;

    fn options(scope: Option<&str>, path: Option<&str>) -> ConfigOptions {
        ConfigOptions {
            scope: scope.map(str::to_owned),
            path: path.map(str::to_owned),
        }
    }

    #[test]
    fn scopes() {
        let cases = [
            (options(None, None), "git 'config' '--global'"),
            (
                options(Some(" System "), Some("/r")),
                "git 'config' '--system'",
            ),
            (
                options(Some("local"), Some("/r")),
                "git -C '/r' 'config' '--local'",
            ),
        ];
        for (options, expected) in cases {
            let line = config("git.get_config", "a.b", &options).expect("valid");
            assert_eq!(line.to_string(), expected);
        }
        let refused = [
            (
                options(Some("local"), None),
                "a.b",
                "Repository path is required when scope is local.",
            ),
            (
                options(Some("worktree"), None),
                "a.b",
                "Git config scope must be one of: global, local, system.",
            ),
            (options(None, None), "", "Git config key is required."),
        ];
        for (options, key, expected) in refused {
            let error = config("git.get_config", key, &options).expect_err("refused");
            assert_eq!(error.message(), expected);
        }
    }
}
