//! Credentials for remote repositories.
//!
//! They travel on the input of a command, and within the sandbox in the environment of that `git`
//! alone, which asks a credential helper of its own for them. So they stand in no command line, which
//! every user of the sandbox can list and agents write into logs, in no list of processes with their
//! variables, in no configuration and no URL. They are offered to the one host that they are for,
//! and to no helper that could store them.
//!
//! They are no secret from whoever runs as the same user, or as root: such a process can read the
//! environment of that `git` while it runs. Of what Git says, they are taken out as they are and as
//! URLs have them, and in no other form.

use std::fmt;

use reqwest::Url;

use super::command::{Line, given};
use crate::{CommandResult, Error, ErrorKind, Naming, Result};

/// Answers Git's question for credentials, as `credential.helper` has it.
const HELPER: &str = "!answer() { if test \"$1\" = get; then printf 'username=%s\\npassword=%s\\n' \
                      \"$SANDSPAN_GIT_USERNAME\" \"$SANDSPAN_GIT_PASSWORD\"; fi; }; answer";

/// Takes the credentials from the input into the environment.
const READ: &str = "IFS= read -r SANDSPAN_GIT_USERNAME && IFS= read -r SANDSPAN_GIT_PASSWORD && \
                    export SANDSPAN_GIT_USERNAME SANDSPAN_GIT_PASSWORD && ";

/// What stands where a secret stood.
const REDACTED: &str = "***";

/// A user name and a password for one host.
pub(super) struct Credentials {
    username: String,
    password: String,
    /// The URL of the host.
    origin: String,
    /// The URL of the repository, with the credentials in it.
    url: Url,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Credentials");
        debug.field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl Credentials {
    /// Credentials for the repository at a URL, if both are given.
    pub(super) fn new(
        operation: &'static str,
        url: &str,
        username: Option<&str>,
        password: Option<&str>,
    ) -> Result<Option<Self>> {
        let (Some(username), Some(password)) = (given(username), given(password)) else {
            return Ok(None);
        };
        check_line(operation, "username", username)?;
        check_line(operation, "password", password)?;
        let pair = (username.to_owned(), password.to_owned());
        let credentials = Self::found(url, pair).ok_or_else(|| {
            let message = "Only http(s) Git URLs support username/password credentials.";
            invalid(operation, message)
        })?;
        Ok(Some(credentials))
    }

    /// Those that were found in the URL of a repository, which is given without them.
    pub(super) fn found(url: &str, (username, password): (String, String)) -> Option<Self> {
        let url = parse(url)?;
        let origin = url.origin().ascii_serialization();
        let mut credentials = Self {
            username,
            password,
            origin,
            url,
        };
        credentials.complete();
        Some(credentials)
    }

    /// Puts them into the URL.
    fn complete(&mut self) {
        let password = given(Some(&self.password));
        let is_set = self.url.set_username(&self.username).is_ok()
            && self.url.set_password(password).is_ok();
        debug_assert!(is_set, "a URL of HTTP has a host");
    }

    /// The same command, which uses the credentials. It reads [`input`](Self::input) first.
    pub(super) fn command(&self, line: Line) -> String {
        let line = line
            // An empty one forgets those that are configured.
            .set("credential.helper", "")
            .set(&format!("credential.{}.helper", self.origin), HELPER);
        format!("{READ}{line} </dev/null")
    }

    pub(super) fn input(&self) -> String {
        format!("{}\n{}\n", self.username, self.password)
    }

    /// The URL of the repository, with the credentials in it.
    pub(super) fn url(&self) -> &str {
        self.url.as_str()
    }

    /// What a command came to that used the credentials, [without](Self::without) them.
    pub(super) fn redacted(&self, result: Result<CommandResult>) -> Result<CommandResult> {
        let error = match result {
            Ok(result) => return Ok(self.without(result)),
            Err(error) => error,
        };
        match error.command_result() {
            Some(result) => {
                let result = self.without(result.clone());
                let message = Naming::current().command_exit(&result);
                let redacted = Error::new(error.kind(), error.operation(), message);
                Err(redacted.with_command_result(result))
            }
            None => Err(error),
        }
    }

    /// Takes out the secret, and the user name where it stands in a URL, for it may be a token as
    /// well. Both are looked for as they are and as URLs have them.
    fn without(&self, result: CommandResult) -> CommandResult {
        // A token alone stands in the place of the user name.
        let (secret, encoded) = match self.url.password() {
            Some(password) => (&self.password, password),
            None => (&self.username, self.url.username()),
        };
        let without = |text: String| {
            let text = text.replace(secret, REDACTED).replace(encoded, REDACTED);
            [&self.username, self.url.username()]
                .into_iter()
                .filter(|name| !name.is_empty())
                .fold(text, |text, name| {
                    text.replace(&format!("//{name}@"), &format!("//{REDACTED}@"))
                        .replace(&format!("//{name}:{REDACTED}@"), &format!("//{REDACTED}@"))
                })
        };
        CommandResult {
            stdout: without(result.stdout),
            stderr: without(result.stderr),
            ..result
        }
    }
}

/// A URL without the credentials in it, and these, if there are any.
pub(super) fn split(url: &str) -> (String, Option<(String, String)>) {
    let Some(mut parsed) = parse(url) else {
        return (url.to_owned(), None);
    };
    if parsed.username().is_empty() && parsed.password().is_none() {
        return (url.to_owned(), None);
    }
    let decoded = |text: &str| {
        let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
        decoded.into_owned()
    };
    let username = decoded(parsed.username());
    let password = decoded(parsed.password().unwrap_or_default());
    let is_clean = parsed.set_username("").is_ok() && parsed.set_password(None).is_ok();
    debug_assert!(is_clean, "a URL of HTTP has a host");
    (parsed.into(), Some((username, password)))
}

fn parse(url: &str) -> Option<Url> {
    let url: Url = url.parse().ok()?;
    (["http", "https"].contains(&url.scheme()) && url.has_host()).then_some(url)
}

/// Checks a value of which the lines of a document tell one each.
pub(super) fn check_line(operation: &'static str, name: &str, value: &str) -> Result<()> {
    if value.contains(['\n', '\r', '\0']) {
        let message = format!("Invalid {name}: it contains a line break or a NUL character");
        return Err(invalid(operation, message));
    }
    Ok(())
}

/// Checks that a password has a user name.
pub(super) fn check_username(
    operation: &'static str,
    action: &str,
    username: Option<&str>,
    password: Option<&str>,
) -> Result<()> {
    if given(password).is_some() && given(username).is_none() {
        let message =
            format!("Username is required when using a password or token for git {action}.");
        return Err(invalid(operation, message));
    }
    Ok(())
}

fn invalid(operation: &'static str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, operation, message)
}

#[cfg(test)]
mod tests {
    use super::{Credentials, split};
    use crate::{CommandResult, Error, ErrorKind, git::command::Line};

