//! Which part of a file a request is for, and whether it is for any.

use std::{
    ops::Range,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use http::{HeaderMap, HeaderName, header};

/// What a request gets of a file that is there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// All of it.
    Whole,
    /// A part, in bytes from the start.
    Part(Range<u64>),
    /// Nothing, for the client has it already.
    NotModified,
    /// Nothing, for the file is not the one that the client knows.
    PreconditionFailed,
    /// Nothing, for it has no such part; with what is wrong.
    Unsatisfiable(&'static str),
}

/// The headers that make a request one for a part, or for what has changed.
const CONDITIONS: [HeaderName; 6] = [
    header::RANGE,
    header::IF_RANGE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_UNMODIFIED_SINCE,
];

/// Whether a request is for a part, or for what has changed.
pub(super) fn is_conditional(headers: &HeaderMap) -> bool {
    CONDITIONS.iter().any(|name| headers.contains_key(name))
}

/// What a request gets of a file of a length that was last changed at a time. Files have no entity
/// tags here, so none matches.
pub(super) fn select(headers: &HeaderMap, length: u64, modified: SystemTime) -> Selection {
    let modified = whole_seconds(modified);
    if let Some(refusal) = precondition(headers, modified) {
        return refusal;
    }
    let Some(range) = text(headers, &header::RANGE) else {
        return Selection::Whole;
    };
    let still_applies = match text(headers, &header::IF_RANGE) {
        None => true,
        Some(value) => httpdate::parse_http_date(value).is_ok_and(|date| date == modified),
    };
    // Clients that put a range on every request get empty files too.
    if !still_applies || length == 0 {
        return Selection::Whole;
    }
    match parse(range, length) {
        Ok(Some(range)) => Selection::Part(range),
        Ok(None) => Selection::Whole,
        Err(problem) => Selection::Unsatisfiable(problem),
    }
}

fn precondition(headers: &HeaderMap, modified: SystemTime) -> Option<Selection> {
    let date = |name| httpdate::parse_http_date(text(headers, name)?).ok();
    if let Some(tags) = text(headers, &header::IF_MATCH) {
        if tags.trim() != "*" {
            return Some(Selection::PreconditionFailed);
        }
    } else if date(&header::IF_UNMODIFIED_SINCE).is_some_and(|since| modified > since) {
        return Some(Selection::PreconditionFailed);
    }
    if let Some(tags) = text(headers, &header::IF_NONE_MATCH) {
        return (tags.trim() == "*").then_some(Selection::NotModified);
    }
    let since = date(&header::IF_MODIFIED_SINCE)?;
    (modified <= since).then_some(Selection::NotModified)
}

/// The one part that a header asks for. Of several parts none is sent alone: the client then gets
/// the whole file, as the standard allows.
fn parse(header: &str, length: u64) -> Result<Option<Range<u64>>, &'static str> {
    const INVALID: &str = "invalid range";
    const NO_OVERLAP: &str = "invalid range: failed to overlap";
    let parts = header.strip_prefix("bytes=").ok_or(INVALID)?;
    if parts.contains(',') {
        return Ok(None);
    }
    let (first, last) = parts.trim().split_once('-').ok_or(INVALID)?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // More than fits is more than any file has.
        digits
            .then(|| text.parse().unwrap_or(u64::MAX))
            .ok_or(INVALID)
    };
    let (first, last) = (first.trim(), last.trim());
    let range = if first.is_empty() {
        length - number(last)?.min(length)..length
    } else {
        let first = number(first)?;
        let end = if last.is_empty() {
            length
        } else {
            let last = number(last)?;
            if last < first {
                return Err(INVALID);
            }
            last.saturating_add(1).min(length)
        };
        first..end
    };
    if range.is_empty() {
        Err(NO_OVERLAP)
    } else {
        Ok(Some(range))
    }
}

fn text<'headers>(headers: &'headers HeaderMap, name: &HeaderName) -> Option<&'headers str> {
    headers.get(name)?.to_str().ok()
}

/// Dates in headers have no fractions of seconds.
fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::{Selection, select};

    fn modified() -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(784_111_777_500)
    }

    const SAME: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";

    fn selected(headers: &[(&'static str, &str)], length: u64) -> Selection {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                let value = HeaderValue::from_str(value).expect("a header may have it");
                (HeaderName::from_static(name), value)
            })
            .collect();
        select(&headers, length, modified())
    }

    #[test]
    fn takes_the_part_that_is_asked_for() {
        let invalid = || Selection::Unsatisfiable("invalid range");
        let outside = || Selection::Unsatisfiable("invalid range: failed to overlap");
        for (range, selection) in [
            ("bytes=0-4", Selection::Part(0..5)),
            ("bytes=3-", Selection::Part(3..10)),
            ("bytes=-3", Selection::Part(7..10)),
            ("bytes=-30", Selection::Part(0..10)),
            ("bytes=9-99999999999999999999999", Selection::Part(9..10)),
            ("bytes=0-1,4-5", Selection::Whole),
            ("bytes=10-", outside()),
            ("bytes=-0", outside()),
            ("bytes=4-3", invalid()),
            ("bytes=-", invalid()),
            ("bytes=a-b", invalid()),
            ("lines=0-1", invalid()),
        ] {
            assert_eq!(selected(&[("range", range)], 10), selection, "{range}");
        }
        assert_eq!(selected(&[("range", "bytes=0-4")], 0), Selection::Whole);
        assert_eq!(selected(&[], 10), Selection::Whole);
    }

    #[test]
    fn heeds_what_the_client_knows() {
        let range = ("range", "bytes=0-4");
        for (headers, selection) in [
            (vec![("if-modified-since", SAME)], Selection::NotModified),
            (vec![("if-modified-since", BEFORE)], Selection::Whole),
            (vec![("if-modified-since", "soon")], Selection::Whole),
            (vec![("if-none-match", "*")], Selection::NotModified),
            (
                vec![("if-none-match", "\"a\""), ("if-modified-since", SAME)],
                Selection::Whole,
            ),
            (vec![("if-match", "\"a\"")], Selection::PreconditionFailed),
            (vec![("if-match", "*")], Selection::Whole),
            (
                vec![("if-unmodified-since", BEFORE)],
                Selection::PreconditionFailed,
            ),
            (vec![("if-unmodified-since", SAME)], Selection::Whole),
            (vec![range, ("if-range", SAME)], Selection::Part(0..5)),
            (vec![range, ("if-range", BEFORE)], Selection::Whole),
            (vec![range, ("if-range", "\"a\"")], Selection::Whole),
        ] {
            assert_eq!(selected(&headers, 10), selection, "{headers:?}");
        }
    }

    proptest! {
        #[test]
        fn a_part_lies_within_the_file(
            range in "bytes=([0-9]{0,25}|-|,| |[a-z]){0,6}",
            length in any::<u64>(),
        ) {
            if let Selection::Part(part) = selected(&[("range", &range)], length) {
                prop_assert!(part.start < part.end && part.end <= length);
            }
        }
    }
}
