//! Pauses, and what a creation says about the end, as they travel.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use sandspan::{CreateOptions, EndReason, ErrorKind, LifecycleOptions, TimeoutAction};

use crate::{
    answers::{json, plain},
    loopback::{Loopback, detail, missing, usual},
};

const PAUSE: &str = "POST /sandboxes/iabc/pause";

#[tokio::test]
async fn a_pause_is_told_from_one_before_and_from_nothing() {
    let service = Loopback::start(|seen| match (seen.call.as_str(), seen.body.as_str()) {
        (PAUSE, "{}") => plain("204 No Content", ""),
        (PAUSE, _) => json("409 Conflict", r#"{"code":409,"message":"already paused"}"#),
        _ => missing(),
    });
    let client = service.client();
    assert!(client.pause("iabc", None).await.expect("paused"));
    assert!(
        !client
            .pause("iabc", Some(false))
            .await
            .expect("paused before")
    );
    assert_eq!(service.seen(PAUSE)[1].body, r#"{"memory":false}"#);
    let error = client.pause("iother", None).await.expect_err("none");
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::SandboxNotFound, "Sandbox iother not found")
    );
}

#[tokio::test]
async fn what_happens_at_the_end_travels_with_the_creation() {
    let service = Loopback::start(usual);
    let client = service.client();
    let pause = |keep_memory| LifecycleOptions {
        on_timeout: Some(TimeoutAction::Pause { keep_memory }),
        auto_resume: Some(true),
    };
    let cases = [
        (
            CreateOptions {
                lifecycle: Some(pause(None)),
                ..CreateOptions::default()
            },
            r#"{"templateID":"base","autoPause":true,"autoResume":{"enabled":true}}"#,
        ),
        (
            CreateOptions {
                lifecycle: Some(pause(Some(true))),
                auto_pause: Some(true),
                ..CreateOptions::default()
            },
            r#"{"templateID":"base","autoPause":true,"autoPauseMemory":true,"autoResume":{"enabled":true}}"#,
        ),
        (
            CreateOptions {
                auto_pause: Some(false),
                idle_timeout: Some(Duration::ZERO),
                ..CreateOptions::default()
            },
            r#"{"templateID":"base","autoPause":false}"#,
        ),
    ];
    for (number, (options, body)) in cases.into_iter().enumerate() {
        client.create(options).await.expect("created");
        assert_eq!(service.seen("POST /v2/sandboxes")[number].body, body);
    }
    let options = CreateOptions {
        idle_counts_processes: Some(true),
        idle_timeout: Some(Duration::from_secs(60)),
        ..CreateOptions::default()
    };
    let error = client.create(options).await.expect_err("not here");
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn an_end_is_looked_for_where_no_events_tell_it() {
    let cases = [
        (Some(300), EndReason::Killed),
        (Some(1), EndReason::Expired),
        (None, EndReason::Paused),
    ];
    for (life, expected) in cases {
        let looks = AtomicUsize::new(0);
        let service = Loopback::start(move |seen| match (seen.call.as_str(), life) {
            ("GET /sandboxes/iabc", Some(life)) => {
                if looks.fetch_add(1, Ordering::Relaxed) == 0 {
                    json("200 OK", &detail(life))
                } else {
                    missing()
                }
            }
            ("GET /sandboxes/iabc", None) => {
                json("200 OK", &detail(5).replace("running", "paused"))
            }
            _ => usual(seen),
        });
        let client = service.client();
        let reason = client.wait_until_ended("iabc").await.expect("it ends");
        assert_eq!(reason, expected);
    }
}

#[tokio::test]
async fn an_end_is_told_by_events() {
    let service = Loopback::start(|seen| match seen.call.as_str() {
        "GET /sandboxes/events" if seen.query.contains("orderAsc=false") => {
            json("200 OK", &page("paused", 3))
        }
        "GET /sandboxes/events" => json("200 OK", &page("idle", 7)),
        _ => usual(seen),
    });
    let client = service.client();
    let reason = client.wait_until_ended("iabc").await.expect("it ends");
    assert_eq!(reason, EndReason::Idle);
    let asked = service.seen("GET /sandboxes/events");
    assert_eq!(
        asked[1].query,
        "orderAsc=true&after=3&wait=45&sandboxID=iabc&events=killed%2Cexpired%2Cidle%2Cpaused%2Clost&limit=1"
    );
}

#[tokio::test]
async fn an_end_long_ago_is_still_told() {
    let service = Loopback::start(|seen| match seen.call.as_str() {
        "GET /sandboxes/events" if seen.query.contains("sandboxID=iabc") => {
            json("200 OK", &page("killed", 3))
        }
        "GET /sandboxes/events" => json("200 OK", r#"{"items":[],"total":0,"hasMore":false}"#),
        _ => missing(),
    });
    let client = service.client();
    let reason = client.wait_until_ended("iabc").await.expect("it ended");
    assert_eq!(reason, EndReason::Killed);
    let error = client.wait_until_ended("iother").await.expect_err("none");
    assert_eq!(error.kind(), ErrorKind::SandboxNotFound);
}

fn page(event: &str, number: u64) -> String {
    format!(
        r#"{{"items":[{{"eventID":"{number}","recordAt":1,"templateID":"base","templateName":"base",
            "sandboxID":"iabc","eventName":"{event}","state":"success",
            "time":"2026-01-01T00:00:00Z","reason":"","who":"system"}}],
            "total":1,"hasMore":false}}"#
    )
}
