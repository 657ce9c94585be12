//! What requests about files carry, and what comes of answers to them.

use std::{
    io::{BufReader, Write as _},
    net::TcpListener,
    sync::mpsc::Receiver,
    thread,
    time::Duration,
};

use bytes::Bytes;
use futures::{SinkExt as _, channel::mpsc, stream};
use sandspan::{
    Client, ConnectionOptions, CreateOptions, ErrorKind, FileContent, FileOptions, FileType,
    ListFilesOptions, ReadOptions, Sandbox, UrlOptions, WatchOptions, WriteEntry, WriteOptions,
};

use crate::answers::{Answer, CREATED, GONE, Request, answering, head, json, options, plain, read};

const WRITTEN: &str = r#"[{"metadata":{"a":"b"},"name":"f","path":"/home/user/f","type":"file"}]"#;

/// A sandbox whose agent gives these answers.
async fn sandbox(answers: Vec<Answer>) -> (Sandbox, Receiver<Request>) {
    let first = [json("201 Created", CREATED)];
    let (options, requests) = answering(first.into_iter().chain(answers).collect());
    let sandbox = created(options).await;
    requests.recv().expect("the creation");
    (sandbox, requests)
}

async fn created(options: ConnectionOptions) -> Sandbox {
    let client = Client::new(options).expect("valid");
    let created = client.create(CreateOptions::default()).await;
    created.expect("created")
}

/// A sandbox with an agent of this version, which is asked nothing.
async fn of_version(version: &str) -> Sandbox {
    let created_answer = CREATED.replace("0.6.13", version);
    let (options, _requests) = answering(vec![json("201 Created", &created_answer)]);
    created(options).await
}

fn entry(path: &str, content: impl Into<FileContent>) -> WriteEntry {
    WriteEntry {
        path: path.to_owned(),
        content: content.into(),
    }
}

#[tokio::test]
async fn a_file_is_the_body_of_its_request() {
    let (sandbox, requests) = sandbox(vec![json("200 OK", WRITTEN)]).await;
    let options = WriteOptions {
        user: Some("root".to_owned()),
        metadata: [("Owner".to_owned(), "me".to_owned())].into(),
        ..WriteOptions::default()
    };
    let written = sandbox.files().write("/a b+ü&c", "hello", options).await;
    let written = written.expect("written");
    assert_eq!(
        (written.name.as_str(), written.kind),
        ("f", Some(FileType::File))
    );
    assert_eq!(written.path, "/home/user/f");
    assert_eq!(written.metadata["a"], "b");
    let request = requests.recv().expect("a request");
    assert_eq!(
        request.line,
        "POST /files?path=%2Fa+b%2B%C3%BC%26c&username=root HTTP/1.1"
    );
    assert_eq!(request.body, "hello");
    assert_eq!(request.headers["content-type"], "application/octet-stream");
    assert_eq!(request.headers["x-metadata-owner"], "me");
    assert_eq!(request.headers["x-access-token"], "token");
    assert_eq!(request.headers["e2b-sandbox-id"], "iabc");
    assert!(!request.headers.contains_key("content-encoding"));
    assert!(!request.headers.contains_key("x-api-key"));
}

#[tokio::test]
async fn several_files_are_one_form() {
    let two = format!("[{0},{0}]", &WRITTEN[1..WRITTEN.len() - 1]);
    let (sandbox, requests) = sandbox(vec![json("200 OK", &two)]).await;
    let entries = vec![entry("/a/one", "1"), entry("two", vec![b'2'])];
    let files = sandbox.files();
    let written = files.write_files(entries, WriteOptions::default()).await;
    assert_eq!(written.expect("written").len(), 2);
    let request = requests.recv().expect("a request");
    assert_eq!(request.line, "POST /files HTTP/1.1");
    let boundary = request.headers["content-type"].split_once("boundary=");
    let boundary = boundary.expect("a form").1;
    assert_eq!(request.body.matches(boundary).count(), 3);
    let place = |text| request.body.find(text).expect("it is in the form");
    assert!(place("filename=\"/a/one\"") < place("filename=\"two\""));
    let none = files.write_files(Vec::new(), WriteOptions::default()).await;
    assert_eq!(none.expect("nothing is asked"), []);
}

#[tokio::test]
async fn an_old_agent_gets_a_form() {
    let version = CREATED.replace("0.6.13", "0.3.0");
    let answers = vec![json("201 Created", &version), json("200 OK", WRITTEN)];
    let (options, requests) = answering(answers);
    let sandbox = created(options).await;
    requests.recv().expect("the creation");
    let options = WriteOptions {
        gzip: true,
        ..WriteOptions::default()
    };
    let written = sandbox.files().write("f", "hello", options).await;
    written.expect("written");
    let request = requests.recv().expect("a request");
    assert_eq!(request.line, "POST /files?path=f&username=user HTTP/1.1");
    assert!(request.body.contains("\r\n\r\nhello\r\n--"));
}

