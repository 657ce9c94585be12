//! What it means that Git failed at a remote repository.

use super::{
    command::given,
    credentials::{Credentials, check_username},
};
use crate::{Error, ErrorKind, Naming, Result};

/// What Git says where a remote refuses, in lower case.
const REFUSED: [&str; 7] = [
    "authentication failed",
    "terminal prompts disabled",
    "could not read username",
    "invalid username or password",
    "access denied",
    "permission denied",
    "not authorized",
];

/// What Git says where it does not know the upstream branch, in lower case.
const NO_UPSTREAM: [&str; 6] = [
    "no upstream branch",
    "no upstream configured",
    "no tracking information",
    "set the remote as upstream",
    "set the upstream branch",
    "please specify which branch you want to merge with",
];

/// What is done with a remote, and with which credentials.
#[derive(Clone, Copy)]
pub(super) struct Action<'a> {
    pub(super) operation: &'static str,
    /// The word for it.
    name: &'static str,
    username: Option<&'a str>,
    password: Option<&'a str>,
}

impl<'a> Action<'a> {
    pub(super) fn new(
        operation: &'static str,
        name: &'static str,
        username: Option<&'a str>,
        password: Option<&'a str>,
    ) -> Self {
        Self {
            operation,
            name,
            username: given(username),
            password: given(password),
        }
    }

    /// Checks that a password has a user name.
    pub(super) fn check(&self) -> Result<()> {
        check_username(self.operation, self.name, self.username, self.password)
    }

    pub(super) fn has_credentials(&self) -> bool {
        self.username.is_some() && self.password.is_some()
    }

    /// The credentials for a URL, if they are given.
    pub(super) fn credentials(&self, url: &str) -> Result<Option<Credentials>> {
        Credentials::new(self.operation, url, self.username, self.password)
    }

    pub(super) fn remote_required(&self) -> &'static str {
        if self.has_credentials() {
            "Remote is required when using username/password and the repository has multiple \
             remotes."
        } else {
            "Remote is required when a branch is given and the repository does not have exactly \
             one remote."
        }
    }

    /// The error of a command of Git, in the caller's terms.
    pub(super) fn explain(&self, error: Error) -> Error {
        let Some(result) = error.command_result() else {
            return error;
        };
        let said = format!("{}\n{}", result.stderr, result.stdout).to_lowercase();
        let says = |texts: &[&str]| texts.iter().any(|text| said.contains(text));
        if says(&REFUSED) {
            self.refused().with_source(error)
        } else if self.name != "clone" && says(&NO_UPSTREAM) {
            upstream_missing(self.operation, self.name).with_source(error)
        } else {
            error
        }
    }

    fn refused(&self) -> Error {
        let name = self.name;
        let message = if self.username.is_some() && self.password.is_none() {
            format!("Git {name} requires a password/token for private repositories.")
        } else {
            format!("Git {name} requires credentials for private repositories.")
        };
        Error::new(ErrorKind::GitAuth, self.operation, message)
    }
}

/// There is no upstream branch to push to or pull from.
pub(super) fn upstream_missing(operation: &'static str, name: &str) -> Error {
    let set_upstream = Naming::current().set_upstream();
    let message = if name == "push" {
        format!(
            "Git push failed because no upstream branch is configured. Set upstream once with \
             {set_upstream} (and optional remote/branch), or pass remote and branch explicitly."
        )
    } else {
        format!(
            "Git pull failed because no upstream branch is configured. Pass remote and branch \
             explicitly, or set upstream once (push with {set_upstream} or run: git branch \
             --set-upstream-to=origin/<branch> <branch>)."
        )
    };
    Error::new(ErrorKind::GitUpstream, operation, message)
}

#[cfg(test)]
mod tests {
    use super::Action;
    use crate::{CommandResult, Error, ErrorKind};

    fn failed(stderr: &str) -> Error {
        let result = CommandResult {
            stdout: String::new(),
            stderr: stderr.to_owned(),
            exit_code: 128,
            error: None,
            retained: true,
        };
        Error::new(ErrorKind::CommandExit, "commands.run", "failed").with_command_result(result)
    }

    #[test]
    fn refusals_and_missing_upstreams() {
        let push = Action::new("git.push", "push", Some("ann"), None);
        let refused = push.explain(failed("remote: Permission denied"));
        assert_eq!(refused.kind(), ErrorKind::GitAuth);
        assert_eq!(
            refused.message(),
            "Git push requires a password/token for private repositories."
        );
        let text = "fatal: The current branch main has no upstream branch.";
        let missing = push.explain(failed(text));
        assert_eq!(missing.kind(), ErrorKind::GitUpstream);
        let clone = Action::new("git.clone", "clone", None, None);
        assert_eq!(clone.explain(failed(text)).kind(), ErrorKind::CommandExit);
        let refused = clone.explain(failed("fatal: could not read Username for 'https://a'"));
        assert_eq!(
            refused.message(),
            "Git clone requires credentials for private repositories."
        );
        assert_eq!(clone.explain(failed("boom")).kind(), ErrorKind::CommandExit);
    }
}
