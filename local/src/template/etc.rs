//! The `/etc` of the base template: accounts of its own, and what the host's programs need to run.

use std::{
    fs, io,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

use super::{USER_HOME, USER_ID};
use crate::isolation::RESOLVER;

/// What is taken over from the host, where it is there: what programs under `/usr` look up, and
/// nothing that is configuration of the machine or could hold a secret.
const COPIED: &[&str] = &[
    "alternatives",
    "bash_completion.d",
    "ca-certificates.conf",
    "crypto-policies",
    "debian_version",
    "fonts",
    "gai.conf",
    "inputrc",
    "java-11-openjdk",
    "java-17-openjdk",
    "java-21-openjdk",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "locale.alias",
    "localtime",
    "magic",
    "magic.mime",
    "mime.types",
    "networks",
    "os-release",
    "perl",
    "pki/ca-trust/extracted",
    "pki/tls/certs",
    "protocols",
    "python3",
    "python3.10",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "redhat-release",
    "rpc",
    "services",
    "shells",
    "ssl/certs",
    "ssl/openssl.cnf",
    "terminfo",
    "timezone",
    "vim",
];

/// A login shell reads this before every command, so it does little.
const PROFILE: &str = "\
# Set-up of login shells.
export PATH=\"$HOME/.local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"
for file in /etc/profile.d/*.sh; do
  [ -r \"$file\" ] && . \"$file\"
done
unset file
";

const HOSTS: &str = "127.0.0.1 localhost sandbox\n::1 localhost ip6-localhost ip6-loopback\n";

const NAME_SERVICE: &str = "\
passwd: files
group: files
shadow: files
hosts: files dns
services: files
protocols: files
";

/// Writes the directory.
pub(super) fn write(etc: &Path, has_users: bool) -> io::Result<()> {
    fs::create_dir_all(etc.join("profile.d"))?;
    for path in COPIED {
        copy(&Path::new("/etc").join(path), &etc.join(path))?;
    }
    // With one id, everybody is root; the account `user` is then another name of it.
    let id = if has_users { USER_ID } else { 0 };
    let passwd = format!(
        "root:x:0:0:root:/root:/bin/bash\nuser:x:{id}:{id}:user:{USER_HOME}:/bin/bash\n\
         nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
    );
    let group = format!("root:x:0:\nuser:x:{id}:\ntty:x:5:\nnogroup:x:65534:\n");
    for (name, content) in [
        ("passwd", passwd.as_str()),
        ("group", group.as_str()),
        ("hostname", "sandbox\n"),
        ("hosts", HOSTS),
        ("nsswitch.conf", NAME_SERVICE),
        ("profile", PROFILE),
        ("bash.bashrc", "PS1='\\u@\\h:\\w\\$ '\n"),
        // Who has no internet access learns at once that the resolver cannot be reached.
        ("resolv.conf", format!("nameserver {RESOLVER}\n").as_str()),
    ] {
        fs::write(etc.join(name), content)?;
    }
    Ok(())
}

/// Copies files that everybody may read, directories and links; anything else is left out.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let Ok(metadata) = from.symlink_metadata() else {
        return Ok(());
    };
    let readable = metadata.permissions().mode() & 0o004 != 0;
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    if metadata.is_symlink() {
        symlink(fs::read_link(from)?, to)
    } else if metadata.is_dir() && readable {
        fs::create_dir_all(to)?;
        fs::read_dir(from)?.try_for_each(|entry| {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))
        })
    } else if metadata.is_file() && readable {
        fs::copy(from, to).map(drop)
    } else {
        Ok(())
    }
}