#[tokio::test]
async fn what_an_agent_is_too_old_for_is_refused() {
    let sandbox = of_version("0.1.3").await;
    let error = sandbox.commands().close_stdin(1, None).await;
    assert_eq!(error.expect_err("refused").kind(), ErrorKind::Template);
    let files = sandbox.files();
    let stream = FileContent::stream(stream::iter([Ok::<_, String>(Bytes::new())]));
    let error = files.write("f", stream, WriteOptions::default()).await;
    let error = error.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Template);
    assert_eq!(
        error.message(),
        "Uploading iterable data requires envd 0.5.7 or later."
    );
    let with_metadata = WriteOptions {
        metadata: [("a".to_owned(), "b".to_owned())].into(),
        ..WriteOptions::default()
    };
    let error = files.write("f", "x", with_metadata).await;
    let error = error.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Template);
    assert_eq!(
        error.message(),
        "File metadata requires envd 0.6.2 or later."
    );
    let watches = [
        (true, false, false, "use recursive watching."),
        (false, true, false, "include entry info in watch events."),
        (false, false, true, "watch directories on network mounts."),
    ];
    for (recursive, include_entry, allow_network_mounts, end) in watches {
        let options = WatchOptions {
            recursive,
            include_entry,
            allow_network_mounts,
            ..WatchOptions::default()
        };
        let error = files.create_watcher("/", options.clone()).await;
        let error = error.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Template);
        assert!(error.message().ends_with(end), "{error}");
        assert!(files.watch_dir("/", options).await.is_err());
    }
}

#[tokio::test]
async fn arguments_that_cannot_be_right_are_refused() {
    let files = of_version("0.6.13").await.files();
    let refused = |error: sandspan::Error, part: &str| {
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.message().contains(part), "{error}");
    };
    let nul = files.read("a\0b", ReadOptions::default()).await;
    refused(nul.expect_err("NUL"), "path: it contains a NUL");
    let empty = files.write("", "x", WriteOptions::default()).await;
    refused(empty.expect_err("empty"), "path: it is empty");
    for depth in [0, -1] {
        let options = ListFilesOptions {
            depth: Some(depth),
            ..ListFilesOptions::default()
        };
        let error = files.list("/", options).await.expect_err("depth");
        assert_eq!(error.message(), "depth should be at least 1");
        refused(error, "depth");
    }
    let user = FileOptions {
        user: Some("a:b".to_owned()),
        ..FileOptions::default()
    };
    refused(files.exists("/", user).await.expect_err("user"), "colon");
    for (key, value, part) in [
        ("a b", "x", "Invalid metadata key \"a b\""),
        ("", "x", "Invalid metadata key \"\""),
        ("a", "é", "Invalid metadata value for key \"a\""),
        ("a", "x\ny", "Invalid metadata value for key \"a\""),
        ("a", &"x".repeat(5000), "Invalid metadata: names and values"),
    ] {
        let options = WriteOptions {
            metadata: [(key.to_owned(), value.to_owned())].into(),
            ..WriteOptions::default()
        };
        let error = files.write("f", "x", options).await;
        refused(error.expect_err("metadata"), part);
    }
    let options = WriteOptions {
        gzip: true,
        use_octet_stream: Some(false),
        ..WriteOptions::default()
    };
    let error = files.write("f", "x", options).await;
    refused(error.expect_err("gzip"), "`gzip` requires");
}

