//! The two versions of the control plane's API.

use http::StatusCode;
use reqwest::Url;

use crate::{
    chain::Chain,
    connection::{Connection, Request},
    transport::{Answer, Failure},
};

/// The servers that were found to know only the first version.
static FIRST_ONLY: Chain<Url> = Chain::new();

/// What the hosted service says of a path that it does not know.
const UNKNOWN_PATH: &str = "no matching operation was found";

/// Makes a request in the second version of the API, or in the first where the server does not know
/// the second, which is remembered.
pub(crate) async fn newest(
    connection: &Connection,
    second: &Request,
    first: &Request,
) -> Result<Answer, Failure> {
    let is_known = |url| FIRST_ONLY.iter().any(|known| known == url);
    if connection.api_url().is_some_and(is_known) {
        return connection.request(first).await;
    }
    match connection.request(second).await {
        Err(failure) if is_unknown_path(&failure) => {}
        answer => return answer,
    }
    let answer = connection.request(first).await;
    let fails_too = answer.as_ref().is_err_and(is_unknown_path);
    if let Some(url) = connection.api_url().filter(|_| !fails_too) {
        FIRST_ONLY.push(url.clone());
    }
    answer
}

fn is_unknown_path(failure: &Failure) -> bool {
    let Failure::Refused(refusal) = failure else {
        return false;
    };
    let not_found = refusal.status == StatusCode::NOT_FOUND;
    refusal.status == StatusCode::METHOD_NOT_ALLOWED
        || not_found && (refusal.code.is_none() || refusal.message.contains(UNKNOWN_PATH))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::is_unknown_path;
    use crate::transport::{Failure, Refusal};

    #[test]
    fn an_unknown_path_is_told_from_an_unknown_thing() {
        let cases = [
            (404, "404 page not found", true),
            (
                404,
                r#"{"code":404,"message":"no matching operation was found"}"#,
                true,
            ),
            (
                404,
                r#"{"code":404,"message":"template 'x' not found"}"#,
                false,
            ),
            (405, r#"{"code":405,"message":"no"}"#, true),
            (400, "bad", false),
        ];
        for (status, body, expected) in cases {
            let refusal = Refusal::new(status, &HeaderMap::new(), body.as_bytes());
            assert_eq!(
                is_unknown_path(&Failure::Refused(refusal)),
                expected,
                "{body}"
            );
        }
    }
}
