//! What happens to files.

use sandspan_protocol::rpc::filesystem;

use super::EntryInfo;

/// What happened to a file or a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilesystemEventType {
    /// It was made, or moved here.
    Create,
    /// It was written to.
    Write,
    /// It was removed.
    Remove,
    /// It was moved away.
    Rename,
    /// Its permissions, its owner or its times were changed.
    Chmod,
}

impl FilesystemEventType {
    /// All types.
    pub const ALL: &[Self] = &[
        Self::Create,
        Self::Write,
        Self::Remove,
        Self::Rename,
        Self::Chmod,
    ];

    /// Its name, such as `create`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Write => "write",
            Self::Remove => "remove",
            Self::Rename => "rename",
            Self::Chmod => "chmod",
        }
    }

    fn from_wire(kind: filesystem::EventType) -> Option<Self> {
        Some(match kind {
            filesystem::EventType::EVENT_TYPE_CREATE => Self::Create,
            filesystem::EventType::EVENT_TYPE_WRITE => Self::Write,
            filesystem::EventType::EVENT_TYPE_REMOVE => Self::Remove,
            filesystem::EventType::EVENT_TYPE_RENAME => Self::Rename,
            filesystem::EventType::EVENT_TYPE_CHMOD => Self::Chmod,
            filesystem::EventType::EVENT_TYPE_UNSPECIFIED => return None,
        })
    }
}

/// Something that happened in a directory that is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilesystemEvent {
    /// To what: its path, relative to the directory; `.` is that itself.
    pub name: String,
    /// What.
    pub kind: FilesystemEventType,
    /// What is there, where that was asked for and there is something.
    pub entry: Option<EntryInfo>,
}

impl FilesystemEvent {
    /// The event as it came; none where it is of a type that is not known here.
    pub(super) fn new(event: filesystem::FilesystemEvent) -> Option<Self> {
        let kind = event.r#type.as_known();
        Some(Self {
            kind: kind.and_then(FilesystemEventType::from_wire)?,
            name: event.name,
            entry: event.entry.into_option().map(EntryInfo::new),
        })
    }
}
