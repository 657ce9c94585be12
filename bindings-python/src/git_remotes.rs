//! What git does with other places, and how it is set up.

use pyo3::prelude::*;
use sandspan::{AuthenticateOptions, ConfigOptions, PullOptions, PushOptions, RemoteAddOptions};

use crate::{
    arguments::{Envs, RequestTimeout, Timeout, User, WorkingDirectory},
    file_arguments::Path,
    git::{AsyncGit, Git, with_options},
    git_arguments::{
        Branch, Email, Fetch, Host, Key, Name, Overwrite, Password, Protocol, Remote, Scope,
        SetUpstream, Setting, Url, Username,
    },
    methods::methods,
    results::CommandResult,
};

methods! {
    Git, AsyncGit;

    /// Adds a remote.
    ///
    /// Args:
    ///     path: Where the repository is.
    ///     name: The name of the remote.
    ///     url: Where it is.
    ///     fetch: Whether to fetch from it at once. Default: no.
    ///     overwrite: Whether to replace one of the same name. Default: no.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        path, name, url, fetch = None, overwrite = None, envs = None, user = None, cwd = None,
        timeout = None, request_timeout = None
    ))]
    async fn remote_add(
        &git,
        path: Path, name: Name, url: Url, fetch: Option<Fetch>, overwrite: Option<Overwrite>,
        envs: Option<Envs>, user: Option<User>, cwd: Option<WorkingDirectory>,
        timeout: Option<Timeout>, request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let options = RemoteAddOptions {
            fetch: fetch.is_some_and(Into::into),
            overwrite: overwrite.is_some_and(Into::into),
        };
        let (path, name, url) = (String::from(path), String::from(name), String::from(url));
        git.remote_add(&path, &name, &url, options).await.map(CommandResult)
    }

    /// Tells where a remote is.
    ///
    /// Args:
    ///     path: Where the repository is.
    ///     name: The name of the remote.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    ///
    /// Returns:
    ///     Its URL; `None` where there is no such remote.
    #[pyo3(signature = (
        path, name, envs = None, user = None, cwd = None, timeout = None, request_timeout = None
    ))]
    async fn remote_get(
        &git,
        path: Path, name: Name, envs: Option<Envs>, user: Option<User>,
        cwd: Option<WorkingDirectory>, timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> Option<String> {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        git.remote_get(&String::from(path), &String::from(name)).await
    }

    /// Pushes commits.
    ///
    /// Args:
    ///     path: Where the repository is.
    ///     remote: Where to. Default: the only remote.
    ///     branch: The branch. Default: the one that is checked out.
    ///     set_upstream: Whether the branch remembers where it was pushed. Default: yes.
    ///     username: The name that goes with `password`.
    ///     password: A password or a token. It is not kept.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    ///
    /// Raises:
    ///     GitAuthException: The remote refuses the credentials, or wants some.
    ///     GitUpstreamException: The branch has no upstream, and none was named.
    #[pyo3(signature = (
        path, remote = None, branch = None, set_upstream = None, username = None, password = None,
        envs = None, user = None, cwd = None, timeout = None, request_timeout = None
    ))]
    async fn push(
        &git,
        path: Path, remote: Option<Remote>, branch: Option<Branch>,
        set_upstream: Option<SetUpstream>, username: Option<Username>, password: Option<Password>,
        envs: Option<Envs>, user: Option<User>, cwd: Option<WorkingDirectory>,
        timeout: Option<Timeout>, request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let options = PushOptions {
            remote: remote.map(Into::into),
            branch: branch.map(Into::into),
            set_upstream: set_upstream.map(Into::into),
            username: username.map(Into::into),
            password: password.map(Into::into),
        };
        git.push(&String::from(path), options).await.map(CommandResult)
    }

    /// Pulls commits.
    ///
    /// Args:
    ///     path: Where the repository is.
    ///     remote: Where from. Default: the upstream of the branch.
    ///     branch: The branch. Default: the upstream of the one that is checked out.
    ///     username: The name that goes with `password`.
    ///     password: A password or a token. It is not kept.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    ///
    /// Raises:
    ///     GitAuthException: The remote refuses the credentials, or wants some.
    ///     GitUpstreamException: The branch has no upstream, and none was named.
    #[pyo3(signature = (
        path, remote = None, branch = None, username = None, password = None, envs = None, user =
        None, cwd = None, timeout = None, request_timeout = None
    ))]
    async fn pull(
        &git,
        path: Path, remote: Option<Remote>, branch: Option<Branch>, username: Option<Username>,
        password: Option<Password>, envs: Option<Envs>, user: Option<User>,
        cwd: Option<WorkingDirectory>, timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let options = PullOptions {
            remote: remote.map(Into::into),
            branch: branch.map(Into::into),
            username: username.map(Into::into),
            password: password.map(Into::into),
        };
        git.pull(&String::from(path), options).await.map(CommandResult)
    }

    /// Changes a setting of git.
    ///
    /// Args:
    ///     key: Its name, such as `pull.rebase`.
    ///     value: Its value.
    ///     scope: Where the setting holds: `global`, `local` or `system`. Default: `global`.
    ///     path: Where the repository is, for the scope `local`.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        key, value, scope = None, path = None, envs = None, user = None, cwd = None, timeout = None,
        request_timeout = None
    ))]
    async fn set_config(
        &git,
        key: Key, value: Setting, scope: Option<Scope>, path: Option<Path>, envs: Option<Envs>,
        user: Option<User>, cwd: Option<WorkingDirectory>, timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let (key, value) = (String::from(key), String::from(value));
        git.set_config(&key, &value, config(scope, path)).await.map(CommandResult)
    }

    /// Reads a setting of git.
    ///
    /// Args:
    ///     key: Its name, such as `pull.rebase`.
    ///     scope: Where the setting holds: `global`, `local` or `system`. Default: `global`.
    ///     path: Where the repository is, for the scope `local`.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    ///
    /// Returns:
    ///     Its value; `None` where it is not set.
    #[pyo3(signature = (
        key, scope = None, path = None, envs = None, user = None, cwd = None, timeout = None,
        request_timeout = None
    ))]
    async fn get_config(
        &git,
        key: Key, scope: Option<Scope>, path: Option<Path>, envs: Option<Envs>, user: Option<User>,
        cwd: Option<WorkingDirectory>, timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> Option<String> {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        git.get_config(&String::from(key), config(scope, path)).await
    }

    /// Says who makes commits.
    ///
    /// Args:
    ///     name: The name.
    ///     email: The address.
    ///     scope: Where the setting holds: `global`, `local` or `system`. Default: `global`.
    ///     path: Where the repository is, for the scope `local`.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        name, email, scope = None, path = None, envs = None, user = None, cwd = None, timeout =
        None, request_timeout = None
    ))]
    async fn configure_user(
        &git,
        name: Name, email: Email, scope: Option<Scope>, path: Option<Path>, envs: Option<Envs>,
        user: Option<User>, cwd: Option<WorkingDirectory>, timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let (name, email) = (String::from(name), String::from(email));
        git.configure_user(&name, &email, config(scope, path)).await.map(CommandResult)
    }

    /// Keeps credentials in the sandbox for git to use, where all that runs there can read them.
    ///
    /// Args:
    ///     username: The name that goes with `password`.
    ///     password: A password or a token.
    ///     host: The host that they are for. Default: `github.com`.
    ///     protocol: The protocol that they are for. Default: `https`.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        username, password, host = None, protocol = None, envs = None, user = None, cwd = None,
        timeout = None, request_timeout = None
    ))]
    async fn dangerously_authenticate(
        &git,
        username: Username, password: Password, host: Option<Host>, protocol: Option<Protocol>,
        envs: Option<Envs>, user: Option<User>, cwd: Option<WorkingDirectory>,
        timeout: Option<Timeout>, request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let options = AuthenticateOptions {
            host: host.map(Into::into),
            protocol: protocol.map(Into::into),
        };
        let (username, password) = (String::from(username), String::from(password));
        git.dangerously_authenticate(&username, &password, options).await.map(CommandResult)
    }
}

fn config(scope: Option<Scope>, path: Option<Path>) -> ConfigOptions {
    ConfigOptions {
        scope: scope.map(Into::into),
        path: path.map(Into::into),
    }
}
