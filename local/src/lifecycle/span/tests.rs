//! The rules one by one, and a model that random lives are checked against.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sandspan_protocol::{control::ActivityKind, events::Actor};

use super::{Action, Moment, Now, Phase, Refusal, Rules, Span, Step, Transition};

mod model;

pub(super) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A time after the start of the test's world, on both clocks.
pub(super) fn at(since_start: Duration) -> Now {
    Now {
        moment: Moment::START + since_start,
        timestamp: Timestamp::UNIX_EPOCH
            .saturating_add(SignedDuration::try_from(since_start).expect("short"))
            .expect("short"),
    }
}

pub(super) const RULES: Rules = Rules {
    timeout: seconds(100),
    cap: seconds(1000),
    on_timeout: Action::Kill,
    auto_resume: false,
    idle: None,
    idle_counts_processes: false,
};

const IDLE: Rules = Rules {
    idle: Some(seconds(30)),
    ..RULES
};

const AUTO_RESUME: Rules = Rules {
    on_timeout: Action::Pause { memory: true },
    auto_resume: true,
    ..RULES
};

fn span(rules: Rules) -> Span {
    Span::new(at(seconds(0)), rules, true)
}

fn paused(rules: Rules) -> Span {
    let mut span = span(rules);
    let begun = span.pause(at(seconds(10)), true);
    assert!(matches!(begun, Ok(Step::Begin(Transition::Pause { .. }))));
    assert_eq!(span.paused(), None);
    span
}

fn end(by: Actor) -> Transition {
    Transition::End { by }
}

#[test]
fn ends_at_its_deadline_and_not_before() {
    let mut span = span(RULES);
    assert_eq!(
        span.next_look(at(seconds(1)).moment),
        Some(at(seconds(100)).moment)
    );
    assert_eq!(span.look(at(Duration::from_millis(99_999))), None);
    assert_eq!(span.look(at(seconds(100))), Some(end(Actor::Deadline)));
    assert_eq!(span.look(at(seconds(101))), None, "once");
}

#[test]
fn a_timeout_counts_from_now_both_ways_up_to_the_cap() {
    let mut span = span(RULES);
    for (now, timeout, end) in [(5, 60, 65), (5, 1, 6), (5, 5000, 1000)] {
        assert_eq!(
            span.set_timeout(at(seconds(now)), seconds(timeout)),
            Ok(Step::Moved)
        );
        assert_eq!(span.deadline(), at(seconds(end)).moment);
    }
    assert_eq!(
        span.extend(at(seconds(6)), seconds(10)),
        Ok(Step::Done),
        "never shorter"
    );
    assert_eq!(
        span.set_timeout(at(seconds(7)), seconds(0)),
        Ok(Step::Moved)
    );
    assert_eq!(span.look(at(seconds(7))), Some(end(Actor::Deadline)));
}

#[test]
fn an_extension_before_the_look_wins() {
    let mut span = span(RULES);
    assert_eq!(span.extend(at(seconds(100)), seconds(50)), Ok(Step::Moved));
    assert_eq!(span.look(at(seconds(100))), None);
    assert_eq!(span.look(at(seconds(150))), Some(end(Actor::Deadline)));
}

#[test]
fn idleness_counts_from_the_last_use() {
    let mut span = span(IDLE);
    assert_eq!(span.end_at(at(seconds(1))), at(seconds(30)).timestamp);
    assert_eq!(span.traffic(ActivityKind::Request, 80), Ok(Step::Done));
    assert_eq!(
        span.end_at(at(seconds(20))),
        at(seconds(100)).timestamp,
        "active"
    );
    assert_eq!(span.idle_deadline(), None);
    assert_eq!(span.look(at(seconds(40))), None);
    span.traffic_ended(at(seconds(50)), ActivityKind::Request, 80);
    assert_eq!(span.end_at(at(seconds(51))), at(seconds(80)).timestamp);
    assert_eq!(span.look(at(Duration::from_millis(79_999))), None);
    assert_eq!(span.look(at(seconds(80))), Some(end(Actor::Idleness)));
}

#[test]
fn two_uses_at_once_end_with_the_second() {
    let mut span = span(IDLE);
    for _ in 0..2 {
        assert_eq!(span.traffic(ActivityKind::WebSocket, 80), Ok(Step::Done));
    }
    span.traffic_ended(at(seconds(1)), ActivityKind::WebSocket, 80);
    assert_eq!(span.look(at(seconds(60))), None);
    span.traffic_ended(at(seconds(60)), ActivityKind::WebSocket, 80);
    assert_eq!(span.look(at(seconds(90))), Some(end(Actor::Idleness)));
}

