//! The local runtime, started on first use. What a process is told about it by its environment is
//! told to a child of the test's.

use std::{
    env, fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
};

use sandspan::{Client, ConnectionOptions, ErrorKind, RunOptions};

use crate::support::{Directory, field, kill_all, short};

/// The environment variable that names a child's task.
const TASK: &str = "SANDSPAN_TEST_TASK";

/// A child with this task, which has a runtime directory of its own.
fn child(directory: &Directory, task: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("it runs"));
    command
        .args([
            "--exact",
            "autostart::task_of_a_child",
            "--include-ignored",
            "--nocapture",
        ])
        .envs(directory.variables())
        .env(TASK, task)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn succeeded(output: &Output) {
    let texts = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{}{}", texts[0], texts[1]);
}

fn client() -> Client {
    Client::new(ConnectionOptions::default()).expect("the local runtime")
}

/// Ends a server as nothing can prevent, and waits until all its connections are closed: its first
/// thread may stay for as long as nobody asks how it ended, the others do not.
fn kill(runtime: &Path) {
    let pid = field(runtime, "pid");
    let status = Command::new("kill").args(["-9", &pid]).status();
    assert!(status.expect("there is such a program").success());
    let process = Path::new("/proc").join(&pid);
    let is_ending = || {
        let stat = fs::read_to_string(process.join("stat")).unwrap_or_default();
        let threads = fs::read_dir(process.join("task")).map_or(0, Iterator::count);
        threads > 1 || threads == 1 && !stat.contains(") Z ")
    };
    while is_ending() {
        thread::yield_now();
    }
}

/// Ends the server that a test started and what is left in it, whether or not the test passed.
struct End<'directory>(&'directory Directory);

impl Drop for End<'_> {
    fn drop(&mut self) {
        if !self.0.runtime().join("server.json").exists() {
            return;
        }
        let output = child(self.0, "end").output().expect("it ends");
        if !thread::panicking() {
            succeeded(&output);
        }
    }
}

/// A program that is no local runtime.
fn script(directory: &Directory, text: &str) -> PathBuf {
    let path = directory.runtime().with_file_name("script");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("executable");
    path
}

#[expect(clippy::print_stderr, reason = "the parent reads it")]
#[tokio::test]
#[ignore = "the other tests run it, in processes of its own"]
async fn task_of_a_child() {
    match env::var(TASK).expect("a task").as_str() {
        "run" => {
            let sandbox = client().create(short()).await.expect("created");
            let result = sandbox
                .commands()
                .run("echo on", RunOptions::default())
                .await;
            assert_eq!(result.expect("it runs").stdout, "on\n");
        }
        "intrude" => {
            let options = ConnectionOptions {
                provider: Some("local".to_owned()),
                api_key: Some("wrong".to_owned()),
                ..ConnectionOptions::default()
            };
            let client = Client::new(options).expect("valid");
            let error = client.create(short()).await.expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error}");
        }
        "survive" => survive_the_server().await,
        "end" => {
            kill_all(&client()).await;
            kill(&runtime());
        }
        "fail" => {
            let error = client().create(short()).await.expect_err("nothing starts");
            assert_eq!(error.kind(), ErrorKind::LocalRuntime);
            eprintln!("{error}");
        }
        task => panic!("unknown task {task}"),
    }
}

fn runtime() -> PathBuf {
    env::var_os("SANDSPAN_RUNTIME_DIR")
        .expect("it is set")
        .into()
}

async fn survive_the_server() {
    let (client, runtime) = (client(), runtime());
    let sandbox = client.create(short()).await.expect("created");
    kill(&runtime);
    assert!(sandbox.is_running().await.expect("adopted"));
    kill(&runtime);
    let result = sandbox
        .commands()
        .run("echo on", RunOptions::default())
        .await;
    assert_eq!(result.expect("adopted").stdout, "on\n");
    kill(&runtime);
    client
        .get_info(sandbox.sandbox_id())
        .await
        .expect("adopted");
    let handle = sandbox
        .commands()
        .start("sleep 60", RunOptions::default())
        .await;
    let handle = handle.expect("it starts");
    kill(&runtime);
    let error = handle.wait().await.expect_err("the connection broke");
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert!(
        error.message().contains("The sandbox is running"),
        "{error}"
    );
}

#[test]
fn two_at_once_start_one_server() {
    let directory = Directory::new();
    let _end = End(&directory);
    let children = [(); 2].map(|()| child(&directory, "run").spawn().expect("it starts"));
    for child in children {
        succeeded(&child.wait_with_output().expect("it ends"));
    }
    let pid = field(&directory.runtime(), "pid");
    let status = fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
    let fields: Vec<_> = status
        .rsplit(')')
        .next()
        .expect("fields")
        .split_whitespace()
        .collect();
    let (parent, session) = (fields[1], fields[3]);
    assert_ne!(parent, std::process::id().to_string());
    assert_ne!(session, std::process::id().to_string());
    succeeded(&child(&directory, "run").output().expect("it ends"));
    assert_eq!(field(&directory.runtime(), "pid"), pid);
}

#[test]
fn a_key_that_is_given_is_the_one_that_counts() {
    let directory = Directory::new();
    let _end = End(&directory);
    succeeded(&child(&directory, "intrude").output().expect("it ends"));
}

#[test]
fn the_next_use_after_the_server_died_finds_everything_again() {
    let directory = Directory::new();
    let _end = End(&directory);
    succeeded(&child(&directory, "survive").output().expect("it ends"));
}

#[test]
fn a_stale_address_is_replaced() {
    let directory = Directory::new();
    let _end = End(&directory);
    fs::create_dir(directory.runtime()).expect("it is new");
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr());
    let address = closed.expect("a port that was free");
    let stale = format!(r#"{{"url":"http://{address}","api_key":"old","pid":1}}"#);
    fs::write(directory.runtime().join("server.json"), stale).expect("written");
    let private = fs::Permissions::from_mode(0o700);
    fs::set_permissions(directory.runtime(), private).expect("it is ours");
    succeeded(&child(&directory, "run").output().expect("it ends"));
}

#[test]
fn a_program_that_does_not_start_is_reported_with_its_reason() {
    let directory = Directory::new();
    let cases = [
        (
            "echo earlier >&2; exit 1",
            "it ended before it was ready:\nearlier",
        ),
        (
            "echo the reason >&2; exit 1",
            "it ended before it was ready:\nthe reason",
        ),
        ("exit 0", "it ended before it was ready"),
        ("echo ready", "does not say where it is"),
    ];
    for (text, expected) in cases {
        let program = script(&directory, text);
        let output = child(&directory, "fail")
            .env("SANDSPAN_PROGRAM", program)
            .output();
        let output = output.expect("it ends");
        succeeded(&output);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(expected), "{error}");
        assert_eq!(
            error.contains("earlier"),
            expected.contains("earlier"),
            "{error}"
        );
    }
    let log = fs::metadata(directory.runtime().join("server.log")).expect("a log");
    assert_eq!(log.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_directory_that_others_may_write_to_is_refused() {
    let directory = Directory::new();
    fs::create_dir(directory.runtime()).expect("it is new");
    let open = fs::Permissions::from_mode(0o777);
    fs::set_permissions(directory.runtime(), open).expect("it is ours");
    let output = child(&directory, "fail").output().expect("it ends");
    succeeded(&output);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("other users may write to it"), "{error}");
}
