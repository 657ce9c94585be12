//! Arguments of what is done with git repositories.

use crate::{
    arguments::{BOOL, INT, STR, named_argument},
    parsing::{count, flag, text, texts},
};
use pyo3::{inspect::PyStaticExpr, prelude::*, type_hint_identifier, type_hint_subscript};

const TEXTS: PyStaticExpr =
    type_hint_subscript!(type_hint_identifier!("collections.abc", "Iterable"), STR);

named_argument!(
    /// Where a repository is cloned from, or a remote is.
    Url(String) = text("url"), STR
);
named_argument!(
    /// A branch.
    Branch(String) = text("branch"), STR
);
named_argument!(
    /// The first branch of a repository.
    InitialBranch(String) = text("initial_branch"), STR
);
named_argument!(
    /// How many commits to clone.
    CloneDepth(u32) = count("depth"), INT
);
named_argument!(
    /// The name that goes with a password.
    Username(String) = text("username"), STR
);
named_argument!(
    /// A password or a token.
    Password(String) = text("password"), STR
);
named_argument!(
    /// Whether a clone keeps its credentials.
    StoreCredentials(bool) = flag("dangerously_store_credentials"), BOOL
);
named_argument!(
    /// Whether a repository has no files of its own.
    Bare(bool) = flag("bare"), BOOL
);
named_argument!(
    /// A name: of a remote, or of a person.
    Name(String) = text("name"), STR
);
named_argument!(
    /// Whether a new remote is fetched from.
    Fetch(bool) = flag("fetch"), BOOL
);
named_argument!(
    /// Whether a remote of the same name is replaced.
    Overwrite(bool) = flag("overwrite"), BOOL
);
named_argument!(
    /// Whether a branch that was not merged is deleted.
    Force(bool) = flag("force"), BOOL
);
named_argument!(
    /// What is added.
    AddedFiles(Vec<String>) = texts("files"), TEXTS
);
named_argument!(
    /// Whether all is added.
    All(bool) = flag("all"), BOOL
);
named_argument!(
    /// What a commit says.
    Message(String) = text("message"), STR
);
named_argument!(
    /// Who made a commit.
    AuthorName(String) = text("author_name"), STR
);
named_argument!(
    /// The address of who made a commit.
    AuthorEmail(String) = text("author_email"), STR
);
named_argument!(
    /// Whether a commit may change nothing.
    AllowEmpty(bool) = flag("allow_empty"), BOOL
);
named_argument!(
    /// What a reset touches.
    Mode(String) = text("mode"), STR
);
named_argument!(
    /// The commit to reset to.
    Target(String) = text("target"), STR
);
named_argument!(
    /// What is reset or restored.
    Paths(Vec<String>) = texts("paths"), TEXTS
);
named_argument!(
    /// Whether what is staged is restored.
    Staged(bool) = flag("staged"), BOOL
);
named_argument!(
    /// Whether the files are restored.
    Worktree(bool) = flag("worktree"), BOOL
);
named_argument!(
    /// The commit to restore from.
    RestoreSource(String) = text("source"), STR
);
named_argument!(
    /// The remote to push to or pull from.
    Remote(String) = text("remote"), STR
);
named_argument!(
    /// Whether a branch remembers where it was pushed.
    SetUpstream(bool) = flag("set_upstream"), BOOL
);
named_argument!(
    /// The name of a setting.
    Key(String) = text("key"), STR
);
named_argument!(
    /// The value of a setting.
    Setting(String) = text("value"), STR
);
named_argument!(
    /// Where a setting holds.
    Scope(String) = text("scope"), STR
);
named_argument!(
    /// The host that credentials are for.
    Host(String) = text("host"), STR
);
named_argument!(
    /// The protocol that credentials are for.
    Protocol(String) = text("protocol"), STR
);
named_argument!(
    /// The address of a person.
    Email(String) = text("email"), STR
);
