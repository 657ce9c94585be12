//! How one entry of the file system is described.

use std::{
    collections::HashMap,
    fs::{self, Metadata},
    io,
    os::unix::fs::{FileTypeExt as _, MetadataExt as _},
    path::Path,
};

use buffa_types::google::protobuf::Timestamp;
use sandspan_protocol::rpc::filesystem::{EntryInfo, FileType};

use super::{metadata, owners::Owners};
use crate::path::name;

/// The bits of a mode that `chmod` sets, without the special three.
const PERMISSIONS: u32 = 0o777;

/// Describes what is at a path. A symbolic link is described as what it leads to, save for its
/// size, its owner and its permissions as text.
pub(super) fn info(path: &Path, owners: &Owners) -> io::Result<EntryInfo> {
    let metadata = fs::symlink_metadata(path)?;
    let is_symlink = metadata.is_symlink();
    let target = is_symlink.then(|| fs::canonicalize(path));
    let resolved = match &target {
        None => Some(metadata.clone()),
        Some(Ok(target)) => fs::metadata(target).ok(),
        Some(Err(_)) => None,
    };
    // A link that leads nowhere is its own target, as the hosted services have it.
    let symlink_target = target.map(|target| target.unwrap_or_else(|_| path.to_owned()));
    Ok(EntryInfo {
        name: name(path),
        r#type: resolved
            .as_ref()
            .map_or(FileType::FILE_TYPE_UNSPECIFIED, kind)
            .into(),
        path: path.to_string_lossy().into_owned(),
        size: metadata.len().cast_signed(),
        mode: resolved.as_ref().map_or(0, |it| it.mode() & PERMISSIONS),
        permissions: permissions(&metadata),
        owner: owners.user(metadata.uid()),
        group: owners.group(metadata.gid()),
        modified_time: modified(&metadata).into(),
        symlink_target: symlink_target.map(|target| target.to_string_lossy().into_owned()),
        metadata: match resolved {
            Some(it) if it.is_file() || it.is_dir() => metadata::read(path).into_iter().collect(),
            _ => HashMap::default(),
        },
        is_symlink,
        ..Default::default()
    })
}

fn kind(metadata: &Metadata) -> FileType {
    if metadata.is_file() {
        FileType::FILE_TYPE_FILE
    } else if metadata.is_dir() {
        FileType::FILE_TYPE_DIRECTORY
    } else {
        FileType::FILE_TYPE_UNSPECIFIED
    }
}

fn modified(metadata: &Metadata) -> Timestamp {
    Timestamp {
        seconds: metadata.mtime(),
        nanos: i32::try_from(metadata.mtime_nsec()).unwrap_or_default(),
        ..Default::default()
    }
}

/// The type and the permissions as Go writes them, which clients show: letters for what is special,
/// or a dash, and then who may do what.
fn permissions(metadata: &Metadata) -> String {
    let (kind, mode) = (metadata.file_type(), metadata.mode());
    let letters = [
        (kind.is_dir(), 'd'),
        (kind.is_symlink(), 'L'),
        (kind.is_block_device() || kind.is_char_device(), 'D'),
        (kind.is_fifo(), 'p'),
        (kind.is_socket(), 'S'),
        (mode & 0o4000 != 0, 'u'),
        (mode & 0o2000 != 0, 'g'),
        (kind.is_char_device(), 'c'),
        (mode & 0o1000 != 0, 't'),
    ];
    let mut text: String = letters.iter().filter(|it| it.0).map(|it| it.1).collect();
    if text.is_empty() {
        text.push('-');
    }
    text.extend("rwxrwxrwx".chars().enumerate().map(|(place, letter)| {
        if mode & (0o400 >> place) == 0 {
            '-'
        } else {
            letter
        }
    }));
    text
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::{PermissionsExt as _, symlink},
    };

    use sandspan_protocol::rpc::filesystem::FileType;

    use super::{Owners, info};

    #[test]
    fn describes_files_directories_and_links() {
        let folder = tempfile::tempdir().expect("there is room");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "12345").expect("written");
        fs::set_permissions(path("file"), Permissions::from_mode(0o4640)).expect("set");
        fs::create_dir(path("directory")).expect("made");
        fs::set_permissions(path("directory"), Permissions::from_mode(0o1777)).expect("set");
        for (target, name) in [("file", "link"), ("nowhere", "broken"), ("loop", "loop")] {
            symlink(target, path(name)).expect("made");
        }
        for (name, kind, mode, permissions, size) in [
            ("file", FileType::FILE_TYPE_FILE, 0o640, "urw-r-----", 5),
            (
                "directory",
                FileType::FILE_TYPE_DIRECTORY,
                0o777,
                "dtrwxrwxrwx",
                -1,
            ),
            ("link", FileType::FILE_TYPE_FILE, 0o640, "Lrwxrwxrwx", 4),
            (
                "broken",
                FileType::FILE_TYPE_UNSPECIFIED,
                0,
                "Lrwxrwxrwx",
                7,
            ),
            ("loop", FileType::FILE_TYPE_UNSPECIFIED, 0, "Lrwxrwxrwx", 4),
        ] {
            let entry = info(&path(name), &Owners::default()).expect("it is there");
            assert_eq!(entry.name, name);
            assert_eq!(entry.path, path(name).to_str().expect("text"));
            assert_eq!((entry.r#type, entry.mode), (kind.into(), mode), "{name}");
            assert_eq!(entry.permissions, permissions);
            assert!(entry.size == size || size < 0, "{name}");
            assert_eq!(entry.is_symlink, permissions.starts_with('L'));
            assert!(entry.modified_time.seconds > 0);
        }
        let folder = fs::canonicalize(folder.path()).expect("it is there");
        let target = |name| {
            info(&path(name), &Owners::default())
                .expect("there")
                .symlink_target
        };
        let whole = |name| Some(folder.join(name).to_string_lossy().into_owned());
        assert_eq!(target("file"), None);
        assert_eq!(target("link"), whole("file"));
        assert_eq!(target("broken"), path("broken").to_str().map(str::to_owned));
    }

    #[test]
    fn shows_devices_as_go_does() {
        let entry = info("/dev/null".as_ref(), &Owners::default()).expect("it is there");
        assert_eq!(entry.permissions, "Dcrw-rw-rw-");
        assert_eq!(entry.r#type, FileType::FILE_TYPE_UNSPECIFIED);
    }
}
