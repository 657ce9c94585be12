//! What is done in one git repository.

use pyo3::prelude::*;
use sandspan::{
    AddOptions, CloneOptions, CommitOptions, InitOptions, ResetOptions, RestoreOptions,
};

use crate::{
    arguments::{Envs, RequestTimeout, Timeout, User, WorkingDirectory},
    file_arguments::Path,
    git::{AsyncGit, Git, with_options},
    git_arguments::{
        AddedFiles, All, AllowEmpty, AuthorEmail, AuthorName, Bare, Branch, CloneDepth, Force,
        InitialBranch, Message, Mode, Password, Paths, RestoreSource, Staged, StoreCredentials,
        Target, Url, Username, Worktree,
    },
    git_results::{GitBranches, GitStatus},
    methods::methods,
    results::CommandResult,
};

methods! {
    Git, AsyncGit;

    /// Clones a repository.
    ///
    /// Args:
    ///     url: Where it is.
    ///     path: Where to put it. Default: its name, in `cwd`.
    ///     branch: The branch to check out. Default: the one that the repository names.
    ///     depth: How many commits to clone. Default: all.
    ///     username: The name that goes with `password`.
    ///     password: A password or a token. It is not kept in the clone.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    ///     dangerously_store_credentials: Whether the clone keeps the credentials, where all who
    ///         can read it can read them. Default: no.
    ///
    /// Raises:
    ///     GitAuthException: The remote refuses the credentials, or wants some.
    #[pyo3(signature = (
        url, path = None, branch = None, depth = None, username = None, password = None, envs =
        None, user = None, cwd = None, timeout = None, request_timeout = None,
        dangerously_store_credentials = None
    ))]
    async fn clone(
        &git,
        url: Url, path: Option<Path>, branch: Option<Branch>, depth: Option<CloneDepth>,
        username: Option<Username>, password: Option<Password>, envs: Option<Envs>,
        user: Option<User>, cwd: Option<WorkingDirectory>, timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
        dangerously_store_credentials: Option<StoreCredentials>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let options = CloneOptions {
            path: path.map(Into::into),
            branch: branch.map(Into::into),
            depth: depth.map(Into::into),
            username: username.map(Into::into),
            password: password.map(Into::into),
            dangerously_store_credentials: dangerously_store_credentials.is_some_and(Into::into),
        };
        git.clone_repository(&String::from(url), options).await.map(CommandResult)
    }

    /// Makes a repository.
    ///
    /// Args:
    ///     path: Where.
    ///     bare: Whether it has no files of its own. Default: no.
    ///     initial_branch: The name of its first branch. Default: as git is set up.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        path, bare = None, initial_branch = None, envs = None, user = None, cwd = None, timeout =
        None, request_timeout = None
    ))]
    async fn init(
        &git,
        path: Path, bare: Option<Bare>, initial_branch: Option<InitialBranch>, envs: Option<Envs>,
        user: Option<User>, cwd: Option<WorkingDirectory>, timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let options = InitOptions {
            bare: bare.is_some_and(Into::into),
            initial_branch: initial_branch.map(Into::into),
        };
        git.init(&String::from(path), options).await.map(CommandResult)
    }

    /// Tells what was changed.
    ///
    /// Args:
    ///     path: Where the repository is.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        path, envs = None, user = None, cwd = None, timeout = None, request_timeout = None
    ))]
    async fn status(
        &git,
        path: Path, envs: Option<Envs>, user: Option<User>, cwd: Option<WorkingDirectory>,
        timeout: Option<Timeout>, request_timeout: Option<RequestTimeout>,
    ) -> GitStatus {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        git.status(&String::from(path)).await.map(GitStatus)
    }

    /// Lists the branches.
    ///
    /// Args:
    ///     path: Where the repository is.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        path, envs = None, user = None, cwd = None, timeout = None, request_timeout = None
    ))]
    async fn branches(
        &git,
        path: Path, envs: Option<Envs>, user: Option<User>, cwd: Option<WorkingDirectory>,
        timeout: Option<Timeout>, request_timeout: Option<RequestTimeout>,
    ) -> GitBranches {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        git.branches(&String::from(path)).await.map(GitBranches)
    }

    /// Makes a branch and checks it out.
    ///
    /// Args:
    ///     path: Where the repository is.
    ///     branch: The branch.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        path, branch, envs = None, user = None, cwd = None, timeout = None, request_timeout = None
    ))]
    async fn create_branch(
        &git,
        path: Path, branch: Branch, envs: Option<Envs>, user: Option<User>,
        cwd: Option<WorkingDirectory>, timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let (path, branch) = (String::from(path), String::from(branch));
        git.create_branch(&path, &branch).await.map(CommandResult)
    }

    /// Checks a branch out.
    ///
    /// Args:
    ///     path: Where the repository is.
    ///     branch: The branch.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        path, branch, envs = None, user = None, cwd = None, timeout = None, request_timeout = None
    ))]
    async fn checkout_branch(
        &git,
        path: Path, branch: Branch, envs: Option<Envs>, user: Option<User>,
        cwd: Option<WorkingDirectory>, timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let (path, branch) = (String::from(path), String::from(branch));
        git.checkout_branch(&path, &branch).await.map(CommandResult)
    }

    /// Deletes a branch.
    ///
    /// Args:
    ///     path: Where the repository is.
    ///     branch: The branch.
    ///     force: Whether to delete one that was not merged, too. Default: no.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        path, branch, force = None, envs = None, user = None, cwd = None, timeout = None,
        request_timeout = None
    ))]
    async fn delete_branch(
        &git,
        path: Path, branch: Branch, force: Option<Force>, envs: Option<Envs>, user: Option<User>,
        cwd: Option<WorkingDirectory>, timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let (path, branch) = (String::from(path), String::from(branch));
        let force = force.is_some_and(Into::into);
        git.delete_branch(&path, &branch, force).await.map(CommandResult)
    }

    /// Stages changes.
    ///
    /// Args:
    ///     path: Where the repository is.
    ///     files: The files whose changes are staged. Default: as `all` says.
    ///     all: Whether all changes are staged where no files are named, or else those below
    ///         `path`. Default: yes.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        path, files = None, all = None, envs = None, user = None, cwd = None, timeout = None,
        request_timeout = None
    ))]
    async fn add(
        &git,
        path: Path, files: Option<AddedFiles>, all: Option<All>, envs: Option<Envs>,
        user: Option<User>, cwd: Option<WorkingDirectory>, timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let options = AddOptions {
            files: files.map(Into::into).unwrap_or_default(),
            all: all.map(Into::into),
        };
        git.add(&String::from(path), options).await.map(CommandResult)
    }

    /// Commits what is staged.
    ///
    /// Args:
    ///     path: Where the repository is.
    ///     message: What the commit says.
    ///     author_name: Who made it. Default: as git is set up.
    ///     author_email: The address of who made it. Default: as git is set up.
    ///     allow_empty: Whether it may change nothing. Default: no.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        path, message, author_name = None, author_email = None, allow_empty = None, envs = None,
        user = None, cwd = None, timeout = None, request_timeout = None
    ))]
    async fn commit(
        &git,
        path: Path, message: Message, author_name: Option<AuthorName>,
        author_email: Option<AuthorEmail>, allow_empty: Option<AllowEmpty>, envs: Option<Envs>,
        user: Option<User>, cwd: Option<WorkingDirectory>, timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let options = CommitOptions {
            author_name: author_name.map(Into::into),
            author_email: author_email.map(Into::into),
            allow_empty: allow_empty.is_some_and(Into::into),
        };
        let (path, message) = (String::from(path), String::from(message));
        git.commit(&path, &message, options).await.map(CommandResult)
    }

    /// Resets a repository, or some of its files, to a commit.
    ///
    /// Args:
    ///     path: Where the repository is.
    ///     mode: What it touches: `soft`, `mixed`, `hard`, `merge` or `keep`. Default: `mixed`.
    ///     target: The commit. Default: the last.
    ///     paths: The files to reset. Default: all.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        path, mode = None, target = None, paths = None, envs = None, user = None, cwd = None,
        timeout = None, request_timeout = None
    ))]
    async fn reset(
        &git,
        path: Path, mode: Option<Mode>, target: Option<Target>, paths: Option<Paths>,
        envs: Option<Envs>, user: Option<User>, cwd: Option<WorkingDirectory>,
        timeout: Option<Timeout>, request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let options = ResetOptions {
            mode: mode.map(Into::into),
            target: target.map(Into::into),
            paths: paths.map(Into::into).unwrap_or_default(),
        };
        git.reset(&String::from(path), options).await.map(CommandResult)
    }

    /// Restores files.
    ///
    /// Args:
    ///     path: Where the repository is.
    ///     paths: The files.
    ///     staged: Whether what is staged is restored. Default: no.
    ///     worktree: Whether the files themselves are restored. Default: yes, unless `staged` is
    ///         given.
    ///     source: The commit to restore them from. Default: what is staged, or the last commit for
    ///         what is staged itself.
    ///     envs: Environment variables for git.
    ///     user: The user to run it as. Default: the sandbox's default user.
    ///     cwd: Where to run it. Default: the user's home.
    ///     timeout: Seconds that it may run. Default: without limit, which 0 says too.
    ///     request_timeout: Seconds that its start may take. Default: the connection's.
    #[pyo3(signature = (
        path, paths, staged = None, worktree = None, source = None, envs = None, user = None, cwd =
        None, timeout = None, request_timeout = None
    ))]
    async fn restore(
        &git,
        path: Path, paths: Paths, staged: Option<Staged>, worktree: Option<Worktree>,
        source: Option<RestoreSource>, envs: Option<Envs>, user: Option<User>,
        cwd: Option<WorkingDirectory>, timeout: Option<Timeout>,
        request_timeout: Option<RequestTimeout>,
    ) -> CommandResult {
        let git = with_options(&git, envs, user, cwd, timeout, request_timeout);
        let options = RestoreOptions {
            paths: paths.into(),
            staged: staged.map(Into::into),
            worktree: worktree.map(Into::into),
            source: source.map(Into::into),
        };
        git.restore(&String::from(path), options).await.map(CommandResult)
    }
}
