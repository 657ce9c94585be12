//! What is done with remote repositories.

use super::{
    CloneOptions, Credentials, Git, Line, PullOptions, PushOptions, RemoteAddOptions,
    command::{given, quoted},
    configuration::{exit_code, text},
    credentials::{check_username, split},
    failure::{Action, upstream_missing},
};
use crate::{CommandResult, Error, ErrorKind, Result};

/// Git's exit code for a remote that does not exist.
const NO_REMOTE: i32 = 2;

/// Git's exit code for a remote that exists already.
const REMOTE_EXISTS: i32 = 3;

impl Git {
    /// Clones a repository. Credentials, be they given as options or in the URL, stay nowhere in the
    /// sandbox unless that is asked for.
    ///
    /// Fails with the kind [`ErrorKind::GitAuth`] where the remote wants other credentials.
    pub async fn clone_repository(
        &self,
        url: &str,
        options: CloneOptions,
    ) -> Result<CommandResult> {
        const OPERATION: &str = "git.clone";
        let (username, password) = (options.username.as_deref(), options.password.as_deref());
        check_username(OPERATION, "clone", username, password)?;
        let (clean, found) = split(url);
        let credentials = match Credentials::new(OPERATION, &clean, username, password)? {
            Some(credentials) => Some(credentials),
            None => found.and_then(|found| Credentials::found(&clean, found)),
        };
        let branch = given(options.branch.as_deref());
        let depth = options.depth.filter(|depth| *depth > 0);
        let line = Line::new("clone")
            .option("--branch", branch)
            .flag("--single-branch", branch.is_some())
            .option("--depth", depth.map(|depth| depth.to_string()).as_deref())
            .words(["--", &clean])
            .words(given(options.path.as_deref()));
        let result = self.run_as(line, credentials.as_ref()).await;
        let action = Action::new(OPERATION, "clone", username, password);
        let result = result.map_err(|error| action.explain(error))?;
        if let Some(credentials) = credentials.filter(|_| options.dangerously_store_credentials) {
            let directory = given(options.path.as_deref()).unwrap_or(directory(&clean));
            self.store(directory, &credentials).await?;
        }
        Ok(result)
    }

    /// Stores credentials as a part of the URL of a clone's remote.
    async fn store(&self, directory: &str, credentials: &Credentials) -> Result<()> {
        let directory = quoted(directory);
        let command =
            format!("IFS= read -r url && git -C {directory} remote set-url origin \"$url\"");
        let input = format!("{}\n", credentials.url());
        let result = self.run_with_secret(&command, input).await;
        credentials.redacted(result)?;
        Ok(())
    }

    /// Adds a remote.
    ///
    /// Fails with the kind [`ErrorKind::InvalidArgument`] without a name or a URL.
    pub async fn remote_add(
        &self,
        path: &str,
        name: &str,
        url: &str,
        options: RemoteAddOptions,
    ) -> Result<CommandResult> {
        if name.is_empty() || url.is_empty() {
            let message = "Both remote name and URL are required to add a git remote.";
            return Err(invalid("git.remote_add", message));
        }
        let remote = |word| Line::new("remote").at(path).words([word, name, url]);
        let mut result = self.run(&remote("add")).await;
        if let Err(error) = &result
            && options.overwrite
            && exit_code(error) == Some(REMOTE_EXISTS)
        {
            result = self.run(&remote("set-url")).await;
        }
        if !options.fetch {
            return result;
        }
        result?;
        self.run(&Line::new("fetch").at(path).word(name)).await
    }

    /// The URL of a remote; none where there is no such remote.
    ///
    /// Fails with the kind [`ErrorKind::InvalidArgument`] without a name.
    pub async fn remote_get(&self, path: &str, name: &str) -> Result<Option<String>> {
        if name.is_empty() {
            return Err(invalid("git.remote_get", "Remote name is required."));
        }
        self.url(path, name, false).await
    }

