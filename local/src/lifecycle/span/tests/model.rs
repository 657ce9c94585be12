//! Random lives, checked against a simple model of what must never happen.

use proptest::{collection::vec, option, prelude::*};

use super::*;

/// Something that happens in a sandbox's life.
#[derive(Debug, Clone, Copy)]
enum Event {
    SetTimeout(u64),
    Extend(u64),
    Connect(u64),
    Resume(u64),
    Pause {
        memory: bool,
    },
    Kill,
    TrafficBegins,
    TrafficEnds,
    ProcessesEnd,
    /// The transition that is under way comes to its end.
    Finish {
        succeeds: bool,
    },
    TimePasses {
        milliseconds: u64,
    },
    /// The server is killed, and for a while there is none.
    ServerDies {
        milliseconds: u64,
    },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        1 => (0..150_u64).prop_map(Event::SetTimeout),
        1 => (0..150_u64).prop_map(Event::Extend),
        1 => (0..150_u64).prop_map(Event::Connect),
        1 => (1..150_u64).prop_map(Event::Resume),
        1 => any::<bool>().prop_map(|memory| Event::Pause { memory }),
        1 => Just(Event::Kill),
        3 => Just(Event::TrafficBegins),
        3 => Just(Event::TrafficEnds),
        1 => Just(Event::ProcessesEnd),
        6 => any::<bool>().prop_map(|fails| Event::Finish { succeeds: !fails }),
        8 => (0..40_000_u64).prop_map(|milliseconds| Event::TimePasses { milliseconds }),
        1 => (0..40_000_u64).prop_map(|milliseconds| Event::ServerDies { milliseconds }),
    ]
}

fn rules() -> impl Strategy<Value = Rules> {
    let on_timeout = prop_oneof![
        Just(Action::Kill),
        any::<bool>().prop_map(|memory| Action::Pause { memory }),
    ];
    let idle = option::of((30..60_u64).prop_map(seconds));
    (1..120_u64, on_timeout, any::<bool>(), idle).prop_map(|(timeout, on_timeout, resume, idle)| {
        Rules {
            timeout: seconds(timeout),
            on_timeout,
            auto_resume: resume && on_timeout == Action::Pause { memory: true },
            idle: idle.map(|idle| idle.min(seconds(timeout))),
            ..RULES
        }
    })
}

/// The world around a span, and what the model knows of it by itself.
struct World {
    span: Span,
    rules: Rules,
    now: Duration,
    /// The transition under way, of which there is at most one.
    under_way: Option<Transition>,
    /// When it must end, as the model counts it.
    deadline: Duration,
    /// When it was used last, while nothing is connected.
    last_used: Duration,
    connected: u32,
    has_processes: bool,
    is_gone: bool,
}

impl World {
    fn new(rules: Rules) -> Self {
        Self {
            span: Span::new(at(seconds(0)), rules, true),
            rules,
            now: seconds(0),
            under_way: None,
            deadline: rules.timeout,
            last_used: seconds(0),
            connected: 0,
            has_processes: true,
            is_gone: false,
        }
    }

    fn now(&self) -> Now {
        at(self.now)
    }

    fn is_over(&self) -> bool {
        let idle = self.rules.idle.filter(|_| self.connected == 0);
        self.now >= self.deadline || idle.is_some_and(|idle| self.now >= self.last_used + idle)
    }

    fn begin(&mut self, transition: Transition) {
        assert_eq!(self.under_way, None, "two transitions at once");
        assert!(!self.is_gone, "what has ended never comes back");
        match transition {
            Transition::Pause { by, .. } | Transition::End { by } => match by {
                Actor::Deadline => assert!(self.now >= self.deadline, "lost before its deadline"),
                Actor::Idleness => assert!(self.is_over(), "lost although it was in use"),
                Actor::System => assert!(!self.has_processes, "lost for no reason"),
                Actor::Client | Actor::Traffic => {}
            },
            Transition::Resume { .. } => {}
        }
        if !matches!(transition, Transition::Resume { .. }) {
            // Its connections are reset.
            while self.connected > 0 {
                self.traffic_ends();
            }
        }
        self.under_way = Some(transition);
    }

    /// Checks an answer, and carries out what it says. Whether something was changed at once.
    fn step(&mut self, answer: Result<Step, Refusal>, joins: impl Fn(Transition) -> bool) -> bool {
        match answer {
            Ok(Step::Done | Step::Moved) => {
                assert_eq!(self.under_way, None, "a change during a transition");
                assert_eq!(self.span.phase(), Phase::Running);
                return true;
            }
            Ok(Step::Begin(transition)) => self.begin(transition),
            Ok(Step::Join) => {
                let under_way = self.under_way;
                assert!(
                    self.is_gone || under_way.is_some_and(joins),
                    "a join gets the answer of its own kind"
                );
            }
            Ok(Step::Wait) => assert!(self.under_way.is_some(), "nothing to wait for"),
            Err(_) => {}
        }
        false
    }

    fn look(&mut self) {
        if let Some(transition) = self.span.look(self.now()) {
            assert!(self.is_over(), "ended too early");
            self.begin(transition);
        }
    }

    /// Lets time pass as the keeper does: it looks whenever the span wants it to, not oftener.
    fn pass(&mut self, milliseconds: u64) {
        let until = self.now + Duration::from_millis(milliseconds);
        while let Some(next) = self.span.next_look(self.now().moment) {
            let next = next.since(Moment::START).max(self.now);
            if next > until {
                break;
            }
            self.now = next;
            self.look();
        }
        self.now = until;
        let runs = self.span.phase() == Phase::Running;
        assert!(!(runs && self.is_over()), "alive past its end");
    }

