//! How a process of the sandbox is started.

use std::{
    collections::BTreeMap,
    ffi::CString,
    io,
    os::{
        fd::OwnedFd,
        unix::{ffi::OsStrExt as _, process::CommandExt as _},
    },
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::Arc,
};

use connectrpc::ConnectError;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::{Gid, Pid, Uid, setgid, setgroups, setuid},
};
use rustix::process::{chdir, ioctl_tiocsctty, setsid};
use sandspan_protocol::{
    agent::AgentConfig,
    rpc::process::{ProcessConfig, StartRequest},
};
use tokio::{
    net::unix::pipe,
    sync::{Mutex, oneshot},
};

use super::{
    groups,
    input::Input,
    output::{Output, nonblocking},
    terminal::{self, Terminal},
    tree::Mark,
};
use crate::{path, reaper::Reaper, users::User};

/// How much of a command line an error quotes.
const QUOTED: usize = 200;

/// Where programs are looked for.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A process that has just been started.
pub(crate) struct Spawned {
    pub(crate) pid: Pid,
    pub(crate) mark: Mark,
    pub(crate) exit: oneshot::Receiver<ExitStatus>,
    pub(crate) input: Input,
    pub(crate) output: Output,
}

/// What every process of the sandbox is started with.
pub(crate) struct Surroundings {
    envs: BTreeMap<String, String>,
}

impl Surroundings {
    pub(crate) fn new(config: &AgentConfig) -> Self {
        let mut envs = BTreeMap::from([
            ("E2B_SANDBOX".to_owned(), "true".to_owned()),
            ("E2B_SANDBOX_ID".to_owned(), config.sandbox_id.clone()),
            ("E2B_TEMPLATE_ID".to_owned(), config.template_id.clone()),
        ]);
        envs.extend(config.envs.clone());
        Self { envs }
    }

    /// The environment variables of every process.
    pub(crate) fn envs(&self) -> &BTreeMap<String, String> {
        &self.envs
    }

    /// The environment variables that a process of a user is started with, some of which are its
    /// own.
    pub(crate) fn environment<'own>(
        &self,
        user: &User,
        own: impl IntoIterator<Item = (&'own String, &'own String)>,
    ) -> BTreeMap<String, String> {
        let home = user.home.to_string_lossy();
        let basic = [
            ("PATH", PATH),
            ("HOME", &home),
            ("USER", &user.name),
            ("LOGNAME", &user.name),
        ];
        let basic = basic.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut environment = BTreeMap::from(basic);
        environment.extend(self.envs.clone());
        let own = own.into_iter();
        environment.extend(own.map(|(name, value)| (name.clone(), value.clone())));
        environment
    }

    /// Starts the process that a request asks for as a user: in a process group of its own, so that
    /// a signal can reach its children too, or in a session of its own when it has a terminal.
    pub(crate) fn spawn(
        &self,
        request: &StartRequest,
        user: &User,
        reaper: &Reaper,
    ) -> Result<Spawned, ConnectError> {
        let config = &*request.process;
        let directory = working_directory(config.cwd.as_deref().unwrap_or_default(), &user.home)?;
        let size = if request.pty.is_set() {
            Some(terminal::size(&request.pty)?)
        } else {
            None
        };
        let failed = |problem: &io::Error| cannot_start(config, problem);
        let terminal = size.map(|size| Terminal::open(size, user)).transpose();
        let launch = Launch {
            surroundings: self,
            has_input: request.stdin.unwrap_or(true),
            terminal: terminal.map_err(|it| failed(&it))?,
            config,
            user,
            directory,
            mark: Mark::new(),
        };
        launch.start(reaper).map_err(|it| failed(&it))
    }
}

/// One start of a process.
struct Launch<'start> {
    surroundings: &'start Surroundings,
    has_input: bool,
    terminal: Option<Terminal>,
    config: &'start ProcessConfig,
    user: &'start User,
    directory: PathBuf,
    mark: Mark,
}

