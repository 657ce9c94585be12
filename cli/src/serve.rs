//! `sandspan serve`: the local runtime.

use std::{
    env, fmt,
    io::{self, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Args;
use sandspan_local::{
    GATEWAY_COMMAND, JAIL_COMMAND, NAMESPACE_COMMAND, ServeError, ServeOptions, gateway_main,
    hold_namespace, jail_main, serve,
};
use sandspan_protocol::{
    defaults::{IDLE_EXIT, LARGEST_CAP, MAX_SANDBOX_TIMEOUT},
    runtime::{self, ServerFile},
};

/// How the local runtime is to be run.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Where to listen. Port 0 is any free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,

    /// Where the sandboxes' files lie [default: ~/.local/state/sandspan].
    #[arg(long, value_name = "DIRECTORY", env = "SANDSPAN_STATE_DIR")]
    state_dir: Option<PathBuf>,

    /// Where clients find the server's address and key [default: the user's runtime directory].
    #[arg(long, value_name = "DIRECTORY", env = runtime::RUNTIME_DIR)]
    runtime_dir: Option<PathBuf>,

    /// The longest that a sandbox may live, in seconds; at most 86400.
    #[arg(long, value_name = "SECONDS", default_value_t = MAX_SANDBOX_TIMEOUT.as_secs(),
          value_parser = clap::value_parser!(u64).range(1..=LARGEST_CAP.as_secs()))]
    max_timeout: u64,

    /// Leave idle timeouts to clients, as services without them do.
    #[arg(long)]
    ignore_idle_timeouts: bool,

    /// The key that clients must send [default: a random one].
    #[arg(
        long,
        value_name = "KEY",
        env = "SANDSPAN_API_KEY",
        hide_env_values = true
    )]
    api_key: Option<String>,

    /// Ends after this many seconds without a sandbox [default: 600 in the background, else never].
    #[arg(long, value_name = "SECONDS")]
    idle_exit: Option<u64>,

    /// Runs for clients that start it by themselves: says where it is in one line of JSON.
    #[arg(long, hide = true)]
    background: bool,
}

impl fmt::Debug for Arguments {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Arguments")
            .field("listen", &self.listen)
            .finish_non_exhaustive()
    }
}

/// The runtime executes this program again for parts of its work, before anything else is set up.
pub(crate) fn run_as_part_of_a_sandbox() -> Option<ExitCode> {
    let argument = env::args_os().nth(1)?;
    let result = if argument == JAIL_COMMAND {
        jail_main()
    } else if argument == NAMESPACE_COMMAND {
        hold_namespace()
    } else if argument == GATEWAY_COMMAND {
        gateway_main()
    } else {
        return None;
    };
    Some(if result.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Runs the server until it ends.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    let background = arguments.background;
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_env_filter(log_filter())
        .with_ansi(false)
        .init();
    let result = options(arguments).and_then(|options| {
        let runtime_directory = options.runtime_directory.clone();
        let ready = move |file: &ServerFile| announce(background, &runtime_directory, file);
        serve(&options, ready).map_err(|problem: ServeError| problem.to_string())
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            complain(&problem);
            ExitCode::FAILURE
        }
    }
}

fn log_filter() -> tracing_subscriber::EnvFilter {
    tracing_subscriber::EnvFilter::try_from_env("SANDSPAN_LOG").unwrap_or_else(|_| "info".into())
}

fn options(arguments: Arguments) -> Result<ServeOptions, String> {
    let default_exit = arguments.background.then_some(IDLE_EXIT);
    let program = env::current_exe().map_err(|problem| format!("this program: {problem}"))?;
    let programs = program
        .parent()
        .ok_or("this program lies nowhere")?
        .to_owned();
    let user = nix::unistd::geteuid().as_raw();
    Ok(ServeOptions {
        listen: arguments.listen,
        state_directory: absolute(&arguments.state_dir.map_or_else(state_directory, Ok)?)?,
        runtime_directory: absolute(
            &arguments
                .runtime_dir
                .unwrap_or_else(|| runtime::directory(user)),
        )?,
        programs,
        max_timeout: Duration::from_secs(arguments.max_timeout),
        obeys_idle_timeouts: !arguments.ignore_idle_timeouts,
        idle_exit: arguments
            .idle_exit
            .map(Duration::from_secs)
            .or(default_exit),
        api_key: arguments.api_key.filter(|key| !key.is_empty()),
    })
}

/// The server changes its working directory.
fn absolute(path: &Path) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|problem| format!("{}: {problem}", path.display()))
}

/// `$XDG_STATE_HOME`, else its documented default, for this program.
fn state_directory() -> Result<PathBuf, String> {
    let set = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("XDG_STATE_HOME")
        .or_else(|| Some(set("HOME")?.join(".local/state")))
        .map(|base| base.join("sandspan"))
        .ok_or_else(|| "HOME is not set: name a directory with --state-dir".to_owned())
}

#[expect(
    clippy::print_stdout,
    reason = "this is what the command is there to say"
)]
fn announce(background: bool, runtime_directory: &Path, file: &ServerFile) {
    if background {
        println!("{}", serde_json::json!({ "url": file.url }));
    } else {
        let key = runtime_directory.join(runtime::SERVER_FILE);
        println!(
            "Sandspan's local runtime is at {} (its key is in {})",
            file.url,
            key.display()
        );
    }
    // A reader that has gone does not matter to the server.
    let _ = io::stdout().flush();
}

#[expect(
    clippy::print_stderr,
    reason = "this is a command, and errors go to its error output"
)]
fn complain(problem: &str) {
    eprintln!("sandspan: {problem}");
}
