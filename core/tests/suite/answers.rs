//! Answers that a good server does not give, and what every request carries: a socket that answers
//! as it is told.

use std::{
    collections::BTreeMap,
    error::Error as _,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use sandspan::{Client, ConnectionOptions, CreateOptions, ErrorKind, RunOptions, Sandbox};

use crate::loopback::detail;

/// A request as it came.
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// What to send back before the connection is closed.
pub(crate) type Answer = Vec<u8>;

pub(crate) fn json(status: &str, body: &str) -> Answer {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

pub(crate) fn plain(status: &str, body: &str) -> Answer {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
        .into_bytes()
}

/// A stream of events in JSON whose length is not announced, so that it may end anywhere.
pub(crate) fn stream(frames: &[(u8, &str)]) -> Answer {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/connect+json\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let mut answer = head.as_bytes().to_vec();
    for (flags, message) in frames {
        let length = u32::try_from(message.len()).expect("short");
        answer.extend(format!("{:x}\r\n", message.len() + 5).as_bytes());
        answer.push(*flags);
        answer.extend(length.to_be_bytes());
        answer.extend(message.as_bytes());
        answer.extend(b"\r\n");
    }
    answer
}

/// Gives the answers in turn, one to a connection, and tells what was asked.
pub(crate) fn answering(answers: Vec<Answer>) -> (ConnectionOptions, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (sender, requests) = channel();
    thread::spawn(move || {
        for answer in answers {
            drop(sender.send(respond(&listener, &answer)));
        }
    });
    (options(url), requests)
}

pub(crate) fn options(url: String) -> ConnectionOptions {
    ConnectionOptions {
        api_url: Some(url),
        api_key: Some("secret".to_owned()),
        ..ConnectionOptions::default()
    }
}

fn respond(listener: &TcpListener, answer: &Answer) -> Request {
    let (mut connection, _) = listener.accept().expect("a connection");
    let request = read(&connection);
    connection.write_all(answer).expect("it is read");
    request
}

pub(crate) fn read(connection: &TcpStream) -> Request {
    let mut reader = BufReader::new(connection);
    let mut request = head(&mut reader);
    let body = match request.headers.get("content-length") {
        Some(length) => {
            let mut body = vec![0; length.parse().expect("a number")];
            reader.read_exact(&mut body).expect("a body");
            body
        }
        None if request.headers.contains_key("transfer-encoding") => chunks(&mut reader),
        None => Vec::new(),
    };
    request.body = String::from_utf8_lossy(&body).into_owned();
    request
}

/// A request without its body.
pub(crate) fn head(reader: &mut impl BufRead) -> Request {
    let mut next = || line(reader).trim_end().to_owned();
    let line = next();
    let mut headers = BTreeMap::new();
    while let Some((name, value)) = next().split_once(": ") {
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    Request {
        line,
        headers,
        body: String::new(),
    }
}

/// A body in chunks, as much as there is of it.
fn chunks(reader: &mut impl BufRead) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let length = usize::from_str_radix(line(reader).trim_end(), 16);
        let Ok(length @ 1..) = length else {
            return body;
        };
        let mut chunk = vec![0; length + 2];
        reader.read_exact(&mut chunk).expect("a whole chunk");
        body.extend_from_slice(&chunk[..length]);
    }
}

fn line(reader: &mut impl BufRead) -> String {
    let mut line = String::new();
    reader.read_line(&mut line).expect("a line");
    line
}

pub(crate) const CREATED: &str = r#"{"sandboxID":"iabc","templateID":"base","clientID":"x",
    "envdVersion":"0.6.13","envdAccessToken":"token"}"#;

pub(crate) const GONE: &str =
    r#"{"sandboxId":"iabc","message":"The sandbox was not found","code":502}"#;

