//! The one place where numbers become durations and durations become the whole seconds of the wire.

use std::time::Duration;

use crate::{Error, ErrorKind, Naming, Result};

/// The longest duration that is accepted: services keep seconds in 32 bits.
const LONGEST: Duration = Duration::from_secs(i32::MAX as u64);

/// A duration from a number of seconds.
///
/// Numbers that are NaN, infinite, negative or larger than 2147483647 s are refused with an error
/// of the kind [`ErrorKind::InvalidArgument`] that names the argument and the value.
pub fn duration_from_seconds(name: &'static str, value: f64) -> Result<Duration> {
    duration(name, value, value, "seconds")
}

/// A duration from a number of milliseconds, otherwise as [`duration_from_seconds`].
pub fn duration_from_milliseconds(name: &'static str, value: f64) -> Result<Duration> {
    duration(name, value, value / 1000.0, "milliseconds")
}

fn duration(name: &'static str, value: f64, seconds: f64, unit: &str) -> Result<Duration> {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|duration| *duration <= LONGEST)
        .ok_or_else(|| {
            let reason = match value {
                value if value.is_nan() => "it is not a number",
                value if value < 0.0 => "it is negative",
                _ => "it is too large",
            };
            // Short where there are many digits, unlike the plain format.
            let shown = format!("{value:?}");
            let shown = shown.strip_suffix(".0").unwrap_or(&shown);
            let message = format!("Invalid {name}={shown} ({unit}): {reason}");
            Error::new(ErrorKind::InvalidArgument, "convert", message)
        })
}

/// A sandbox's timeout as it travels: whole seconds, rounded up.
pub(crate) fn whole_seconds(operation: &'static str, name: &str, timeout: Duration) -> Result<i64> {
    if timeout > LONGEST {
        let name = Naming::current().option(name);
        let message = format!("Invalid {name}={timeout:?}: it is too large");
        return Err(Error::new(ErrorKind::InvalidArgument, operation, message));
    }
    let seconds = timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0);
    Ok(i64::try_from(seconds).expect("at most 2^31"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration_from_milliseconds, duration_from_seconds, whole_seconds};
    use crate::ErrorKind;

    #[test]
    fn converts_numbers() {
        assert_eq!(
            duration_from_seconds("timeout", 1.5).ok(),
            Some(Duration::from_millis(1500))
        );
        assert_eq!(
            duration_from_milliseconds("timeoutMs", 0.0).ok(),
            Some(Duration::ZERO)
        );
        assert_eq!(
            duration_from_milliseconds("timeoutMs", 250.0).ok(),
            Some(Duration::from_millis(250))
        );
    }

    #[test]
    fn refuses_numbers_that_are_no_duration() {
        let cases = [
            (
                f64::NAN,
                "Invalid timeout=NaN (seconds): it is not a number",
            ),
            (
                f64::INFINITY,
                "Invalid timeout=inf (seconds): it is too large",
            ),
            (
                f64::NEG_INFINITY,
                "Invalid timeout=-inf (seconds): it is negative",
            ),
            (1e300, "Invalid timeout=1e300 (seconds): it is too large"),
            (-1.0, "Invalid timeout=-1 (seconds): it is negative"),
            (
                2_147_483_648.0,
                "Invalid timeout=2147483648 (seconds): it is too large",
            ),
        ];
        for (value, message) in cases {
            let error = duration_from_seconds("timeout", value).expect_err("not a duration");
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert_eq!(error.message(), message);
        }
        let error = duration_from_milliseconds("timeoutMs", -5.0).expect_err("not a duration");
        assert_eq!(
            error.message(),
            "Invalid timeoutMs=-5 (milliseconds): it is negative"
        );
    }

    #[test]
    fn rounds_up_to_whole_seconds() {
        let cases = [(0, 0), (1, 1), (1000, 1), (1001, 2), (300_000, 300)];
        for (milliseconds, seconds) in cases {
            let timeout = Duration::from_millis(milliseconds);
            assert_eq!(
                whole_seconds("sandbox.create", "timeout", timeout).ok(),
                Some(seconds)
            );
        }
        assert!(whole_seconds("sandbox.create", "timeout", Duration::MAX).is_err());
    }
}
