//! Files that are on their way in a real sandbox.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::{SinkExt as _, channel::mpsc};
use sandspan::{
    ErrorKind, FileContent, FileOptions, FilesystemEventType, ListFilesOptions, ReadOptions,
    RunOptions, WatchOptions, WriteOptions,
};

use crate::support::Server;

/// How soon everybody must know that a sandbox is gone: a second, with an allowance for a loaded
/// machine.
const SOON: Duration = Duration::from_secs(5);

/// How long a change may take to be noted, and how often a test asks for it.
const NOTED: Duration = Duration::from_secs(20);
const TICK: Duration = Duration::from_millis(10);

#[tokio::test(flavor = "multi_thread")]
async fn whoever_transfers_or_watches_learns_that_the_sandbox_was_killed() {
    let server = Server::start();
    let sandbox = server.sandbox().await;
    let files = sandbox.files();
    let sparse = "truncate -s 4G large";
    let run = sandbox.commands().run(sparse, RunOptions::default()).await;
    run.expect("there is space");
    let watch = files.watch_dir("/tmp", WatchOptions::default()).await;
    let watch = watch.expect("watched");
    let reader = files.read_stream("large", ReadOptions::default()).await;
    let reader = reader.expect("it begins");
    reader.next().await.expect("a piece").expect("read");
    let (mut sender, receiver) = mpsc::channel::<Result<Bytes, String>>(0);
    let uploading = files.clone();
    let upload = tokio::spawn(async move {
        let content = FileContent::stream(receiver);
        let options = WriteOptions::default();
        uploading.write("upload", content, options).await
    });
    let piece = Bytes::from(vec![0; 64 << 10]);
    sender.send(Ok(piece)).await.expect("it is taken");
    let watching = tokio::spawn(async move { watch.next().await });
    let reading = tokio::spawn(async move {
        loop {
            match reader.next().await {
                Some(Ok(_)) => {}
                end => return end,
            }
        }
    });

    assert!(sandbox.kill().await.expect("killed"));
    let killed = Instant::now();
    let event = watching.await.expect("no panic").expect("no clean end");
    let piece = reading.await.expect("no panic").expect("no clean end");
    let written = upload.await.expect("no panic");
    assert!(killed.elapsed() < SOON, "{:?}", killed.elapsed());
    let errors = [
        event.expect_err("it was killed"),
        piece.expect_err("it was killed"),
        written.expect_err("it was killed"),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::NotRunning, "{error:?}");
    }
}

#[tokio::test]
async fn nothing_is_left_of_a_file_whose_source_fails() {
    let server = Server::start();
    let sandbox = server.sandbox().await;
    let files = sandbox.files();
    let pieces = [Ok(Bytes::from(vec![0; 1 << 20])), Err("no more")];
    let content = FileContent::stream(futures::stream::iter(pieces));
    let error = files.write("d/f", content, WriteOptions::default()).await;
    assert_eq!(error.expect_err("it failed").kind(), ErrorKind::Source);
    let exists = files.exists("d/f", FileOptions::default()).await;
    assert!(!exists.expect("asked"));
    let options = ListFilesOptions {
        depth: Some(3),
        ..ListFilesOptions::default()
    };
    let entries = files.list(".", options).await.expect("listed");
    let left = entries.iter().find(|entry| entry.size >= 1 << 20);
    assert_eq!(left, None);
}

#[tokio::test]
async fn a_watcher_notes_what_changes_until_it_is_stopped() {
    let server = Server::start();
    let sandbox = server.sandbox().await;
    let files = sandbox.files();
    let watcher = files.create_watcher(".", WatchOptions::default()).await;
    let watcher = watcher.expect("watched");
    assert_eq!(watcher.get_new_events(None).await.expect("asked"), []);
    let written = files.write("f", "x", WriteOptions::default()).await;
    written.expect("written");
    let (mut kinds, begun) = (Vec::new(), Instant::now());
    while !kinds.contains(&FilesystemEventType::Write) {
        assert!(begun.elapsed() < NOTED, "{kinds:?}");
        tokio::time::sleep(TICK).await;
        let events = watcher.get_new_events(None).await.expect("asked");
        kinds.extend(events.iter().map(|event| event.kind));
    }
    let expected = [
        FilesystemEventType::Create,
        FilesystemEventType::Chmod,
        FilesystemEventType::Write,
    ];
    assert_eq!(kinds, expected);
    watcher.stop(None).await.expect("stopped");
    let error = watcher.get_new_events(None).await.expect_err("stopped");
    assert_eq!(error.message(), "The watcher is already stopped");
    let error = watcher.stop(None).await.expect_err("it is unknown now");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