pub(crate) const START: (u8, &str) = (0, r#"{"event":{"start":{"pid":7}}}"#);

/// A sandbox whose agent gives these answers, all in JSON, the first to the repetition of its
/// request in JSON.
async fn sandbox(answers: Vec<Answer>) -> (Sandbox, Receiver<Request>) {
    let unsupported = plain("415 Unsupported Media Type", "");
    let first = [json("201 Created", CREATED), unsupported];
    let (options, requests) = answering(first.into_iter().chain(answers).collect());
    let client = Client::new(options).expect("valid");
    let sandbox = client
        .create(CreateOptions::default())
        .await
        .expect("created");
    requests.recv().expect("the creation");
    (sandbox, requests)
}

#[tokio::test]
async fn requests_carry_what_they_must_and_no_more() {
    let (options, requests) = answering(vec![
        json("201 Created", CREATED),
        json("502 Bad Gateway", GONE),
    ]);
    let client = Client::new(options).expect("valid");
    let sandbox = client
        .create(CreateOptions::default())
        .await
        .expect("created");
    let create = requests.recv().expect("a request");
    assert_eq!(create.line, "POST /v2/sandboxes HTTP/1.1");
    assert_eq!(create.body, r#"{"templateID":"base"}"#);
    assert_eq!(create.headers["x-api-key"], "secret");
    assert_eq!(create.headers["content-type"], "application/json");
    assert_eq!(create.headers["idempotency-key"].len(), 32);
    assert!(create.headers["user-agent"].starts_with("sandspan/"));

    let options = RunOptions {
        user: Some("root".to_owned()),
        ..RunOptions::default()
    };
    let error = sandbox
        .commands()
        .run("true", options)
        .await
        .expect_err("gone");
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::NotRunning, Some(502))
    );
    let start = requests.recv().expect("a request");
    assert_eq!(start.line, "POST /process.Process/Start HTTP/1.1");
    let expected = [
        ("content-type", "application/connect+proto"),
        ("connect-protocol-version", "1"),
        ("connect-timeout-ms", "60000"),
        ("keepalive-ping-interval", "50"),
        ("e2b-sandbox-id", "iabc"),
        ("e2b-sandbox-port", "49983"),
        ("x-access-token", "token"),
        ("authorization", "Basic cm9vdDo="),
    ];
    for (name, value) in expected {
        assert_eq!(
            start.headers.get(name).map(String::as_str),
            Some(value),
            "{name}"
        );
    }
    assert!(!start.headers.contains_key("x-api-key"));
}