impl Launch<'_> {
    fn start(self, reaper: &Reaper) -> io::Result<Spawned> {
        let mut child = None;
        let (pid, exit) = reaper.register(|| {
            let spawned = self.spawn_or_explain()?;
            let pid = Pid::from_raw(spawned.id().cast_signed());
            child = Some(spawned);
            Ok(pid)
        })?;
        let child: Child = child.expect("a registered child was spawned");
        let ends = match self.terminal {
            Some(terminal) => through_terminal(terminal),
            None => pipes(child),
        };
        let (input, output) = ends.inspect_err(|_| abandon(pid, self.mark))?;
        Ok(Spawned {
            pid,
            mark: self.mark,
            exit,
            input,
            output,
        })
    }

    /// A program that is not there is no failure of the service: the process starts, says so on its
    /// error output and ends with 127, as the shell does it. If it is the directory that the user
    /// may not enter, the shell cannot start there either.
    fn spawn_or_explain(&self) -> io::Result<Child> {
        let (program, arguments) = (&self.config.cmd, &self.config.args);
        match self.command(program, arguments)?.spawn() {
            Err(problem) if is_about_a_path(&problem) => {
                let shell = ["-c", "exec \"$@\"", "sh", program].map(str::to_owned);
                self.command("/bin/sh", shell.iter().chain(arguments))?
                    .spawn()
            }
            other => other,
        }
    }

    fn command<'argument>(
        &self,
        program: &str,
        arguments: impl IntoIterator<Item = &'argument String>,
    ) -> io::Result<Command> {
        let user = self.user;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .envs(self.surroundings.environment(user, &self.config.envs));
        self.connect(&mut command)?;
        self.prepare(&mut command)?;
        Ok(command)
    }

    fn connect(&self, command: &mut Command) -> io::Result<()> {
        if let Some(Terminal { slave, .. }) = &self.terminal {
            command
                .stdin(slave.try_clone()?)
                .stdout(slave.try_clone()?)
                .stderr(slave.try_clone()?);
        } else {
            let stdin = if self.has_input {
                Stdio::piped()
            } else {
                Stdio::null()
            };
            command
                .stdin(stdin)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .process_group(0);
        }
        Ok(())
    }

    /// Lets the child become what it shall be just before it executes its program.
    #[expect(
        unsafe_code,
        reason = "what runs in the child makes system calls and does nothing else"
    )]
    fn prepare(&self, command: &mut Command) -> io::Result<()> {
        let (user, mark) = (self.user, self.mark);
        let directory = CString::new(self.directory.as_os_str().as_bytes())?;
        let has_terminal = self.terminal.is_some();
        // Where the sandbox has one id only, all users are that one and nothing is to be changed.
        let identity = (user.uid != Uid::current()).then(|| (user.uid, user.gid, groups::of(user)));
        let become_it = move || {
            if has_terminal {
                setsid()?;
                ioctl_tiocsctty(rustix::stdio::stdin())?;
            }
            mark.put_on()?;
            if let Some((uid, gid, groups)) = &identity {
                take_identity(*uid, *gid, groups)?;
            }
            // As the user, who may not be allowed to enter it.
            Ok(chdir(&directory)?)
        };
        // SAFETY: it allocates nothing and takes no locks.
        unsafe { command.pre_exec(become_it) };
        Ok(())
    }
}

fn take_identity(uid: Uid, gid: Gid, groups: &[Gid]) -> nix::Result<()> {
    setgroups(groups)?;
    setgid(gid)?;
    setuid(uid)
}

/// Kills what was started and cannot be looked after: it would run on where nobody finds it.
fn abandon(pid: Pid, mark: Mark) {
    // The group first, which needs no descriptor. Who asked is told of the failure that came first.
    let _ = killpg(pid, Signal::SIGKILL);
    let _ = mark.kill_all();
}

fn through_terminal(terminal: Terminal) -> io::Result<(Input, Output)> {
    let master = Arc::new(nonblocking(terminal.master)?);
    let input = Input::Terminal(Arc::clone(&master), Mutex::default());
    Ok((input, Output::of_terminal(master)))
}

fn pipes(child: Child) -> io::Result<(Input, Output)> {
    let stdin = child.stdin.map(OwnedFd::from);
    let stdin = stdin.map(pipe::Sender::from_owned_fd).transpose()?;
    let piped = "it was asked for as a pipe";
    let stdout = child.stdout.expect(piped).into();
    let stderr = child.stderr.expect(piped).into();
    let output = Output::of_pipes(stdout, stderr)?;
    Ok((Input::Pipe(Mutex::new(stdin)), output))
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
pub(crate) fn working_directory(path: &str, home: &Path) -> Result<PathBuf, ConnectError> {
    let directory = path::resolve(path, home).map_err(ConnectError::invalid_argument)?;
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
        for (path, directory) in [("", "/usr"), ("~/bin", "/usr/bin"), ("/etc", "/etc")] {
            let found = working_directory(path, Path::new("/usr")).expect("it exists");
            assert_eq!(found, Path::new(directory), "{path}");
        }
    }

    #[test]
    fn other_paths_are_refused_with_the_reason() {
        for (path, reason) in [
            ("~root", "cannot expand user-specific home dir"),
            ("/nonexistent", "cwd '/nonexistent' does not exist"),
            ("/etc/passwd", "cwd '/etc/passwd' is not a directory"),
            ("a\0b", "a path must not contain a NUL character"),
        ] {
            let error = working_directory(path, Path::new("/usr")).expect_err("refused");
            assert_eq!(error.message.as_deref(), Some(reason));
        }
    }
}
