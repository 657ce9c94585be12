//! The command lines of Git.

use std::fmt;

/// One command line of Git: its words, which the shell takes as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Configuration for this command alone.
    settings: Vec<String>,
    repository: Option<String>,
    words: Vec<String>,
}

impl Line {
    /// A command of Git by its name.
    pub(super) fn new(name: &str) -> Self {
        Self {
            settings: Vec::new(),
            repository: None,
            words: vec![name.to_owned()],
        }
    }

    /// The same, done in a repository.
    pub(super) fn at(mut self, repository: &str) -> Self {
        self.repository = Some(repository.to_owned());
        self
    }

    /// The same with a configuration of its own.
    pub(super) fn set(mut self, key: &str, value: &str) -> Self {
        self.settings.push(format!("{key}={value}"));
        self
    }

    /// The same with more words.
    pub(super) fn words<W: Into<String>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.words.extend(words.into_iter().map(Into::into));
        self
    }

    /// The same with one more word.
    pub(super) fn word(self, word: &str) -> Self {
        self.words([word])
    }

    /// The same with one more word, if it is asked for.
    pub(super) fn flag(self, word: &str, is_asked: bool) -> Self {
        self.words(is_asked.then_some(word))
    }

    /// The same with an option that has a value, if there is one.
    pub(super) fn option(self, name: &str, value: Option<&str>) -> Self {
        match given(value) {
            Some(value) => self.words([name, value]),
            None => self,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("git")?;
        if let Some(repository) = &self.repository {
            write!(formatter, " -C {}", quoted(repository))?;
        }
        for setting in &self.settings {
            write!(formatter, " -c {}", quoted(setting))?;
        }
        for word in &self.words {
            write!(formatter, " {}", quoted(word))?;
        }
        Ok(())
    }
}

/// A text that is not empty, which counts as none.
pub(super) fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// A word as the shell takes it.
pub(super) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r#"'"'"'"#))
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn words_arrive_as_they_are() {
        let line = Line::new("commit")
            .at("/tmp/it's here")
            .set("user.name", "Ü $(id)")
            .words(["-m", "a\n'b'"])
            .flag("--allow-empty", true)
            .flag("--amend", false)
            .option("--source", Some("main"))
            .option("--target", Some(""));
        assert_eq!(
            line.to_string(),
            "git -C '/tmp/it'\"'\"'s here' -c 'user.name=Ü $(id)' 'commit' '-m' \
             'a\n'\"'\"'b'\"'\"'' '--allow-empty' '--source' 'main'"
        );
    }
}