#[tokio::test]
async fn a_server_of_the_first_version_is_remembered() {
    let not_there = || plain("404 Not Found", "404 page not found");
    let (options, requests) = answering(vec![
        not_there(),
        json("201 Created", CREATED),
        json("201 Created", CREATED),
        json("200 OK", CREATED),
        json("200 OK", &detail(300)),
    ]);
    let client = Client::new(options).expect("valid");
    client
        .create(CreateOptions::default())
        .await
        .expect("created");
    client
        .create(CreateOptions::default())
        .await
        .expect("created");
    client.connect("iabc", None).await.expect("connected");
    let lines: Vec<_> = requests
        .iter()
        .map(|request| (request.line, request.body))
        .collect();
    let v1 = r#"{"templateID":"base","timeout":300,"secure":true}"#;
    let expected = [
        ("POST /v2/sandboxes HTTP/1.1", r#"{"templateID":"base"}"#),
        ("POST /sandboxes HTTP/1.1", v1),
        ("POST /sandboxes HTTP/1.1", v1),
        (
            "POST /sandboxes/iabc/connect HTTP/1.1",
            r#"{"timeout":300}"#,
        ),
        // Whether it has an idle timeout, which this service does not see to.
        ("GET /sandboxes/iabc HTTP/1.1", ""),
    ];
    assert_eq!(
        lines,
        expected.map(|(line, body)| (line.to_owned(), body.to_owned()))
    );
}

#[tokio::test]
async fn an_unsecured_sandbox_is_asked_for_in_the_version_that_knows_it() {
    let (options, requests) = answering(vec![json("201 Created", CREATED)]);
    let client = Client::new(options).expect("valid");
    let options = CreateOptions {
        secure: Some(false),
        ..CreateOptions::default()
    };
    client.create(options).await.expect("created");
    let request = requests.recv().expect("a request");
    assert_eq!(request.line, "POST /sandboxes HTTP/1.1");
    assert_eq!(
        request.body,
        r#"{"templateID":"base","timeout":300,"secure":false}"#
    );
}

#[tokio::test]
async fn an_agent_that_speaks_only_json_is_remembered() {
    let events = [
        START,
        (0, r#"{"event":{"data":{"stdout":"aGk="}}}"#),
        (
            0,
            r#"{"event":{"end":{"exited":true,"status":"exit status 0"}}}"#,
        ),
        (2, "{}"),
    ];
    let (sandbox, requests) = sandbox(vec![stream(&events), stream(&events)]).await;
    for _ in 0..2 {
        let result = sandbox.commands().run("true", RunOptions::default()).await;
        assert_eq!(result.expect("it runs").stdout, "hi");
    }
    let types: Vec<_> = requests
        .iter()
        .map(|mut request| request.headers.remove("content-type"))
        .collect();
    let expected = [
        "application/connect+proto",
        "application/connect+json",
        "application/connect+json",
    ];
    assert_eq!(types, expected.map(|name| Some(name.to_owned())));
}

#[tokio::test]
async fn a_stream_that_is_cut_off_is_explained_by_the_sandbox_s_health() {
    let unwell = plain("500 Internal Server Error", "");
    let not_there = json("404 Not Found", r#"{"code":404,"message":"gone"}"#);
    let cases = [
        (
            json("502 Bad Gateway", GONE),
            ErrorKind::NotRunning,
            "end of life",
        ),
        (
            plain("204 No Content", ""),
            ErrorKind::Unreachable,
            "The sandbox is running",
        ),
        (unwell, ErrorKind::Unreachable, "its state is unknown"),
    ];
    for (health, kind, text) in cases {
        let mut graceful = stream(&[START]);
        graceful.extend(b"0\r\n\r\n");
        for cut in [stream(&[START]), graceful] {
            // The control plane is asked before the agent, which might be resumed by a question.
            let answers = vec![cut, not_there.clone(), health.clone()];
            let (sandbox, requests) = sandbox(answers).await;
            let error = sandbox.commands().run("true", RunOptions::default()).await;
            let error = error.expect_err("cut off");
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.message().contains(text), "{error}");
            assert_eq!(
                requests.iter().last().map(|last| last.line),
                Some("GET /health HTTP/1.1".to_owned())
            );
        }
    }
}

#[tokio::test]
async fn what_fails_because_of_a_pause_says_so_and_resumes_nothing() {
    let paused = r#"{"sandboxID":"iabc","templateID":"base","state":"paused",
        "startedAt":"2026-01-02T03:04:05Z","endAt":"2026-01-02T03:05:05Z"}"#;
    let paused = json("200 OK", paused);
    let refused = json("502 Bad Gateway", GONE);
    for first in [stream(&[START]), refused] {
        let (sandbox, requests) = sandbox(vec![first, paused.clone()]).await;
        let error = sandbox.commands().run("true", RunOptions::default()).await;
        let error = error.expect_err("paused");
        assert_eq!(error.kind(), ErrorKind::Paused, "{error}");
        assert!(error.message().contains("is paused"), "{error}");
        assert_eq!(
            requests.iter().last().map(|last| last.line),
            Some("GET /sandboxes/iabc HTTP/1.1".to_owned())
        );
    }
}

#[tokio::test]
async fn errors_of_connections_name_both_ends_in_words_of_ours() {
    let (sandbox, _requests) = sandbox(vec![stream(&[START]), plain("204 No Content", "")]).await;
    let error = sandbox.commands().run("true", RunOptions::default()).await;
    let error = error.expect_err("cut off");
    let url = error.message().split(" broke: ").next().expect("a start");
    assert!(
        url.starts_with("The connection to sandbox iabc at http://127.0.0.1:"),
        "{error}"
    );
    assert!(!error.message().contains("EOF"), "{error}");
    assert!(error.source().is_some());
}

#[tokio::test]
async fn a_sandbox_with_another_request_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let silent = thread::spawn(move || {
        respond(&listener, &json("201 Created", CREATED));
        listener
    });
    let client = Client::new(options(url)).expect("valid");
    let created = client.create(CreateOptions::default()).await;
    let _silent = silent.join().expect("it answered");
    let hasty = created
        .expect("created")
        .with_request_timeout(Duration::from_millis(20));
    let errors = [
        hasty.kill().await.expect_err("late"),
        hasty.is_running().await.expect_err("late"),
        hasty.commands().list(None).await.expect_err("late"),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::RequestTimeout, "{error}");
    }
}

