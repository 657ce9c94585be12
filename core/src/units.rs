//! The one place where numbers of other languages become durations.

use std::time::Duration;

use crate::{Error, ErrorKind, Result};

/// A duration from a number of seconds.
///
/// NaN, infinite, negative and too large numbers are refused with an error of the kind
/// [`ErrorKind::InvalidArgument`] that names the argument and the value.
pub fn duration_from_seconds(name: &'static str, value: f64) -> Result<Duration> {
    Duration::try_from_secs_f64(value).map_err(|_| refused(name, value))
}

/// A duration from a number of milliseconds, otherwise as [`duration_from_seconds`].
pub fn duration_from_milliseconds(name: &'static str, value: f64) -> Result<Duration> {
    Duration::try_from_secs_f64(value / 1000.0).map_err(|_| refused(name, value))
}

fn refused(name: &'static str, value: f64) -> Error {
    Error::new(
        ErrorKind::InvalidArgument,
        name,
        format!("Invalid {name}: {value}"),
    )
}
