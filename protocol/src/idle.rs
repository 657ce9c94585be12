//! The idle timeout as it travels: a metadata value, as one of the services documents it.

use std::time::Duration;

/// The name of the metadata value.
pub const IDLE_TIMEOUT: &str = "idle_timeout";

/// The value is no idle timeout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "Invalid metadata idle_timeout {0:?}: it must be a whole number of seconds in digits, such as \"60\""
)]
pub struct InvalidIdleTimeout(String);

/// Reads the value: whole seconds; zero stands for none.
///
/// # Errors
///
/// It holds anything but digits, or more of them than any lifetime needs.
pub fn parse(value: &str) -> Result<Option<Duration>, InvalidIdleTimeout> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = value.parse::<u32>().ok().filter(|_| digits);
    let seconds = seconds.ok_or_else(|| InvalidIdleTimeout(value.chars().take(64).collect()))?;
    Ok((seconds > 0).then(|| Duration::from_secs(seconds.into())))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::parse;

    #[test]
    fn whole_seconds_in_digits() {
        assert_eq!(parse("60"), Ok(Some(Duration::from_secs(60))));
        assert_eq!(parse("0"), Ok(None));
        let bad = [
            "",
            "abc",
            "-5",
            "+5",
            "1e9",
            "45.5",
            " 60",
            "60 ",
            "99999999999",
            "６０",
        ];
        for value in bad {
            let error = parse(value).expect_err(value).to_string();
            assert!(
                error.starts_with("Invalid metadata idle_timeout"),
                "{error}"
            );
        }
    }
}