#[tokio::test]
async fn texts_that_no_process_can_get_are_refused_before_any_request() {
    let envs = || BTreeMap::from([("A".to_owned(), "\0".to_owned())]);
    let (sandbox, requests) = sandbox(Vec::new()).await;
    let options = CreateOptions {
        envs: Some(envs()),
        ..CreateOptions::default()
    };
    let created = sandbox.client().create(options).await;
    let mut errors = vec![(created.expect_err("refused"), "envs")];
    let with = |set: fn(&mut RunOptions)| {
        let mut options = RunOptions::default();
        set(&mut options);
        options
    };
    let cases = [
        ("\0", RunOptions::default(), "cmd"),
        (
            "true",
            with(|options| options.cwd = Some("\0".to_owned())),
            "cwd",
        ),
        (
            "true",
            with(|options| options.user = Some(String::new())),
            "user",
        ),
        (
            "true",
            RunOptions {
                envs: envs(),
                ..RunOptions::default()
            },
            "envs",
        ),
    ];
    for (command, options, name) in cases {
        let error = sandbox.commands().run(command, options).await;
        errors.push((error.expect_err("refused"), name));
    }
    for (error, name) in errors {
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
        assert!(error.message().contains(name), "{error}");
    }
    assert!(requests.try_recv().is_err());
}

#[tokio::test]
async fn a_stream_whose_events_make_no_sense() {
    let (sandbox, _requests) = sandbox(vec![
        stream(&[START, (2, "{}")]),
        stream(&[(2, "{}")]),
        stream(&[
            START,
            (
                2,
                r#"{"error":{"code":"deadline_exceeded","message":"late"}}"#,
            ),
        ]),
        json(
            "404 Not Found",
            r#"{"code":"not_found","message":"process with pid 7 not found"}"#,
        ),
    ])
    .await;
    let commands = sandbox.commands();
    let run = async || {
        commands
            .run("true", RunOptions::default())
            .await
            .expect_err("no result")
    };
    assert_eq!(run().await.message(), "Command ended without an end event");
    assert!(
        run()
            .await
            .message()
            .starts_with("Failed to start process: expected start event")
    );
    let error = run().await;
    assert_eq!(error.kind(), ErrorKind::CommandTimeout);
    assert!(
        error
            .message()
            .starts_with("late: This error is likely due to exceeding")
    );
    assert!(!commands.kill(7, None).await.expect("there is none"));
}

#[tokio::test]
async fn answers_that_are_none_of_the_service_s() {
    let (options, _requests) = answering(vec![
        plain("404 Not Found", "<html>nothing here</html>"),
        plain("200 OK", "surprise"),
        Vec::new(),
        json("200 OK", "{}"),
        Vec::new(),
        Vec::new(),
    ]);
    let client = Client::new(options).expect("valid");
    let error = client.kill("iabc").await.expect_err("nobody knows");
    assert_eq!(error.message(), "404: <html>nothing here</html>");
    let error = client.get_info("iabc").await.expect_err("no JSON");
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert!(
        error
            .message()
            .starts_with("Cannot read the server's answer"),
        "{error}"
    );
    assert!(client.kill("iabc").await.expect("the second attempt"));
    let error = client.kill("iabc").await.expect_err("no answer");
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert!(!format!("{error:?}").contains("secret"));
}
