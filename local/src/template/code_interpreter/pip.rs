//! Filling the environment by pip, as the user's pip is configured.

use std::{
    env, fs,
    io::{self, BufRead as _, BufReader, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use super::recipe::packages;
use crate::template::{
    cache::{Cache, Lock},
    making::{BuildError, Steps},
};

/// How often there is news while pip says nothing.
const TICK: Duration = Duration::from_millis(500);

/// What a user may have set for other occasions, and what would put the packages elsewhere or refuse
/// them.
const FOREIGN_SETTINGS: [&str; 12] = [
    "PIP_CONSTRAINT",
    "PIP_DRY_RUN",
    "PIP_NO_BINARY",
    "PIP_PREFIX",
    "PIP_PYTHON",
    "PIP_REQUIREMENT",
    "PIP_ROOT",
    "PIP_TARGET",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "VIRTUAL_ENV",
];

/// How many lines of pip's last words an error may show.
const LAST_WORDS: usize = 3;

/// What the words of pip hold when the index cannot be reached.
const OFFLINE: [&str; 6] = [
    "connection broken by",
    "NewConnectionError",
    "ConnectionError",
    "ProxyError",
    "name resolution",
    "ReadTimeout",
];

/// pip, with all it needs to fill an environment.
pub(super) struct Pip<'a> {
    prefix: &'a Path,
    /// Where pip is imported from.
    place: &'a Path,
    /// The directory for what it downloads, where the user has switched off pip's own.
    downloads: Option<PathBuf>,
    lock: &'a Lock,
}

/// Something that pip wrote.
enum Line {
    Output(String),
    Problem(String),
}

impl<'a> Pip<'a> {
    pub(super) fn find(
        prefix: &'a Path,
        place: &'a Path,
        cache: &Cache,
        lock: &'a Lock,
    ) -> io::Result<Self> {
        let mut pip = Self {
            prefix,
            place,
            downloads: None,
            lock,
        };
        let asked = pip.command()?.args(["cache", "dir"]).output()?;
        if !asked.status.success() {
            // What was downloaded is kept in any case, for a maker that is interrupted.
            pip.downloads = Some(cache.downloads());
        }
        Ok(pip)
    }

    /// Installs what a list of requirements says, and nothing else. Nothing may be installed yet: the
    /// Python that pip runs on reads what packages leave for its start.
    pub(super) fn install(
        &self,
        requirements: &str,
        steps: &mut Steps<'_>,
    ) -> Result<(), BuildError> {
        let list = self.prefix.join("requirements.txt");
        fs::write(&list, requirements)?;
        let mut command = self.command()?;
        // Wheels only, for building a package would run its code on the host.
        command.args([
            "install",
            "--no-deps",
            "--only-binary=:all:",
            "--progress-bar=off",
        ]);
        command
            .args(["--no-warn-script-location", "--requirement"])
            .arg(&list);
        if let Some(downloads) = &self.downloads {
            command.arg("--cache-dir").arg(downloads);
        }
        let problems = self.run(command, requirements, steps)?;
        fs::remove_file(&list)?;
        problems.map_or(Ok(()), Err)
    }

    fn command(&self) -> io::Result<Command> {
        let mut command = Command::new(self.prefix.join("bin/python"));
        for name in FOREIGN_SETTINGS {
            command.env_remove(name);
        }
        command
            .args(["-m", "pip", "--no-input", "--disable-pip-version-check"])
            .current_dir(self.prefix)
            .env("PYTHONPATH", self.place)
            .env("PYTHONUNBUFFERED", "1")
            .env("PIP_USER", "0")
            .env(
                "PIP_RETRIES",
                env::var_os("PIP_RETRIES").unwrap_or_else(|| "2".into()),
            )
            // The lock stays with pip, should this process die.
            .stdin(Stdio::from(self.lock.try_clone()?))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Ok(command)
    }

    /// Runs pip and follows it; gives what it failed with, if it did.
    fn run(
        &self,
        mut command: Command,
        requirements: &str,
        steps: &mut Steps<'_>,
    ) -> Result<Option<BuildError>, BuildError> {
        let mut child = command.spawn()?;
        let (sender, lines) = mpsc::channel();
        let (output, problems) = (child.stdout.take(), child.stderr.take());
        if let (Some(output), Some(problems)) = (output, problems) {
            read_lines(output, Line::Output, sender.clone());
            read_lines(problems, Line::Problem, sender);
        }
        let mut follower = Follower::new(requirements, steps, packages(self.prefix)?);
        loop {
            match lines.recv_timeout(TICK) {
                Ok(Line::Output(line)) => follower.read(&line),
                Ok(Line::Problem(line)) => follower.problems.push(line),
                Err(RecvTimeoutError::Timeout) => follower.tick(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let has_succeeded = child.wait()?.success();
        follower.end();
        Ok((!has_succeeded).then(|| failure(&follower.problems)))
    }
}

fn read_lines(from: impl Read + Send + 'static, kind: fn(String) -> Line, to: Sender<Line>) {
    thread::spawn(move || {
        for line in BufReader::new(from).split(b'\n') {
            let Ok(line) = line else { return };
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if to.send(kind(line)).is_err() {
                return;
            }
        }
    });
}

/// Tells from pip's words how far it is.
struct Follower<'a, 'b> {
    steps: &'a mut Steps<'b>,
    /// How many packages there are for this Python: each is fetched and installed.
    count: u32,
    collected: u32,
    is_installing: bool,
    packages: PathBuf,
    problems: Vec<String>,
}

impl<'a, 'b> Follower<'a, 'b> {
    fn new(requirements: &str, steps: &'a mut Steps<'b>, packages: PathBuf) -> Self {
        // All, until pip says which it leaves out.
        let count = count(requirements);
        steps.total = 2 * count + 1;
        Self {
            count,
            collected: 0,
            is_installing: false,
            packages,
            problems: Vec::new(),
            steps,
        }
    }

    fn read(&mut self, line: &str) {
        let line = line.trim_start();
        if line.starts_with("Ignoring ") && line.contains(": markers ") {
            self.count = self.count.saturating_sub(1);
            self.steps.total = self.steps.total.saturating_sub(2);
        } else if let Some(name) = line.strip_prefix("Collecting ") {
            self.collected += 1;
            let name = name.split_whitespace().next().unwrap_or(name);
            self.steps.step = format!("fetching {name}");
        } else if let Some(file) = line.strip_prefix("Downloading ") {
            let file = file.rsplit('/').next().unwrap_or(file);
            self.steps.step = format!("downloading {file}");
        } else if line.starts_with("Installing collected packages") {
            self.is_installing = true;
            "installing packages".clone_into(&mut self.steps.step);
        }
        self.tick();
    }

    fn tick(&mut self) {
        let mut done = self.collected.saturating_sub(1);
        if self.is_installing {
            done = self.count + installed(&self.packages);
        }
        self.steps.done = done.min(2 * self.count);
        self.steps.tell();
    }

    fn end(&mut self) {
        self.steps.done = 2 * self.count;
    }
}

/// How many packages a list of requirements has.
fn count(requirements: &str) -> u32 {
    let count = requirements
        .lines()
        .filter(|line| !line.starts_with('#') && line.contains("=="))
        .count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// How many packages there are.
fn installed(packages: &Path) -> u32 {
    let entries = fs::read_dir(packages).into_iter().flatten().flatten();
    let count = entries
        .filter(|entry| entry.path().extension().is_some_and(|it| it == "dist-info"))
        .count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What pip's last words mean.
fn failure(problems: &[String]) -> BuildError {
    let errors: Vec<&str> = problems
        .iter()
        .filter_map(|line| line.strip_prefix("ERROR: "))
        .collect();
    let words = if errors.is_empty() {
        problems
            .iter()
            .map(String::as_str)
            .filter(|line| !line.is_empty())
            .collect()
    } else {
        errors
    };
    let words = words[words.len().saturating_sub(LAST_WORDS)..].join("; ");
    if words.contains("No space left on device") {
        BuildError::Io(io::ErrorKind::StorageFull.into())
    } else if problems
        .iter()
        .any(|line| OFFLINE.iter().any(|sign| line.contains(sign)))
    {
        BuildError::Offline(words)
    } else {
        BuildError::Pip(words)
    }
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn counts_packages_alone() {
        let list = "# numpy==1 was too old.\n\nnumpy==2 ; python_full_version == '3.11.*'\n";
        assert_eq!(count(list), 1);
    }
}
