//! What is known of a repository.

use napi_derive::napi;

/// The branches of a repository.
#[napi(object, object_from_js = false)]
pub struct GitBranches {
    /// Their names.
    pub branches: Vec<String>,
    /// The one that is checked out; absent where `HEAD` is detached, and before the first commit.
    pub current_branch: Option<String>,
}

impl From<sandspan::GitBranches> for GitBranches {
    fn from(branches: sandspan::GitBranches) -> Self {
        Self {
            branches: branches.branches,
            current_branch: branches.current_branch,
        }
    }
}

/// The state of a repository.
#[expect(
    clippy::struct_excessive_bools,
    reason = "people know these fields from the hosted services' packages"
)]
#[napi(object, object_from_js = false)]
pub struct GitStatus {
    /// The branch, also before its first commit; absent where `HEAD` is detached.
    pub current_branch: Option<String>,
    /// The branch that it follows, such as `origin/main`.
    pub upstream: Option<String>,
    /// How many commits the branch has that its upstream lacks.
    pub ahead: u32,
    /// How many commits the upstream has that the branch lacks.
    pub behind: u32,
    /// Whether `HEAD` is at a commit rather than at a branch.
    pub detached: bool,
    /// The files that changed or are not tracked.
    pub file_status: Vec<GitFileStatus>,
    /// Whether no file changed and all are tracked.
    pub is_clean: bool,
    /// Whether a file changed or is not tracked.
    pub has_changes: bool,
    /// Whether something is staged.
    pub has_staged: bool,
    /// Whether a file is not tracked.
    pub has_untracked: bool,
    /// Whether a file is in conflict.
    pub has_conflicts: bool,
    /// How many files changed or are not tracked.
    pub total_count: u32,
    /// How many files have something staged.
    pub staged_count: u32,
    /// How many files have nothing staged.
    pub unstaged_count: u32,
    /// How many files are not tracked.
    pub untracked_count: u32,
    /// How many files are in conflict.
    pub conflict_count: u32,
}

impl From<sandspan::GitStatus> for GitStatus {
    fn from(status: sandspan::GitStatus) -> Self {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            is_clean: status.is_clean(),
            has_changes: status.has_changes(),
            has_staged: status.has_staged(),
            has_untracked: status.has_untracked(),
            has_conflicts: status.has_conflicts(),
            total_count: count(status.total_count()),
            staged_count: count(status.staged_count()),
            unstaged_count: count(status.unstaged_count()),
            untracked_count: count(status.untracked_count()),
            conflict_count: count(status.conflict_count()),
            current_branch: status.current_branch,
            upstream: status.upstream,
            ahead: status.ahead,
            behind: status.behind,
            detached: status.detached,
            file_status: status
                .file_status
                .into_iter()
                .map(GitFileStatus::from)
                .collect(),
        }
    }
}

/// The state of one file.
#[napi(object, object_from_js = false)]
pub struct GitFileStatus {
    /// Its path from the root of the repository.
    pub name: String,
    /// What happened to it.
    #[napi(
        ts_type = "'conflict' | 'renamed' | 'copied' | 'deleted' | 'added' | 'modified' | 'typechange' | 'untracked' | 'unknown'"
    )]
    pub status: String,
    /// What is staged, in Git's letter.
    pub index_status: String,
    /// What is not staged, in Git's letter.
    pub working_tree_status: String,
    /// Whether something is staged.
    pub staged: bool,
    /// Its path before, if it was renamed or copied.
    pub renamed_from: Option<String>,
}

impl From<sandspan::GitFileStatus> for GitFileStatus {
    fn from(file: sandspan::GitFileStatus) -> Self {
        Self {
            name: file.name,
            status: file.status,
            index_status: file.index_status,
            working_tree_status: file.working_tree_status,
            staged: file.staged,
            renamed_from: file.renamed_from,
        }
    }
}
