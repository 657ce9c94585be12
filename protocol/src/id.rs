//! Sandbox ids.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The longest id that is looked at; ids are 21 characters, and hosts cannot carry more than this.
const MAX_LENGTH: usize = 63;

/// The id of a sandbox: lower-case letters and digits.
///
/// Parsing accepts the old form `<id>-<client id>` and drops the second part.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SandboxId(String);

/// The text is not a sandbox id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Invalid sandbox ID")]
pub struct InvalidSandboxId;

impl SandboxId {
    /// Makes an id from 20 random characters of `[a-z0-9]`, given as numbers below 36.
    #[must_use]
    pub fn from_random(mut below_36: impl FnMut() -> u8) -> Self {
        const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let mut id = String::with_capacity(21);
        id.push('i');
        for _ in 0..20 {
            id.push(char::from(ALPHABET[usize::from(below_36() % 36)]));
        }
        Self(id)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SandboxId {
    type Err = InvalidSandboxId;

    fn from_str(text: &str) -> Result<Self, InvalidSandboxId> {
        if text.len() > MAX_LENGTH {
            return Err(InvalidSandboxId);
        }
        let mut parts = text.split('-');
        let (id, extra) = (parts.next().unwrap_or_default(), parts.nth(1));
        let valid = !id.is_empty()
            && extra.is_none()
            && id
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if valid {
            Ok(Self(id.to_owned()))
        } else {
            Err(InvalidSandboxId)
        }
    }
}

impl fmt::Display for SandboxId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::SandboxId;

    #[test]
    fn accepts_ids_with_and_without_client_id() {
        let id: SandboxId = "i0123456789abcdefghij-6532622b".parse().expect("valid");
        assert_eq!(id.as_str(), "i0123456789abcdefghij");
        assert!("abc".parse::<SandboxId>().is_ok());
    }

    #[test]
    fn refuses_everything_else() {
        let long = "a".repeat(10_000);
        for text in [
            "", "-", "-a", "a-b-c", "A", "a/b", "a b", "a\0", "../a", "é", &long,
        ] {
            assert!(text.parse::<SandboxId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn makes_ids_that_it_accepts() {
        let mut next = 0;
        let id = SandboxId::from_random(|| {
            next += 7;
            next
        });
        assert_eq!(id.as_str().len(), 21);
        assert_eq!(id.as_str().parse::<SandboxId>(), Ok(id.clone()));
    }
}
