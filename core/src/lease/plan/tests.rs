use std::time::{Duration, Instant};

use super::{Phase, Plan, Step};

const WINDOW: Duration = Duration::from_secs(30);

/// A clock that is moved by hand, and a service that ends the sandbox when it was told to.
struct World {
    start: Instant,
    now: Instant,
    deadline: Instant,
    plan: Plan,
    server_end: Instant,
    renewals: Vec<(f64, u64)>,
    refused: Vec<f64>,
    gave_up: Option<f64>,
    /// Until when the service does not answer.
    down_until: Instant,
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

impl World {
    fn new(life: f64) -> Self {
        let now = Instant::now();
        Self {
            start: now,
            now,
            deadline: now + seconds(life),
            plan: Plan::new(WINDOW, now, now + WINDOW),
            server_end: now + WINDOW,
            renewals: Vec::new(),
            refused: Vec::new(),
            gave_up: None,
            down_until: now,
        }
    }

    fn at(&self, time: Instant) -> f64 {
        time.duration_since(self.start).as_secs_f64()
    }

    /// Lets time pass, doing what is to be done, a little late each time.
    fn run_to(&mut self, time: f64) {
        let until = self.start + seconds(time);
        loop {
            match self.plan.step(self.now, self.deadline) {
                Step::Wait(at) if at <= until => self.now = at + seconds(0.002),
                Step::Rest | Step::Wait(_) => break,
                Step::Renew(seconds) => self.renew(seconds),
                Step::GiveUp => {
                    self.gave_up = Some(self.at(self.now));
                    self.plan.enter(Phase::Failed);
                }
            }
        }
        self.now = self.now.max(until);
    }

    fn renew(&mut self, seconds: u64) {
        assert!(self.plan.take_off());
        self.plan.landed();
        if self.now > self.server_end {
            self.plan.enter(Phase::Gone);
            return;
        }
        if self.now < self.down_until {
            self.refused.push(self.at(self.now));
            self.plan.failed(self.now, 0.5, None);
            return;
        }
        self.renewals.push((self.at(self.now), seconds));
        self.server_end = self.now + Duration::from_secs(seconds);
        self.plan.succeeded(self.now, seconds);
        assert!(self.server_end <= self.deadline + super::SLACK);
    }

    /// A use from one time to another.
    fn use_between(&mut self, from: f64, to: f64) {
        self.run_to(from);
        self.plan.begin();
        self.run_to(to);
        self.plan.end(self.now);
    }

