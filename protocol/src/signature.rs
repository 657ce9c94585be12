//! Signatures that stand for the agent's token in the URL of a file.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};

/// What a signature allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Reading the file.
    Read,
    /// Writing the file.
    Write,
}

impl Operation {
    fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// The query parameter with the signature.
pub const SIGNATURE: &str = "signature";

/// The query parameter with the second, since 1970, after which the signature means nothing.
pub const EXPIRATION: &str = "signature_expiration";

/// Signs one operation on one file: the path and the user exactly as the query has them, empty where
/// it has none.
#[must_use]
pub fn sign(
    token: &str,
    operation: Operation,
    path: &str,
    user: &str,
    expiration: Option<i64>,
) -> String {
    let expiration = expiration
        .map(|second| format!(":{second}"))
        .unwrap_or_default();
    let text = format!("{path}:{}:{user}:{token}{expiration}", operation.as_str());
    format!("v1_{}", STANDARD_NO_PAD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::{Operation, sign};

    #[test]
    fn signs_as_the_hosted_services_do() {
        let token = "0tQG31xiMp0IOQfaz9dcwi72L1CPo8e0";
        assert_eq!(
            sign(token, Operation::Read, "hello.txt", "user", None),
            "v1_gUtH/s9YCJWgCizjfUxuWfhFE4QSydOWEIIvfLwDr6E"
        );
        assert_eq!(
            sign("TOKEN", Operation::Read, "test.txt", "user", None),
            "v1_RyeEg4C4cy+2NwdX95GPPEUCMle/3EueMb0YM5PoiXY"
        );
        assert_eq!(
            sign(
                "TOKEN",
                Operation::Read,
                "test.txt",
                "user",
                Some(1_700_000_000)
            ),
            "v1_aI2Vk1fBJwq5VMc1jobAUGUKxtltEm4783t1EhmEZT4"
        );
    }
}