#[test]
fn activity_does_not_move_the_deadline() {
    let mut span = span(IDLE);
    assert_eq!(span.traffic(ActivityKind::Request, 80), Ok(Step::Done));
    assert_eq!(
        span.next_look(at(seconds(90)).moment),
        Some(at(seconds(100)).moment)
    );
    assert_eq!(span.look(at(seconds(100))), Some(end(Actor::Deadline)));
}

#[test]
fn connecting_is_a_use() {
    let mut span = span(IDLE);
    assert_eq!(span.connect(at(seconds(20)), seconds(10)), Ok(Step::Done));
    assert_eq!(span.end_at(at(seconds(20))), at(seconds(50)).timestamp);
}

#[test]
fn processes_are_uses_where_they_count() {
    let mut span = span(Rules {
        idle_counts_processes: true,
        ..IDLE
    });
    assert!(span.wants_processes_watched());
    span.processes_watched();
    assert!(!span.wants_processes_watched());
    assert_eq!(span.look(at(seconds(60))), None);
    span.processes_ended(at(seconds(60)));
    assert!(
        !span.wants_processes_watched(),
        "there are none, and nothing starts any"
    );
    assert_eq!(span.look(at(seconds(90))), Some(end(Actor::Idleness)));
}

#[test]
fn processes_that_may_have_been_started_are_uses_until_it_is_known() {
    let mut span = span(Rules {
        idle_counts_processes: true,
        ..IDLE
    });
    let request = |span: &mut Span| {
        span.traffic(ActivityKind::Request, 80).expect("it runs");
        span.traffic_ended(at(seconds(1)), ActivityKind::Request, 80);
    };
    span.processes_watched();
    request(&mut span);
    span.processes_ended(at(seconds(2)));
    assert!(
        span.wants_processes_watched(),
        "what was waited for had begun before the request"
    );
    assert_eq!(span.idle_deadline(), None);
    span.processes_watched();
    span.processes_ended(at(seconds(2)));
    assert!(span.idle_deadline().is_some());
    request(&mut span);
    assert_eq!(span.idle_deadline(), None, "nobody has looked yet");
}

#[test]
fn processes_of_a_paused_one_are_no_use() {
    let mut span = paused(Rules {
        idle_counts_processes: true,
        ..RULES
    });
    span.processes_unwatched(at(seconds(10)));
    let (until, kind, _) = span.last_used(at(seconds(5000)));
    assert_eq!(
        (until, kind),
        (at(seconds(10)).moment, ActivityKind::Process)
    );
}

#[test]
fn a_pause_stops_the_clock_and_a_resumption_starts_it_anew() {
    let mut span = paused(RULES);
    assert_eq!(span.look(at(seconds(5000))), None);
    assert_eq!(span.next_look(at(seconds(5000)).moment), None);
    assert_eq!(
        span.end_at(at(seconds(5000))),
        at(seconds(10)).timestamp,
        "when it was paused"
    );
    let resumed = span.connect(at(seconds(5000)), seconds(60));
    assert!(matches!(
        resumed,
        Ok(Step::Begin(Transition::Resume { memory: true, .. }))
    ));
    assert_eq!(span.resumed(at(seconds(5001))), None);
    assert_eq!(span.deadline(), at(seconds(5061)).moment);
    assert_eq!(
        span.latest_deadline(),
        at(seconds(6001)).moment,
        "a new cap"
    );
    assert_eq!(span.started_at(), at(seconds(5001)).timestamp);
}

#[test]
fn a_resumption_to_live_for_no_time_is_to_live_for_the_default() {
    let mut span = paused(RULES);
    assert!(matches!(
        span.connect(at(seconds(20)), seconds(0)),
        Ok(Step::Begin(_))
    ));
    assert_eq!(span.resumed(at(seconds(20))), None);
    assert_eq!(span.deadline(), at(seconds(320)).moment);
}

