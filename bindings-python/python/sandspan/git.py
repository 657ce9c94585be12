"""The state of git repositories.

The package loads this when it is first looked for.
"""

from __future__ import annotations

from sandspan._dataclass import dataclass


@dataclass
class GitFileStatus:
    """A file that was changed."""

    name: str
    """Its path in the repository."""
    status: str
    """What was changed: `conflict`, `renamed`, `copied`, `deleted`, `added`, `modified`,
    `typechange`, `untracked` or `unknown`."""
    index_status: str
    """The letter of what is staged, as `git status --porcelain` writes it."""
    working_tree_status: str
    """The letter of what is not staged."""
    staged: bool
    """Whether something of it is staged."""
    renamed_from: str | None = None
    """Its path before it was renamed."""


@dataclass
class GitStatus:
    """The state of a repository."""

    current_branch: str | None
    """The branch that is checked out, if one is."""
    upstream: str | None
    """The branch that it is pushed to, if there is one."""
    ahead: int
    """How many commits it has that its upstream has not."""
    behind: int
    """How many commits its upstream has that it has not."""
    detached: bool
    """Whether a commit is checked out, and no branch."""
    file_status: list[GitFileStatus]
    """The files that were changed."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was changed."""
        return not self.file_status

    @property
    def has_changes(self) -> bool:
        """Whether something was changed."""
        return bool(self.file_status)

    @property
    def has_staged(self) -> bool:
        """Whether something is staged."""
        return self.staged_count > 0

    @property
    def has_untracked(self) -> bool:
        """Whether there is a file that git does not know."""
        return self.untracked_count > 0

    @property
    def has_conflicts(self) -> bool:
        """Whether a merge left conflicts."""
        return self.conflict_count > 0

    @property
    def total_count(self) -> int:
        """How many files were changed."""
        return len(self.file_status)

    @property
    def staged_count(self) -> int:
        """How many files are staged."""
        return sum(file.staged for file in self.file_status)

    @property
    def unstaged_count(self) -> int:
        """How many files were changed and are not staged."""
        return self.total_count - self.staged_count

    @property
    def untracked_count(self) -> int:
        """How many files git does not know."""
        return sum(file.status == "untracked" for file in self.file_status)

    @property
    def conflict_count(self) -> int:
        """How many files have conflicts."""
        return sum(file.status == "conflict" for file in self.file_status)


@dataclass
class GitBranches:
    """The branches of a repository."""

    branches: list[str]
    """Their names."""
    current_branch: str | None
    """The one that is checked out, if one is."""