    fn traffic_ends(&mut self) {
        self.span
            .traffic_ended(self.now(), ActivityKind::Request, 80);
        self.connected -= 1;
        if self.connected == 0 {
            self.last_used = self.now;
        }
    }

    fn finish(&mut self, succeeds: bool) {
        let Some(transition) = self.under_way.take() else {
            return;
        };
        let next = match transition {
            Transition::Pause { memory, .. } => {
                self.has_processes &= memory || !succeeds;
                if succeeds {
                    self.span.paused()
                } else {
                    self.span.pause_failed()
                }
            }
            Transition::Resume { memory, .. } if succeeds => {
                self.has_processes |= !memory;
                let Phase::Resuming { timeout, .. } = self.span.phase() else {
                    panic!("resumed without having been asked to");
                };
                self.deadline = self.now + timeout;
                self.last_used = self.now;
                self.span.resumed(self.now())
            }
            Transition::Resume { .. } => self.span.resume_failed(),
            Transition::End { .. } => {
                self.is_gone = true;
                None
            }
        };
        match (transition, next) {
            // Its time was over when the pause began, and it could not be paused.
            (Transition::Pause { by, .. }, Some(Transition::End { by: same })) if by == same => {
                self.under_way = next;
            }
            (_, Some(next)) => self.begin(next),
            (_, None) => {}
        }
        self.pass(0);
    }

    /// Nobody looks for a while but the agent. Then another server takes over.
    fn server_dies(&mut self, milliseconds: u64) {
        while self.connected > 0 {
            self.traffic_ends();
        }
        let record = serde_json::to_vec(&self.span).expect("plain data");
        self.now += Duration::from_millis(milliseconds);
        if self.is_gone {
            return;
        }
        let stops = self.rules.on_timeout == (Action::Pause { memory: true });
        if self.span.phase() == Phase::Running && self.now >= self.deadline && !stops {
            self.has_processes = false;
        }
        let was_paused = matches!(self.span.phase(), Phase::Paused { .. });
        self.span = serde_json::from_slice(&record).expect("what was written");
        let unfinished = self.under_way.take();
        self.last_used = self.now;
        let now = self.now();
        match self.span.adopted(now, self.has_processes) {
            // It was right to begin it, and is finished now.
            Some(again) if Some(again) == unfinished => self.under_way = unfinished,
            Some(_) if was_paused => panic!("a paused one is left alone"),
            Some(transition) => self.begin(transition),
            None if was_paused => {
                let phase = self.span.phase();
                assert!(matches!(phase, Phase::Paused { .. }), "silently dropped");
            }
            // Its start had succeeded, and only that was not noted any more.
            None if self.span.started_at() == now.timestamp => {
                self.deadline = self.span.deadline().since(Moment::START);
            }
            None => {}
        }
        self.pass(0);
    }

    fn happens(&mut self, event: Event) {
        let now = self.now();
        match event {
            Event::SetTimeout(timeout) => {
                let answer = self.span.set_timeout(now, seconds(timeout));
                if self.step(answer, |_| false) {
                    self.deadline = self.later_by(timeout);
                }
            }
            Event::Extend(timeout) => {
                let answer = self.span.extend(now, seconds(timeout));
                if self.step(answer, |_| false) {
                    self.deadline = self.deadline.max(self.later_by(timeout));
                }
            }
            Event::Connect(timeout) => {
                let answer = self.span.connect(now, seconds(timeout));
                if self.step(answer, |_| false) {
                    self.deadline = self.deadline.max(self.later_by(timeout));
                    self.last_used = self.now;
                }
            }
            Event::Resume(timeout) => {
                let answer = self.span.resume(seconds(timeout), None);
                self.step(answer, |_| false);
            }
            Event::Pause { memory } => {
                let answer = self.span.pause(now, memory);
                self.step(answer, |it| matches!(it, Transition::Pause { .. }));
            }
            Event::Kill => {
                let answer = self.span.kill();
                self.step(Ok(answer), |it| matches!(it, Transition::End { .. }));
            }
            Event::TrafficBegins => {
                let answer = self.span.traffic(ActivityKind::Request, 80);
                if self.step(answer, |_| false) {
                    self.connected += 1;
                }
            }
            Event::TrafficEnds if self.connected > 0 => self.traffic_ends(),
            Event::TrafficEnds => {}
            Event::ProcessesEnd if !self.has_processes => {}
            Event::ProcessesEnd => {
                self.has_processes = false;
                if let Some(transition) = self.span.lost() {
                    self.begin(transition);
                }
            }
            Event::Finish { succeeds } => self.finish(succeeds),
            Event::TimePasses { milliseconds } => self.pass(milliseconds),
            Event::ServerDies { milliseconds } => self.server_dies(milliseconds),
        }
        self.pass(0);
    }

    fn later_by(&self, timeout: u64) -> Duration {
        let latest = self.span.latest_deadline().since(Moment::START);
        (self.now + seconds(timeout)).min(latest)
    }

    fn check(&self) {
        let is_between = matches!(
            self.span.phase(),
            Phase::Pausing { .. } | Phase::Resuming { .. } | Phase::Ending { .. }
        );
        assert_eq!(is_between && !self.is_gone, self.under_way.is_some());
        if self.span.phase() == Phase::Running {
            assert_eq!(self.span.deadline(), at(self.deadline).moment);
            assert!(
                self.span.deadline() <= self.span.latest_deadline(),
                "beyond the cap"
            );
        }
        if self.is_gone {
            assert!(matches!(self.span.phase(), Phase::Ending { .. }));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_that_must_not_happen_does(rules in rules(), events in vec(event(), 1..60)) {
        let mut world = World::new(rules);
        for event in events {
            world.happens(event);
            world.check();
        }
    }
}
