//! What `git status` says.

/// The state of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitStatus {
    /// The branch, also before its first commit; none where `HEAD` is detached.
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
}

/// The state of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitFileStatus {
    /// Its path from the root of the repository.
    pub name: String,
    /// What happened to it: `conflict`, `renamed`, `copied`, `deleted`, `added`, `modified`,
    /// `typechange`, `untracked` or `unknown`.
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

impl GitStatus {
    /// Whether no file changed and all are tracked.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.file_status.is_empty()
    }

    /// Whether a file changed or is not tracked.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        !self.is_clean()
    }

    /// Whether something is staged.
    #[must_use]
    pub fn has_staged(&self) -> bool {
        self.staged_count() > 0
    }

    /// Whether a file is not tracked.
    #[must_use]
    pub fn has_untracked(&self) -> bool {
        self.untracked_count() > 0
    }

    /// Whether a file is in conflict.
    #[must_use]
    pub fn has_conflicts(&self) -> bool {
        self.conflict_count() > 0
    }

    /// How many files changed or are not tracked.
    #[must_use]
    pub fn total_count(&self) -> usize {
        self.file_status.len()
    }

    /// How many files have something staged.
    #[must_use]
    pub fn staged_count(&self) -> usize {
        self.count(|file| file.staged)
    }

    /// How many files have nothing staged.
    #[must_use]
    pub fn unstaged_count(&self) -> usize {
        self.count(|file| !file.staged)
    }

    /// How many files are not tracked.
    #[must_use]
    pub fn untracked_count(&self) -> usize {
        self.count(|file| file.status == "untracked")
    }

    /// How many files are in conflict.
    #[must_use]
    pub fn conflict_count(&self) -> usize {
        self.count(|file| file.status == "conflict")
    }

    fn count(&self, is_counted: impl Fn(&GitFileStatus) -> bool) -> usize {
        self.file_status
            .iter()
            .filter(|file| is_counted(file))
            .count()
    }
}

/// Reads what `git status --porcelain=1 --branch -z` wrote.
pub(super) fn parse(output: &str) -> GitStatus {
    let mut status = GitStatus::default();
    let mut fields = output.split('\0');
    while let Some(field) = fields.next() {
        if let Some(branch) = field.strip_prefix("## ") {
            status.read_branch(branch);
        } else if let Some((letters, name)) = field.split_at_checked(3) {
            let renamed = letters.contains(['R', 'C']);
            let renamed_from = renamed.then(|| fields.next()).flatten();
            status.file_status.push(file(letters, name, renamed_from));
        }
    }
    status
}

impl GitStatus {
    /// Reads a line such as `main...origin/main [ahead 1, behind 2]`.
    fn read_branch(&mut self, line: &str) {
        let (names, counts) = line.split_once(" [").unwrap_or((line, ""));
        for count in counts.trim_end_matches(']').split(", ") {
            match count.split_once(' ') {
                Some(("ahead", number)) => self.ahead = number.parse().unwrap_or_default(),
                Some(("behind", number)) => self.behind = number.parse().unwrap_or_default(),
                _ => {}
            }
        }
        if names.starts_with("HEAD (") {
            self.detached = true;
            return;
        }
        let names = ["No commits yet on ", "Initial commit on "]
            .iter()
            .find_map(|start| names.strip_prefix(start))
            .unwrap_or(names);
        let (branch, upstream) = match names.split_once("...") {
            Some((branch, upstream)) => (branch, Some(upstream)),
            None => (names, None),
        };
        self.current_branch = Some(branch.to_owned()).filter(|branch| !branch.is_empty());
        self.upstream = upstream.map(str::to_owned);
    }
}

fn file(letters: &str, name: &str, renamed_from: Option<&str>) -> GitFileStatus {
    let mut letters = letters.chars();
    let mut next = || letters.next().unwrap_or(' ');
    let (index, working_tree) = (next(), next());
    GitFileStatus {
        name: name.to_owned(),
        status: word(index, working_tree).to_owned(),
        index_status: index.to_string(),
        working_tree_status: working_tree.to_string(),
        staged: ![' ', '?'].contains(&index),
        renamed_from: renamed_from.map(str::to_owned),
    }
}

/// What two letters come to; of two changes, the one that a caller must know of first.
fn word(index: char, working_tree: char) -> &'static str {
    const WORDS: [(char, &str); 8] = [
        ('U', "conflict"),
        ('R', "renamed"),
        ('C', "copied"),
        ('D', "deleted"),
        ('A', "added"),
        ('M', "modified"),
        ('T', "typechange"),
        ('?', "untracked"),
    ];
    match (index, working_tree) {
        // Both sides of a merge did it.
        ('A', 'A') | ('D', 'D') => "conflict",
        letters => {
            let is_there = |letter| letters.0 == letter || letters.1 == letter;
            let found = WORDS.iter().find(|(letter, _)| is_there(*letter));
            found.map_or("unknown", |(_, word)| word)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{GitStatus, parse};

    #[test]
    fn branches() {
        let cases = [
            ("## main\0", Some("main"), None, 0, 0, false),
            (
                "## No commits yet on main\0",
                Some("main"),
                None,
                0,
                0,
                false,
            ),
            (
                "## a.b...origin/a.b [ahead 2, behind 10]\0",
                Some("a.b"),
                Some("origin/a.b"),
                2,
                10,
                false,
            ),
            (
                "## m...o/m [behind 1]\0",
                Some("m"),
                Some("o/m"),
                0,
                1,
                false,
            ),
            ("## m...o/m [gone]\0", Some("m"), Some("o/m"), 0, 0, false),
            ("## HEAD (no branch)\0", None, None, 0, 0, true),
            ("## HEADER\0", Some("HEADER"), None, 0, 0, false),
            ("", None, None, 0, 0, false),
        ];
        for (output, branch, upstream, ahead, behind, detached) in cases {
            let expected = GitStatus {
                current_branch: branch.map(str::to_owned),
                upstream: upstream.map(str::to_owned),
                ahead,
                behind,
                detached,
                file_status: Vec::new(),
            };
            assert_eq!(parse(output), expected, "{output:?}");
            assert!(expected.is_clean() && !expected.has_changes());
        }
    }

    #[test]
    fn files() {
        let status = parse(
            "## main\0M  staged -> here\0 M \u{fc}\0R  new name\0old\nname\0?? a\0UU b\0AA c\0\
             AM d\0 D e\0 T f\0!! g\0",
        );
        let shown: Vec<_> = status
            .file_status
            .iter()
            .map(|file| (file.name.as_str(), file.status.as_str(), file.staged))
            .collect();
        let expected = [
            ("staged -> here", "modified", true),
            ("\u{fc}", "modified", false),
            ("new name", "renamed", true),
            ("a", "untracked", false),
            ("b", "conflict", true),
            ("c", "conflict", true),
            ("d", "added", true),
            ("e", "deleted", false),
            ("f", "typechange", false),
            ("g", "unknown", true),
        ];
        assert_eq!(shown, expected);
        let renamed = &status.file_status[2];
        assert_eq!(renamed.renamed_from.as_deref(), Some("old\nname"));
        assert_eq!(
            (
                renamed.index_status.as_str(),
                renamed.working_tree_status.as_str()
            ),
            ("R", " ")
        );
        let counts = (
            status.total_count(),
            status.staged_count(),
            status.unstaged_count(),
            status.untracked_count(),
            status.conflict_count(),
        );
        assert_eq!(counts, (10, 6, 4, 1, 2));
        assert!(status.has_staged() && status.has_untracked() && status.has_conflicts());
    }
}
