//! Which file systems are shared over a network.

use std::{io, path::Path};

use rustix::fs::statfs;

/// The kernel's numbers of file systems on which others make changes that this kernel does not see:
/// 9p, AFS, Ceph, CIFS, Coda, FUSE, Lustre, NCP, NFS, SMB and its second version.
const NETWORK: [u32; 11] = [
    0x0102_1997,
    0x5346_414f,
    0x00c3_6400,
    0xff53_4d42,
    0x7375_7245,
    0x6573_5546,
    0x0bd0_0bd0,
    0x0000_564c,
    0x0000_6969,
    0x0000_517b,
    0xfe53_4d42,
];

/// Whether a directory is on a file system that is shared over a network.
pub(super) fn is_network(path: &Path) -> io::Result<bool> {
    let kind = statfs(path)?.f_type;
    // The numbers have 32 bits; on some machines the field has a sign or is wider.
    Ok(NETWORK
        .iter()
        .any(|number| i64::from(*number) == kind & 0xffff_ffff))
}

#[cfg(test)]
mod tests {
    use super::is_network;

    #[test]
    fn the_kernels_own_are_not() {
        assert!(!is_network("/proc".as_ref()).expect("it is there"));
        assert!(is_network("/nonexistent".as_ref()).is_err());
    }
}
