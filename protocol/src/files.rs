//! Files as they travel over plain HTTP.

use serde::{Deserialize, Serialize};

use crate::control::StringMap;

/// Where files are read from and written to.
pub const PATH: &str = "/files";

/// Where files are put together into one.
pub const COMPOSE_PATH: &str = "/files/compose";

/// The name of the part of a form that holds a file.
pub const FORM_FIELD: &str = "file";

/// What [`WrittenFile::kind`] says.
const FILE_KIND: &str = "file";

/// What the names of headers begin with that carry a file's metadata.
pub const METADATA_HEADER: &str = "x-metadata-";

/// What the names of the extended attributes begin with that hold a file's metadata.
pub const METADATA_ATTRIBUTE: &str = "user.e2b.";

/// The longest name of a file's metadata, in bytes: an attribute's name has 255 at most.
pub const METADATA_KEY_LIMIT: usize = 246;

/// The most bytes that the names and values of a file's metadata have together.
pub const METADATA_LIMIT: usize = 4096;

/// One file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenFile {
    /// Names and values that were stored with it.
    #[serde(default, skip_serializing_if = "StringMap::is_empty")]
    pub metadata: StringMap,
    /// The last part of its path.
    pub name: String,
    /// Its whole path.
    pub path: String,
    /// What it is: a file.
    #[serde(rename = "type")]
    pub kind: String,
}

impl WrittenFile {
    /// A file that was written.
    #[must_use]
    pub fn new(name: String, path: String, metadata: StringMap) -> Self {
        Self {
            metadata,
            name,
            path,
            kind: FILE_KIND.to_owned(),
        }
    }
}

/// Why a file's metadata cannot be stored; nothing when it can. Names travel as headers do, so that
/// case is lost.
#[must_use]
pub fn metadata_problem(metadata: &StringMap) -> Option<String> {
    let total: usize = metadata
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum();
    if total > METADATA_LIMIT {
        return Some(format!(
            "names and values have {total} bytes, and may have {METADATA_LIMIT}"
        ));
    }
    metadata.iter().find_map(|(key, value)| {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if key.is_empty() || !key.bytes().all(is_name) {
            return Some(format!(
                "the name {key:?} must have letters, digits and signs of ASCII that a header's name may have"
            ));
        }
        if key.len() > METADATA_KEY_LIMIT {
            return Some(format!(
                "the name {:?}... has {} bytes, and may have {METADATA_KEY_LIMIT}",
                &key[..16],
                key.len()
            ));
        }
        let is_printable = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        (!is_printable).then(|| format!("the value of {key:?} must be printable ASCII"))
    })
}

#[cfg(test)]
mod tests {
    use super::metadata_problem;
    use crate::control::StringMap;

    fn problem(key: &str, value: &str) -> Option<String> {
        metadata_problem(&StringMap::from([(key.to_owned(), value.to_owned())]))
    }

    #[test]
    fn metadata_travels_as_headers() {
        assert_eq!(problem("owner", "a b"), None);
        assert_eq!(problem(&"k".repeat(246), ""), None);
        for (key, value, part) in [
            ("", "x", "the name \"\""),
            ("a b", "x", "the name \"a b\""),
            ("ключ", "x", "the name \"ключ\""),
            ("a\u{7}", "x", "the name"),
            ("a", "é", "the value of \"a\""),
            ("a", "x\n", "the value of \"a\""),
            (&"k".repeat(247), "", "has 247 bytes"),
            ("a", &"v".repeat(4096), "4097 bytes"),
        ] {
            let problem = problem(key, value).expect("refused");
            assert!(problem.contains(part), "{problem}");
        }
    }
}
