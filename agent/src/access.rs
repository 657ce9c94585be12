//! Who may ask the agent for something, and as which user.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, header::AUTHORIZATION};
use sandspan_protocol::headers::ACCESS_TOKEN;
use subtle::ConstantTimeEq as _;

use crate::users::User;

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

    use super::{basic_user, has_token};

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
