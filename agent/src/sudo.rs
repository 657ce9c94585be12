//! `sudo` inside a sandbox: runs a command as another user, root when none is named, without a
//! password.
//!
//! The template carries it set-user-id. It guards nothing: root inside a sandbox is nobody outside,
//! and every process of the sandbox may become root. For the same reason the environment is kept.

#![cfg(target_os = "linux")]

use std::{
    env, fmt,
    os::unix::process::CommandExt as _,
    process::{Command, ExitCode},
};

use nix::unistd::{Uid, setgid, setgroups, setuid};

#[path = "users.rs"]
mod users;
use users::User;

const USAGE: &str = "usage: sudo [-EHbiknSs] [-u user] [VARIABLE=value]... [command [argument]...]";

/// What the command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    user: Option<String>,
    login: bool,
    shell: bool,
    variables: Vec<(String, String)>,
    command: Vec<String>,
}

fn main() -> ExitCode {
    let result = parse(env::args().skip(1)).and_then(run);
    let Err(problem) = result;
    complain(&problem);
    ExitCode::FAILURE
}

fn parse(arguments: impl Iterator<Item = String>) -> Result<Request, String> {
    let mut arguments = arguments.peekable();
    let mut request = Request::default();
    while let Some(option) = arguments.next_if(|it| it.starts_with('-') && it != "-") {
        match option.as_str() {
            "--" => break,
            "-u" | "--user" => {
                request.user = Some(arguments.next().ok_or_else(|| USAGE.to_owned())?);
            }
            "-i" | "--login" => request.login = true,
            "-s" | "--shell" => request.shell = true,
            // No password is ever asked for, and the environment and the home directory are as these
            // options ask for anyway.
            "-E" | "--preserve-env" | "-H" | "--set-home" | "-n" | "--non-interactive" | "-S"
            | "--stdin" | "-k" | "-b" | "-v" => {}
            _ => return Err(format!("unknown option {option}\n{USAGE}")),
        }
    }
    while let Some(assignment) = arguments.next_if(|it| is_assignment(it)) {
        let (name, value) = assignment
            .split_once('=')
            .expect("an assignment has an equals sign");
        request.variables.push((name.to_owned(), value.to_owned()));
    }
    request.command = arguments.collect();
    if request.command.is_empty() && !request.login && !request.shell {
        return Err(USAGE.to_owned());
    }
    Ok(request)
}

fn is_assignment(word: &str) -> bool {
    let Some((name, _)) = word.split_once('=') else {
        return false;
    };
    let mut characters = name.chars();
    let first = characters
        .next()
        .is_some_and(|it| it.is_ascii_alphabetic() || it == '_');
    first && characters.all(|it| it.is_ascii_alphanumeric() || it == '_')
}

fn run(request: Request) -> Result<std::convert::Infallible, String> {
    let name = request.user.as_deref().unwrap_or("root");
    let user = User::find(name).ok_or_else(|| format!("unknown user {name}"))?;
    let caller = env::var("USER").unwrap_or_default();
    become_user(&user)?;
    let mut command = if request.login || request.shell {
        shell(&request)
    } else {
        let mut command = Command::new(&request.command[0]);
        command.args(&request.command[1..]);
        command
    };
    if request.login {
        command.current_dir(&user.home);
    }
    command
        .env("HOME", &user.home)
        .env("USER", &user.name)
        .env("LOGNAME", &user.name);
    command.env("SUDO_USER", caller).envs(request.variables);
    let program = command.get_program().to_string_lossy().into_owned();
    Err(format!("{program}: {}", command.exec()))
}

fn become_user(user: &User) -> Result<(), String> {
    // Where the sandbox has one id only, all its users are that one already.
    if user.uid == Uid::current() && user.uid == Uid::effective() {
        return Ok(());
    }
    setgroups(&[user.gid])
        .and_then(|()| setgid(user.gid))
        .and_then(|()| setuid(user.uid))
        .map_err(|problem| format!("cannot become {}: {problem}", user.name))
}

fn shell(request: &Request) -> Command {
    let mut command = Command::new("/bin/bash");
    if request.login {
        command.arg("-l");
    }
    if !request.command.is_empty() {
        command
            .arg("-c")
            .arg("\"$@\"")
            .arg("bash")
            .args(&request.command);
    }
    command
}

#[expect(
    clippy::print_stderr,
    reason = "this is a command, and errors go to its error output"
)]
fn complain(problem: &dyn fmt::Display) {
    eprintln!("sudo: {problem}");
}

#[cfg(test)]
mod tests {
    use super::{Request, parse};

    fn parsed(line: &str) -> Result<Request, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn reads_options_variables_and_the_command() {
        let request = parsed("-E -u user A=1 _B=2=3 ls -l A=4").expect("valid");
        assert_eq!(request.user.as_deref(), Some("user"));
        let variables = [
            ("A".to_owned(), "1".to_owned()),
            ("_B".to_owned(), "2=3".to_owned()),
        ];
        assert_eq!(request.variables, variables);
        assert_eq!(request.command, ["ls", "-l", "A=4"]);
    }

    #[test]
    fn takes_what_follows_two_dashes_as_the_command() {
        assert_eq!(parsed("-n -- -x").expect("valid").command, ["-x"]);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for line in ["", "-u", "--frobnicate ls", "A=1"] {
            assert!(parsed(line).is_err(), "{line:?}");
        }
    }
}
