//! Which of root's powers root inside a sandbox keeps.

use rustix::{
    io,
    thread::{
        CapabilitySet, CapabilitySets, clear_ambient_capability_set,
        remove_capability_from_bounding_set, set_capabilities,
    },
};

/// What is needed to install packages, change owners, switch users and signal processes. None of
/// it reaches beyond the sandbox's own user namespace.
const KEPT: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::KILL)
    .union(CapabilitySet::NET_BIND_SERVICE)
    .union(CapabilitySet::SETFCAP)
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETPCAP)
    .union(CapabilitySet::SETUID)
    .union(CapabilitySet::SYS_CHROOT);

/// The capabilities of the kernel this was written for; newer ones are found by trying.
const LAST_POSSIBLE: u32 = 63;

/// Takes all others away, from this process and from all that it becomes or starts.
pub(super) fn drop_bounding() -> io::Result<()> {
    for number in 0..=LAST_POSSIBLE {
        let capability = CapabilitySet::from_bits_retain(1 << number);
        if KEPT.contains(capability) {
            continue;
        }
        match remove_capability_from_bounding_set(capability) {
            Err(io::Errno::INVAL) => return Ok(()),
            other => other?,
        }
    }
    Ok(())
}

/// Gives up all others that this process has. What it needs to set itself up must be done.
pub(super) fn drop_own() -> io::Result<()> {
    clear_ambient_capability_set()?;
    let sets = CapabilitySets {
        effective: KEPT,
        permitted: KEPT,
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, sets)
}
