//! Waiting for the end of a sandbox.

use std::{
    fmt,
    time::{Duration, Instant},
};

use http::Method;
use jiff::Timestamp;
use sandspan_protocol::{
    control::{SandboxDetail, SandboxState},
    events::{EventName, EventPage, SandboxEvent},
    id::SandboxId,
};
use tokio::time::sleep;

use crate::{
    Client, Error, ErrorKind, Result,
    connection::Request,
    diagnosis,
    transport::{Answer, Failure},
};

pub(crate) const OPERATION: &str = "sandbox.wait_until_ended";

/// How long the server is asked to wait for an event; shorter than the limit that proxies on the
/// way tend to have, which is a minute.
const WAIT: Duration = Duration::from_secs(45);

/// How much longer than that its answer may take.
const GRACE: Duration = Duration::from_secs(10);

/// How often a server that tells no events is asked, at first and in the long run.
const OFTEN: Duration = Duration::from_secs(1);
const SELDOM: Duration = Duration::from_secs(5);

/// How long after its end a sandbox is looked for.
const AFTER_END: Duration = Duration::from_millis(100);

/// For how long the server may fail to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why a sandbox ended, or stopped running.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// A client ended it.
    Killed,
    /// It ended at its deadline.
    Expired,
    /// It ended because it had been idle for too long.
    Idle,
    /// It was paused, by a client or because its time was over.
    Paused,
    /// It ended, and nobody had asked for it.
    Lost,
}

impl EndReason {
    /// Its name: `killed`, `expired`, `idle`, `paused` or `lost`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::Expired => "expired",
            Self::Idle => "idle",
            Self::Paused => "paused",
            Self::Lost => "lost",
        }
    }
}

impl fmt::Display for EndReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Waits until a sandbox ends or is paused. What expired although `is_idle` is said to have been
/// idle for too long: where a lease keeps the idle timeout, the server knows of a deadline only.
pub(crate) async fn wait(
    client: &Client,
    id: &SandboxId,
    is_idle: &(dyn Fn() -> bool + Sync),
) -> Result<EndReason> {
    let waiting = Waiting {
        client,
        id,
        is_idle,
    };
    let newest = match waiting.newest().await {
        Ok(newest) => Some(newest),
        Err(failure) if is_unknown(&failure) => None,
        Err(failure) => return Err(diagnosis::control(OPERATION, failure)),
    };
    let detail = match client.detail(OPERATION, id.as_str()).await {
        Ok(detail) => detail,
        Err(error) if error.kind() == ErrorKind::SandboxNotFound => {
            // It may have ended since the first question.
            let newest = match newest {
                Some(_) => waiting.newest().await.ok().flatten(),
                None => None,
            };
            let reason = newest.and_then(|event| waiting.reason(&event));
            return reason.ok_or(error);
        }
        Err(error) => return Err(error),
    };
    if detail.listed.state == SandboxState::Paused {
        return Ok(EndReason::Paused);
    }
    match newest {
        Some(newest) => {
            let after = newest.map_or(0, |event| event.event_id);
            waiting.follow(after, detail).await
        }
        None => waiting.poll(detail).await,
    }
}

struct Waiting<'a> {
    client: &'a Client,
    id: &'a SandboxId,
    is_idle: &'a (dyn Fn() -> bool + Sync),
}

