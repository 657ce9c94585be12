//! The names of users and groups, for those whom files belong to.

use std::collections::HashMap;

use crate::users;

/// The names of users and groups, read at one moment.
#[derive(Debug, Default)]
pub(crate) struct Owners {
    users: HashMap<u32, String>,
    groups: HashMap<u32, String>,
}

impl Owners {
    /// Reads the sandbox's own `/etc/passwd` and `/etc/group`.
    pub(crate) fn read() -> Self {
        let names = |path| users::read_database(path).map(|text| names(&text));
        Self {
            users: names("/etc/passwd").unwrap_or_default(),
            groups: names("/etc/group").unwrap_or_default(),
        }
    }

    /// The name of a user, or the number of one without a name.
    pub(crate) fn user(&self, id: u32) -> String {
        self.users
            .get(&id)
            .cloned()
            .unwrap_or_else(|| id.to_string())
    }

    /// The name of a group, or the number of one without a name.
    pub(crate) fn group(&self, id: u32) -> String {
        self.groups
            .get(&id)
            .cloned()
            .unwrap_or_else(|| id.to_string())
    }
}

/// Both files have the name first and the number third; the first name of a number counts.
fn names(text: &str) -> HashMap<u32, String> {
    let mut names = HashMap::new();
    for line in text.lines() {
        let mut fields = line.split(':');
        if let (Some(name), Some(id)) = (fields.next(), fields.nth(1))
            && let Ok(id) = id.parse()
        {
            names.entry(id).or_insert_with(|| name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{Owners, names};

    #[test]
    fn an_id_without_a_name_is_shown_as_it_is() {
        let owners = Owners {
            users: names("root:x:0:0::/root:/bin/sh\nagain:x:0:0::/:\nuser:x:1000:\nbad\n"),
            groups: names("tty:x:5:\n"),
        };
        assert_eq!(owners.user(0), "root");
        assert_eq!(owners.user(1000), "user");
        assert_eq!(owners.user(7), "7");
        assert_eq!(owners.group(5), "tty");
        assert_eq!(owners.group(0), "0");
    }
}
