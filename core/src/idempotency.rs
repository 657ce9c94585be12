//! The key that makes a creation safe to repeat.

use http::HeaderValue;
use rand::{TryRng, rngs::SysRng};

use crate::{Error, ErrorKind, Result};

/// The key given, or a random one.
pub(crate) fn key(operation: &'static str, given: Option<String>) -> Result<HeaderValue> {
    let key = match given {
        Some(key) => key,
        None => random_key(operation)?,
    };
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if key.is_empty() || key.len() > 255 || !key.bytes().all(allowed) {
        let message = "Invalid idempotency_key: it must be 1 to 255 characters of [a-z0-9-]";
        return Err(Error::new(ErrorKind::InvalidArgument, operation, message));
    }
    Ok(HeaderValue::try_from(key).expect("letters, digits and dashes"))
}

/// A random key. It comes from the system each time: a generator of our own would repeat itself in
/// a forked child, which then got its parent's sandbox.
fn random_key(operation: &'static str) -> Result<String> {
    let mut random = [0; 16];
    SysRng.try_fill_bytes(&mut random).map_err(|error| {
        let message = "The system has no random numbers";
        Error::new(ErrorKind::Unexpected, operation, message).with_source(error)
    })?;
    Ok(format!("{:032x}", u128::from_ne_bytes(random)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::key;

    #[test]
    fn idempotency_keys() {
        let random = || key("sandbox.create", None).expect("random");
        assert_eq!(random().len(), 32);
        assert_ne!(random(), random());
        let given = |key: String| super::key("sandbox.create", Some(key));
        assert_eq!(
            given("a-1".to_owned())
                .ok()
                .as_ref()
                .map(HeaderValue::as_bytes),
            Some(&b"a-1"[..])
        );
        for key in [
            String::new(),
            "A".to_owned(),
            "a b".to_owned(),
            "a".repeat(256),
        ] {
            assert!(given(key).is_err());
        }
    }
}
