//! Terminals, streamed input and slow consumers, on a real local runtime.

use std::time::{Duration, Instant};

use bytes::Bytes;
use sandspan::{CommandHandle, ErrorKind, Output, PtyOptions, PtySize, RunOptions};

use crate::support::Server;

/// Much more than what all buffers on the way hold together.
const MUCH: usize = 64 << 20;

const SIZE: PtySize = PtySize { rows: 24, cols: 80 };

/// How soon a caller learns that its sandbox is gone: a second, with an allowance for a loaded
/// machine.
const SOON: Duration = Duration::from_secs(5);

/// Reads a terminal until a text is in what it wrote.
async fn until(terminal: &CommandHandle, text: &str) {
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains(text) {
        match terminal.next_output().await {
            Some(Output::Pty(bytes)) => seen.extend(bytes),
            other => panic!("expected a terminal's output, got {other:?} after {seen:?}"),
        }
    }
}

#[tokio::test]
async fn a_terminal_that_writes_much_waits_for_its_reader() {
    let server = Server::start();
    let sandbox = server.sandbox().await;
    let pty = sandbox.pty();
    let terminal = pty.create(SIZE, PtyOptions::default()).await;
    let terminal = terminal.expect("it starts");
    let command = format!("head -c {MUCH} /dev/zero | tr '\\0' x; touch /tmp/done; exit\n");
    pty.send_input(terminal.pid(), command.into(), None)
        .await
        .expect("it runs");
    let commands = sandbox.commands();
    let watch = "timeout 1 sh -c 'until test -e /tmp/done; do sleep 0.01; done'";
    let error = commands.run(watch, RunOptions::default()).await;
    let error = error.expect_err("it is not done while nobody reads");
    assert_eq!(error.command_result().expect("it ran").exit_code, 124);
    let mut read = 0;
    while let Some(Output::Pty(bytes)) = terminal.next_output().await {
        read += bytes.len();
    }
    assert!(read >= MUCH, "{read}");
    terminal.wait().await.expect("the shell ended well");
    commands
        .run("test -e /tmp/done", RunOptions::default())
        .await
        .expect("it is done");
}

#[tokio::test]
async fn a_command_whose_output_is_not_kept_waits_for_its_consumer() {
    let server = Server::start();
    let commands = server.sandbox().await.commands();
    let options = RunOptions {
        retain_output: Some(false),
        ..RunOptions::default()
    };
    let command = format!("head -c {MUCH} /dev/zero | tr '\\0' x; touch /tmp/done");
    let handle = commands.start(&command, options).await.expect("it starts");
    let watch = "timeout 1 sh -c 'until test -e /tmp/done; do sleep 0.01; done'";
    let error = commands.run(watch, RunOptions::default()).await;
    assert!(error.is_err(), "it is not done while nobody takes anything");
    let mut taken = 0;
    while let Some(Output::Stdout(text)) = handle.next_output().await {
        taken += text.len();
    }
    assert_eq!(taken, MUCH);
    let result = handle.wait().await.expect("it ended well");
    assert_eq!((result.stdout.as_str(), result.retained), ("", false));
}

#[tokio::test]
async fn a_terminal_whose_sandbox_is_killed() {
    let server = Server::start();
    let sandbox = server.sandbox().await;
    let terminal = sandbox.pty().create(SIZE, PtyOptions::default()).await;
    let terminal = terminal.expect("it starts");
    let input = sandbox.pty().stream_input(terminal.pid(), None, None);
    let data = Bytes::from_static(b"echo \"on=$((40 + 2))\"\n");
    input.send(data.clone()).await.expect("it is open");
    until(&terminal, "on=42").await;
    assert!(sandbox.kill().await.expect("it runs"));
    let killed = Instant::now();
    let error = terminal.wait().await.expect_err("the sandbox is gone");
    assert_eq!(error.kind(), ErrorKind::NotRunning, "{error}");
    let error = input.close().await.expect_err("the sandbox is gone");
    assert_eq!(error.kind(), ErrorKind::NotRunning, "{error}");
    let error = input.send(data).await.expect_err("the sandbox is gone");
    assert_eq!(error.kind(), ErrorKind::NotRunning, "{error}");
    assert!(killed.elapsed() < SOON, "{:?}", killed.elapsed());
}

#[tokio::test]
async fn what_was_sent_arrives_though_its_stream_is_dropped() {
    let server = Server::start();
    let commands = server.sandbox().await.commands();
    let options = RunOptions {
        stdin: true,
        ..RunOptions::default()
    };
    let handle = commands.start("head -c 6", options).await;
    let handle = handle.expect("it starts");
    let input = commands.stream_input(handle.pid(), None, None);
    assert_eq!(input.pid(), handle.pid());
    for part in ["ab", "cd", "ef"] {
        input.send(part.into()).await.expect("it is open");
    }
    drop(input);
    let result = handle.wait().await.expect("it ends");
    assert_eq!(result.stdout, "abcdef");
}

#[tokio::test]
async fn input_that_nobody_reads_is_waited_for_no_longer_than_asked() {
    let server = Server::start();
    let commands = server.sandbox().await.commands();
    let options = RunOptions {
        stdin: true,
        ..RunOptions::default()
    };
    let handle = commands.start("sleep 60", options).await;
    let handle = handle.expect("it starts");
    let limit = Some(Duration::from_millis(200));
    let input = commands.stream_input(handle.pid(), None, limit);
    // More than the pipe of the process holds, less than what waits here.
    let data = Bytes::from(vec![b'x'; 256 * 1024]);
    input.send(data).await.expect("it is open");
    let error = input.close().await.expect_err("nobody reads it");
    assert_eq!(error.kind(), ErrorKind::RequestTimeout, "{error}");
}