#[test]
fn what_is_asked_during_a_pause() {
    let mut span = span(RULES);
    assert!(matches!(
        span.pause(at(seconds(1)), true),
        Ok(Step::Begin(_))
    ));
    assert_eq!(span.pause(at(seconds(1)), true), Ok(Step::Join));
    assert_eq!(span.kill(), Step::Wait);
    assert_eq!(span.connect(at(seconds(1)), seconds(9)), Ok(Step::Wait));
    assert_eq!(
        span.set_timeout(at(seconds(1)), seconds(9)),
        Err(Refusal::Pausing)
    );
    assert_eq!(
        span.traffic(ActivityKind::Request, 80),
        Err(Refusal::NotFound)
    );
}

#[test]
fn what_is_asked_of_a_paused_one() {
    let mut span = paused(RULES);
    assert_eq!(
        span.pause(at(seconds(20)), true),
        Err(Refusal::AlreadyPaused)
    );
    assert_eq!(
        span.set_timeout(at(seconds(20)), seconds(9)),
        Err(Refusal::NotFound)
    );
    assert_eq!(
        span.extend(at(seconds(20)), seconds(9)),
        Err(Refusal::NotFound)
    );
    assert_eq!(
        span.traffic(ActivityKind::Request, 80),
        Err(Refusal::NotFound)
    );
    assert!(matches!(
        span.kill(),
        Step::Begin(Transition::End { by: Actor::Client })
    ));
}

#[test]
fn what_is_asked_during_an_end() {
    let mut span = span(RULES);
    assert!(matches!(span.kill(), Step::Begin(_)));
    assert_eq!(span.kill(), Step::Join);
    assert_eq!(span.pause(at(seconds(1)), true), Err(Refusal::NotFound));
    assert_eq!(
        span.connect(at(seconds(1)), seconds(9)),
        Err(Refusal::Killing)
    );
    assert_eq!(
        span.set_timeout(at(seconds(1)), seconds(9)),
        Err(Refusal::Killing)
    );
    assert_eq!(span.resume(seconds(9), None), Err(Refusal::NotFound));
}

#[test]
fn traffic_resumes_where_that_was_asked_for_and_may() {
    let mut span = paused(AUTO_RESUME);
    let denied = span.traffic_without_resuming(ActivityKind::Request, 80);
    assert_eq!(denied, Err(Refusal::Denied));
    let resumed = span.traffic(ActivityKind::Request, 80);
    let by = Actor::Traffic;
    let resume = Transition::Resume { memory: true, by };
    assert_eq!(resumed, Ok(Step::Begin(resume)));
    assert_eq!(span.traffic(ActivityKind::Request, 80), Ok(Step::Wait));
    assert_eq!(span.resumed(at(seconds(20))), None);
    assert_eq!(span.deadline(), at(seconds(320)).moment, "300 s at least");
}

#[test]
fn time_over_means_a_pause_where_that_was_asked_for() {
    let mut span = span(AUTO_RESUME);
    let by = Actor::Deadline;
    let pause = Transition::Pause { memory: true, by };
    assert_eq!(span.look(at(seconds(100))), Some(pause));
    assert_eq!(
        span.pause_failed(),
        Some(end(Actor::Deadline)),
        "alive it must not stay"
    );
}

#[test]
fn a_pause_that_a_client_asked_for_may_fail() {
    let mut span = span(RULES);
    assert!(matches!(
        span.pause(at(seconds(1)), true),
        Ok(Step::Begin(_))
    ));
    assert_eq!(span.pause_failed(), None);
    assert_eq!(span.phase(), Phase::Running);
}

#[test]
fn files_outlive_processes_of_a_paused_one() {
    let mut span = paused(RULES);
    assert_eq!(span.lost(), None);
    assert_eq!(span.phase(), Phase::Paused { memory: false });
    let mut in_memory = Span::new(at(seconds(0)), RULES, false);
    assert!(matches!(
        in_memory.pause(at(seconds(1)), true),
        Ok(Step::Begin(_))
    ));
    assert_eq!(in_memory.lost(), None, "the pause comes to its end first");
    assert_eq!(in_memory.paused(), Some(end(Actor::System)));
}

#[test]
fn times_are_the_same_at_every_look_and_true_when_the_clock_was_set() {
    let span = span(RULES);
    let drifted = Now {
        timestamp: at(Duration::from_millis(50_200)).timestamp,
        ..at(seconds(50))
    };
    assert_eq!(span.end_at(drifted), at(seconds(100)).timestamp);
    for set_to in [3650, 20] {
        let jumped = Now {
            timestamp: at(seconds(set_to)).timestamp,
            ..at(seconds(50))
        };
        assert_eq!(span.end_at(jumped), at(seconds(set_to + 50)).timestamp);
    }
}
