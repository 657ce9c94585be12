//! What comes of the events of a watch.

use std::{
    io::Write as _,
    net::TcpListener,
    sync::mpsc::{Sender, channel},
    thread,
    time::Duration,
};

use sandspan::{
    Client, CreateOptions, ErrorKind, FileType, FilesystemEventType, Sandbox, Watch, WatchOptions,
};

use crate::answers::{Answer, CREATED, json, options, plain, read, stream};

const START: (u8, &str) = (0, r#"{"start":{}}"#);

const CREATE: (u8, &str) = (
    0,
    r#"{"filesystem":{"name":"a","type":"EVENT_TYPE_CREATE","entry":{"name":"a","isSymlink":true,
        "type":"FILE_TYPE_FILE","path":"/w/a","size":"3","mode":420,"owner":"user","group":"user",
        "modifiedTime":"2026-01-02T03:04:05Z","symlinkTarget":"/w/b","metadata":{"k":"v"}}}}"#,
);

const UNKNOWN: (u8, &str) = (0, r#"{"filesystem":{"name":"b"}}"#);

const KEEPALIVE: (u8, &str) = (0, r#"{"keepalive":{}}"#);

/// A sandbox whose agent gives these answers, all in JSON, and keeps the connections open until the
/// sender is dropped.
async fn sandbox(answers: Vec<Answer>) -> (Sandbox, Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (sender, ending) = channel::<()>();
    let unsupported = plain("415 Unsupported Media Type", "");
    let first = [json("201 Created", CREATED), unsupported];
    thread::spawn(move || {
        let mut open = Vec::new();
        for answer in first.into_iter().chain(answers) {
            let (mut connection, _) = listener.accept().expect("a connection");
            read(&connection);
            connection.write_all(&answer).expect("it is read");
            open.push(connection);
        }
        assert!(ending.recv().is_err());
    });
    let client = Client::new(options(url)).expect("valid");
    let created = client.create(CreateOptions::default()).await;
    (created.expect("created"), sender)
}

async fn watch(sandbox: &Sandbox, options: WatchOptions) -> Watch {
    let watch = sandbox.files().watch_dir("/w", options).await;
    watch.expect("it is watched")
}

#[tokio::test]
async fn events_come_in_order_and_unknown_ones_are_left_out() {
    let end = (2, "{}");
    let frames = [START, UNKNOWN, KEEPALIVE, CREATE, end];
    let (sandbox, _ending) = sandbox(vec![stream(&frames)]).await;
    let watch = watch(&sandbox, WatchOptions::default()).await;
    let event = watch.next().await.expect("an event").expect("read");
    assert_eq!(
        (event.name.as_str(), event.kind),
        ("a", FilesystemEventType::Create)
    );
    let entry = event.entry.expect("it was described");
    assert_eq!(entry.kind, Some(FileType::Symlink));
    assert_eq!(
        (entry.path.as_str(), entry.size, entry.mode),
        ("/w/a", 3, 0o644)
    );
    assert_eq!(
        entry.modified_time.map(jiff::Timestamp::as_second),
        Some(1_767_323_045)
    );
    assert_eq!(entry.symlink_target.as_deref(), Some("/w/b"));
    assert_eq!(entry.metadata["k"], "v");
    assert!(watch.next().await.is_none());
    assert!(watch.next().await.is_none());
}

#[tokio::test]
async fn a_watch_is_stopped_while_somebody_waits() {
    let (sandbox, _ending) = sandbox(vec![stream(&[START])]).await;
    let watch = watch(&sandbox, WatchOptions::default()).await;
    let (event, ()) = tokio::join!(watch.next(), async { watch.stop() });
    assert!(event.is_none());
    watch.stop();
    assert!(watch.next().await.is_none());
}

#[tokio::test]
async fn a_wait_that_is_given_up_loses_no_event() {
    let (sandbox, _ending) = sandbox(vec![stream(&[START, CREATE])]).await;
    let watch = watch(&sandbox, WatchOptions::default()).await;
    for _ in 0..100 {
        let waiting = watch.next();
        if let Ok(event) = tokio::time::timeout(Duration::ZERO, waiting).await {
            assert_eq!(event.expect("an event").expect("read").name, "a");
            return;
        }
        tokio::task::yield_now().await;
    }
    let event = watch.next().await.expect("an event").expect("read");
    assert_eq!(event.name, "a");
}

#[tokio::test]
async fn the_end_of_its_time_and_errors_end_a_watch() {
    let over = r#"{"error":{"code":"deadline_exceeded","message":"M"}}"#;
    let broken = r#"{"error":{"code":"internal","message":"watcher error: overflow"}}"#;
    let missing = r#"{"error":{"code":"not_found","message":"M"}}"#;
    let answers = vec![
        stream(&[START, (2, over)]),
        stream(&[START, (2, broken)]),
        stream(&[(2, missing)]),
    ];
    let (sandbox, _ending) = sandbox(answers).await;
    let ended = watch(&sandbox, WatchOptions::default()).await;
    let error = ended.next().await.expect("an end").expect_err("over");
    assert_eq!(error.kind(), ErrorKind::RequestTimeout);
    assert!(error.message().contains("or directory watch"), "{error}");
    assert!(ended.next().await.is_none());
    let ended = watch(&sandbox, WatchOptions::default()).await;
    let error = ended.next().await.expect("an end").expect_err("broken");
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert!(error.message().contains("overflow"), "{error}");
    let files = sandbox.files();
    let error = files.watch_dir("/w", WatchOptions::default()).await;
    let error = error.expect_err("nothing is there");
    assert_eq!(error.kind(), ErrorKind::FileNotFound);
}

#[tokio::test]
async fn a_directory_must_be_watched_in_time() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/connect+json\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let (sandbox, _ending) = sandbox(vec![head.into()]).await;
    let options = WatchOptions {
        request_timeout: Some(Duration::from_millis(50)),
        timeout: Some(Duration::ZERO),
        ..WatchOptions::default()
    };
    let error = sandbox.files().watch_dir("/w", options).await;
    let error = error.expect_err("nothing starts");
    assert_eq!(error.kind(), ErrorKind::RequestTimeout);
    assert!(error.message().contains("'request_timeout'"), "{error}");
}
