//! Those who follow a process, and what becomes of the slow ones among them.
//!
//! Every follower has a queue of [`ROOM`] bytes. While one is full the process's output waits in its
//! pipe, so that no follower uses more memory than its queue and none misses anything. So that none
//! holds up the process or the others for ever, a follower is cut off with an error
//!
//! * when it takes nothing for [`STALL`] while its queue is full, or
//! * when it has kept the others waiting, who had already taken what it had no room for, for
//!   [`STALL`] in all; a tenth of the time that passes is given back.
//!
//! Alone, a follower that keeps taking may thus be as slow as it likes: the process goes at its pace.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::future::join_all;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, SetOnce, mpsc},
    time::{Instant, sleep},
};

use super::events::Event;

/// How much waits for a follower, in bytes.
const ROOM: u32 = 512 * 1024;

/// How much of the room an event takes beside its output.
const OVERHEAD: u32 = 256;

/// How long a follower may take nothing while its queue is full, and keep others waiting in all.
pub(crate) const STALL: Duration = Duration::from_secs(30);

/// Which part of the time that passes is given back to one who kept others waiting.
const GIVEN_BACK: u32 = 10;

/// An event in a queue, and the room that it takes there.
#[derive(Debug)]
struct Queued {
    event: Event,
    _room: OwnedSemaphorePermit,
}

/// A follower's end of its queue.
#[derive(Debug)]
pub(crate) struct Subscription {
    queue: mpsc::UnboundedReceiver<Queued>,
    room: Arc<Semaphore>,
}

impl Subscription {
    /// A queue with these events and nothing more.
    pub(crate) fn of(events: impl IntoIterator<Item = Event>) -> Self {
        let (follower, subscription) = Follower::new();
        for event in events {
            follower.put_first(&event);
        }
        subscription
    }

    /// The next event; none when the follower was cut off.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        Some(self.queue.recv().await?.event)
    }
}

impl Drop for Subscription {
    /// Nobody shall wait for room in a queue that is not read any more.
    fn drop(&mut self) {
        self.room.close();
    }
}

/// The process's end of a follower's queue.
#[derive(Debug)]
struct Follower {
    queue: mpsc::UnboundedSender<Queued>,
    room: Arc<Semaphore>,
    patience: Patience,
}

impl Follower {
    fn new() -> (Self, Subscription) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(ROOM as usize));
        let follower = Self {
            queue: sender,
            room: Arc::clone(&room),
            patience: Patience::new(),
        };
        let queue = receiver;
        (follower, Subscription { queue, room })
    }

    /// Puts an event into a queue that has just been made.
    fn put_first(&self, event: &Event) {
        assert!(self.offer(event), "the queue is almost empty");
    }

    /// Puts an event into the queue if there is room.
    fn offer(&self, event: &Event) -> bool {
        match Arc::clone(&self.room).try_acquire_many_owned(room_for(event)) {
            Ok(room) => {
                self.put(event, room);
                true
            }
            Err(_) => false,
        }
    }

    fn put(&self, event: &Event, room: OwnedSemaphorePermit) {
        let event = event.clone();
        // One that has just gone misses nothing.
        let _ = self.queue.send(Queued { event, _room: room });
    }

    /// Puts an event into the queue when there is room, and gives the follower back; none when it
    /// has gone or is cut off. `ahead` is since when another one has had the event.
    async fn wait(mut self, event: &Event, ahead: &SetOnce<Instant>) -> Option<Self> {
        let patience = self.patience.left();
        let exhausted = async {
            ahead.wait().await;
            sleep(patience).await;
        };
        let room = tokio::select! {
            room = Arc::clone(&self.room).acquire_many_owned(room_for(event)) => room.ok()?,
            () = exhausted => return None,
            () = sleep(STALL) => return None,
        };
        self.put(event, room);
        if let Some(since) = ahead.get() {
            self.patience.spend(since.elapsed());
        }
        // Another one may have been first at the same moment.
        let _ = ahead.set(Instant::now());
        Some(self)
    }
}

fn room_for(event: &Event) -> u32 {
    let output = u32::try_from(event.len()).unwrap_or(ROOM);
    output.saturating_add(OVERHEAD).min(ROOM)
}

/// How long a follower may still keep others waiting.
#[derive(Debug)]
struct Patience {
    left: Duration,
    at: Instant,
}

impl Patience {
    fn new() -> Self {
        Self {
            left: STALL,
            at: Instant::now(),
        }
    }

    fn left(&mut self) -> Duration {
        let now = Instant::now();
        let given_back = mem::replace(&mut self.at, now).elapsed() / GIVEN_BACK;
        self.left = (self.left + given_back).min(STALL);
        self.left
    }

