//! Commands in sandboxes of a real local runtime.

use std::time::{Duration, Instant};

use crate::support::Server;
use bytes::Bytes;
use sandspan::{CommandHandle, Error, ErrorKind, FollowOptions, Output, RunOptions};

fn as_root() -> RunOptions {
    RunOptions {
        user: Some("root".to_owned()),
        ..RunOptions::default()
    }
}

fn with_timeout(timeout: Duration) -> RunOptions {
    RunOptions {
        timeout: Some(timeout),
        ..RunOptions::default()
    }
}

/// The next piece of output, which must be of the standard output.
async fn line(handle: &CommandHandle) -> String {
    match handle.next_output().await {
        Some(Output::Stdout(text)) => text,
        other => panic!("expected standard output, got {other:?}"),
    }
}

#[tokio::test]
async fn results() {
    let server = Server::start();
    let commands = server.sandbox().await.commands();
    let result = commands
        .run("echo out; echo err >&2", RunOptions::default())
        .await;
    let result = result.expect("it runs");
    assert_eq!(
        (result.stdout.as_str(), result.stderr.as_str()),
        ("out\n", "err\n")
    );
    assert_eq!((result.exit_code, result.error), (0, None));

    let error = commands
        .run("echo o; echo boom >&2; exit 3", RunOptions::default())
        .await;
    let error = error.expect_err("it fails");
    assert_eq!(error.kind(), ErrorKind::CommandExit);
    assert_eq!(
        error.message(),
        "Command exited with code 3 and error:\nboom\n"
    );
    let result = error.command_result().expect("it has a result");
    assert_eq!((result.stdout.as_str(), result.exit_code), ("o\n", 3));
    assert_eq!(result.error.as_deref(), Some("exit status 3"));

    let error = commands.run("no-such-command", RunOptions::default()).await;
    let error = error.expect_err("it fails");
    assert_eq!(
        error.command_result().map(|result| result.exit_code),
        Some(127)
    );

    let options = RunOptions {
        cwd: Some("/tmp".to_owned()),
        envs: [("NAME".to_owned(), "value".to_owned())].into(),
        ..as_root()
    };
    let result = commands.run("echo $(whoami) $(pwd) $NAME", options).await;
    assert_eq!(result.expect("it runs").stdout, "root /tmp value\n");

    let nowhere = RunOptions {
        cwd: Some("/no/such/place".to_owned()),
        ..RunOptions::default()
    };
    let error = commands
        .run("true", nowhere)
        .await
        .expect_err("it cannot start");
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(error.message(), "cwd '/no/such/place' does not exist");
}

#[tokio::test]
async fn output_as_it_comes() {
    let server = Server::start();
    let commands = server.sandbox().await.commands();
    let options = RunOptions {
        stdin: true,
        ..RunOptions::default()
    };
    let handle = commands
        .start("while read -r text; do echo \"<$text>\"; done", options)
        .await;
    let handle = handle.expect("it starts");
    for text in ["one", "zwölf"] {
        handle
            .send_stdin(Bytes::from(format!("{text}\n")))
            .await
            .expect("it reads");
        assert_eq!(line(&handle).await, format!("<{text}>\n"));
    }
    assert_eq!(
        (handle.stdout().as_str(), handle.exit_code()),
        ("<one>\n<zwölf>\n", None)
    );
    handle.close_stdin().await.expect("it has an input");
    assert_eq!(handle.next_output().await, None);
    let result = handle.wait().await.expect("it succeeds");
    assert_eq!(handle.wait().await.ok(), Some(result.clone()));
    assert_eq!(result.stdout, "<one>\n<zwölf>\n");
    assert_eq!(handle.exit_code(), Some(0));
    assert!(!handle.kill().await.expect("it has ended"));
}

#[tokio::test]
async fn waiting_takes_no_output() {
    let server = Server::start();
    let commands = server.sandbox().await.commands();
    let handle = commands
        .start("echo out; echo err >&2", RunOptions::default())
        .await;
    let handle = handle.expect("it starts");
    handle.wait().await.expect("it succeeds");
    let mut output = Vec::new();
    while let Some(piece) = handle.next_output().await {
        output.push(piece);
    }
    assert!(
        output.contains(&Output::Stdout("out\n".to_owned())),
        "{output:?}"
    );
    assert!(
        output.contains(&Output::Stderr("err\n".to_owned())),
        "{output:?}"
    );
}

