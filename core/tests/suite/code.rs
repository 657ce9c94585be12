//! Running code, against answers that only a broken code interpreter gives.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use sandspan::{
    Client, Code, CodeEvent, ContextOptions, CreateOptions, Error, ErrorKind, RunCodeOptions,
};

use crate::answers::{Answer, CREATED, GONE, Request, answering, json, options, plain, read};

const END: &str = "{\"type\": \"end_of_execution\"}\n";

/// Lines of an execution, which come in these pieces.
fn pieces(pieces: &[&[u8]]) -> Answer {
    let mut answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for piece in pieces {
        answer.extend(format!("{:x}\r\n", piece.len()).as_bytes());
        answer.extend(*piece);
        answer.extend(b"\r\n");
    }
    answer
}

/// The whole of an execution.
fn execution(lines: &[&str]) -> Answer {
    let lines: Vec<_> = lines.iter().map(|line| line.as_bytes()).collect();
    let mut answer = pieces(&lines);
    answer.extend(b"0\r\n\r\n");
    answer
}

/// The code of a sandbox whose service gives these answers.
async fn code(answers: Vec<Answer>) -> (Code, Receiver<Request>) {
    let created = [json("201 Created", CREATED)];
    let (options, requests) = answering(created.into_iter().chain(answers).collect());
    let client = Client::new(options).expect("valid");
    let sandbox = client.create(CreateOptions::default()).await;
    requests.recv().expect("the creation");
    (sandbox.expect("created").code(), requests)
}

async fn failed(answers: Vec<Answer>) -> Error {
    let (code, _requests) = code(answers).await;
    let run = code.run("1", RunCodeOptions::default()).await;
    run.expect_err("it fails")
}

#[tokio::test]
async fn an_execution_carries_what_it_must_and_gives_all_that_comes() {
    let answer = execution(&[
        "{\"type\":\"number_of_executions\",\"execution_count\":3}\n",
        "{\"type\":\"stdout\",\"text\":\"hé",
        "llo\\n\",\"timestamp\":\"2026-01-01T00:00:00Z\"}\n\r\n{\"type\":\"keepalive\"}\n",
        "{\"type\":\"stderr\",\"text\":\"oh\"}\n{\"type\":\"from the future\",\"text\":[]}\n",
        "{\"text\":\"2\",\"is_main_result\":true,\"type\":\"result\"}\n",
        END,
        "what comes after it is not read",
    ]);
    let (code, requests) = code(vec![answer]).await;
    let options = RunCodeOptions {
        context: Some("c".to_owned()),
        envs: [("A".to_owned(), "b".to_owned())].into(),
        ..RunCodeOptions::default()
    };
    let execution = code.run("1 + 1\0", options).await.expect("it runs");
    assert_eq!(execution.text(), Some("2"));
    assert_eq!(execution.logs.stdout, ["héllo\n"]);
    assert_eq!(execution.logs.stderr, ["oh"]);
    assert_eq!(execution.execution_count, Some(3));

    let request = requests.recv().expect("the execution");
    assert_eq!(request.line, "POST /execute HTTP/1.1");
    let body = r#"{"code":"1 + 1\u0000","context_id":"c","language":null,"env_vars":{"A":"b"}}"#;
    assert_eq!(request.body, body);
    for (name, value) in [
        ("content-type", "application/json"),
        ("e2b-sandbox-id", "iabc"),
        ("e2b-sandbox-port", "49999"),
        ("x-access-token", "token"),
    ] {
        assert_eq!(request.headers[name], value, "{name}");
    }
    assert!(!request.headers.contains_key("x-api-key"));
}