#[tokio::test]
async fn answers_of_errors_are_told_apart() {
    let cases = [
        ("400 Bad Request", "M", ErrorKind::InvalidArgument, "M"),
        ("401 Unauthorized", "M", ErrorKind::Unauthenticated, "M"),
        ("404 Not Found", "M", ErrorKind::FileNotFound, "M"),
        (
            "429 Too Many",
            "M",
            ErrorKind::RateLimited,
            "M: The requests are being rate limited.",
        ),
        ("500 Internal", "M", ErrorKind::Unexpected, "500: M"),
        ("507 Full", "M", ErrorKind::NotEnoughSpace, "M"),
    ];
    for (status, message, kind, text) in cases {
        let body = format!(r#"{{"code":1,"message":"{message}"}}"#);
        let answers = vec![json(status, &body), json(status, &body)];
        let (sandbox, _requests) = sandbox(answers).await;
        let files = sandbox.files();
        let read = files.read_bytes("f", ReadOptions::default()).await;
        let write = files.write("f", "x", WriteOptions::default()).await;
        for error in [read.expect_err(status), write.expect_err(status)] {
            assert_eq!((error.kind(), error.message()), (kind, text));
            assert_eq!(error.status(), status[..3].parse().ok());
        }
    }
    let detail = json("404 Not Found", r#"{"code":404,"message":"no"}"#);
    let (sandbox, _requests) = sandbox(vec![json("502 Bad Gateway", GONE), detail]).await;
    let read = sandbox.files().read("f", ReadOptions::default()).await;
    assert_eq!(read.expect_err("gone").kind(), ErrorKind::NotRunning);
}

#[tokio::test]
async fn an_answer_that_comes_before_the_whole_file_was_taken_counts() {
    for closes in [false, true] {
        let sandbox = without_reading(closes).await;
        let large = Bytes::from(vec![0; 32 << 20]);
        let content = if closes {
            large.into()
        } else {
            let pieces = (0..512).map(move |_| Ok::<_, String>(large.slice(..64 << 10)));
            FileContent::stream(stream::iter(pieces))
        };
        let files = sandbox.files();
        let error = files.write("f", content, WriteOptions::default()).await;
        let error = error.expect_err("there is no space");
        assert_eq!(error.kind(), ErrorKind::NotEnoughSpace, "{error:?}");
        assert_eq!(error.message(), "not enough");
    }
}

/// A sandbox whose agent refuses a file once the head of the request is there, and closes the
/// connection or reads no more of it.
async fn without_reading(closes: bool) -> Sandbox {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    thread::spawn(move || {
        let (mut connection, _) = listener.accept().expect("a connection");
        read(&connection);
        let answer = json("201 Created", CREATED);
        connection.write_all(&answer).expect("it is read");
        let mut open = Vec::new();
        for connection in listener.incoming() {
            let mut connection = connection.expect("a connection");
            head(&mut BufReader::new(&connection));
            let full = json("507 Full", r#"{"code":507,"message":"not enough"}"#);
            connection.write_all(&full).expect("it is read");
            if !closes {
                open.push(connection);
            }
        }
    });
    created(options(url)).await
}

#[tokio::test]
async fn the_error_of_a_source_is_the_error_of_the_write() {
    #[derive(Debug, thiserror::Error)]
    #[error("the disk is on fire")]
    struct OnFire;

    let answers = vec![json("200 OK", WRITTEN)];
    let (sandbox, _requests) = sandbox(answers).await;
    let pieces = [Ok(Bytes::from_static(b"some")), Err(OnFire)];
    let content = FileContent::stream(stream::iter(pieces));
    let writing = sandbox.files();
    let error = writing.write("f", content, WriteOptions::default()).await;
    let error = error.expect_err("the source failed");
    assert_eq!(error.kind(), ErrorKind::Source);
    assert_eq!(error.message(), "the disk is on fire");
    let source = std::error::Error::source(&error).expect("its own error");
    assert!(source.is::<OnFire>());
}

#[tokio::test]
async fn a_stream_is_sent_as_it_comes() {
    let (sandbox, requests) = sandbox(vec![json("200 OK", WRITTEN)]).await;
    let (mut sender, receiver) = mpsc::channel::<Result<Bytes, String>>(0);
    let writing = tokio::spawn(async move {
        let content = FileContent::stream(receiver);
        let files = sandbox.files();
        files.write("f", content, WriteOptions::default()).await
    });
    sender
        .send(Ok(Bytes::from_static(b"one")))
        .await
        .expect("taken");
    sender
        .send(Ok(Bytes::from_static(b"two")))
        .await
        .expect("taken");
    drop(sender);
    writing.await.expect("no panic").expect("written");
    let request = requests.recv().expect("a request");
    assert_eq!(request.headers["transfer-encoding"], "chunked");
    assert_eq!(request.body, "onetwo");
}

#[tokio::test]
async fn a_file_that_is_cut_off_is_an_error() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\nhalf";
    let health = plain("204 No Content", "");
    let unknown = json("500 Error", r#"{"code":500,"message":"no"}"#);
    let answers = vec![head.to_vec(), unknown.clone(), health.clone()];
    let (whole, _requests) = sandbox(answers.clone()).await;
    let error = whole.files().read("f", ReadOptions::default()).await;
    assert_eq!(error.expect_err("cut off").kind(), ErrorKind::Unreachable);
    let (streamed, _requests) = sandbox(answers).await;
    let reader = streamed.files();
    let reader = reader.read_stream("f", ReadOptions::default()).await;
    let reader = reader.expect("it begins");
    let piece = reader.next().await.expect("a piece").expect("read");
    assert_eq!(piece, "half");
    let error = reader.next().await.expect("an end").expect_err("cut off");
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert!(reader.next().await.is_none());
}

#[tokio::test]
async fn a_reader_gives_up_when_nothing_comes_and_when_it_is_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (sender, ending) = std::sync::mpsc::channel::<()>();
    thread::spawn(move || {
        let mut open = Vec::new();
        let slow = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec();
        for answer in [json("201 Created", CREATED), slow.clone(), slow] {
            let (mut connection, _) = listener.accept().expect("a connection");
            read(&connection);
            connection.write_all(&answer).expect("it is read");
            open.push(connection);
        }
        // They stay open until the test is over, which drops the other end.
        assert!(ending.recv().is_err());
    });
    let sandbox = created(options(url)).await;
    let options = ReadOptions {
        idle_timeout: Some(Duration::from_millis(50)),
        ..ReadOptions::default()
    };
    let reader = sandbox.files().read_stream("f", options).await;
    let reader = reader.expect("it begins");
    assert_eq!(reader.next().await.expect("a piece").expect("read"), "half");
    let error = reader.next().await.expect("an end").expect_err("idle");
    assert_eq!(error.kind(), ErrorKind::RequestTimeout);
    assert!(error.message().contains("50ms"), "{error}");

    let files = sandbox.files();
    let reader = files.read_stream("f", ReadOptions::default()).await;
    let reader = reader.expect("it begins");
    reader.next().await.expect("a piece").expect("read");
    let (waiting, ()) = tokio::join!(reader.next(), async { reader.close() });
    assert!(waiting.is_none());
    assert!(reader.next().await.is_none());
    drop(sender);
}

#[tokio::test]
async fn what_travels_compressed_is_unpacked() {
    // The text "hello hello hello" in the format of gzip.
    let packed = [
        0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x90,
        0, 0x80, 0x88, 0xf9, 0xe5, 0x11, 0, 0, 0,
    ];
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        packed.len()
    );
    let answer = [head.as_bytes(), &packed].concat();
    let (sandbox, requests) = sandbox(vec![answer, json("200 OK", WRITTEN)]).await;
    let options = ReadOptions {
        gzip: true,
        ..ReadOptions::default()
    };
    let text = sandbox.files().read("f", options).await.expect("read");
    assert_eq!(text, "hello hello hello");
    let request = requests.recv().expect("a request");
    assert_eq!(request.headers["accept-encoding"], "gzip");
    let options = WriteOptions {
        gzip: true,
        ..WriteOptions::default()
    };
    let written = sandbox.files().write("f", "hello", options).await;
    written.expect("written");
    let request = requests.recv().expect("a request");
    assert_eq!(request.headers["content-encoding"], "gzip");
}

#[tokio::test]
async fn urls_are_signed_where_there_is_a_token() {
    let query = |url: &str| url.split_once('?').map(|(_, query)| query.to_owned());
    let of = async |created_answer: &str| {
        let (options, _requests) = answering(vec![json("201 Created", created_answer)]);
        created(options).await
    };
    let secure = CREATED.replace("token\"", "0tQG31xiMp0IOQfaz9dcwi72L1CPo8e0\"");
    let secure = secure.replace("\"clientID\"", "\"domain\":\"example.com\",\"clientID\"");
    let sandbox = of(&secure).await;
    let as_user = UrlOptions {
        user: Some("user".to_owned()),
        ..UrlOptions::default()
    };
    let url = sandbox.download_url("hello.txt", as_user).expect("a URL");
    assert_eq!(
        url,
        "https://49983-iabc.example.com/files?path=hello.txt&username=user\
         &signature=v1_gUtH%2Fs9YCJWgCizjfUxuWfhFE4QSydOWEIIvfLwDr6E"
    );
    let expiring = UrlOptions {
        expiration: Some(Duration::from_millis(9500)),
        ..UrlOptions::default()
    };
    let url = sandbox.upload_url(Some("a b"), expiring.clone());
    let query_of = query(&url.expect("a URL")).expect("it has one");
    assert!(
        query_of.starts_with("path=a%20b&signature=v1_"),
        "{query_of}"
    );
    let (_, expiration) = query_of.split_once("&signature_expiration=").expect("last");
    let left = expiration.parse::<i64>().unwrap() - jiff::Timestamp::now().as_second();
    assert!((9..=10).contains(&left), "{left}");
    let url = sandbox.upload_url(None, UrlOptions::default());
    assert!(query(&url.expect("a URL")).is_some_and(|query| query.starts_with("signature=v1_")));

    let open = CREATED.replace(
        ",\n    \"envdVersion\":\"0.6.13\",\"envdAccessToken\":\"token\"",
        ",\"envdVersion\":\"0.3.0\"",
    );
    let sandbox = of(&open).await;
    let error = sandbox.download_url("f", expiring).expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(
        error.message(),
        "Signature expiration can be used only when sandbox is created as secured."
    );
    let url = sandbox.download_url("f", UrlOptions::default());
    let url = url.expect("a URL");
    assert!(url.starts_with("http://49983-iabc.localhost:"), "{url}");
    assert_eq!(query(&url).as_deref(), Some("path=f&username=user"));
}
