//! Names and values that clients store with files: they travel as headers, and are kept as extended
//! attributes.

use std::{fs::File, io, path::Path};

use http::HeaderMap;
use rustix::{
    fs::{XattrFlags, fsetxattr, getxattr, listxattr},
    io::Errno,
};
use sandspan_protocol::{
    control::StringMap,
    files::{METADATA_ATTRIBUTE, METADATA_HEADER, metadata_problem},
};

use super::problem::Refusal;

/// The most bytes that the kernel hands out as names of attributes, or as the value of one.
const LARGEST: usize = 64 * 1024;

/// The metadata that a request asks to store.
pub(super) fn of_request(headers: &HeaderMap) -> Result<StringMap, Refusal> {
    let metadata: StringMap = headers
        .iter()
        .filter_map(|(name, value)| {
            let key = name.as_str().strip_prefix(METADATA_HEADER)?;
            // What is not text is not printable either, and is refused below.
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            Some((key.to_owned(), value))
        })
        .collect();
    match metadata_problem(&metadata) {
        Some(problem) => Err(Refusal::bad_request(format!("invalid metadata: {problem}"))),
        None => Ok(metadata),
    }
}

/// Stores metadata with a file that has none yet.
pub(super) fn store(file: &File, metadata: &StringMap) -> io::Result<()> {
    for (key, value) in metadata {
        let name = format!("{METADATA_ATTRIBUTE}{key}");
        fsetxattr(file, name, value.as_bytes(), XattrFlags::empty())?;
    }
    Ok(())
}

/// The metadata of a file, none where it cannot have any.
pub(super) fn read(path: &Path) -> StringMap {
    let Ok(names) = whole(|buffer| listxattr(path, buffer)) else {
        return StringMap::new();
    };
    names
        .split(|byte| *byte == 0)
        .filter_map(|name| {
            let name = std::str::from_utf8(name).ok()?;
            let key = name.strip_prefix(METADATA_ATTRIBUTE)?;
            let value = whole(|buffer| getxattr(path, name, buffer)).ok()?;
            Some((key.to_owned(), String::from_utf8_lossy(&value).into_owned()))
        })
        .collect()
}

/// Reads with a buffer that is enough for most, and once more with the largest that can be needed.
fn whole(read: impl Fn(&mut [u8]) -> Result<usize, Errno>) -> Result<Vec<u8>, Errno> {
    let mut buffer = vec![0; 256];
    let mut length = read(&mut buffer);
    if length == Err(Errno::RANGE) {
        buffer.resize(LARGEST, 0);
        length = read(&mut buffer);
    }
    buffer.truncate(length?);
    Ok(buffer)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use sandspan_protocol::control::StringMap;

    use super::{of_request, read, store};

    #[test]
    fn comes_in_headers() {
        let mut headers = HeaderMap::new();
        headers.insert("x-metadata-owner", HeaderValue::from_static("me"));
        headers.insert("content-type", HeaderValue::from_static("text/plain"));
        let expected = StringMap::from([("owner".to_owned(), "me".to_owned())]);
        assert_eq!(of_request(&headers), Ok(expected));
        let value = HeaderValue::from_bytes(b"\xff").expect("a header may have it");
        headers.insert(HeaderName::from_static("x-metadata-other"), value);
        let refusal = of_request(&headers).expect_err("it is not ASCII");
        assert!(
            refusal
                .message
                .starts_with("invalid metadata: the value of \"other\"")
        );
    }

    #[test]
    fn is_kept_with_the_file() {
        let file = tempfile::NamedTempFile::new_in(".").expect("the directory can be written to");
        let long = "v".repeat(1000);
        let metadata = StringMap::from(
            [("a", "b"), ("long", &long)].map(|(key, value)| (key.into(), value.into())),
        );
        store(file.as_file(), &metadata).expect("the file system has attributes");
        assert_eq!(read(file.path()), metadata);
        assert_eq!(read("/nonexistent".as_ref()), StringMap::new());
    }
}