impl Waiting<'_> {
    /// The newest event that is an end.
    async fn newest(&self) -> Result<Option<SandboxEvent>, Failure> {
        let query = vec![("orderAsc", "false".to_owned())];
        let request = self.request(query);
        first(&self.client.connection.request(&request).await?)
    }

    /// The first end after an event, if it comes while the server waits for it.
    async fn next(&self, after: u64) -> Result<Option<SandboxEvent>, Failure> {
        let request = self.request(vec![
            ("orderAsc", "true".to_owned()),
            ("after", after.to_string()),
            ("wait", WAIT.as_secs().to_string()),
        ]);
        let connection = &self.client.connection;
        let patient = connection.with_request_timeout(WAIT + GRACE);
        first(&patient.request(&request).await?)
    }

    fn request(&self, mut query: Vec<(&'static str, String)>) -> Request {
        let ends = "killed,expired,idle,paused,lost".to_owned();
        query.extend([
            ("sandboxID", self.id.to_string()),
            ("events", ends),
            ("limit", "1".to_owned()),
        ]);
        Request::new(Method::GET, "/sandboxes/events").query(query)
    }

    /// Waits for an end that the server tells of.
    async fn follow(&self, after: u64, detail: SandboxDetail) -> Result<EndReason> {
        let mut patience = Patience::default();
        loop {
            let asked = Instant::now();
            match self.next(after).await {
                Ok(Some(event)) => match self.reason(&event) {
                    Some(reason) => return Ok(reason),
                    None => return self.poll(detail).await,
                },
                Ok(None) => {
                    patience = Patience::default();
                    // A server that does not wait is not to be asked without a pause.
                    sleep(OFTEN.saturating_sub(asked.elapsed())).await;
                }
                Err(failure) if is_unknown(&failure) => return self.poll(detail).await,
                Err(failure) => {
                    let error = diagnosis::control(OPERATION, failure);
                    patience.endure(error).await?;
                }
            }
        }
    }

    /// Looks for the sandbox again and again.
    async fn poll(&self, detail: SandboxDetail) -> Result<EndReason> {
        let mut end_at = detail.listed.end_at;
        let mut pause = OFTEN;
        let mut patience = Patience::default();
        loop {
            let left = end_at.duration_since(Timestamp::now());
            let to_end = Duration::try_from(left).map(|left| left + AFTER_END);
            sleep(to_end.map_or(pause, |to_end| to_end.min(pause))).await;
            pause = pause.mul_f64(1.25).min(SELDOM);
            match self.client.detail(OPERATION, self.id.as_str()).await {
                Ok(detail) if detail.listed.state == SandboxState::Paused => {
                    return Ok(EndReason::Paused);
                }
                Ok(detail) => {
                    end_at = detail.listed.end_at;
                    patience = Patience::default();
                }
                Err(error) if error.kind() == ErrorKind::SandboxNotFound => {
                    return Ok(if end_at <= Timestamp::now() {
                        self.expired()
                    } else {
                        EndReason::Killed
                    });
                }
                Err(error) => patience.endure(error).await?,
            }
        }
    }

    fn reason(&self, event: &SandboxEvent) -> Option<EndReason> {
        match event.event_name {
            EventName::Killed => Some(EndReason::Killed),
            EventName::Expired => Some(self.expired()),
            EventName::Idle => Some(EndReason::Idle),
            EventName::Paused => Some(EndReason::Paused),
            EventName::Lost => Some(EndReason::Lost),
            EventName::Created | EventName::Updated | EventName::Resumed => None,
        }
    }

    fn expired(&self) -> EndReason {
        if (self.is_idle)() {
            EndReason::Idle
        } else {
            EndReason::Expired
        }
    }
}

fn first(answer: &Answer) -> Result<Option<SandboxEvent>, Failure> {
    Ok(answer.json::<EventPage>()?.items.into_iter().next())
}

/// Whether the server does not know how to tell events.
fn is_unknown(failure: &Failure) -> bool {
    match failure {
        Failure::Refused(refusal) => matches!(refusal.status, 400 | 404 | 405),
        Failure::Garbled(_) => true,
        _ => false,
    }
}

/// How long failures are put up with.
#[derive(Default)]
struct Patience {
    failing_since: Option<Instant>,
}

impl Patience {
    /// Waits before the next try, unless this failure is one that will not pass, or they went on
    /// for too long.
    async fn endure(&mut self, error: Error) -> Result<()> {
        let since = *self.failing_since.get_or_insert_with(Instant::now);
        let passes = matches!(
            error.kind(),
            ErrorKind::Unreachable
                | ErrorKind::RequestTimeout
                | ErrorKind::RateLimited
                | ErrorKind::Busy
        ) || error.status().is_some_and(|status| status >= 500);
        if !passes || since.elapsed() > PATIENCE {
            return Err(error);
        }
        let pause = error.retry_after().unwrap_or(OFTEN);
        sleep(pause.clamp(OFTEN, SELDOM)).await;
        Ok(())
    }
}