#[tokio::test]
async fn the_traffic_token_goes_along() {
    let created = CREATED.replace("\"token\"", r#""token","trafficAccessToken":"traffic""#);
    let (options, requests) = answering(vec![
        json("201 Created", &created),
        json(
            "200 OK",
            r#"[{"id":"c","language":"python","cwd":"/home/user"}]"#,
        ),
    ]);
    let client = Client::new(options).expect("valid");
    let sandbox = client
        .create(CreateOptions::default())
        .await
        .expect("created");
    let contexts = sandbox.code().list_contexts(None).await.expect("listed");
    assert_eq!(contexts[0].language, "python");
    requests.recv().expect("the creation");
    let request = requests.recv().expect("the list");
    assert_eq!(request.line, "GET /contexts HTTP/1.1");
    assert_eq!(request.headers["e2b-traffic-access-token"], "traffic");
}

#[tokio::test]
async fn events_are_taken_one_by_one_or_together() {
    let lines = concat!(
        "{\"type\":\"stdout\",\"text\":\"a\"}\n{\"type\":\"stdout\",\"text\":\"b\"}\n",
        "{\"type\":\"error\",\"name\":\"E\",\"value\":\"v\",\"traceback\":\"t\"}\n",
    );
    let answer = execution(&[&format!("{lines}{END}")]);
    let (code, _requests) = code(vec![answer.clone(), answer]).await;
    let start = async || {
        let started = code.start("1", RunCodeOptions::default()).await;
        started.expect("it starts")
    };
    let running = start().await;
    let events = running.next_events().await.expect("some").expect("good");
    assert_eq!(events.len(), 3);
    let CodeEvent::Error(error) = &events[2] else {
        panic!("{events:?}")
    };
    assert_eq!((error.name.as_str(), error.traceback.as_str()), ("E", "t"));
    assert!(running.next_events().await.is_none());

    let running = start().await;
    let first = running.next().await.expect("one").expect("good");
    let CodeEvent::Output(output) = first else {
        panic!("{first:?}")
    };
    assert_eq!((output.line.as_str(), output.error), ("a", false));
    running.stop();
    assert!(running.next().await.is_none());
}

#[tokio::test]
async fn what_ends_without_an_end_is_an_error() {
    let line: &[u8] = b"{\"type\":\"stdout\",\"text\":\"a\"}\n";
    let not_there = json("404 Not Found", r#"{"code":404,"message":"gone"}"#);
    let cases = [
        (
            json("502 Bad Gateway", GONE),
            ErrorKind::NotRunning,
            "The sandbox was killed while the request was in progress.",
        ),
        (
            plain("204 No Content", ""),
            ErrorKind::Unreachable,
            "The sandbox is running, but the connection to it broke",
        ),
        (
            plain("500 Internal Server Error", ""),
            ErrorKind::Unreachable,
            "its state is unknown",
        ),
    ];
    for (health, kind, text) in cases {
        let mut graceful = pieces(&[line]);
        graceful.extend(b"0\r\n\r\n");
        let half_an_end = pieces(&[line, &END.as_bytes()[..12]]);
        for cut in [pieces(&[line]), graceful, half_an_end] {
            let error = failed(vec![cut, not_there.clone(), health.clone()]).await;
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.message().contains(text), "{error}");
            assert_eq!(error.operation(), "code.run");
        }
    }
}

#[tokio::test]
async fn large_output_comes_whole() {
    let text = "é\\n\"😀".repeat(50_000);
    let line = format!(
        "{{\"type\": \"stderr\", \"text\": {}}}\n",
        serde_json::json!(text)
    );
    let mut parts: Vec<_> = line.as_bytes().chunks(30_001).collect();
    parts.push(END.as_bytes());
    let mut answer = pieces(&parts);
    answer.extend(b"0\r\n\r\n");
    let (code, _requests) = code(vec![answer]).await;
    let run = code.run("", RunCodeOptions::default()).await;
    assert!(run.expect("it runs").logs.stderr == [text]);
}

#[tokio::test]
async fn the_last_line_may_lack_its_end() {
    let (code, _requests) = code(vec![execution(&[END.trim_end()])]).await;
    let run = code.run("", RunCodeOptions::default()).await;
    assert_eq!(run.expect("it runs").text(), None);
}

#[tokio::test]
async fn what_cannot_be_held_costs_only_its_form() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let huge = format!("[1{}]", "0".repeat(400));
    let line = format!(
        "{{\"json\":{huge},\"data\":{deep},\"text\":\"t\",\"type\":\"result\",\"is_main_result\":true}}\n"
    );
    let output = "{\"type\":\"stdout\",\"text\":\"a\"}\n";
    let (code, _requests) = code(vec![execution(&[&line, output, END])]).await;
    let run = code.run("", RunCodeOptions::default()).await;
    let execution = run.expect("it runs");
    assert_eq!(
        (execution.text(), &execution.logs.stdout[..]),
        (Some("t"), &["a".to_owned()][..])
    );
    let [result] = &execution.results[..] else {
        panic!("{execution:?}")
    };
    assert_eq!(
        (result.json(), result.data()),
        (Some(&huge.into()), Some(&deep.into()))
    );
    assert_eq!(result.raw_json(), line);
}

