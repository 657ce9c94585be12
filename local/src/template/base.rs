//! The template `base`: the host's programs, and nothing else of the host.

use std::{
    ffi::CString,
    fs, io,
    os::{
        fd::AsFd as _,
        unix::fs::{MetadataExt as _, PermissionsExt as _, lchown, symlink},
    },
    path::{Path, PathBuf},
};

use sandspan_protocol::defaults;

use super::{Layer, Template, USER_HOME, USER_ID, etc};
use crate::isolation::{Identity, UserNamespace, mount_with_ids};

/// The directories of programs; on most hosts all but the first are links into it.
const PROGRAM_DIRECTORIES: [&str; 6] = ["usr", "bin", "lib", "lib32", "lib64", "sbin"];

/// Makes the template, or takes the one that an earlier run made from the same host.
pub(crate) fn build(identity: Identity, programs: &Path) -> io::Result<Template> {
    let name = format!("templates/base-{:016x}", fingerprint(identity)?);
    let directory = Path::new(&name);
    if !directory.exists() {
        let unfinished = PathBuf::from(format!("{name}.{}", std::process::id()));
        let result = write(&unfinished, identity, programs);
        let result = result.and_then(|()| fs::rename(&unfinished, directory));
        if let Err(problem) = result {
            fs::remove_dir_all(&unfinished)?;
            return Err(problem);
        }
    }
    let mut layers = vec![Layer {
        path: String::new(),
        lower: vec![format!("{name}/root")],
    }];
    for host in real_directories() {
        let mut lower = vec![show(host, &name, identity)?];
        if host == "usr" {
            lower.insert(0, format!("{name}/usr"));
        }
        layers.push(Layer {
            path: host.to_owned(),
            lower,
        });
    }
    Ok(Template {
        name: defaults::TEMPLATE.to_owned(),
        layers,
        interpreter: None,
        in_use: None,
    })
}

/// Changes when something changes that the template was made from.
fn fingerprint(identity: Identity) -> io::Result<u64> {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    (env!("CARGO_PKG_VERSION"), format!("{identity:?}")).hash(&mut hasher);
    for path in [
        "/etc/ld.so.cache",
        "/etc/alternatives",
        "/etc/ssl/certs",
        "/usr/bin",
        "/",
    ] {
        if let Ok(metadata) = fs::metadata(path) {
            (metadata.mtime(), metadata.mtime_nsec()).hash(&mut hasher);
        }
    }
    // The programs of our own that are copied into it.
    let program = fs::metadata(std::env::current_exe()?)?;
    (program.mtime(), program.mtime_nsec()).hash(&mut hasher);
    Ok(hasher.finish())
}

fn real_directories() -> impl Iterator<Item = &'static str> {
    PROGRAM_DIRECTORIES.into_iter().filter(|name| {
        Path::new("/")
            .join(name)
            .symlink_metadata()
            .is_ok_and(|metadata| metadata.is_dir())
    })
}

fn write(directory: &Path, identity: Identity, programs: &Path) -> io::Result<()> {
    let root = directory.join("root");
    for name in [
        "dev",
        "home/user",
        "mnt",
        "opt",
        "proc",
        "root",
        "run",
        "srv",
        "sys",
        "tmp",
    ] {
        fs::create_dir_all(root.join(name))?;
    }
    for name in ["var/cache", "var/lib", "var/log", "var/tmp"] {
        fs::create_dir_all(root.join(name))?;
    }
    for name in PROGRAM_DIRECTORIES {
        match Path::new("/").join(name).symlink_metadata() {
            Ok(it) if it.is_symlink() => {
                symlink(fs::read_link(format!("/{name}"))?, root.join(name))?;
            }
            Ok(it) if it.is_dir() => fs::create_dir(root.join(name))?,
            _ => {}
        }
    }
    etc::write(&root.join("etc"), identity.has_users())?;
    additions(&directory.join("usr"), programs)?;
    fs::create_dir(directory.join("host"))?;
    if let Identity::Range { base } = identity {
        give(directory, base, base)?;
        give(
            &root.join(USER_HOME.trim_start_matches('/')),
            base + USER_ID,
            base + USER_ID,
        )?;
    }
    // After the owners, for a change of owner takes these bits away.
    for (path, mode) in [
        ("root/tmp", 0o1777),
        ("root/var/tmp", 0o1777),
        ("root/root", 0o700),
    ] {
        fs::set_permissions(directory.join(path), fs::Permissions::from_mode(mode))?;
    }
    let sudo = directory.join("usr/bin/sudo");
    fs::set_permissions(sudo, fs::Permissions::from_mode(0o4755))
}

/// What the host's `/usr` lacks for our purposes.
fn additions(usr: &Path, programs: &Path) -> io::Result<()> {
    fs::create_dir_all(usr.join("bin"))?;
    fs::copy(programs.join("sandspan-sudo"), usr.join("bin/sudo"))?;
    let host_has = |name: &str| Path::new("/usr/bin").join(name).exists();
    if host_has("python3") && !host_has("python") {
        symlink("python3", usr.join("bin/python"))?;
    }
    Ok(())
}

/// Gives a directory and all that is in it to a user and a group.
pub(super) fn give(path: &Path, user: u32, group: u32) -> io::Result<()> {
    lchown(path, Some(user), Some(group))?;
    if path.symlink_metadata()?.is_dir() {
        for entry in fs::read_dir(path)? {
            give(&entry?.path(), user, group)?;
        }
    }
    Ok(())
}

/// The host's directory as sandboxes may see it: with its files' owners as theirs, if it can be
/// arranged. Otherwise root's files are shown as nobody's, and cannot be changed inside.
fn show(host: &str, template: &str, identity: Identity) -> io::Result<String> {
    let plain = format!("/{host}");
    let Identity::Range { .. } = identity else {
        return Ok(plain);
    };
    let target = PathBuf::from(format!("{template}/host/{host}"));
    fs::create_dir_all(&target)?;
    let namespace = UserNamespace::create(identity)?;
    let from = CString::new(plain.clone()).expect("there is no NUL in it");
    match mount_with_ids(&from, &target, namespace.as_fd()) {
        Ok(()) => Ok(target.to_string_lossy().into_owned()),
        Err(problem) => {
            tracing::warn!(%problem, directory = %plain, "owners cannot be shown through an id-mapped mount");
            Ok(plain)
        }
    }
}
