//! A service that does as a test wants, and writes down what it was asked.

use std::{
    io::Write,
    net::TcpListener,
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use sandspan::{Client, CreateOptions, Sandbox};

use crate::answers::{Answer, CREATED, json, options, plain, read};

/// The request whose answer is a stream.
pub(crate) const STREAM: &str = "POST /process.Process/Start";

/// How long a stream stays open after all that is in it.
const OPEN: Duration = Duration::from_secs(1);

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) at: Instant,
    /// Its method and path, without the query.
    pub(crate) call: String,
    pub(crate) query: String,
    pub(crate) body: String,
}

/// A service on a port of its own, which lives as long as the tests do.
pub(crate) struct Loopback {
    url: String,
    log: Arc<Log>,
}

#[derive(Default)]
struct Log {
    seen: Mutex<Vec<Seen>>,
    changed: Condvar,
}

impl Loopback {
    /// Answers each request by what `respond` says, each on a thread of its own.
    pub(crate) fn start(respond: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let log = Arc::<Log>::default();
        let (writing, respond) = (Arc::clone(&log), Arc::new(respond));
        thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.expect("a connection");
                let (log, respond) = (Arc::clone(&writing), Arc::clone(&respond));
                thread::spawn(move || {
                    let request = read(&connection);
                    let target = request.line.trim_end_matches(" HTTP/1.1");
                    let (call, query) = target.split_once('?').unwrap_or((target, ""));
                    let seen = Seen {
                        at: Instant::now(),
                        call: call.to_owned(),
                        query: query.to_owned(),
                        body: request.body,
                    };
                    log.seen.lock().expect("whole").push(seen.clone());
                    log.changed.notify_all();
                    // Who asked may be gone by now.
                    let answer = respond(&seen);
                    drop(connection.write_all(&answer));
                    if seen.call == STREAM {
                        thread::sleep(OPEN);
                    }
                });
            }
        });
        Self { url, log }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(options(self.url.clone())).expect("the options are valid")
    }

    /// A sandbox that may be idle for 30 s and lives for 300 s.
    pub(crate) async fn sandbox(&self) -> Sandbox {
        let options = CreateOptions {
            idle_timeout: Some(Duration::from_secs(30)),
            ..CreateOptions::default()
        };
        self.client().create(options).await.expect("created")
    }

    /// The requests of this method and path so far.
    pub(crate) fn seen(&self, call: &str) -> Vec<Seen> {
        let seen = self.log.seen.lock().expect("whole");
        seen.iter()
            .filter(|seen| seen.call == call)
            .cloned()
            .collect()
    }

    /// Waits until there are so many requests of this method and path.
    pub(crate) async fn until(&self, call: &'static str, number: usize) -> Vec<Seen> {
        let log = Arc::clone(&self.log);
        let waiting = tokio::task::spawn_blocking(move || {
            let count = |seen: &Vec<Seen>| seen.iter().filter(|seen| seen.call == call).count();
            let seen = log.seen.lock().expect("whole");
            let limit = Duration::from_secs(20);
            let few = |seen: &mut Vec<Seen>| count(seen) < number;
            let (seen, waited) = log
                .changed
                .wait_timeout_while(seen, limit, few)
                .expect("whole");
            assert!(!waited.timed_out(), "{call}: {seen:?}");
        });
        waiting.await.expect("they come");
        self.seen(call)
    }
}

/// What a service without an idle timeout answers.
pub(crate) fn usual(seen: &Seen) -> Answer {
    match seen.call.as_str() {
        "POST /v2/sandboxes" => json("201 Created", CREATED),
        "POST /v2/sandboxes/iabc/connect" => json("200 OK", CREATED),
        "GET /sandboxes/iabc" => json("200 OK", &detail(300)),
        "GET /sandboxes/events" => plain("404 Not Found", "404 page not found"),
        _ => plain("204 No Content", ""),
    }
}

/// A sandbox that ends in so many seconds.
pub(crate) fn detail(seconds: i64) -> String {
    let now = jiff::Timestamp::now();
    let end_at = now + jiff::SignedDuration::from_secs(seconds);
    format!(
        r#"{{"sandboxID":"iabc","templateID":"base","state":"running","startedAt":"{now}",
            "endAt":"{end_at}","metadata":{{"idle_timeout":"30"}}}}"#
    )
}

pub(crate) fn missing() -> Answer {
    json(
        "404 Not Found",
        r#"{"code":404,"message":"sandbox not found"}"#,
    )
}
