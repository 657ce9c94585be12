//! Who may ask the agent for something, and as which user.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, header::AUTHORIZATION};
use sandspan_protocol::{
    headers::ACCESS_TOKEN,
    signature::{Operation, sign},
};
use subtle::ConstantTimeEq as _;

use crate::{files::FileQuery, users::User};

/// The user that processes run as when a request names none.
const DEFAULT_USER: &str = "user";

/// What a request without the right token is told.
pub(crate) const UNAUTHORIZED: &str =
    "unauthorized access, please provide a valid access token or method signing if supported";

/// Whether a request carries the sandbox's token, where there is one.
pub(crate) fn has_token(headers: &HeaderMap, token: Option<&str>) -> bool {
    let Some(token) = token else { return true };
    let given = headers
        .get(ACCESS_TOKEN)
        .map_or(&b""[..], |value| value.as_bytes());
    given.ct_eq(token.as_bytes()).into()
}

/// Whether a request may use a file: with the token in its header or, where it has no such header,
/// with a signature in its URL. The error says what is wrong.
pub(crate) fn may_use_file(
    headers: &HeaderMap,
    token: Option<&str>,
    operation: Operation,
    query: &FileQuery,
    now: i64,
) -> Result<(), &'static str> {
    let Some(token) = token else { return Ok(()) };
    if headers.contains_key(ACCESS_TOKEN) {
        return if has_token(headers, Some(token)) {
            Ok(())
        } else {
            Err("access token present in header but does not match")
        };
    }
    let Some(signature) = &query.signature else {
        return Err("missing signature query parameter");
    };
    let path = query.path.as_deref().unwrap_or_default();
    let user = query.username.as_deref().unwrap_or_default();
    let expected = sign(token, operation, path, user, query.expiration);
    if !bool::from(signature.as_bytes().ct_eq(expected.as_bytes())) {
        return Err("invalid signature");
    }
    match query.expiration {
        Some(expiration) if expiration < now => Err("signature is already expired"),
        _ => Ok(()),
    }
}

/// The user that a request is made as: the name in its basic authorization, whose password means
/// nothing, or the default one. The error is the name that no user has.
pub(crate) fn user(headers: &HeaderMap) -> Result<User, String> {
    let name = basic_user(headers).unwrap_or_else(|| DEFAULT_USER.to_owned());
    User::find(&name).ok_or(name)
}

fn basic_user(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then_some(())?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, _password) = decoded.split_once(':')?;
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use proptest::prelude::*;
    use sandspan_protocol::signature::{Operation, sign};

    use super::{basic_user, has_token, may_use_file};
    use crate::files::FileQuery;

    const NOW: i64 = 1_700_000_000;

    fn signed(expiration: Option<i64>) -> FileQuery {
        FileQuery {
            path: Some("a b".to_owned()),
            username: Some("root".to_owned()),
            signature: Some(sign("abc", Operation::Read, "a b", "root", expiration)),
            expiration,
        }
    }

    #[test]
    fn a_signature_stands_for_the_token() {
        let headers = HeaderMap::new();
        let check = |query: &FileQuery, operation| {
            may_use_file(&headers, Some("abc"), operation, query, NOW)
        };
        for expiration in [None, Some(NOW), Some(i64::MAX)] {
            assert_eq!(check(&signed(expiration), Operation::Read), Ok(()));
        }
        let expired = check(&signed(Some(NOW - 1)), Operation::Read);
        assert_eq!(expired, Err("signature is already expired"));
        let other_operation = check(&signed(None), Operation::Write);
        assert_eq!(other_operation, Err("invalid signature"));
        let moved = FileQuery {
            expiration: Some(NOW + 1),
            ..signed(Some(NOW))
        };
        assert_eq!(check(&moved, Operation::Read), Err("invalid signature"));
        let none = check(&FileQuery::default(), Operation::Read);
        assert_eq!(none, Err("missing signature query parameter"));
    }

    #[test]
    fn the_header_counts_before_the_signature() {
        let mut headers = HeaderMap::new();
        headers.insert("x-access-token", HeaderValue::from_static("wrong"));
        let check = |headers: &HeaderMap, token, query: &FileQuery| {
            may_use_file(headers, token, Operation::Read, query, NOW)
        };
        let mismatch = Err("access token present in header but does not match");
        assert_eq!(check(&headers, Some("abc"), &signed(None)), mismatch);
        assert_eq!(check(&headers, None, &FileQuery::default()), Ok(()));
        headers.insert("x-access-token", HeaderValue::from_static("abc"));
        assert_eq!(check(&headers, Some("abc"), &FileQuery::default()), Ok(()));
    }

    proptest! {
        #[test]
        fn no_other_signature_is_taken(signature in ".{0,60}", expiration in any::<Option<i64>>()) {
            let query = FileQuery { signature: Some(signature), expiration, ..signed(None) };
            let answer = may_use_file(&HeaderMap::new(), Some("abc"), Operation::Read, &query, NOW);
            prop_assert_eq!(answer, Err("invalid signature"));
        }
    }

    #[test]
    fn compares_the_whole_token() {
        let mut headers = HeaderMap::new();
        assert!(has_token(&headers, None));
        assert!(!has_token(&headers, Some("abc")));
        headers.insert("x-access-token", HeaderValue::from_static("ab"));
        assert!(!has_token(&headers, Some("abc")));
        headers.insert("x-access-token", HeaderValue::from_static("abc"));
        assert!(has_token(&headers, Some("abc")));
    }

    #[test]
    fn reads_the_name_and_ignores_the_password() {
        let mut headers = HeaderMap::new();
        for (value, name) in [
            ("Basic cm9vdDo=", Some("root")),
            ("basic cm9vdDpzZWNyZXQ=", Some("root")),
            ("Basic Og==", None),
            ("Basic ???", None),
            ("Bearer cm9vdDo=", None),
        ] {
            headers.insert("authorization", HeaderValue::from_static(value));
            assert_eq!(basic_user(&headers).as_deref(), name, "{value}");
        }
    }
}
