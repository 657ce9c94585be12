//! Showing a directory of the host at a place in the state directory.

use std::{
    ffi::CString,
    fs, io,
    os::{
        fd::AsFd as _,
        unix::{
            ffi::OsStrExt as _,
            fs::{MetadataExt as _, symlink},
        },
    },
    path::Path,
};

use nix::mount::{MntFlags, MsFlags, mount, umount2};

use crate::isolation::{Identity, UserNamespace, mount_with_ids};

/// Shows a directory at a place, whatever was shown there before. Sandboxes that see that go on to
/// see it. Where the place shows the directory already, it is not touched: a sandbox may be in the
/// making on it.
///
/// Where sandboxes have ids of their own, it is a mount with its files' owners as theirs, which also
/// spares them the walk to where it lies: that may be the home of root. Otherwise it is a link, for
/// they walk as the user whose it is.
pub(super) fn show(directory: &Path, place: &Path, identity: Identity) -> io::Result<()> {
    if is_same(directory, place) {
        return Ok(());
    }
    clear(place)?;
    if let Identity::Range { .. } = identity {
        fs::create_dir_all(place)?;
        let namespace = UserNamespace::create(identity)?;
        let from = CString::new(directory.as_os_str().as_bytes())?;
        let mounted = mount_with_ids(&from, place, namespace.as_fd())
            .inspect_err(|problem| tracing::warn!(%problem, "a template is shown as nobody's"))
            .or_else(|_| bind(directory, place));
        match mounted {
            Ok(()) => return Ok(()),
            // Root of a container may not mount at all.
            Err(_) => fs::remove_dir(place)?,
        }
    }
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent)?;
    }
    symlink(directory, place)
}

fn bind(directory: &Path, place: &Path) -> io::Result<()> {
    let nothing = None::<&str>;
    Ok(mount(
        Some(directory),
        place,
        nothing,
        MsFlags::MS_BIND,
        nothing,
    )?)
}

/// Whether both are one directory, through whatever links and mounts.
fn is_same(directory: &Path, place: &Path) -> bool {
    let number = |path: &Path| fs::metadata(path).map(|it| (it.dev(), it.ino())).ok();
    number(place).is_some_and(|shown| number(directory) == Some(shown))
}

fn clear(place: &Path) -> io::Result<()> {
    let Ok(metadata) = place.symlink_metadata() else {
        return Ok(());
    };
    if metadata.is_symlink() {
        return fs::remove_file(place);
    }
    // It is no mount where an earlier run of the runtime made it: its mounts went with it.
    let _ = umount2(place, MntFlags::MNT_DETACH);
    fs::remove_dir(place)
}
