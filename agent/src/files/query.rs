//! What the URL of a file's contents says.

use std::borrow::Cow;

use sandspan_protocol::signature::{EXPIRATION, SIGNATURE};

use super::problem::Refusal;

/// The parameters of a URL of a file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct FileQuery {
    /// The path, as it was given.
    pub(crate) path: Option<String>,
    /// The user whom paths start at, and whom what is written belongs to.
    pub(crate) username: Option<String>,
    /// What allows the request, where it has no token.
    pub(crate) signature: Option<String>,
    /// The last second, since 1970, at which the signature counts.
    pub(crate) expiration: Option<i64>,
}

impl FileQuery {
    /// Reads the query of a URL. Of a parameter that is there several times the first one counts;
    /// unknown ones mean nothing.
    pub(super) fn parse(query: &str) -> Result<Self, Refusal> {
        let mut parsed = Self::default();
        let mut expiration = None;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "path" => &mut parsed.path,
                "username" => &mut parsed.username,
                SIGNATURE => &mut parsed.signature,
                EXPIRATION => &mut expiration,
                _ => continue,
            };
            place.get_or_insert_with(|| Cow::into_owned(value));
        }
        if let Some(text) = expiration {
            let seconds = text.parse().map_err(|_| {
                Refusal::bad_request(format!(
                    "Invalid format for parameter {EXPIRATION}: {text:?} is not a whole number of seconds"
                ))
            })?;
            parsed.expiration = Some(seconds);
        }
        Ok(parsed)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::FileQuery;

    #[test]
    fn reads_what_it_knows() {
        let query =
            "path=a%20b%2Fc&path=other&username=root&signature=v1_%2B&signature_expiration=12&x";
        let parsed = FileQuery::parse(query).expect("it is right");
        assert_eq!(parsed.path.as_deref(), Some("a b/c"));
        assert_eq!(parsed.username.as_deref(), Some("root"));
        assert_eq!(parsed.signature.as_deref(), Some("v1_+"));
        assert_eq!(parsed.expiration, Some(12));
        assert_eq!(FileQuery::parse(""), Ok(FileQuery::default()));
        assert!(FileQuery::parse("signature_expiration=soon").is_err());
    }

    proptest! {
        #[test]
        fn no_query_is_too_strange(query in ".{0,100}") {
            let _ = FileQuery::parse(&query);
        }
    }
}
