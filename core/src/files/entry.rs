//! What is known of a file or a directory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sandspan_protocol::{files::WrittenFile, rpc::filesystem};

/// What stands under a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// A file.
    File,
    /// A directory.
    Dir,
    /// A symbolic link.
    Symlink,
}

impl FileType {
    /// All types.
    pub const ALL: &[Self] = &[Self::File, Self::Dir, Self::Symlink];

    /// Its name: `file`, `dir` or `symlink`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Dir => "dir",
            Self::Symlink => "symlink",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|kind| kind.as_str() == name)
    }

    fn from_wire(kind: filesystem::FileType) -> Option<Self> {
        match kind {
            filesystem::FileType::FILE_TYPE_FILE => Some(Self::File),
            filesystem::FileType::FILE_TYPE_DIRECTORY => Some(Self::Dir),
            filesystem::FileType::FILE_TYPE_SYMLINK => Some(Self::Symlink),
            filesystem::FileType::FILE_TYPE_UNSPECIFIED => None,
        }
    }
}

/// A file or a directory in a sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryInfo {
    /// The last part of its path.
    pub name: String,
    /// What it is; none for a device, a socket or a pipe.
    pub kind: Option<FileType>,
    /// Its whole path.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its permission bits; of a symbolic link, those of what it leads to.
    pub mode: u32,
    /// Its permissions as `ls` shows them, such as `-rw-r--r--`.
    pub permissions: String,
    /// The name of the user who owns it.
    pub owner: String,
    /// The name of the group that it belongs to.
    pub group: String,
    /// When it was written to last.
    pub modified_time: Option<Timestamp>,
    /// Where a symbolic link leads in the end.
    pub symlink_target: Option<String>,
    /// The names and values that were stored with it.
    pub metadata: BTreeMap<String, String>,
}

impl EntryInfo {
    pub(super) fn new(entry: filesystem::EntryInfo) -> Self {
        let kind = entry.r#type.as_known().and_then(FileType::from_wire);
        let modified_time = entry.modified_time.as_option();
        Self {
            name: entry.name,
            // Newer agents tell in the type what a link leads to, and that it is one beside it.
            kind: if entry.is_symlink {
                Some(FileType::Symlink)
            } else {
                kind
            },
            path: entry.path,
            size: entry.size.try_into().unwrap_or_default(),
            mode: entry.mode,
            permissions: entry.permissions,
            owner: entry.owner,
            group: entry.group,
            modified_time: modified_time
                .and_then(|time| Timestamp::new(time.seconds, time.nanos).ok()),
            symlink_target: entry.symlink_target,
            metadata: entry.metadata.into_iter().collect(),
        }
    }
}

/// Whether a list has an entry. It leaves out what is neither a file nor a directory, nor leads to
/// one.
pub(super) fn is_listed(entry: &filesystem::EntryInfo) -> bool {
    let kind = entry.r#type.as_known();
    kind.and_then(FileType::from_wire).is_some()
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteInfo {
    /// The last part of its path.
    pub name: String,
    /// What it is; none where the service has a name for it that is not known here.
    pub kind: Option<FileType>,
    /// Its whole path.
    pub path: String,
    /// The names and values that were stored with it.
    pub metadata: BTreeMap<String, String>,
}

impl WriteInfo {
    pub(super) fn new(written: WrittenFile) -> Self {
        Self {
            name: written.name,
            kind: FileType::parse(&written.kind),
            path: written.path,
            metadata: written.metadata.into_iter().collect(),
        }
    }
}
