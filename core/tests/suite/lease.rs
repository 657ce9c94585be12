//! The lease, against a service that knows no idle timeout. The times are real: an idle timeout is
//! 30 s at least.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sandspan::{ActivityKind, CreateOptions, Enforcer, RunOptions, Sandbox};
use tokio::time::sleep;

use crate::{
    answers::{START, json, plain, stream},
    loopback::{Loopback, STREAM, missing, usual},
};

const TIMEOUT: &str = "POST /sandboxes/iabc/timeout";
const WINDOW: &str = r#"{"timeout":30}"#;

async fn use_it(sandbox: &Sandbox) -> Instant {
    assert!(sandbox.is_running().await.expect("it answers"));
    Instant::now()
}

/// Long enough for a renewal to be made that should not be.
async fn a_while() {
    sleep(Duration::from_millis(500)).await;
}

#[tokio::test]
async fn uses_are_renewed_rarely_and_the_end_is_exact() {
    let service = Loopback::start(usual);
    let sandbox = service.sandbox().await;
    let created = &service.seen("POST /v2/sandboxes")[0];
    assert_eq!(
        created.body,
        r#"{"templateID":"base","timeout":30,"metadata":{"idle_timeout":"30"}}"#
    );
    a_while().await;
    assert!(service.seen(TIMEOUT).is_empty(), "it was not used");

    let first = use_it(&sandbox).await;
    let renewed = service.until(TIMEOUT, 1).await;
    assert_eq!(renewed[0].body, WINDOW);
    assert!(renewed[0].at - first < Duration::from_millis(100));
    let mut last = first;
    for _ in 0..20 {
        sleep(Duration::from_millis(70)).await;
        last = use_it(&sandbox).await;
    }
    let renewed = service.until(TIMEOUT, 2).await;
    let between = renewed[1].at - renewed[0].at;
    assert!(between >= Duration::from_millis(7_490), "{between:?}");
    let timeout = renewed[1].body.trim_start_matches(r#"{"timeout":"#);
    let timeout: u64 = timeout.trim_end_matches('}').parse().expect("a number");
    let end = renewed[1].at + Duration::from_secs(timeout);
    let after = (end - last).as_secs_f64();
    assert!((30.0..30.3).contains(&after), "{after}");
    a_while().await;
    assert_eq!(service.seen(TIMEOUT).len(), 2);
}

#[tokio::test]
async fn a_service_that_sees_to_it_is_left_to_it() {
    let service = Loopback::start(|seen| match seen.call.as_str() {
        "POST /v2/sandboxes" => json(
            "201 Created",
            r#"{"sandboxID":"iabc","templateID":"base","envdVersion":"0.6.13","idleTimeout":30}"#,
        ),
        _ => usual(seen),
    });
    let sandbox = service.sandbox().await;
    assert_eq!(service.seen(TIMEOUT)[0].body, r#"{"timeout":300}"#);
    use_it(&sandbox).await;
    a_while().await;
    assert_eq!(service.seen(TIMEOUT).len(), 1);
}

#[tokio::test]
async fn nothing_is_renewed_after_drop_kill_or_pause() {
    tokio::join!(
        nothing_is_renewed_after("drop"),
        nothing_is_renewed_after("kill"),
        nothing_is_renewed_after("pause"),
    );
}

async fn nothing_is_renewed_after(way: &str) {
    let service = Loopback::start(usual);
    let sandbox = service.sandbox().await;
    use_it(&sandbox).await;
    service.until(TIMEOUT, 1).await;
    use_it(&sandbox).await;
    // A renewal is due in 7.5 s.
    match way {
        "kill" => assert!(sandbox.kill().await.expect("killed")),
        "pause" => assert!(sandbox.pause(None).await.expect("paused")),
        _ => {}
    }
    let rest = (way != "drop").then_some(sandbox);
    sleep(Duration::from_millis(8_500)).await;
    assert_eq!(service.seen(TIMEOUT).len(), 1, "{way}");
    if let Some(sandbox) = rest {
        sandbox.connect(None).await.expect("connected");
        let connect = &service.seen("POST /v2/sandboxes/iabc/connect")[0];
        assert_eq!(connect.body, WINDOW);
        use_it(&sandbox).await;
        service.until(TIMEOUT, 2).await;
    }
}

#[tokio::test]
async fn failures_are_tried_again_with_growing_pauses() {
    let failures = AtomicUsize::new(0);
    let service = Loopback::start(move |seen| match seen.call.as_str() {
        TIMEOUT if failures.fetch_add(1, Ordering::Relaxed) < 3 => {
            plain("503 Service Unavailable", "busy")
        }
        _ => usual(seen),
    });
    let sandbox = service.sandbox().await;
    use_it(&sandbox).await;
    service.until(TIMEOUT, 1).await;
    a_while().await;
    let lifetime = sandbox.get_lifetime().await.expect("known");
    assert!(lifetime.rule.contains("503"), "{}", lifetime.rule);
    let tries = service.until(TIMEOUT, 4).await;
    let pauses: Vec<_> = tries
        .windows(2)
        .map(|pair| (pair[1].at - pair[0].at).as_secs_f64())
        .collect();
    // Each is 0.5 to 1.5 times 1 s, 2 s and 4 s, and ends at the moment that suits whole seconds.
    for (pause, least) in pauses.iter().zip([0.5, 1.0, 2.0]) {
        assert!((least..least * 3.0 + 1.1).contains(pause), "{pauses:?}");
    }
    a_while().await;
    let lifetime = sandbox.get_lifetime().await.expect("known");
    assert!(!lifetime.rule.contains("503"), "{}", lifetime.rule);
    assert_eq!(service.seen(TIMEOUT).len(), 4);
}

#[tokio::test]
async fn what_is_gone_is_left_alone() {
    let service = Loopback::start(|seen| match seen.call.as_str() {
        TIMEOUT => missing(),
        "GET /health" => json("502 Bad Gateway", r#"{"code":502,"message":"not found"}"#),
        _ => usual(seen),
    });
    let sandbox = service.sandbox().await;
    for _ in 0..3 {
        assert!(!sandbox.is_running().await.expect("it answers"));
        a_while().await;
    }
    assert_eq!(service.seen(TIMEOUT).len(), 1);
}

#[tokio::test]
async fn one_renewal_at_a_time() {
    static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);
    static MOST: Mutex<usize> = Mutex::new(0);
    let service = Loopback::start(|seen| {
        if seen.call == TIMEOUT {
            let now = UNDER_WAY.fetch_add(1, Ordering::SeqCst) + 1;
            let mut most = MOST.lock().expect("whole");
            *most = now.max(*most);
            drop(most);
            thread::sleep(Duration::from_millis(700));
            UNDER_WAY.fetch_sub(1, Ordering::SeqCst);
        }
        usual(seen)
    });
    let sandbox = service.sandbox().await;
    use_it(&sandbox).await;
    service.until(TIMEOUT, 1).await;
    use_it(&sandbox).await;
    let longer = sandbox.set_timeout(Duration::from_secs(600)).await;
    longer.expect("it is set after the renewal");
    assert_eq!(*MOST.lock().expect("whole"), 1);
    let set = service.seen(TIMEOUT);
    assert_eq!(set.len(), 2);
    assert!(set[1].at - set[0].at >= Duration::from_millis(700));
    assert_eq!(set[1].body, WINDOW, "the service knows of the window only");
    let lifetime = sandbox.get_lifetime().await.expect("known");
    let deadline = lifetime.deadline.expect("it runs");
    let left = deadline.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((595..=600).contains(&left), "{left}");
}

#[tokio::test]
async fn what_is_connected_to_is_kept_too() {
    let service = Loopback::start(usual);
    let client = service.client();
    let sandbox = client.connect("iabc", None).await.expect("connected");
    let renewed = service.until(TIMEOUT, 1).await;
    assert_eq!(renewed[0].body, WINDOW, "the metadata say so");
    let lifetime = sandbox.get_lifetime().await.expect("known");
    assert_eq!(lifetime.enforced_by, Enforcer::Lease);
    let activity = lifetime.last_activity.expect("the connection");
    assert_eq!(
        (activity.kind, activity.port),
        (ActivityKind::Connected, None)
    );
    assert!(lifetime.ends_at() < lifetime.deadline);
}

#[tokio::test]
async fn all_handles_in_a_process_share_one() {
    let service = Loopback::start(usual);
    let sandbox = service.sandbox().await;
    let client = service.client();
    let life = Duration::from_secs(600);
    let other = client.connect("iabc", Some(life)).await.expect("connected");
    let connect = &service.seen("POST /v2/sandboxes/iabc/connect")[0];
    assert_eq!(connect.body, WINDOW);
    assert!(
        service.seen("GET /sandboxes/iabc").is_empty(),
        "it is known"
    );
    drop(other);
    let left = async || {
        let lifetime = client.get_lifetime("iabc").await.expect("known");
        let deadline = lifetime.deadline.expect("it runs");
        deadline.duration_since(jiff::Timestamp::now()).as_secs()
    };
    let extended = left().await;
    assert!((595..=600).contains(&extended), "{extended}");
    let longer = client.set_timeout("iabc", Duration::from_secs(900)).await;
    longer.expect("set");
    assert_eq!(service.seen(TIMEOUT)[0].body, WINDOW);
    let extended = left().await;
    assert!((895..=900).contains(&extended), "{extended}");
    assert!(client.kill("iabc").await.expect("killed"));
    use_it(&sandbox).await;
    a_while().await;
    assert_eq!(service.seen(TIMEOUT).len(), 1);
    drop(sandbox);
    let lifetime = client.get_lifetime("iabc").await.expect("known");
    assert!(lifetime.last_activity.is_none(), "nobody holds it");
}

#[tokio::test]
async fn an_open_stream_is_a_use() {
    let starts = AtomicUsize::new(0);
    let service = Loopback::start(move |seen| match seen.call.as_str() {
        // So that the next one is in JSON.
        STREAM if starts.fetch_add(1, Ordering::Relaxed) == 0 => {
            plain("415 Unsupported Media Type", "")
        }
        STREAM => stream(&[START]),
        _ => usual(seen),
    });
    let sandbox = service.sandbox().await;
    let idle = async || {
        let lifetime = sandbox.get_lifetime().await.expect("known");
        lifetime.idle_deadline.is_some()
    };
    let start = async || {
        let commands = sandbox.commands();
        let command = commands.start("true", RunOptions::default()).await;
        command.expect("it starts")
    };
    assert!(idle().await, "it was created only");
    let command = start().await;
    assert!(!idle().await, "its stream is open");
    command.wait().await.expect_err("the stream breaks");
    assert!(idle().await, "its stream is over");
    let command = start().await;
    assert!(!idle().await, "its stream is open");
    command.disconnect();
    a_while().await;
    assert!(idle().await, "nobody follows it");
}

#[tokio::test]
async fn the_hard_deadline_is_the_caller_s() {
    let service = Loopback::start(usual);
    let options = CreateOptions {
        timeout: Some(Duration::from_secs(32)),
        metadata: Some([("idle_timeout".to_owned(), "30".to_owned())].into()),
        ..CreateOptions::default()
    };
    let before = Instant::now();
    let sandbox = service.client().create(options).await.expect("created");
    let after = Instant::now();
    sleep(Duration::from_millis(3_200)).await;
    use_it(&sandbox).await;
    let renewed = service.until(TIMEOUT, 1).await;
    let timeout: u64 = renewed[0].body[11..13].parse().expect("two digits");
    let end = renewed[0].at + Duration::from_secs(timeout);
    let life = Duration::from_secs(32);
    assert!(end >= before + life && end <= after + life + Duration::from_millis(150));
}
