//! Users of the sandbox, as its own `/etc/passwd` has them.

use std::{fs, path::PathBuf};

use nix::unistd::{Gid, Uid};

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
        find_in(&fs::read_to_string("/etc/passwd").ok()?, name)
    }
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
    use super::find_in;

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
}