    async fn url(&self, path: &str, name: &str, push: bool) -> Result<Option<String>> {
        let line = Line::new("remote")
            .at(path)
            .word("get-url")
            .flag("--push", push)
            .word(name);
        match self.run(&line).await {
            Ok(result) => Ok(text(&result.stdout)),
            Err(error) if exit_code(&error) == Some(NO_REMOTE) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Pushes commits to a remote.
    ///
    /// Fails with the kind [`ErrorKind::GitAuth`] where the remote wants other credentials, and with
    /// [`ErrorKind::GitUpstream`] where neither a remote nor an upstream branch is known.
    pub async fn push(&self, path: &str, options: PushOptions) -> Result<CommandResult> {
        const OPERATION: &str = "git.push";
        let (username, password) = (options.username.as_deref(), options.password.as_deref());
        let action = Action::new(OPERATION, "push", username, password);
        let remote = Remote {
            name: options.remote.as_deref(),
            branch: options.branch.as_deref(),
        };
        let (remote, credentials) = self.remote(path, &action, remote, true).await?;
        let set_upstream = options.set_upstream.unwrap_or(true) && remote.is_some();
        let line = Line::new("push")
            .at(path)
            .flag("--set-upstream", set_upstream)
            .words(remote)
            .words(given(options.branch.as_deref()));
        let result = self.run_as(line, credentials.as_ref()).await;
        result.map_err(|error| action.explain(error))
    }

    /// Pulls commits from a remote.
    ///
    /// Fails as [`push`](Self::push) does.
    pub async fn pull(&self, path: &str, options: PullOptions) -> Result<CommandResult> {
        const OPERATION: &str = "git.pull";
        let (username, password) = (options.username.as_deref(), options.password.as_deref());
        let action = Action::new(OPERATION, "pull", username, password);
        action.check()?;
        let remote = Remote {
            name: given(options.remote.as_deref()),
            branch: given(options.branch.as_deref()),
        };
        if remote.name.is_none() && remote.branch.is_none() && !self.has_upstream(path).await? {
            return Err(upstream_missing(OPERATION, "pull"));
        }
        let (remote, credentials) = self.remote(path, &action, remote, false).await?;
        let line = Line::new("pull")
            .at(path)
            .words(remote)
            .words(given(options.branch.as_deref()));
        let result = self.run_as(line, credentials.as_ref()).await;
        result.map_err(|error| action.explain(error))
    }

    async fn has_upstream(&self, path: &str) -> Result<bool> {
        // Fails where the branch has none and where there is no branch, but also where there is no
        // repository, which the next command tells better.
        let words = ["--abbrev-ref", "--symbolic-full-name", "@{upstream}"];
        let line = Line::new("rev-parse").at(path).words(words);
        match self.run(&line).await {
            Ok(_) => Ok(true),
            Err(error) if exit_code(&error).is_some() => {
                self.run(&Line::new("rev-parse").at(path).word("--git-dir"))
                    .await?;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// The name of the remote to use, where it must be said, and the credentials for it.
    async fn remote(
        &self,
        path: &str,
        action: &Action<'_>,
        remote: Remote<'_>,
        push: bool,
    ) -> Result<(Option<String>, Option<Credentials>)> {
        action.check()?;
        if !action.has_credentials() && given(remote.branch).is_none() {
            return Ok((given(remote.name).map(str::to_owned), None));
        }
        let name = match given(remote.name) {
            Some(name) => name.to_owned(),
            None => self.only_remote(path, action).await?,
        };
        if !action.has_credentials() {
            return Ok((Some(name), None));
        }
        let Some(url) = self.url(path, &name, push).await? else {
            let message = format!("Remote \"{name}\" URL not found in repository.");
            return Err(invalid(action.operation, message));
        };
        let url = url.lines().next().unwrap_or_default();
        let credentials = action.credentials(url)?;
        Ok((Some(name), credentials))
    }

    /// The name of the remote, if there is just one.
    async fn only_remote(&self, path: &str, action: &Action<'_>) -> Result<String> {
        let remotes = self.run(&Line::new("remote").at(path)).await?.stdout;
        let mut names = remotes.lines().filter(|name| !name.is_empty());
        match (names.next(), names.next()) {
            (Some(name), None) => Ok(name.to_owned()),
            _ => Err(invalid(action.operation, action.remote_required())),
        }
    }
}

/// What a caller said of a remote.
#[derive(Clone, Copy)]
struct Remote<'a> {
    name: Option<&'a str>,
    branch: Option<&'a str>,
}

/// The directory that a repository is cloned into.
fn directory(url: &str) -> &str {
    let path = url.trim_end_matches('/');
    let name = path.rsplit(['/', ':']).next().unwrap_or(path);
    name.strip_suffix(".git").unwrap_or(name)
}

fn invalid(operation: &'static str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, operation, message)
}

#[cfg(test)]
mod tests {
    use super::directory;

    #[test]
    fn directories_are_named_like_repositories() {
        for (url, name) in [
            ("https://example.com/a/b.git", "b"),
            ("https://example.com/a/b/", "b"),
            ("git@example.com:b.git", "b"),
        ] {
            assert_eq!(directory(url), name);
        }
    }
}
