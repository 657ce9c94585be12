//! How a process of the sandbox is started.

use std::{
    collections::BTreeMap,
    io,
    os::{fd::OwnedFd, unix::process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use connectrpc::ConnectError;
use nix::unistd::{Pid, Uid};
use sandspan_protocol::{
    agent::AgentConfig,
    rpc::process::{ProcessConfig, StartRequest},
};
use tokio::sync::oneshot;

use crate::{reaper::Reaper, users::User};

/// How much of a command line an error quotes.
const QUOTED: usize = 200;

/// Where programs are looked for.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A process that has just been started.
pub(crate) struct Spawned {
    pub(crate) pid: Pid,
    pub(crate) exit: oneshot::Receiver<ExitStatus>,
    pub(crate) stdin: Option<OwnedFd>,
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
}

/// What every process of the sandbox is started with.
pub(crate) struct Surroundings {
    envs: BTreeMap<String, String>,
}

impl Surroundings {
    pub(crate) fn new(config: AgentConfig) -> Self {
        let mut envs = BTreeMap::from([
            ("E2B_SANDBOX".to_owned(), "true".to_owned()),
            ("E2B_SANDBOX_ID".to_owned(), config.sandbox_id),
            ("E2B_TEMPLATE_ID".to_owned(), config.template_id),
        ]);
        envs.extend(config.envs);
        Self { envs }
    }

    /// Starts the process that a request asks for as a user, in a process group of its own, so that
    /// a signal can reach its children too.
    pub(crate) fn spawn(
        &self,
        request: &StartRequest,
        user: &User,
        reaper: &Reaper,
    ) -> Result<Spawned, ConnectError> {
        let config = &*request.process;
        let directory = working_directory(config.cwd.as_deref().unwrap_or_default(), &user.home)?;
        let launch = Launch {
            surroundings: self,
            request,
            config,
            user,
            directory,
        };
        let mut child = None;
        let (pid, exit) = reaper
            .register(|| {
                let spawned = launch.spawn_or_explain()?;
                let pid = Pid::from_raw(spawned.id().cast_signed());
                child = Some(spawned);
                Ok(pid)
            })
            .map_err(|problem| cannot_start(config, &problem))?;
        #[expect(clippy::zombie_processes, reason = "the reaper waits for all children")]
        let child: Child = child.expect("a registered child was spawned");
        let piped = "it was asked for as a pipe";
        Ok(Spawned {
            pid,
            exit,
            stdin: child.stdin.map(OwnedFd::from),
            stdout: child.stdout.expect(piped).into(),
            stderr: child.stderr.expect(piped).into(),
        })
    }
}

/// One start of a process.
struct Launch<'start> {
    surroundings: &'start Surroundings,
    request: &'start StartRequest,
    config: &'start ProcessConfig,
    user: &'start User,
    directory: PathBuf,
}

impl Launch<'_> {
    /// A program that is not there is no failure of the service: the process starts, says so on its
    /// error output and ends with 127, as the shell does it. If it is the directory that the user
    /// may not enter, the shell cannot start there either.
    fn spawn_or_explain(&self) -> io::Result<Child> {
        let (program, arguments) = (&self.config.cmd, &self.config.args);
        match self.command(program, arguments).spawn() {
            Err(problem) if is_about_a_path(&problem) => {
                let shell = ["-c", "exec \"$@\"", "sh", program].map(str::to_owned);
                self.command("/bin/sh", shell.iter().chain(arguments))
                    .spawn()
            }
            other => other,
        }
    }

    fn command<'argument>(
        &self,
        program: &str,
        arguments: impl IntoIterator<Item = &'argument String>,
    ) -> Command {
        let user = self.user;
        let has_input = self.request.stdin.unwrap_or(true);
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.directory)
            .env_clear()
            .env("PATH", PATH)
            .env("HOME", &user.home)
            .env("USER", &user.name)
            .env("LOGNAME", &user.name)
            .envs(&self.surroundings.envs)
            .envs(&self.config.envs)
            .stdin(if has_input {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        // Where the sandbox has one id only, all users are that one and nothing is to be changed.
        if user.uid != Uid::current() {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
    }
}

fn is_about_a_path(problem: &io::Error) -> bool {
    matches!(
        problem.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied
    )
}

fn cannot_start(config: &ProcessConfig, problem: &io::Error) -> ConnectError {
    let line = std::iter::once(&config.cmd).chain(&config.args);
    let line: Vec<&str> = line.map(String::as_str).collect();
    let line = line.join(" ");
    let start: String = line.chars().take(QUOTED).collect();
    let more = if start.len() < line.len() { "..." } else { "" };
    let message = format!("error starting process '{start}{more}': {problem}");
    match problem.raw_os_error() {
        Some(nix::libc::EAGAIN) => ConnectError::resource_exhausted(format!(
            "{message}: the sandbox has as many processes as it may"
        )),
        _ => ConnectError::invalid_argument(message),
    }
}

/// The directory that a process starts in: the home directory, or a path from there.
fn working_directory(path: &str, home: &Path) -> Result<PathBuf, ConnectError> {
    if path.contains('\0') {
        return Err(ConnectError::invalid_argument(
            "cwd must not contain a NUL character",
        ));
    }
    let directory = match path.strip_prefix('~') {
        None => home.join(path),
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            home.join(rest.trim_start_matches('/'))
        }
        Some(_) => {
            return Err(ConnectError::invalid_argument(
                "cannot expand user-specific home dir",
            ));
        }
    };
    if !directory.is_dir() {
        let shown = directory.display();
        let what = if directory.exists() {
            "is not a directory"
        } else {
            "does not exist"
        };
        return Err(ConnectError::invalid_argument(format!(
            "cwd '{shown}' {what}"
        )));
    }
    Ok(directory)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::working_directory;

    #[test]
    fn paths_are_taken_from_home() {
        let home = Path::new("/usr");
        for (path, directory) in [
            ("", "/usr"),
            ("~", "/usr"),
            ("~/bin", "/usr/bin"),
            ("bin", "/usr/bin"),
            ("/etc", "/etc"),
        ] {
            let found = working_directory(path, home).expect("it exists");
            assert_eq!(found, Path::new(directory), "{path}");
        }
    }

    #[test]
    fn other_paths_are_refused_with_the_reason() {
        for (path, reason) in [
            ("~root", "cannot expand user-specific home dir"),
            ("/nonexistent", "cwd '/nonexistent' does not exist"),
            ("/etc/passwd", "cwd '/etc/passwd' is not a directory"),
            ("a\0b", "cwd must not contain a NUL character"),
        ] {
            let error = working_directory(path, Path::new("/usr")).expect_err("refused");
            assert_eq!(error.message.as_deref(), Some(reason));
        }
    }
}
