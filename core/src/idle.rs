//! The idle timeout of a new sandbox.

use std::{collections::BTreeMap, time::Duration};

use sandspan_protocol::{
    defaults::IDLE_MINIMUM,
    idle::{IDLE_TIMEOUT, parse},
};

use crate::{Error, ErrorKind, Naming, Result, notice, units::whole_seconds};

/// What an idle timeout comes to, given as an option, as a metadata value, or as both. It travels
/// as the metadata value, which is set.
///
/// One that is too short to count is none, which is said once per process.
pub(crate) fn resolve(
    operation: &'static str,
    typed: Option<Duration>,
    metadata: &mut Option<BTreeMap<String, String>>,
) -> Result<Option<Duration>> {
    let text = metadata
        .as_ref()
        .and_then(|metadata| metadata.get(IDLE_TIMEOUT));
    let travelling = text.map(|text| parse(text)).transpose();
    let travelling = travelling.map_err(|error| invalid(operation, error.to_string()))?;
    let seconds = |typed| whole_seconds(operation, "idle_timeout", typed);
    let typed = typed.map(seconds).transpose()?.map(i64::unsigned_abs);
    if let (Some(typed), Some(text)) = (typed, text) {
        let travelling = travelling.flatten().unwrap_or_default();
        if Duration::from_secs(typed) != travelling {
            let message = Naming::current().two_idle_timeouts(typed, text);
            return Err(invalid(operation, message));
        }
    }
    if let Some(typed) = typed.filter(|typed| *typed > 0 && text.is_none()) {
        let metadata = metadata.get_or_insert_default();
        metadata.insert(IDLE_TIMEOUT.to_owned(), typed.to_string());
    }
    let asked = typed.map(Duration::from_secs).or(travelling.flatten());
    let asked = asked.filter(|asked| !asked.is_zero());
    if let Some(asked) = asked.filter(|asked| *asked < IDLE_MINIMUM) {
        notice::idle_timeout_too_short(asked);
    }
    Ok(asked.filter(|asked| *asked >= IDLE_MINIMUM))
}

/// Whether metadata ask for an idle timeout, whether or not it counts.
pub(crate) fn is_given(metadata: &BTreeMap<String, String>) -> bool {
    metadata.get(IDLE_TIMEOUT).is_some_and(|text| text != "0")
}

/// The idle timeout that metadata tell of, if it counts.
pub(crate) fn of(metadata: &BTreeMap<String, String>) -> Option<Duration> {
    let idle = parse(metadata.get(IDLE_TIMEOUT)?).ok()??;
    Some(idle).filter(|idle| *idle >= IDLE_MINIMUM)
}

fn invalid(operation: &'static str, message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, operation, message)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use super::{of, resolve};
    use crate::{ErrorKind, Result};

    type Metadata = BTreeMap<String, String>;

    fn metadata(idle: &str) -> Metadata {
        [("idle_timeout".to_owned(), idle.to_owned())].into()
    }

    fn resolved(
        typed: Option<u64>,
        mut metadata: Option<Metadata>,
    ) -> (Result<Option<u64>>, Option<Metadata>) {
        let typed = typed.map(Duration::from_millis);
        let idle = resolve("sandbox.create", typed, &mut metadata);
        (idle.map(|idle| Some(idle?.as_secs())), metadata)
    }

    #[test]
    fn typed_or_as_metadata_it_is_the_same() {
        let cases = [
            (None, None, None, None),
            (Some(60_000), None, Some(60), Some(metadata("60"))),
            (
                Some(59_001),
                Some(metadata("60")),
                Some(60),
                Some(metadata("60")),
            ),
            (None, Some(metadata("60")), Some(60), Some(metadata("60"))),
            (None, Some(metadata("0")), None, Some(metadata("0"))),
            (Some(0), None, None, None),
            (Some(0), Some(metadata("0")), None, Some(metadata("0"))),
            (Some(29_000), None, None, Some(metadata("29"))),
            (None, Some(metadata("29")), None, Some(metadata("29"))),
        ];
        for (typed, given, idle, expected) in cases {
            let (answer, metadata) = resolved(typed, given);
            assert_eq!(answer.ok(), Some(idle));
            assert_eq!(metadata, expected);
        }
    }

    #[test]
    fn what_is_no_idle_timeout_is_refused() {
        for text in ["abc", "", "-5", "1e9", "45.5"] {
            let error = resolved(None, Some(metadata(text))).0.expect_err(text);
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.message().contains(&format!("{text:?}")), "{error}");
            assert_eq!(of(&metadata(text)), None);
        }
        let error = resolved(Some(45_000), Some(metadata("60")))
            .0
            .expect_err("different");
        assert_eq!(
            error.message(),
            "idle_timeout is 45 s and metadata idle_timeout is \"60\": give one of them, or the \
             same in both"
        );
        assert!(resolved(Some(u64::MAX), None).0.is_err());
    }
}
