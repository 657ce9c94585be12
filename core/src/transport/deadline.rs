//! How long things may take.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::Failure;

/// When something must be over; none for never.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit(Option<Instant>);

impl Limit {
    /// This long from now; zero means without limit.
    pub(crate) fn from_now(duration: Duration) -> Self {
        let limited = Some(duration).filter(|duration| !duration.is_zero());
        // A time too far for the clock is as good as never.
        Self(limited.and_then(|duration| Instant::now().checked_add(duration)))
    }

    /// The earlier of the two.
    pub(crate) fn earlier(self, other: Self) -> Self {
        Self(match (self.0, other.0) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        })
    }

    /// Whether the time has come.
    pub(crate) fn is_over(self) -> bool {
        self.0.is_some_and(|instant| instant <= Instant::now())
    }
}

/// Awaits within a limit.
pub(crate) async fn within<T>(
    limit: Limit,
    future: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match limit.0 {
        Some(instant) => match timeout_at(instant, future).await {
            Ok(result) => result,
            Err(_) => Err(Failure::TimedOut),
        },
        None => future.await,
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, time::Duration};

    use super::{Limit, within};
    use crate::transport::Failure;

    #[tokio::test]
    async fn ends_what_takes_too_long() {
        let limit = Limit::from_now(Duration::from_millis(1));
        let result = within(limit, pending::<Result<(), Failure>>()).await;
        assert!(matches!(result, Err(Failure::TimedOut)));
        assert!(limit.is_over());
    }

    #[tokio::test]
    async fn zero_and_the_unreachable_future_are_no_limit() {
        for duration in [Duration::ZERO, Duration::MAX] {
            let limit = Limit::from_now(duration);
            assert!(limit.0.is_none() && !limit.is_over());
            assert!(within(limit, async { Ok(1) }).await.is_ok());
        }
    }
}
