//! The groups that a user is in, as the sandbox's own `/etc/group` has them.

use nix::unistd::Gid;

use crate::users::{self, User};

/// The main group of a user, and the others that name the user.
pub(crate) fn of(user: &User) -> Vec<Gid> {
    // Like the users, for the same reason, they are not asked of the C library.
    groups_in(
        &users::read_database("/etc/group").unwrap_or_default(),
        user,
    )
}

fn groups_in(group: &str, user: &User) -> Vec<Gid> {
    let others = group.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [_, _, gid, members] = fields.as_slice() else {
            return None;
        };
        let gid = Gid::from_raw(gid.parse().ok()?);
        let is_in = members.split(',').any(|member| member == user.name);
        (is_in && gid != user.gid).then_some(gid)
    });
    std::iter::once(user.gid).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use nix::unistd::{Gid, Uid};

    use super::groups_in;
    use crate::users::User;

    #[test]
    fn finds_the_groups_that_name_the_user() {
        let user = User {
            name: "user".to_owned(),
            uid: Uid::from_raw(1000),
            gid: Gid::from_raw(1000),
            home: PathBuf::from("/home/user"),
        };
        let group = "sudo:x:27:a,user\nuser:x:1000:user\naudio:x:29:users\nbad:x:user\n";
        let groups = groups_in(group, &user);
        let groups: Vec<u32> = groups.into_iter().map(Gid::as_raw).collect();
        assert_eq!(groups, [1000, 27]);
    }
}
