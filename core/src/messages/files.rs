//! The texts about files.

use std::time::Duration;

use super::Naming;

impl Naming {
    pub(crate) fn depth_too_small(self) -> &'static str {
        if self.is_javascript() {
            "depth should be at least one"
        } else {
            "depth should be at least 1"
        }
    }

    fn without_octet_stream(self) -> &'static str {
        match self {
            Self::Rust => "`use_octet_stream: Some(false)`",
            Self::Python => "`use_octet_stream=False`",
            Self::JavaScript => "`useOctetStream: false`",
        }
    }

    pub(crate) fn gzip_in_form(self) -> String {
        let option = self.without_octet_stream();
        format!("`gzip` requires the octet-stream upload and can't be combined with {option}.")
    }

    pub(crate) fn stream_in_form(self) -> String {
        let option = self.without_octet_stream();
        format!(
            "Iterable data is only uploaded with octet-stream; {option} is not supported for it."
        )
    }

    pub(crate) fn invalid_metadata_key(self, key: &str) -> String {
        let key = self.quoted(key);
        format!(
            "Invalid metadata key {key}: keys must be non-empty and use only HTTP token \
             characters (letters, digits and !#$%&'*+-.^_`|~)."
        )
    }

    pub(crate) fn invalid_metadata_value(self, key: &str) -> String {
        let key = self.quoted(key);
        format!("Invalid metadata value for key {key}: values must be printable US-ASCII.")
    }

    fn quoted(self, text: &str) -> String {
        if self == Self::Python && !text.contains('\'') {
            format!("'{}'", text.escape_debug())
        } else {
            format!("{text:?}")
        }
    }

    pub(crate) fn download_stalled(self, patience: Duration) -> String {
        let option = match self {
            Self::Rust => "idle_timeout",
            Self::Python => "stream_idle_timeout",
            Self::JavaScript => "streamIdleTimeoutMs",
        };
        format!(
            "Nothing of the file came for {patience:?} — the '{option}' option can be used to \
             increase this time"
        )
    }

    pub(crate) fn no_watch_start(self, got: &str) -> String {
        if self.is_javascript() {
            "Expected start event".to_owned()
        } else {
            format!("Failed to start watch: expected start event, got {got}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Naming;

    #[test]
    fn file_texts() {
        assert_eq!(
            Naming::Python.invalid_metadata_key("a b"),
            "Invalid metadata key 'a b': keys must be non-empty and use only HTTP token \
             characters (letters, digits and !#$%&'*+-.^_`|~)."
        );
        assert_eq!(
            Naming::JavaScript.invalid_metadata_value("a"),
            "Invalid metadata value for key \"a\": values must be printable US-ASCII."
        );
        assert_eq!(
            Naming::Python.gzip_in_form(),
            "`gzip` requires the octet-stream upload and can't be combined with \
             `use_octet_stream=False`."
        );
    }
}