#[tokio::test]
async fn what_is_no_event_is_told() {
    for line in [
        "nonsense\n",
        "[]\n",
        "{\"type\":\"stdout\"}\n",
        "{\"text\":\"\"}\n",
        "{\"type\":\"result\",\"text\":}\n",
        "[\"result\",true]\n",
    ] {
        let error = failed(vec![execution(&[line, END])]).await;
        assert_eq!(error.kind(), ErrorKind::Unexpected);
        let start = "Cannot read what the code interpreter sent: ";
        assert!(error.message().starts_with(start), "{error}");
    }
}

#[tokio::test]
async fn answers_with_the_status_of_an_error() {
    let not_found = plain("404 Not Found", "Context x not found");
    let error = failed(vec![not_found]).await;
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::NotFound, Some(404))
    );
    assert_eq!(error.message(), "Context x not found");

    let error = failed(vec![json("502 Bad Gateway", GONE)]).await;
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::NotRunning, Some(502))
    );
    let start = "The sandbox was not found: This error is likely due to sandbox timeout. You can";
    assert!(error.message().starts_with(start), "{error}");

    let (code, _requests) = code(vec![plain("500 Internal Server Error", "no kernel")]).await;
    let error = code.create_context(ContextOptions::default()).await;
    let error = error.expect_err("refused");
    assert_eq!(error.message(), "500 Internal Server Error: no kernel");
    assert_eq!(error.operation(), "code.create_context");
}

#[tokio::test]
async fn arguments_that_contradict_each_other_are_refused() {
    let (code, requests) = code(Vec::new()).await;
    let options = RunCodeOptions {
        language: Some("python".to_owned()),
        context: Some("c".to_owned()),
        ..RunCodeOptions::default()
    };
    let error = code.run("1", options).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(
        error.message(),
        "You can provide context or language, but not both at the same time."
    );
    let options = RunCodeOptions {
        envs: [("A".to_owned(), "\0".to_owned())].into(),
        ..RunCodeOptions::default()
    };
    let error = code.run("1", options).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(requests.try_recv().is_err(), "nothing is asked");
}

/// An interpreter whose executions never end, all of which say this again and again or once. Tells
/// when their client is gone.
fn endless(line: &'static [u8], repeats: bool) -> (Client, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (sender, gone) = channel();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.expect("a connection");
            if read(&connection).line.contains("/v2/sandboxes") {
                let created = json("201 Created", CREATED);
                connection.write_all(&created).expect("it is read");
                continue;
            }
            let piece = pieces(&[line]);
            let head = piece.len() - format!("{:x}\r\n\r\n", line.len()).len() - line.len();
            connection.write_all(&piece).expect("it is read");
            while repeats && connection.write_all(&piece[head..]).is_ok() {}
            // It ends, or fails, when the client closes it.
            drop(connection.read_to_end(&mut Vec::new()));
            if sender.send(()).is_err() {
                return;
            }
        }
    });
    (Client::new(options(url)).expect("valid"), gone)
}

#[tokio::test(flavor = "multi_thread")]
async fn at_its_timeout_an_execution_ends_and_its_connection_too() {
    let keepalive = b"{\"type\":\"keepalive\"}\n";
    let output = b"{\"type\":\"stdout\",\"text\":\"again\"}\n";
    for (line, repeats) in [(&keepalive[..], false), (&output[..], true)] {
        let (client, gone) = endless(line, repeats);
        let sandbox = client.create(CreateOptions::default()).await;
        let options = RunCodeOptions {
            timeout: Some(Duration::from_millis(300)),
            ..RunCodeOptions::default()
        };
        let error = sandbox.expect("created").code().run("1", options).await;
        let error = error.expect_err("it never ends");
        assert_eq!(error.kind(), ErrorKind::CommandTimeout);
        assert_eq!(
            error.message(),
            "Execution timed out — the 'timeout' option can be used to increase this timeout"
        );
        gone.recv_timeout(Duration::from_secs(10)).expect("closed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_that_nobody_holds_ends() {
    let (client, gone) = endless(b"{\"type\":\"stdout\",\"text\":\"once\"}\n", false);
    let sandbox = client.create(CreateOptions::default()).await;
    let code = sandbox.expect("created").code();
    let options = RunCodeOptions {
        timeout: Some(Duration::ZERO),
        ..RunCodeOptions::default()
    };
    let running = code.start("1", options).await.expect("it starts");
    assert!(running.next().await.is_some());
    assert!(gone.try_recv().is_err());
    drop(running);
    gone.recv_timeout(Duration::from_secs(10)).expect("closed");
}
