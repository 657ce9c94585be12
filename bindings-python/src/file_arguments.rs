//! Arguments of what is done with files.

use std::{collections::BTreeMap, time::Duration};

use pyo3::{
    inspect::{PyStaticConstant, PyStaticExpr},
    prelude::*,
    type_hint_identifier, type_hint_subscript,
};

use crate::{
    arguments::{BOOL, INT, SECONDS, STR, STRINGS, named_argument},
    parsing::{flag, integer, none_of, seconds, strings, text},
};

named_argument!(
    /// The path of a file or a directory.
    Path(String) = text("path"), STR
);
named_argument!(
    /// The path of what is to be renamed.
    OldPath(String) = text("old_path"), STR
);
named_argument!(
    /// What it is to be renamed to.
    NewPath(String) = text("new_path"), STR
);
named_argument!(
    /// How many levels of directories to list.
    Depth(i64) = integer("depth"), INT
);
named_argument!(
    /// Whether a transfer is compressed.
    Gzip(bool) = flag("gzip"), BOOL
);
named_argument!(
    /// Whether an upload is sent as it is, and not as a form.
    UseOctetStream(bool) = flag("use_octet_stream"), BOOL
);
named_argument!(
    /// What is stored with a file.
    FileMetadata(BTreeMap<String, String>) = strings("metadata"), STRINGS
);
named_argument!(
    /// For how long nothing may come of a file that is read.
    StreamIdleTimeout(Duration) = seconds("stream_idle_timeout"), SECONDS
);
named_argument!(
    /// For how long a signed URL holds.
    UseSignatureExpiration(Duration) = seconds("use_signature_expiration"), SECONDS
);
named_argument!(
    /// Whether the directories in a directory are watched too.
    Recursive(bool) = flag("recursive"), BOOL
);
named_argument!(
    /// Whether events describe what they are about.
    IncludeEntry(bool) = flag("include_entry"), BOOL
);
named_argument!(
    /// Whether a directory on a network mount is watched.
    AllowNetworkMounts(bool) = flag("allow_network_mounts"), BOOL
);

/// What the content of a file is read as.
#[derive(Clone, Copy, Default)]
pub(crate) enum Format {
    #[default]
    Text,
    Bytes,
    Stream,
}

impl FromPyObject<'_, '_> for Format {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("typing", "Literal"),
        PyStaticExpr::Constant {
            value: PyStaticConstant::Str("text")
        },
        PyStaticExpr::Constant {
            value: PyStaticConstant::Str("bytes")
        },
        PyStaticExpr::Constant {
            value: PyStaticConstant::Str("stream")
        }
    );

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        match value.extract().unwrap_or_default() {
            "text" => Ok(Self::Text),
            "bytes" => Ok(Self::Bytes),
            "stream" => Ok(Self::Stream),
            _ => Err(none_of("format", "text, bytes, stream", Some(&value))?),
        }
    }
}
