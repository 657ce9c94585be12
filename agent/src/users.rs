//! Users of the sandbox, as its own `/etc/passwd` has them.

use std::{
    fs::OpenOptions,
    io::{self, Read as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use nix::unistd::{Gid, Uid};

/// The largest file of users or groups that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// A user of the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) uid: Uid,
    pub(crate) gid: Gid,
    pub(crate) home: PathBuf,
}

impl User {
    /// Looks a user up by name.
    ///
    /// The file is read here rather than through the C library, which cannot look users up in a
    /// statically linked program.
    pub(crate) fn find(name: &str) -> Option<Self> {
        find_in(&read_database("/etc/passwd").ok()?, name)
    }
}

/// Reads a file of users or groups. The sandbox's root may have put anything in its place, so
/// nothing is waited for, and no more is read than such a file has.
pub(crate) fn read_database(path: impl AsRef<Path>) -> io::Result<String> {
    let mut options = OpenOptions::new();
    let flags = nix::libc::O_NONBLOCK | nix::libc::O_NOCTTY;
    let file = options.read(true).custom_flags(flags).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut text = String::new();
    // Of a longer one nothing counts: its last line would be cut, and could mean something else.
    if file.take(LIMIT + 1).read_to_string(&mut text)? as u64 > LIMIT {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

fn find_in(passwd: &str, name: &str) -> Option<User> {
    passwd.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [found, _, uid, gid, _, home, _] = fields.as_slice() else {
            return None;
        };
        (*found == name).then_some(())?;
        Some(User {
            name: name.to_owned(),
            uid: Uid::from_raw(uid.parse().ok()?),
            gid: Gid::from_raw(gid.parse().ok()?),
            home: PathBuf::from(home),
        })
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{LIMIT, find_in, read_database};

    #[test]
    fn finds_users_by_their_whole_name() {
        let passwd =
            "root:x:0:0:root:/root:/bin/bash\nuser:x:1000:1000::/home/user:/bin/bash\nbad:x\n";
        let user = find_in(passwd, "user").expect("there is one");
        assert_eq!(
            (user.uid.as_raw(), user.home.to_str()),
            (1000, Some("/home/user"))
        );
        for name in ["", "use", "bad", "nobody"] {
            assert_eq!(find_in(passwd, name), None, "{name}");
        }
    }

    #[test]
    fn reads_neither_devices_nor_pipes_nor_what_has_no_end() {
        let folder = tempfile::tempdir().expect("there is room");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("passwd"), "root:x").expect("written");
        assert_eq!(read_database(path("passwd")).expect("read"), "root:x");
        std::os::unix::fs::symlink("/dev/zero", path("zero")).expect("made");
        nix::unistd::mkfifo(&path("pipe"), nix::sys::stat::Mode::S_IRWXU).expect("made");
        let long = fs::File::create(path("long")).expect("made");
        long.set_len(LIMIT + 1).expect("there is room");
        for name in ["zero", "pipe", "long", "nothing"] {
            read_database(path(name)).expect_err(name);
        }
    }
}
