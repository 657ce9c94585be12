//! How a list is filtered and cut into pages.

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::control::StringMap;

/// The place in a list behind which the next page starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// When the last sandbox of the page started.
    pub started_at: Timestamp,
    /// Its id.
    pub sandbox_id: String,
    /// Whether the list is in ascending order.
    pub ascending: bool,
}

/// The text is not the token of a next page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Invalid next token")]
pub struct InvalidCursor;

impl Cursor {
    /// The token of the next page.
    #[must_use]
    pub fn encode(&self) -> String {
        let direction = if self.ascending { "__asc" } else { "" };
        URL_SAFE.encode(format!(
            "{}__{}{direction}",
            self.started_at, self.sandbox_id
        ))
    }

    /// Reads the token of a next page.
    ///
    /// # Errors
    ///
    /// The text is not such a token.
    pub fn decode(token: &str) -> Result<Self, InvalidCursor> {
        let bytes = URL_SAFE.decode(token).map_err(|_| InvalidCursor)?;
        let text = String::from_utf8(bytes).map_err(|_| InvalidCursor)?;
        let mut parts = text.split("__");
        let (time, id) = (parts.next(), parts.next());
        let ascending = match parts.next() {
            None => false,
            Some("asc") => true,
            Some(_) => return Err(InvalidCursor),
        };
        Ok(Self {
            started_at: time
                .and_then(|time| time.parse().ok())
                .ok_or(InvalidCursor)?,
            sandbox_id: id
                .filter(|id| !id.is_empty())
                .ok_or(InvalidCursor)?
                .to_owned(),
            ascending,
        })
    }
}

/// A metadata filter as it stands in a query, before the query itself is encoded.
#[must_use]
pub fn encode_metadata(metadata: &StringMap) -> String {
    let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(
            metadata
                .iter()
                .map(|(key, value)| (encode(key), encode(value))),
        )
        .finish()
}

/// The text is not a metadata filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Error parsing metadata")]
pub struct InvalidMetadata;

/// Reads a metadata filter from a query value that has been decoded once.
///
/// Clients encode each name and value, then the pairs, then the query. A client that encoded less
/// is understood too, as long as its values hold no `&`, `=` or `%`.
///
/// # Errors
///
/// A pair has no `=`, or holds bytes that are not UTF-8.
pub fn decode_metadata(filter: &str) -> Result<StringMap, InvalidMetadata> {
    let has_equals = |pair: &str| pair.contains('=');
    if !filter
        .split('&')
        .filter(|pair| !pair.is_empty())
        .all(has_equals)
    {
        return Err(InvalidMetadata);
    }
    let decode = |text: &str| match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(InvalidMetadata),
    };
    form_urlencoded::parse(filter.as_bytes())
        .map(|(key, value)| Ok((decode(&key)?, decode(&value)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Cursor, decode_metadata, encode_metadata};
    use crate::control::StringMap;

    #[test]
    fn metadata_survives_both_ways() {
        let metadata: StringMap = [
            ("a b".into(), "c&d=é %+".into()),
            ("k".into(), String::new()),
        ]
        .into();
        assert_eq!(decode_metadata(&encode_metadata(&metadata)), Ok(metadata));
    }

    #[test]
    fn metadata_is_encoded_as_the_published_clients_do() {
        let metadata: StringMap = [("a b".into(), "c&d=é".into())].into();
        assert_eq!(encode_metadata(&metadata), "a%2520b=c%2526d%253D%25C3%25A9");
    }

    #[test]
    fn metadata_without_equals_is_refused() {
        assert!(decode_metadata("novalue").is_err());
        assert_eq!(decode_metadata(""), Ok(StringMap::new()));
    }

    #[test]
    fn cursors_survive_both_ways() {
        let cursor = Cursor {
            started_at: "2026-01-02T03:04:05.678901Z".parse().expect("valid"),
            sandbox_id: "iabc".into(),
            ascending: true,
        };
        assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
        for token in [
            "",
            "%%%",
            "bm90IGEgdG9rZW4=",
            "MjAyNi0wMS0wMlQwMzowNDowNVpfXw==",
        ] {
            assert!(Cursor::decode(token).is_err(), "{token}");
        }
    }
}
