use std::time::Duration;

use jiff::Timestamp;
use sandspan_protocol::control::{Activity, ActivityKind, OnTimeout, SandboxDetail};

use super::{Enforcer, Lifetime, words};
use crate::{
    SandboxState,
    provider::{E2B, LOCAL},
};

fn at(time: &str) -> Timestamp {
    format!("2026-01-01T{time}Z").parse().expect("a time")
}

fn running() -> Lifetime {
    Lifetime {
        sandbox_id: "isb1".to_owned(),
        state: SandboxState::Running,
        deadline: Some(at("12:05:00")),
        latest_deadline: Some(at("12:59:00")),
        cap: Some(Duration::from_secs(3600)),
        idle_timeout: Some(Duration::from_secs(30)),
        idle_deadline: Some(at("12:01:13")),
        idle_counts_processes: false,
        last_activity: Some(Activity {
            at: at("12:00:43"),
            kind: ActivityKind::Request,
            port: Some(49983),
        }),
        on_timeout: OnTimeout::Kill,
        auto_resume: false,
        enforced_by: Enforcer::Server,
        rule: String::new(),
    }
}

#[test]
fn one_line_that_a_person_understands() {
    let now = at("12:00:48");
    assert_eq!(
        running().describe(now),
        "isb1 is running; it is killed at 12:05:00 UTC, in 4 min 12 s, or in 25 s if it stays idle \
         (idle timeout 30 s, last used 5 s ago: request on port 49983); at most until 12:59:00 \
         UTC; enforced by the server"
    );
    let in_use = Lifetime {
        idle_deadline: None,
        latest_deadline: None,
        on_timeout: OnTimeout::Pause,
        enforced_by: Enforcer::Lease,
        ..running()
    };
    assert_eq!(
        in_use.describe(now),
        "isb1 is running; it is paused at 12:05:00 UTC, in 4 min 12 s (idle timeout 30 s, in use \
         now: request on port 49983); its idle timeout is enforced by a lease of its client"
    );
    let plain = Lifetime {
        idle_timeout: None,
        idle_deadline: None,
        latest_deadline: None,
        deadline: Some("2026-01-02T01:00:00Z".parse().expect("a time")),
        ..running()
    };
    assert_eq!(
        plain.describe(now),
        "isb1 is running; it is killed at 2026-01-02 01:00:00 UTC, in 12 h 59 min; enforced by the \
         server"
    );
    let paused = Lifetime {
        state: SandboxState::Paused,
        deadline: None,
        ..running()
    };
    assert_eq!(
        paused.describe(now),
        "isb1 is paused; nothing ends it until it is resumed or killed"
    );
}

#[test]
fn it_ends_at_the_earlier_of_both() {
    assert_eq!(running().ends_at(), Some(at("12:01:13")));
    let in_use = Lifetime {
        idle_deadline: None,
        ..running()
    };
    assert_eq!(in_use.ends_at(), Some(at("12:05:00")));
}

#[test]
fn spans_in_words() {
    let cases = [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3605, "1 h"),
        (3660, "1 h 1 min"),
        (90_000, "1 d 1 h"),
    ];
    for (seconds, expected) in cases {
        assert_eq!(words(seconds), expected);
    }
}

fn detail(more: &str) -> SandboxDetail {
    let json = format!(
        r#"{{"sandboxID":"isb1","templateID":"base","state":"running",
            "startedAt":"2026-01-01T12:00:00Z","endAt":"2026-01-01T12:05:00Z"{more}}}"#
    );
    serde_json::from_str(&json).expect("a sandbox")
}

#[test]
fn from_a_service_that_says_little() {
    let more =
        r#","metadata":{"idle_timeout":"60"},"lifecycle":{"autoResume":true,"onTimeout":"pause"}"#;
    let lifetime = Lifetime::new(&E2B, &detail(more));
    assert_eq!(lifetime.deadline, Some(at("12:05:00")));
    assert_eq!(lifetime.idle_timeout, Some(Duration::from_secs(60)));
    assert_eq!(lifetime.enforced_by, Enforcer::Lease);
    assert_eq!(lifetime.on_timeout, OnTimeout::Pause);
    assert!(lifetime.auto_resume && lifetime.idle_deadline.is_none());
    assert_eq!(lifetime.rule, E2B.rule);
    let paused = detail("").listed;
    let paused = SandboxDetail {
        listed: sandspan_protocol::control::ListedSandbox {
            state: SandboxState::Paused,
            ..paused
        },
        ..detail("")
    };
    assert_eq!(Lifetime::new(&E2B, &paused).deadline, None);
}

#[test]
fn from_the_local_runtime() {
    let more = r#","lifetime":{"deadline":"2026-01-01T12:05:00Z",
        "latestDeadline":"2026-01-01T12:59:00Z","cap":3600,"idleTimeout":30,
        "idleDeadline":"2026-01-01T12:01:13Z","connections":0,
        "lastActivity":{"at":"2026-01-01T12:00:43Z","kind":"request","port":49983}}"#;
    let expected = Lifetime {
        rule: LOCAL.rule.to_owned(),
        ..running()
    };
    assert_eq!(Lifetime::new(&LOCAL, &detail(more)), expected);
}
