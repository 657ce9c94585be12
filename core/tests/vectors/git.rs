//! The calls of vectors that are about Git.

use sandspan::{
    AddOptions, AuthenticateOptions, CloneOptions, CommitOptions, ConfigOptions, Git, GitBranches,
    GitOptions, GitStatus, InitOptions, PullOptions, PushOptions, RemoteAddOptions, ResetOptions,
    RestoreOptions, Result,
};
use serde_json::{Value, json};

use crate::{
    arguments::Arguments,
    calls::{Thing, value},
    fields::of_result,
};

pub(crate) async fn git(git: &Git, call: &str, arguments: &Arguments) -> Result<Thing> {
    let git = git.with_options(GitOptions {
        envs: arguments.texts("envs").unwrap_or_default(),
        user: arguments.text("user"),
        cwd: arguments.text("cwd"),
        timeout: arguments.duration("timeout")?,
        request_timeout: arguments.duration("request_timeout")?,
    });
    let text = |name| arguments.text(name).unwrap_or_default();
    let path = text("path");
    let result = match call {
        "clone" => Box::pin(git.clone_repository(&text("url"), cloning(arguments))).await,
        "init" => git.init(&path, initial(arguments)).await,
        "remote_add" => {
            let options = RemoteAddOptions {
                fetch: arguments.flag("fetch").unwrap_or_default(),
                overwrite: arguments.flag("overwrite").unwrap_or_default(),
            };
            let (name, url) = (text("name"), text("url"));
            git.remote_add(&path, &name, &url, options).await
        }
        "remote_get" => return Ok(value(git.remote_get(&path, &text("name")).await?)),
        "status" => return Ok(value(of_status(&git.status(&path).await?))),
        "branches" => return Ok(value(of_branches(&git.branches(&path).await?))),
        "create_branch" => git.create_branch(&path, &text("branch")).await,
        "checkout_branch" => git.checkout_branch(&path, &text("branch")).await,
        "delete_branch" => {
            let force = arguments.flag("force").unwrap_or_default();
            git.delete_branch(&path, &text("branch"), force).await
        }
        "add" => {
            let options = AddOptions {
                files: arguments.strings("files").unwrap_or_default(),
                all: arguments.flag("all"),
            };
            git.add(&path, options).await
        }
        "commit" => {
            let options = commit(arguments);
            git.commit(&path, &text("message"), options).await
        }
        "reset" => git.reset(&path, reset(arguments)).await,
        "restore" => git.restore(&path, restore(arguments)).await,
        "push" => git.push(&path, push(arguments)).await,
        "pull" => git.pull(&path, pull(arguments)).await,
        _ => return configuration(&git, call, arguments).await,
    };
    Ok(Thing::Value(of_result(&result?)))
}

async fn configuration(git: &Git, call: &str, arguments: &Arguments) -> Result<Thing> {
    let text = |name| arguments.text(name).unwrap_or_default();
    let options = ConfigOptions {
        scope: arguments.text("scope"),
        path: arguments.text("path"),
    };
    let result = match call {
        "set_config" => git.set_config(&text("key"), &text("value"), options).await,
        "get_config" => return Ok(value(git.get_config(&text("key"), options).await?)),
        "configure_user" => {
            git.configure_user(&text("name"), &text("email"), options)
                .await
        }
        "dangerously_authenticate" => {
            let options = AuthenticateOptions {
                host: arguments.text("host"),
                protocol: arguments.text("protocol"),
            };
            git.dangerously_authenticate(&text("username"), &text("password"), options)
                .await
        }
        _ => panic!("Git has no method {call}"),
    };
    Ok(Thing::Value(of_result(&result?)))
}

fn cloning(arguments: &Arguments) -> CloneOptions {
    let store = arguments.flag("dangerously_store_credentials");
    CloneOptions {
        path: arguments.text("path"),
        branch: arguments.text("branch"),
        depth: arguments.number("depth"),
        username: arguments.text("username"),
        password: arguments.text("password"),
        dangerously_store_credentials: store.unwrap_or_default(),
    }
}

fn initial(arguments: &Arguments) -> InitOptions {
    InitOptions {
        bare: arguments.flag("bare").unwrap_or_default(),
        initial_branch: arguments.text("initial_branch"),
    }
}

fn commit(arguments: &Arguments) -> CommitOptions {
    CommitOptions {
        author_name: arguments.text("author_name"),
        author_email: arguments.text("author_email"),
        allow_empty: arguments.flag("allow_empty").unwrap_or_default(),
    }
}

fn reset(arguments: &Arguments) -> ResetOptions {
    ResetOptions {
        mode: arguments.text("mode"),
        target: arguments.text("target"),
        paths: arguments.strings("paths").unwrap_or_default(),
    }
}

fn restore(arguments: &Arguments) -> RestoreOptions {
    RestoreOptions {
        paths: arguments.strings("paths").unwrap_or_default(),
        staged: arguments.flag("staged"),
        worktree: arguments.flag("worktree"),
        source: arguments.text("source"),
    }
}

fn push(arguments: &Arguments) -> PushOptions {
    PushOptions {
        remote: arguments.text("remote"),
        branch: arguments.text("branch"),
        set_upstream: arguments.flag("set_upstream"),
        username: arguments.text("username"),
        password: arguments.text("password"),
    }
}

fn pull(arguments: &Arguments) -> PullOptions {
    PullOptions {
        remote: arguments.text("remote"),
        branch: arguments.text("branch"),
        username: arguments.text("username"),
        password: arguments.text("password"),
    }
}

fn of_status(status: &GitStatus) -> Value {
    let files = status.file_status.iter().map(|file| {
        json!({
            "name": file.name,
            "status": file.status,
            "index_status": file.index_status,
            "working_tree_status": file.working_tree_status,
            "staged": file.staged,
            "renamed_from": file.renamed_from,
        })
    });
    json!({
        "current_branch": status.current_branch,
        "upstream": status.upstream,
        "ahead": status.ahead,
        "behind": status.behind,
        "detached": status.detached,
        "file_status": files.collect::<Value>(),
        "is_clean": status.is_clean(),
        "has_changes": status.has_changes(),
        "has_staged": status.has_staged(),
        "has_untracked": status.has_untracked(),
        "has_conflicts": status.has_conflicts(),
        "total_count": status.total_count(),
        "staged_count": status.staged_count(),
        "unstaged_count": status.unstaged_count(),
        "untracked_count": status.untracked_count(),
        "conflict_count": status.conflict_count(),
    })
}

fn of_branches(branches: &GitBranches) -> Value {
    json!({ "branches": branches.branches, "current_branch": branches.current_branch })
}