    /// The sandbox lives to its end; when that is.
    fn end(&mut self) -> f64 {
        self.run_to(10_000.0);
        for pair in self.renewals.windows(2) {
            assert!(pair[1].0 - pair[0].0 >= 7.5, "{:?}", self.renewals);
        }
        self.at(self.server_end)
    }
}

#[track_caller]
fn assert_end(end: f64, expected: f64) {
    assert!(
        (expected..expected + 0.15).contains(&end),
        "{end}, not {expected}"
    );
}

#[test]
fn what_is_never_used_is_never_renewed() {
    let mut world = World::new(300.0);
    assert_end(world.end(), 30.0);
    assert!(world.renewals.is_empty());
}

#[test]
fn it_ends_one_window_after_the_last_use() {
    for (from, to) in [
        (0.0, 0.5),
        (3.3, 3.4),
        (20.0, 20.01),
        (29.0, 29.5),
        (5.0, 45.7),
    ] {
        let mut world = World::new(300.0);
        world.use_between(from, to);
        assert_end(world.end(), to + 30.0);
    }
}

#[test]
fn many_uses_need_few_renewals() {
    let mut world = World::new(3600.0);
    for number in 0..400 {
        let from = f64::from(number) * 0.37;
        world.use_between(from, from + 0.05);
    }
    let last = 399.0 * 0.37 + 0.05;
    assert_end(world.end(), last + 30.0);
    assert!(world.renewals.len() <= 22, "{:?}", world.renewals);
}

#[test]
fn a_long_use_is_renewed_each_half_window() {
    let mut world = World::new(3600.0);
    world.use_between(0.0, 100.25);
    let during: Vec<_> = world.renewals.clone();
    assert_eq!(during.len(), 6, "{during:?}");
    assert!(during.iter().all(|(_, seconds)| *seconds == 30));
    assert_end(world.end(), 130.25);
}

#[test]
fn never_beyond_the_deadline_and_never_lost_before() {
    for life in [40.0, 50.3, 61.7, 95.0] {
        let mut world = World::new(life);
        world.use_between(1.0, life + 10.0);
        assert_end(world.end(), life);
        let mut world = World::new(life);
        world.use_between(life - 3.3, life - 3.0);
        let end = if life - 3.3 < 30.0 { life } else { 30.0 };
        assert_end(world.end(), end);
        let mut world = World::new(life);
        world.use_between(8.0, life - 12.5);
        assert_end(world.end(), life);
        assert!(world.renewals.len() < 10, "{:?}", world.renewals);
    }
}

#[test]
fn a_moved_deadline_counts() {
    let mut world = World::new(40.0);
    world.use_between(5.0, 20.0);
    world.deadline = world.start + seconds(300.0);
    assert_end(world.end(), 50.0);
    let mut world = World::new(300.0);
    world.use_between(5.0, 20.0);
    world.deadline = world.start + seconds(35.5);
    assert_end(world.end(), 35.5);
}

#[test]
fn a_server_that_was_told_too_much_is_told_the_window_at_once() {
    let mut world = World::new(300.0);
    world.plan = Plan::new(WINDOW, world.now, world.deadline);
    assert_end(world.end(), 30.0);
    assert_eq!(world.renewals, [(0.0, 30)]);
}

#[test]
fn failures_are_tried_again_until_the_window_has_passed() {
    let mut world = World::new(300.0);
    world.down_until = world.start + seconds(24.0);
    world.use_between(10.0, 50.0);
    assert!(world.gave_up.is_none());
    assert!((2..8).contains(&world.refused.len()), "{:?}", world.refused);
    assert_end(world.end(), 80.0);

    let mut world = World::new(300.0);
    world.down_until = world.start + seconds(1000.0);
    world.server_end = world.down_until;
    world.use_between(10.0, 100.0);
    // The first try is made when half of the window has passed.
    let gave_up = world.gave_up.expect("the window has passed");
    assert!((44.0..46.0).contains(&gave_up), "{gave_up}");
    assert!(world.refused.len() < 20, "{:?}", world.refused);
    assert_eq!(world.plan.phase(), Phase::Failed);
    assert!(world.renewals.is_empty());
}

#[test]
fn failures_after_the_last_use_are_told_too() {
    let mut world = World::new(300.0);
    world.down_until = world.start + seconds(1000.0);
    world.server_end = world.down_until;
    world.use_between(10.0, 10.1);
    world.run_to(500.0);
    let gave_up = world.gave_up.expect("the sandbox ended too early");
    assert!((30.0..42.0).contains(&gave_up), "{gave_up}");
}

#[test]
fn nothing_is_renewed_once_it_stopped() {
    for phase in [Phase::Stopped, Phase::Gone, Phase::Failed] {
        let mut world = World::new(300.0);
        world.plan.enter(phase);
        world.use_between(5.0, 100.0);
        world.end();
        assert!(world.renewals.is_empty());
    }
}

#[test]
fn what_answers_again_is_kept_again() {
    let mut world = World::new(300.0);
    world.plan.enter(Phase::Gone);
    world.run_to(60.0);
    world.server_end = world.now + seconds(300.0);
    world.plan.begin();
    assert!(world.plan.answered(world.now));
    assert!(!world.plan.answered(world.now));
    world.run_to(60.5);
    world.plan.end(world.now);
    assert_end(world.end(), 90.5);

    let mut world = World::new(300.0);
    world.plan.enter(Phase::Stopped);
    assert!(!world.plan.answered(world.now), "a caller wants it so");
    world.plan.connected(world.now, world.now + WINDOW);
    world.use_between(5.0, 6.0);
    assert_end(world.end(), 36.0);
}

#[test]
fn one_renewal_at_a_time() {
    let mut plan = World::new(300.0).plan;
    let now = Instant::now();
    plan.begin();
    plan.end(now + seconds(1.0));
    assert!(plan.take_off());
    assert!(!plan.take_off());
    let later = now + seconds(2.0);
    assert_eq!(plan.step(later, now + seconds(300.0)), Step::Rest);
    plan.landed();
    assert_ne!(plan.step(later, now + seconds(300.0)), Step::Rest);
}
