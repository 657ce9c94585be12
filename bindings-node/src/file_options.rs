//! Options of what is done with files.

use std::collections::BTreeMap;

use napi_derive::napi;
use sandspan::{Error, Result};

use crate::options::{duration, request_timeout, timeout};

/// How to do something with a file.
#[napi(object, object_to_js = false)]
pub struct FileOptions {
    /// The user to do it as, from whose home relative paths start. Default: the sandbox's default
    /// user.
    pub user: Option<String>,
    /// How long the request may take, in milliseconds. Default: that of the connection; 0 means
    /// without limit.
    pub request_timeout_ms: Option<f64>,
}

impl TryFrom<FileOptions> for sandspan::FileOptions {
    type Error = Error;

    fn try_from(options: FileOptions) -> Result<Self> {
        Ok(Self {
            user: options.user,
            request_timeout: request_timeout(options.request_timeout_ms)?,
        })
    }
}

/// How to list a directory.
#[napi(object, object_to_js = false)]
pub struct FileListOptions {
    /// How deep: 1 is what lies in the directory itself. Default: 1.
    pub depth: Option<i64>,
    /// The user to do it as, from whose home relative paths start. Default: the sandbox's default
    /// user.
    pub user: Option<String>,
    /// How long the request may take, in milliseconds. Default: that of the connection; 0 means
    /// without limit.
    pub request_timeout_ms: Option<f64>,
}

impl TryFrom<FileListOptions> for sandspan::ListFilesOptions {
    type Error = Error;

    fn try_from(options: FileListOptions) -> Result<Self> {
        Ok(Self {
            depth: options.depth,
            user: options.user,
            request_timeout: request_timeout(options.request_timeout_ms)?,
        })
    }
}

/// How to read a file.
#[napi(object, object_to_js = false)]
pub struct FileReadOptions {
    /// Whether it may travel compressed. Default: false.
    pub gzip: Option<bool>,
    /// How long a stream may be without anything coming while it is read, in milliseconds. Default:
    /// 60000; 0 means without limit.
    pub stream_idle_timeout_ms: Option<f64>,
    /// The user to do it as, from whose home relative paths start. Default: the sandbox's default
    /// user.
    pub user: Option<String>,
    /// How long the reading may take, or of a stream its beginning, in milliseconds. Default: that
    /// of the connection; 0 means without limit.
    pub request_timeout_ms: Option<f64>,
}

impl TryFrom<FileReadOptions> for sandspan::ReadOptions {
    type Error = Error;

    fn try_from(options: FileReadOptions) -> Result<Self> {
        let defaults = Self::default();
        Ok(Self {
            user: options.user,
            gzip: options.gzip.unwrap_or(defaults.gzip),
            request_timeout: request_timeout(options.request_timeout_ms)?,
            idle_timeout: duration("streamIdleTimeoutMs", options.stream_idle_timeout_ms)?,
        })
    }
}

/// How to write files.
#[napi(object, object_to_js = false)]
pub struct FileWriteOptions {
    /// Whether they travel compressed. Default: false.
    pub gzip: Option<bool>,
    /// Whether each file is the body of a request, and not a part of a form. Default: whatever is
    /// faster. Agents before 0.5.7 get forms.
    pub use_octet_stream: Option<bool>,
    /// Names and values to note on each of the files.
    pub metadata: Option<BTreeMap<String, String>>,
    /// The user to do it as, from whose home relative paths start, and whose the files are. Default:
    /// the sandbox's default user.
    pub user: Option<String>,
    /// How long the writing may take, in milliseconds. Default: that of the connection, and without
    /// limit for a stream; 0 means without limit.
    pub request_timeout_ms: Option<f64>,
}

impl TryFrom<FileWriteOptions> for sandspan::WriteOptions {
    type Error = Error;

    fn try_from(options: FileWriteOptions) -> Result<Self> {
        let defaults = Self::default();
        Ok(Self {
            user: options.user,
            request_timeout: request_timeout(options.request_timeout_ms)?,
            gzip: options.gzip.unwrap_or(defaults.gzip),
            use_octet_stream: options.use_octet_stream,
            metadata: options.metadata.unwrap_or(defaults.metadata),
        })
    }
}

/// How to watch a directory.
#[napi(object, object_to_js = false)]
pub struct WatchOptions {
    /// Whether to watch what lies deeper in it, too. Default: false.
    pub recursive: Option<bool>,
    /// Whether events tell of the entry that they are about. Default: false.
    pub include_entry: Option<bool>,
    /// Whether the directory may be on a network file system, which may not tell of all that happens
    /// there. Default: false.
    pub allow_network_mounts: Option<bool>,
    /// How long to watch, in milliseconds. Default: 60000; 0 means without limit.
    pub timeout_ms: Option<f64>,
    /// The user to do it as, from whose home relative paths start. Default: the sandbox's default
    /// user.
    pub user: Option<String>,
    /// How long the beginning may take, in milliseconds. Default: that of the connection; 0 means
    /// without limit.
    pub request_timeout_ms: Option<f64>,
}

impl TryFrom<WatchOptions> for sandspan::WatchOptions {
    type Error = Error;

    fn try_from(options: WatchOptions) -> Result<Self> {
        let defaults = Self::default();
        Ok(Self {
            user: options.user,
            request_timeout: request_timeout(options.request_timeout_ms)?,
            timeout: timeout(options.timeout_ms)?,
            recursive: options.recursive.unwrap_or(defaults.recursive),
            include_entry: options.include_entry.unwrap_or(defaults.include_entry),
            allow_network_mounts: options
                .allow_network_mounts
                .unwrap_or(defaults.allow_network_mounts),
        })
    }
}
