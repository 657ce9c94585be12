//! What a file is called and what it is, for whoever receives it.

use std::{fmt::Write as _, path::Path};

/// Types by the ending of the name: those that the hosted services know.
const TYPES: [(&str, &str); 17] = [
    ("avif", "image/avif"),
    ("css", "text/css; charset=utf-8"),
    ("gif", "image/gif"),
    ("htm", "text/html; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("webp", "image/webp"),
    ("xml", "text/xml; charset=utf-8"),
];

/// How much of a file is looked at to tell what it is.
pub(super) const LOOKED_AT: usize = 512;

/// What is said of a file of which nothing is known.
pub(super) const UNKNOWN: &str = "application/octet-stream";

/// The type of a file by the ending of its name.
pub(super) fn by_name(path: &Path) -> Option<&'static str> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    let known = TYPES.iter().find(|(known, _)| *known == ending)?;
    Some(known.1)
}

/// The type of a file by its first bytes: text, unless there is one that no text has.
pub(super) fn by_contents(start: &[u8]) -> &'static str {
    let is_binary = |byte: &u8| matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f);
    if start.iter().take(LOOKED_AT).any(is_binary) {
        UNKNOWN
    } else {
        "text/plain; charset=utf-8"
    }
}

/// The header that names a file for who saves it; another form of it than the plain one where the
/// name has other signs than those of ASCII.
pub(super) fn disposition(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !name.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')) {
        let mut header = "inline; filename*=utf-8''".to_owned();
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                header.push(char::from(byte));
            } else {
                write!(header, "%{byte:02X}").expect("text takes all text");
            }
        }
        return header;
    }
    if !name.is_empty() && name.bytes().all(is_token) {
        return format!("inline; filename={name}");
    }
    let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("inline; filename=\"{quoted}\"")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use http::HeaderValue;
    use proptest::prelude::*;

    use super::{by_contents, by_name, disposition};

    #[test]
    fn tells_what_a_file_is() {
        assert_eq!(by_name(Path::new("/a/b.PNG")), Some("image/png"));
        assert_eq!(by_name(Path::new("/a.png/b")), None);
        assert_eq!(by_contents(b""), "text/plain; charset=utf-8");
        assert_eq!(by_contents("é\n".as_bytes()), "text/plain; charset=utf-8");
        assert_eq!(by_contents(b"a\0"), "application/octet-stream");
    }

    #[test]
    fn names_a_file_in_a_header() {
        for (path, header) in [
            ("/a/b.txt", "inline; filename=b.txt"),
            ("/a b", "inline; filename=\"a b\""),
            ("/a\"b\\", "inline; filename=\"a\\\"b\\\\\""),
            ("/é b", "inline; filename*=utf-8''%C3%A9%20b"),
            ("/a\nb", "inline; filename*=utf-8''a%0Ab"),
        ] {
            assert_eq!(disposition(Path::new(path)), header);
        }
    }

    proptest! {
        #[test]
        fn every_name_fits_into_a_header(name in ".{1,40}") {
            let header = disposition(&Path::new("/").join(name));
            prop_assert!(HeaderValue::from_str(&header).is_ok());
        }
    }
}
