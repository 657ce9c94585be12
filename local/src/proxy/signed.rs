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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unsigned {
    /// It has no signature either.
    #[error("missing signature query parameter")]
    Missing,
    /// No sandbox's token makes this signature.
    #[error("invalid signature")]
    Invalid,
    /// It does not say when the signature expires in a way that can be understood.
    #[error(
        "Invalid format for parameter {name}: {0:?} is not a whole number of seconds",
        name = EXPIRATION
    )]
    Expiration(String),
}

/// What the query of a request for a file says, as far as it is signed.
#[derive(Debug, PartialEq, Eq)]
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
    let signed = Signed::read(request.uri().query())?;
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
    signed.is_ok_and(|signed| {
        let now = jiff::Timestamp::now().as_second();
        signed.expiration.is_none_or(|expiration| expiration >= now) && signed.is_for(sandbox)
    })
}

impl Signed {
    /// Reads a query as the agent does: of a parameter that is there several times the first one
    /// counts.
    fn read(query: Option<&str>) -> Result<Self, Unsigned> {
        let (mut signature, mut path, mut user, mut expiration) = (None, None, None, None);
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let place = match &*name {
                SIGNATURE => &mut signature,
                "path" => &mut path,
                "username" => &mut user,
                EXPIRATION => &mut expiration,
                _ => continue,
            };
            place.get_or_insert_with(|| value.into_owned());
        }
        let expiration = expiration
            .map(|text| text.parse().map_err(|_| Unsigned::Expiration(text)))
            .transpose()?;
        Ok(Self {
            signature: signature.ok_or(Unsigned::Missing)?,
            path: path.unwrap_or_default(),
            user: user.unwrap_or_default(),
            expiration,
        })
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
            prop_assert!(signed.is_err() || signed.is_ok_and(|signed| !signed.is_made_with("token")));
        }
    }

    #[test]
    fn without_a_signature_there_is_nothing_to_find() {
        for query in [None, Some("path=%2Fa&username=user")] {
            assert_eq!(Signed::read(query), Err(Unsigned::Missing));
        }
    }

    #[test]
    fn a_query_is_read_as_the_agent_reads_it() {
        let once = Signed::read(Some("signature=a&path=b&username=c&signature_expiration=1"));
        let twice = "signature=a&path=b&username=c&signature_expiration=1\
                     &signature=x&path=y&username=z&signature_expiration=2";
        assert_eq!(Signed::read(Some(twice)), once);
        assert_eq!(
            Signed::read(Some("signature=a&signature_expiration=soon")),
            Err(Unsigned::Expiration("soon".to_owned()))
        );
    }
}
