//! The branches of a repository.

use super::{Git, Line};
use crate::{CommandResult, Result};

/// The format of one branch in a line: its name, and an asterisk where it is checked out.
const FORMAT: &str = "--format=%(refname:short)\t%(HEAD)";

/// The branches of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitBranches {
    /// Their names.
    pub branches: Vec<String>,
    /// The one that is checked out; none where `HEAD` is detached, and before the first commit.
    pub current_branch: Option<String>,
}

impl Git {
    /// The branches of a repository.
    pub async fn branches(&self, path: &str) -> Result<GitBranches> {
        let line = Line::new("branch").at(path).word(FORMAT);
        Ok(parse(&self.run(&line).await?.stdout))
    }

    /// Makes a branch and checks it out.
    pub async fn create_branch(&self, path: &str, branch: &str) -> Result<CommandResult> {
        let line = Line::new("checkout").at(path).words(["-b", branch]);
        self.run(&line).await
    }

    /// Checks out a branch.
    pub async fn checkout_branch(&self, path: &str, branch: &str) -> Result<CommandResult> {
        self.run(&Line::new("checkout").at(path).word(branch)).await
    }

    /// Deletes a branch, which with `force` need not be merged.
    pub async fn delete_branch(
        &self,
        path: &str,
        branch: &str,
        force: bool,
    ) -> Result<CommandResult> {
        let how = if force { "-D" } else { "-d" };
        let line = Line::new("branch").at(path).words([how, branch]);
        self.run(&line).await
    }
}

fn parse(output: &str) -> GitBranches {
    let mut found = GitBranches::default();
    for line in output.lines() {
        let (name, mark) = line.split_once('\t').unwrap_or((line, ""));
        // A detached `HEAD` is listed in brackets, which no name has at its start.
        if name.is_empty() || name.starts_with('(') {
            continue;
        }
        if mark == "*" {
            found.current_branch = Some(name.to_owned());
        }
        found.branches.push(name.to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{GitBranches, parse};

    #[test]
    fn names_and_the_current_one() {
        let found = parse("feature/x\t \nmain\t*\n");
        assert_eq!(found.branches, ["feature/x", "main"]);
        assert_eq!(found.current_branch.as_deref(), Some("main"));
        let detached = parse("(HEAD detached at 1234567)\t*\nmain\t \n");
        assert_eq!(detached.branches, ["main"]);
        assert_eq!(detached.current_branch, None);
        assert_eq!(parse(""), GitBranches::default());
    }
}
