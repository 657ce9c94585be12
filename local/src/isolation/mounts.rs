//! The root file system of a sandbox: overlays over the template, and the kernel's own file systems.

use std::{
    fmt::Display,
    fs, io,
    os::unix::fs::{MetadataExt as _, symlink},
    path::Path,
};

use nix::{
    mount::{MntFlags, MsFlags, mount, umount2},
    unistd::{Gid, Uid, chdir, chown, pivot_root},
};

use super::channel::Order;
use crate::template::{Layer, USER_HOME, USER_ID};

/// Devices that a sandbox shares with the host; none of them holds anything.
const DEVICES: [&str; 6] = ["full", "null", "random", "tty", "urandom", "zero"];

/// Files of /proc that tell about the whole machine, or steer it, without asking for its root.
const MASKED: [&str; 4] = ["kcore", "keys", "sysrq-trigger", "timer_list"];

const NOTHING: Option<&str> = None;

type Step = Result<(), String>;

/// Makes the root file system and changes into it. Nothing of the old one can be reached after.
pub(super) fn enter_root(order: &Order) -> Step {
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    mount(NOTHING, "/", NOTHING, private, NOTHING).map_err(failed("making mounts private"))?;
    let changes = format!("{}/changes", order.directory);
    if order.in_memory {
        let flags = MsFlags::MS_NODEV;
        mount(
            Some("tmpfs"),
            changes.as_str(),
            Some("tmpfs"),
            flags,
            Some("mode=755"),
        )
        .map_err(failed("tmpfs"))?;
    }
    let root = format!("{}/root", order.directory);
    for (number, layer) in order.layers.iter().enumerate() {
        overlay(layer, &format!("{changes}/{number}"), &root)?;
    }
    if order.identity.has_users() {
        own_home(&format!("{root}{USER_HOME}")).map_err(failed("the home directory"))?;
    }
    chdir(root.as_str()).map_err(failed("the root directory"))?;
    proc()?;
    devices()?;
    pivot_root(".", ".").map_err(failed("pivot_root"))?;
    umount2(".", MntFlags::MNT_DETACH).map_err(failed("leaving the old root"))?;
    chdir("/").map_err(failed("the root directory"))
}

/// Shows a layer with changes of the sandbox's own on top of it.
fn overlay(layer: &Layer, changes: &str, root: &str) -> Step {
    let (upper, work) = (format!("{changes}/upper"), format!("{changes}/work"));
    for directory in [&upper, &work] {
        fs::create_dir_all(directory).map_err(failed(directory))?;
    }
    let lower = layer.lower.join(":");
    let options = format!("lowerdir={lower},upperdir={upper},workdir={work},userxattr");
    let target = format!("{root}/{}", layer.path);
    mount(
        Some("overlay"),
        target.as_str(),
        Some("overlay"),
        MsFlags::MS_NODEV,
        Some(options.as_str()),
    )
    .map_err(|problem| {
        format!(
            "the kernel refuses an overlay for /{} ({problem}): it takes Linux 5.11 or newer, and \
             a state directory on a file system that can carry one (ext4, xfs, btrfs, tmpfs)",
            layer.path
        )
    })
}

/// Where the template could not be given the sandbox's owners, the one that matters is set here.
fn own_home(home: &str) -> io::Result<()> {
    if fs::metadata(home)?.uid() != USER_ID {
        chown(
            home,
            Some(Uid::from_raw(USER_ID)),
            Some(Gid::from_raw(USER_ID)),
        )?;
    }
    Ok(())
}

fn proc() -> Step {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("proc"), "proc", Some("proc"), flags, NOTHING).map_err(|problem| {
        format!(
            "the kernel refuses a /proc of the sandbox's own ({problem}): the container that this \
             runs in hides parts of /proc; start it with --security-opt systempaths=unconfined"
        )
    })?;
    for file in MASKED.map(|name| format!("proc/{name}")) {
        if Path::new(&file).exists() {
            bind("/dev/null", &file)?;
        }
    }
    Ok(())
}

fn devices() -> Step {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    mount(
        Some("tmpfs"),
        "dev",
        Some("tmpfs"),
        flags,
        Some("mode=755,size=64k"),
    )
    .map_err(failed("/dev"))?;
    for name in DEVICES {
        let file = format!("dev/{name}");
        fs::write(&file, "").map_err(failed(&file))?;
        bind(&format!("/dev/{name}"), &file)?;
    }
    for directory in ["dev/pts", "dev/shm"] {
        fs::create_dir(directory).map_err(failed(directory))?;
    }
    let terminals = Some("newinstance,ptmxmode=0666,mode=620");
    mount(Some("devpts"), "dev/pts", Some("devpts"), flags, terminals)
        .map_err(failed("/dev/pts"))?;
    let flags = flags | MsFlags::MS_NODEV;
    mount(
        Some("tmpfs"),
        "dev/shm",
        Some("tmpfs"),
        flags,
        Some("mode=1777"),
    )
    .map_err(failed("/dev/shm"))?;
    for (target, name) in [
        ("pts/ptmx", "dev/ptmx"),
        ("/proc/self/fd", "dev/fd"),
        ("/proc/self/fd/0", "dev/stdin"),
        ("/proc/self/fd/1", "dev/stdout"),
        ("/proc/self/fd/2", "dev/stderr"),
    ] {
        symlink(target, name).map_err(failed(name))?;
    }
    Ok(())
}

fn bind(from: &str, to: &str) -> Step {
    mount(Some(from), to, NOTHING, MsFlags::MS_BIND, NOTHING).map_err(failed(to))
}

fn failed<Problem: Display>(what: &str) -> impl FnOnce(Problem) -> String {
    move |problem| format!("{what}: {problem}")
}