    fn spend(&mut self, time: Duration) {
        self.left = self.left.saturating_sub(time);
        self.at = Instant::now();
    }
}

/// The followers of a process.
#[derive(Debug, Default)]
pub(crate) struct Followers(Mutex<Vec<Follower>>);

impl Followers {
    /// Adds a follower, who first hears of the start.
    pub(crate) fn add(&self, pid: u32) -> Subscription {
        let (follower, subscription) = Follower::new();
        follower.put_first(&Event::Start(pid));
        self.lock().push(follower);
        subscription
    }

    /// Tells all followers, and waits for those whose queue is full.
    pub(crate) async fn tell(&self, event: Event) {
        let ahead = SetOnce::new();
        let behind: Vec<_> = {
            let mut followers = self.lock();
            followers.retain(|follower| !follower.room.is_closed());
            let behind: Vec<_> = followers.extract_if(.., |it| !it.offer(&event)).collect();
            if behind.is_empty() {
                return;
            }
            if !followers.is_empty() {
                // It is new, so nothing is in it.
                let _ = ahead.set(Instant::now());
            }
            behind
        };
        let waits = behind.into_iter().map(|it| it.wait(&event, &ahead));
        let kept = join_all(waits).await;
        // The stream of one that is not kept ends without an end event: its queue has no sender.
        self.lock().extend(kept.into_iter().flatten());
    }

    /// Ends all queues.
    pub(crate) fn close(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Follower>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use bytes::Bytes;
    use tokio::time::{Instant, sleep, timeout};

    use super::{Event, Followers, GIVEN_BACK, ROOM, STALL};

    const CHUNK: usize = 32 * 1024;

    fn chunk() -> Event {
        Event::Stdout(Bytes::from(vec![b'x'; CHUNK]))
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded_and_a_follower_that_takes_nothing_is_cut_off() {
        let followers = Followers::default();
        let mut stalled = followers.add(1);
        let begun = Instant::now();
        let mut told = 0;
        while begun.elapsed() < STALL {
            followers.tell(chunk()).await;
            told += 1;
        }
        assert!(told * CHUNK <= ROOM as usize + CHUNK, "{told}");
        // Nobody is left to wait for.
        timeout(Duration::ZERO, followers.tell(chunk()))
            .await
            .expect("at once");
        while let Some(event) = stalled.next().await {
            assert!(event.len() <= CHUNK);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn small_pieces_have_a_bound_too() {
        let followers = Followers::default();
        let _stalled = followers.add(1);
        let mut told = 0;
        let one = || followers.tell(Event::Stderr(Bytes::from_static(b"x")));
        while timeout(Duration::from_secs(1), one()).await.is_ok() {
            told += 1;
        }
        assert!((1000..4000).contains(&told), "{told}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_follower_alone_misses_nothing() {
        let followers = Arc::new(Followers::default());
        let mut slow = followers.add(1);
        let told = tokio::spawn(async move {
            for _ in 0..100 {
                followers.tell(chunk()).await;
            }
        });
        let mut taken = 0;
        while slow.next().await.is_some() {
            taken += 1;
            sleep(STALL * 9 / 10).await;
        }
        told.await.expect("it does not panic");
        assert_eq!(taken, 101, "the start and all that was told");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_follower_does_not_keep_others_waiting_without_bound() {
        let followers = Arc::new(Followers::default());
        let mut slow = followers.add(1);
        let mut quick = followers.add(1);
        let taking = tokio::spawn(async move {
            while slow.next().await.is_some() {
                sleep(STALL / 3).await;
            }
        });
        let counting = tokio::spawn(async move {
            let mut taken = 0;
            while quick.next().await.is_some() {
                taken += 1;
            }
            taken
        });
        let begun = Instant::now();
        for _ in 0..1000 {
            followers.tell(chunk()).await;
        }
        let bound = STALL + STALL / (GIVEN_BACK / 2);
        assert!(begun.elapsed() <= bound, "{:?}", begun.elapsed());
        followers.close();
        assert_eq!(counting.await.expect("it does not panic"), 1001);
        taking.await.expect("it does not panic");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_one_who_has_gone() {
        let followers = Arc::new(Followers::default());
        let gone = followers.add(1);
        let begun = Instant::now();
        let telling = tokio::spawn(async move {
            for _ in 0..100 {
                followers.tell(chunk()).await;
            }
        });
        sleep(Duration::from_secs(1)).await;
        drop(gone);
        telling.await.expect("it does not panic");
        assert_eq!(begun.elapsed(), Duration::from_secs(1));
    }
}
