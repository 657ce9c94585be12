//! In which form contents travel: as they are, or packed by gzip.

use http::{HeaderMap, header};

use super::problem::Refusal;

/// A form in which contents travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As they are.
    Identity,
    /// Packed by gzip.
    Gzip,
}

const GZIP: &str = "gzip";
const IDENTITY: &str = "identity";

/// The form in which the body of a request came.
pub(super) fn of_body(headers: &HeaderMap) -> Result<Encoding, Refusal> {
    let Some(value) = headers.get(header::CONTENT_ENCODING) else {
        return Ok(Encoding::Identity);
    };
    let text = String::from_utf8_lossy(value.as_bytes());
    match &*name(&text) {
        "" | IDENTITY => Ok(Encoding::Identity),
        GZIP => Ok(Encoding::Gzip),
        _ => Err(Refusal::bad_request(format!(
            "error decompressing request body: unsupported Content-Encoding: {text}, supported: [{GZIP}]"
        ))),
    }
}

/// The form that a client likes best; nothing when it takes neither.
pub(super) fn accepted(headers: &HeaderMap) -> Option<Encoding> {
    let Some(value) = headers.get(header::ACCEPT_ENCODING) else {
        return Some(Encoding::Identity);
    };
    let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut choices: Vec<_> = text.split(',').map(|it| (name(it), quality(it))).collect();
    // Of equals the first one named wins, for the sort keeps their order.
    choices.sort_by(|one, other| other.1.total_cmp(&one.1));
    let refused = |wanted: &str| choices.iter().any(|it| it.0 == wanted && it.1 == 0.0);
    let identity_refused = refused(IDENTITY);
    let chosen = choices
        .iter()
        .filter(|it| it.1 > 0.0)
        .find_map(|(name, _)| match &**name {
            GZIP => Some(Encoding::Gzip),
            IDENTITY => Some(Encoding::Identity),
            "*" if identity_refused => Some(Encoding::Gzip),
            "*" => Some(Encoding::Identity),
            _ => None,
        });
    chosen.or((!identity_refused).then_some(Encoding::Identity))
}

fn name(choice: &str) -> String {
    let name = choice.split(';').next().unwrap_or_default();
    name.trim().to_ascii_lowercase()
}

/// How much a client likes a choice: what cannot be read counts as not said.
fn quality(choice: &str) -> f32 {
    let parameters = choice.split(';').skip(1);
    parameters
        .filter_map(|it| {
            it.trim()
                .to_ascii_lowercase()
                .strip_prefix("q=")?
                .parse()
                .ok()
        })
        .find(|quality: &f32| quality.is_finite())
        .unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};
    use proptest::prelude::*;

    use super::{Encoding, accepted, of_body};

    fn with(name: &'static str, value: &str) -> HeaderMap {
        let value = HeaderValue::from_str(value).expect("a header may have it");
        HeaderMap::from_iter([(http::HeaderName::from_static(name), value)])
    }

    #[test]
    fn takes_what_the_client_likes_best() {
        assert_eq!(accepted(&HeaderMap::new()), Some(Encoding::Identity));
        for (value, encoding) in [
            ("", Some(Encoding::Identity)),
            ("gzip", Some(Encoding::Gzip)),
            ("GZip;q=0.5, deflate", Some(Encoding::Gzip)),
            ("gzip;q=0.5, identity", Some(Encoding::Identity)),
            ("gzip;q=0", Some(Encoding::Identity)),
            ("deflate, br", Some(Encoding::Identity)),
            ("*", Some(Encoding::Identity)),
            ("*, identity;q=0", Some(Encoding::Gzip)),
            ("br, identity;q=0", None),
        ] {
            assert_eq!(
                accepted(&with("accept-encoding", value)),
                encoding,
                "{value}"
            );
        }
    }

    #[test]
    fn knows_how_a_body_came() {
        assert_eq!(of_body(&HeaderMap::new()), Ok(Encoding::Identity));
        assert_eq!(
            of_body(&with("content-encoding", "Gzip")),
            Ok(Encoding::Gzip)
        );
        assert!(of_body(&with("content-encoding", "br")).is_err());
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(value in "[ -~]{0,40}") {
            let _ = accepted(&with("accept-encoding", &value));
        }
    }
}
