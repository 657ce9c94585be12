//! The device by which a program becomes the other end of an interface.

use std::{fs, io, os::unix::fs::PermissionsExt as _};

use nix::{
    mount::{MsFlags, mount},
    sched::{CloneFlags, unshare},
    sys::stat::{Mode, SFlag, makedev, mknod, umask},
};

use crate::isolation::Identity;

const FOLDER: &str = "/dev/net";

const DEVICE: &str = "/dev/net/tun";

/// Its number everywhere.
const NUMBER: (u64, u64) = (10, 200);

const NOTHING: Option<&str> = None;

/// Sees to it that everybody may open the device, which is harmless without the right to an
/// interface, and is what distributions arrange. Where it is root's alone, root shows this process
/// another one.
pub(super) fn make_available(identity: Identity) -> Result<(), String> {
    match check(identity)? {
        Device::Open => Ok(()),
        Device::Closed => {
            show_own().map_err(|problem| format!("a {DEVICE} for sandboxes: {problem}"))
        }
    }
}

/// How far the device is available.
pub(super) enum Device {
    /// Everybody may open it.
    Open,
    /// Only root may, and this process can show another one.
    Closed,
}

/// Whether the device can be had, or what must be done for it.
pub(super) fn check(identity: Identity) -> Result<Device, String> {
    const EVERYBODY: u32 = 0o006;
    let mode = fs::metadata(DEVICE).map(|it| it.permissions().mode());
    match mode {
        Ok(mode) if mode & EVERYBODY == EVERYBODY => Ok(Device::Open),
        Ok(_) if matches!(identity, Identity::Range { .. }) => Ok(Device::Closed),
        Ok(_) => Err(format!(
            "{DEVICE} is closed to ordinary users: open it, as distributions do, with \
             `chmod 666 {DEVICE}`"
        )),
        Err(problem) => Err(format!(
            "{DEVICE}: {problem}: load the module with `modprobe tun`, or start the container that \
             this runs in with --device {DEVICE}"
        )),
    }
}

fn show_own() -> io::Result<()> {
    keep_mounts_to_oneself()?;
    mount(
        Some("tmpfs"),
        FOLDER,
        Some("tmpfs"),
        MsFlags::MS_NOEXEC,
        Some("mode=755,size=4k"),
    )?;
    umask(Mode::empty());
    let mode = Mode::from_bits_truncate(0o666);
    Ok(mknod(
        DEVICE,
        SFlag::S_IFCHR,
        mode,
        makedev(NUMBER.0, NUMBER.1),
    )?)
}

/// Gives this process a view of mounts that nobody else has.
pub(super) fn keep_mounts_to_oneself() -> nix::Result<()> {
    unshare(CloneFlags::CLONE_NEWNS)?;
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    mount(NOTHING, "/", NOTHING, private, NOTHING)
}