    fn credentials(url: &str) -> Credentials {
        let credentials = Credentials::new("git.push", url, Some("ann"), Some("p@ss 'w"));
        credentials.expect("valid").expect("given")
    }

    #[test]
    fn commands_and_urls_are_without_them() {
        let credentials = credentials("https://example.com:8443/a/b.git");
        let command = credentials.command(Line::new("push"));
        assert!(!command.contains("p@ss"), "{command}");
        assert!(command.contains("credential.https://example.com:8443.helper="));
        assert_eq!(credentials.input(), "ann\np@ss 'w\n");
        assert!(!format!("{credentials:?}").contains("ann"));
        let url = credentials.url();
        assert_eq!(url, "https://ann:p%40ss%20'w@example.com:8443/a/b.git");
        let (clean, found) = split(url);
        assert_eq!(clean, "https://example.com:8443/a/b.git");
        assert_eq!(found, Some(("ann".to_owned(), "p@ss 'w".to_owned())));
    }

    #[test]
    fn what_git_says_is_without_them() {
        let credentials = credentials("https://example.com/b");
        let result = CommandResult {
            stdout: "p@ss 'w".to_owned(),
            stderr: "fatal: https://ann:p%40ss%20'w@example.com 'https://ann@example.com'"
                .to_owned(),
            exit_code: 128,
            error: None,
            retained: true,
        };
        let error = Error::new(ErrorKind::CommandExit, "commands.run", "p@ss 'w");
        let error = error.with_command_result(result);
        let error = credentials.redacted(Err(error)).expect_err("it failed");
        let shown = format!("{error} {:?}", error.command_result());
        assert!(
            !shown.contains("p@ss") && !shown.contains("p%40") && !shown.contains("ann"),
            "{shown}"
        );
    }

    #[test]
    fn other_urls_have_none() {
        for url in [
            "git@example.com:a/b.git",
            "/srv/a.git",
            "ssh://git@example.com/a",
        ] {
            assert_eq!(split(url), (url.to_owned(), None));
            let error = Credentials::new("git.push", url, Some("ann"), Some("secret"));
            let error = error.expect_err("no HTTP");
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert_eq!(
                error.message(),
                "Only http(s) Git URLs support username/password credentials."
            );
        }
        let half = Credentials::new("git.push", "https://a/b", Some("ann"), None);
        assert!(half.expect("no error").is_none());
        let broken = Credentials::new("git.push", "https://a/b", Some("a\nb"), Some("c"));
        assert!(broken.is_err());
    }
}
