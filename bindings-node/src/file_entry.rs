//! Files as JavaScript sees them.

use std::collections::BTreeMap;

use napi_derive::napi;

use crate::date::Date;

/// A file that was written.
#[napi(object, object_from_js = false)]
pub struct WriteInfo {
    /// Its name.
    pub name: String,
    /// What it is, where that is known.
    #[napi(js_name = "type", ts_type = "'file' | 'dir' | 'symlink'")]
    pub kind: Option<&'static str>,
    /// Its path.
    pub path: String,
    /// What was noted on it; absent where nothing was.
    pub metadata: Option<BTreeMap<String, String>>,
}

impl From<sandspan::WriteInfo> for WriteInfo {
    fn from(info: sandspan::WriteInfo) -> Self {
        Self {
            name: info.name,
            kind: info.kind.map(sandspan::FileType::as_str),
            path: info.path,
            metadata: noted(info.metadata),
        }
    }
}

/// A file, directory or link in a sandbox.
#[napi(object, object_from_js = false)]
pub struct EntryInfo {
    /// Its name.
    pub name: String,
    /// What it is, where that is known; of a link, what it leads to.
    #[napi(js_name = "type", ts_type = "'file' | 'dir' | 'symlink'")]
    pub kind: Option<&'static str>,
    /// Its path.
    pub path: String,
    /// What was noted on it; absent where nothing was.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Its size in bytes.
    pub size: i64,
    /// The bits of its permissions.
    pub mode: u32,
    /// Its permissions as `ls` shows them.
    pub permissions: String,
    /// The name of the user it belongs to.
    pub owner: String,
    /// The name of the group it belongs to.
    pub group: String,
    /// When its content changed last.
    pub modified_time: Option<Date>,
    /// What it leads to, if it is a link.
    pub symlink_target: Option<String>,
}

impl From<sandspan::EntryInfo> for EntryInfo {
    fn from(entry: sandspan::EntryInfo) -> Self {
        Self {
            name: entry.name,
            kind: entry.kind.map(sandspan::FileType::as_str),
            path: entry.path,
            metadata: noted(entry.metadata),
            size: i64::try_from(entry.size).unwrap_or(i64::MAX),
            mode: entry.mode,
            permissions: entry.permissions,
            owner: entry.owner,
            group: entry.group,
            modified_time: entry.modified_time.map(Date),
            symlink_target: entry.symlink_target,
        }
    }
}

fn noted(metadata: BTreeMap<String, String>) -> Option<BTreeMap<String, String>> {
    (!metadata.is_empty()).then_some(metadata)
}

/// Something that happened in a watched directory.
#[napi(object, object_from_js = false)]
pub struct FilesystemEvent {
    /// The path of what it happened to, relative to the directory.
    pub name: String,
    /// What happened.
    #[napi(
        js_name = "type",
        ts_type = "'chmod' | 'create' | 'remove' | 'rename' | 'write'"
    )]
    pub kind: &'static str,
    /// What it happened to, where the watch asks for it and it still exists.
    pub entry: Option<EntryInfo>,
}

impl From<sandspan::FilesystemEvent> for FilesystemEvent {
    fn from(event: sandspan::FilesystemEvent) -> Self {
        Self {
            name: event.name,
            kind: event.kind.as_str(),
            entry: event.entry.map(EntryInfo::from),
        }
    }
}
