//! Who the users of a sandbox are outside of it.

use std::{fs, io, process::Command};

use serde::{Deserialize, Serialize};

/// How many ids a sandbox has where it may have many.
const COUNT: u32 = 65536;

/// Where the ids of sandboxes start when root runs them: far from any account, and from the ranges
/// that other tools give to containers.
const ROOT_BASE: u32 = 1_900_000_000;

/// Who the users of a sandbox are outside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Identity {
    /// Ids 0 to 65535 are a range that belongs to nobody. Only root can arrange this.
    Range {
        /// What root inside is outside.
        base: u32,
    },
    /// The ids are the user's own, as root, and a range that the system set aside for the user.
    Subordinate {
        /// The user.
        user: u32,
        /// The user's group.
        group: u32,
        /// Where the range starts.
        base: u32,
        /// How many ids it has.
        count: u32,
    },
    /// There is one id: everybody inside is the user outside.
    Single {
        /// The user.
        user: u32,
        /// The user's group.
        group: u32,
    },
}

impl Identity {
    /// The widest arrangement that is possible for this process.
    #[must_use]
    pub(crate) fn detect() -> Self {
        let user = nix::unistd::geteuid();
        let (user, group) = (user.as_raw(), nix::unistd::getegid().as_raw());
        // Root of a container often has a part of the ids only.
        if user == 0 && is_mapped(ROOT_BASE) && is_mapped(ROOT_BASE + COUNT - 1) {
            return Self::Range { base: ROOT_BASE };
        }
        match subordinate_range(user) {
            Some((base, count)) => Self::Subordinate {
                user,
                group,
                base,
                count,
            },
            None => Self::Single { user, group },
        }
    }

    /// Whether users inside are different users.
    #[must_use]
    pub(crate) fn has_users(self) -> bool {
        !matches!(self, Self::Single { .. })
    }

    /// Maps the ids of a process that is in a user namespace of its own and waits for it.
    pub(crate) fn map(self, process: u32) -> io::Result<()> {
        match self {
            Self::Range { base } => {
                let map = format!("0 {base} {COUNT}");
                fs::write(format!("/proc/{process}/uid_map"), &map)?;
                fs::write(format!("/proc/{process}/gid_map"), &map)
            }
            Self::Subordinate {
                user,
                group,
                base,
                count,
            } => {
                map_with("newuidmap", process, user, base, count)?;
                map_with("newgidmap", process, group, base, count)
            }
            Self::Single { user, group } => {
                fs::write(format!("/proc/{process}/setgroups"), "deny")?;
                fs::write(format!("/proc/{process}/uid_map"), format!("0 {user} 1"))?;
                fs::write(format!("/proc/{process}/gid_map"), format!("0 {group} 1"))
            }
        }
    }
}

/// Only these set-user-id programs may map ids that the system set aside for a user.
fn map_with(program: &str, process: u32, own: u32, base: u32, count: u32) -> io::Result<()> {
    let numbers = [process, 0, own, 1, 1, base, count].map(|number| number.to_string());
    let output = Command::new(program).args(&numbers).output()?;
    if output.status.success() {
        return Ok(());
    }
    let reason = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("{program}: {}", reason.trim())))
}

/// The range that the system set aside for a user, where there is one in both files at one place.
fn subordinate_range(user: u32) -> Option<(u32, u32)> {
    let available = |program: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
    };
    if !available("newuidmap") || !available("newgidmap") {
        return None;
    }
    let name = nix::unistd::User::from_uid(user.into()).ok()??.name;
    let users = range_in(&fs::read_to_string("/etc/subuid").ok()?, &name, user)?;
    let groups = range_in(&fs::read_to_string("/etc/subgid").ok()?, &name, user)?;
    (users == groups).then_some(users)
}

fn range_in(file: &str, name: &str, user: u32) -> Option<(u32, u32)> {
    file.lines().find_map(|line| {
        let mut fields = line.split(':');
        let owner = fields.next()?;
        let base = fields.next()?.parse().ok()?;
        let count: u32 = fields.next()?.parse().ok()?;
        let own = owner == name || owner == user.to_string();
        // With fewer there would be no id for the account `user` inside.
        (own && count >= COUNT - 1).then_some((base, COUNT - 1))
    })
}

/// Whether this process's user namespace has an id at all.
fn is_mapped(id: u32) -> bool {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    map.lines().any(|line| {
        let numbers: Vec<u32> = line
            .split_whitespace()
            .filter_map(|number| number.parse().ok())
            .collect();
        matches!(numbers[..], [first, _, count] if id >= first && id - first < count)
    })
}

#[cfg(test)]
mod tests {
    use super::range_in;

    #[test]
    fn finds_the_range_of_a_user_by_name_or_number() {
        let file = "other:100000:65536\nme:200000:65536\n1001:300000:65536\nsmall:1:100\n";
        assert_eq!(range_in(file, "me", 1000), Some((200_000, 65535)));
        assert_eq!(range_in(file, "nobody", 1001), Some((300_000, 65535)));
        assert_eq!(range_in(file, "small", 1), None);
        assert_eq!(range_in(file, "unknown", 7), None);
    }
}