#[tokio::test]
async fn following_and_ending() {
    let server = Server::start();
    let commands = server.sandbox().await.commands();
    let command = "echo started; sleep 60";
    let handle = commands
        .start(command, RunOptions::default())
        .await
        .expect("it starts");
    assert_eq!(line(&handle).await, "started\n");
    let listed = commands.list(None).await.expect("listed");
    let info = listed
        .iter()
        .find(|process| process.pid == handle.pid())
        .expect("it runs");
    assert_eq!(info.cmd, "/bin/bash");
    assert_eq!(info.args, ["-l", "-c", command]);

    let second = commands
        .connect(handle.pid(), FollowOptions::default())
        .await
        .expect("it runs");
    handle.disconnect();
    let error = handle.wait().await.expect_err("nobody follows");
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert_eq!(handle.next_output().await, None);

    assert!(second.kill().await.expect("it runs"));
    let error = second.wait().await.expect_err("it was killed");
    assert_eq!(error.kind(), ErrorKind::CommandExit);
    assert_eq!(
        (second.exit_code(), second.error().as_deref()),
        (Some(-1), Some("signal: killed"))
    );

    assert!(!commands.kill(99_999, None).await.expect("there is none"));
    let missing: [Error; 3] = [
        commands
            .connect(99_999, FollowOptions::default())
            .await
            .expect_err("there is none"),
        commands
            .send_stdin(99_999, Bytes::new(), None)
            .await
            .expect_err("there is none"),
        commands
            .close_stdin(99_999, None)
            .await
            .expect_err("there is none"),
    ];
    for error in missing {
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.message(), "process with pid 99999 not found");
    }
}

#[tokio::test]
async fn a_handle_that_is_dropped_leaves_its_command_alone() {
    let server = Server::start();
    let commands = server.sandbox().await.commands();
    let handle = commands
        .start("sleep 60", RunOptions::default())
        .await
        .expect("it starts");
    let pid = handle.pid();
    drop(handle);
    let second = commands
        .connect(pid, FollowOptions::default())
        .await
        .expect("it runs");
    assert!(second.kill().await.expect("it runs"));
}

#[tokio::test]
async fn the_time_of_a_command() {
    let server = Server::start();
    let commands = server.sandbox().await.commands();
    let start = Instant::now();
    let error = commands
        .run("sleep 60", with_timeout(Duration::from_millis(200)))
        .await;
    let error = error.expect_err("its time is over");
    assert_eq!(error.kind(), ErrorKind::CommandTimeout);
    assert!(error.message().contains("exceeding 'timeout'"), "{error}");
    // A second, with an allowance for a loaded machine.
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
    let unlimited = commands
        .run("sleep 0.1", with_timeout(Duration::ZERO))
        .await;
    unlimited.expect("it may run as long as it wants");
}

#[tokio::test]
async fn a_sandbox_that_is_killed_in_the_middle() {
    let server = Server::start();
    let sandbox = server.sandbox().await;
    let handle = sandbox
        .commands()
        .start("echo on; sleep 60", RunOptions::default())
        .await;
    let handle = handle.expect("it starts");
    assert_eq!(line(&handle).await, "on\n");
    assert!(sandbox.kill().await.expect("it runs"));
    let error = handle.wait().await.expect_err("the sandbox is gone");
    assert_eq!(error.kind(), ErrorKind::NotRunning, "{error}");
    assert!(
        error.message().ends_with(
            "The sandbox was killed or reached its end of life while the request was in flight."
        ),
        "{error}"
    );
    assert_eq!(handle.stdout(), "on\n");
}

#[tokio::test]
async fn much_output_and_output_that_is_no_text() {
    let server = Server::start();
    let commands = server.sandbox().await.commands();
    let command = "head -c 20971520 /dev/zero | tr '\\0' x";
    let result = commands
        .run(command, RunOptions::default())
        .await
        .expect("it runs");
    assert_eq!(result.stdout.len(), 20 << 20);
    assert!(result.stdout.bytes().all(|byte| byte == b'x'));
    let result = commands
        .run("printf 'a\\377b\\303'", RunOptions::default())
        .await;
    assert_eq!(result.expect("it runs").stdout, "a\u{fffd}b\u{fffd}");
}

#[tokio::test]
async fn many_at_once() {
    let server = Server::start();
    let commands = server.sandbox().await.commands();
    let runs: Vec<_> = (0..32)
        .map(|number| {
            let commands = commands.clone();
            let command = format!("echo {number}");
            tokio::spawn(async move { commands.run(&command, RunOptions::default()).await })
        })
        .collect();
    for (number, run) in runs.into_iter().enumerate() {
        let result = run.await.expect("no panic").expect("it runs");
        assert_eq!(result.stdout, format!("{number}\n"));
    }
}
