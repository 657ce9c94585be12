//! Signed URLs of files: they name no sandbox, so it is found by whose token made the signature.

use http::Request;
use sandspan_protocol::{
    defaults::AGENT_PORT,
    host::Target,
    signature::{EXPIRATION, Operation, SIGNATURE, sign},
};
use subtle::ConstantTimeEq as _;

use crate::lifecycle::{Registry, Sandbox};

/// Why a request for a file that names no sandbox goes nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unsigned {
    /// It has no signature either.
    #[error("missing signature query parameter")]
    Missing,
    /// No sandbox's token makes this signature.
    #[error("invalid signature")]
    Invalid,
}

/// What the query of a request for a file says, as far as it is signed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Signed {
    signature: String,
    path: String,
    user: String,
    expiration: Option<i64>,
}

/// Finds the sandbox that a signature is for. Whether it has expired is the agent's to say.
pub(crate) fn by_signature<Body>(
    registry: &Registry,
    request: &Request<Body>,
) -> Result<Target, Unsigned> {
    let signed = Signed::read(request.uri().query()).ok_or(Unsigned::Missing)?;
    let sandboxes = registry.all();
    let found = sandboxes.iter().find(|sandbox| signed.is_for(sandbox));
    found.map_or(Err(Unsigned::Invalid), |sandbox| {
        Ok(Target {
            sandbox: sandbox.settings.sandbox_id.clone(),
            port: AGENT_PORT,
        })
    })
}

/// Whether a request carries a signature of this sandbox that has not expired.
pub(super) fn is_signed<Body>(sandbox: &Sandbox, request: &Request<Body>) -> bool {
    let signed = Signed::read(request.uri().query());
    signed.is_some_and(|signed| {
        let now = jiff::Timestamp::now().as_second();
        signed.expiration.is_none_or(|expiration| expiration >= now) && signed.is_for(sandbox)
    })
}

impl Signed {
    fn read(query: Option<&str>) -> Option<Self> {
        let mut signed = Self::default();
        let mut is_signed = false;
        for (name, value) in form_urlencoded::parse(query?.as_bytes()) {
            match &*name {
                SIGNATURE => {
                    signed.signature = value.into_owned();
                    is_signed = true;
                }
                "path" => signed.path = value.into_owned(),
                "username" => signed.user = value.into_owned(),
                EXPIRATION => signed.expiration = value.parse().ok(),
                _ => {}
            }
        }
        is_signed.then_some(signed)
    }

    fn is_for(&self, sandbox: &Sandbox) -> bool {
        let token = sandbox.settings.access_token.as_deref();
        token.is_some_and(|token| self.is_made_with(token))
    }

    /// Which operation it is for shows in the method, but not in that of a browser's first question.
    fn is_made_with(&self, token: &str) -> bool {
        [Operation::Read, Operation::Write].iter().any(|operation| {
            let made = sign(token, *operation, &self.path, &self.user, self.expiration);
            made.as_bytes().ct_eq(self.signature.as_bytes()).into()
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn query(path: &str, user: &str, expiration: Option<i64>, signature: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("path", path);
        if !user.is_empty() {
            query.append_pair("username", user);
        }
        if let Some(expiration) = expiration {
            query.append_pair(EXPIRATION, &expiration.to_string());
        }
        query.append_pair(SIGNATURE, signature);
        query.finish()
    }

    proptest! {
        #[test]
        fn a_signature_is_known_by_the_token_that_made_it(
            path in any::<String>(),
            user in any::<String>(),
            expiration in any::<Option<i64>>(),
            token in "[a-z0-9]{40}",
            other in "[a-z0-9]{39}",
        ) {
            let signature = sign(&token, Operation::Write, &path, &user, expiration);
            let query = query(&path, &user, expiration, &signature);
            let signed = Signed::read(Some(&query)).expect("it is signed");
            prop_assert!(signed.is_made_with(&token));
            prop_assert!(!signed.is_made_with(&other));
        }

        #[test]
        fn any_query_can_be_read(query in any::<String>()) {
            let signed = Signed::read(Some(&query));
            prop_assert!(signed.is_none_or(|signed| !signed.is_made_with("token")));
        }
    }

    #[test]
    fn without_a_signature_there_is_nothing_to_find() {
        assert_eq!(Signed::read(None), None);
        assert_eq!(Signed::read(Some("path=%2Fa&username=user")), None);
    }
}
