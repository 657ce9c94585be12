//! Which system calls a sandbox cannot make.
//!
//! The filter is a second wall behind namespaces and capabilities: it takes away what model-written
//! code never needs and kernels have had most of their holes in.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use super::syscalls::install_filter;

/// Calls that are refused whatever their arguments.
const REFUSED: &[c_long] = &[
    // Mounting, also through the newer interfaces.
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_pivot_root,
    libc::SYS_umount2,
    // Joining other namespaces, and files by handles that ignore paths.
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_setns,
    // Keys are not kept apart by namespaces.
    libc::SYS_add_key,
    libc::SYS_keyctl,
    libc::SYS_request_key,
    // Large kernel interfaces with many holes in their past.
    libc::SYS_bpf,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    // The machine itself.
    libc::SYS_acct,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    libc::SYS_clock_settime,
    libc::SYS_delete_module,
    libc::SYS_finit_module,
    libc::SYS_init_module,
    libc::SYS_kexec_file_load,
    libc::SYS_kexec_load,
    libc::SYS_quotactl,
    libc::SYS_reboot,
    libc::SYS_settimeofday,
    libc::SYS_swapoff,
    libc::SYS_swapon,
    libc::SYS_syslog,
    libc::SYS_vhangup,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ioperm,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_modify_ldt,
];

/// New namespaces would give their maker all capabilities inside them.
const NAMESPACES: [i32; 8] = [
    libc::CLONE_NEWCGROUP,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWNET,
    libc::CLONE_NEWNS,
    libc::CLONE_NEWPID,
    // CLONE_NEWTIME, which the C library's headers lack.
    0x80,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWUTS,
];

/// Of the other families some reach the machine's host (vsock) or have a poor record.
const SOCKET_FAMILIES: [i32; 4] = [
    libc::AF_UNIX,
    libc::AF_INET,
    libc::AF_INET6,
    libc::AF_NETLINK,
];

/// Requests that put characters into a terminal's input.
const TERMINAL_REQUESTS: [u64; 2] = [0x5412, 0x541c];

/// Where the system calls of the x32 interface begin, by which the numbers above would be evaded.
#[cfg(target_arch = "x86_64")]
const X32_BIT: u32 = 0x4000_0000;

/// Filters the calls of this process and of all that come from it, for good.
///
/// The process must still be allowed to administer its user namespace, unless it has given up
/// gaining privileges.
pub(super) fn apply() -> Result<(), String> {
    let problem = |problem: &dyn std::fmt::Display| format!("the system call filter: {problem}");
    let refusals = program(refusals().map_err(|it| problem(&it))?, libc::EPERM);
    let refusals = refusals.map_err(|it| problem(&it))?;
    // Its flags are behind a pointer, where no filter can see them; the C library falls back to the
    // older call when it seems not to be there.
    let missing = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    let missing = program(missing, libc::ENOSYS).map_err(|it| problem(&it))?;
    install_filter(&missing).map_err(|it| problem(&it))?;
    install_filter(&with_prologue(refusals)).map_err(|it| problem(&it))
}

type Rules = BTreeMap<c_long, Vec<SeccompRule>>;

fn program(rules: Rules, error: i32) -> seccompiler::Result<BpfProgram> {
    let refuse = SeccompAction::Errno(error.unsigned_abs());
    let architecture = std::env::consts::ARCH.try_into()?;
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, architecture)?;
    Ok(filter.try_into()?)
}

fn refusals() -> seccompiler::Result<Rules> {
    let mut rules: Rules = REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    let new_namespace = NAMESPACES.iter().map(|flag| {
        let flag = u64::from(flag.unsigned_abs());
        Ok(SeccompRule::new(vec![condition(
            0,
            SeccompCmpOp::MaskedEq(flag),
            flag,
        )?])?)
    });
    let new_namespace: seccompiler::Result<Vec<_>> = new_namespace.collect();
    let new_namespace = new_namespace?;
    rules.insert(libc::SYS_clone, new_namespace.clone());
    rules.insert(libc::SYS_unshare, new_namespace);
    let family = SOCKET_FAMILIES
        .iter()
        .map(|family| condition(0, SeccompCmpOp::Ne, u64::from(family.unsigned_abs())));
    let family: seccompiler::Result<Vec<_>> = family.collect();
    rules.insert(libc::SYS_socket, vec![SeccompRule::new(family?)?]);
    let terminal = TERMINAL_REQUESTS.map(|request| {
        Ok(SeccompRule::new(vec![condition(
            1,
            SeccompCmpOp::Eq,
            request,
        )?])?)
    });
    let terminal: seccompiler::Result<Vec<_>> = terminal.into_iter().collect();
    rules.insert(libc::SYS_ioctl, terminal?);
    Ok(rules)
}

fn condition(
    argument: u8,
    operator: SeccompCmpOp,
    value: u64,
) -> seccompiler::Result<SeccompCondition> {
    Ok(SeccompCondition::new(
        argument,
        SeccompCmpArgLen::Dword,
        operator,
        value,
    )?)
}

/// Puts a refusal of the x32 interface before a program.
#[cfg(target_arch = "x86_64")]
fn with_prologue(program: BpfProgram) -> BpfProgram {
    use libc::{BPF_ABS, BPF_JGE, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, SECCOMP_RET_ERRNO};
    let code = |parts: &[u32]| {
        u16::try_from(parts.iter().fold(0, |all, part| all | part)).expect("codes have 16 bits")
    };
    let enosys = libc::ENOSYS.unsigned_abs();
    let instruction = |code, jt, jf, k| seccompiler::sock_filter { code, jt, jf, k };
    let mut whole = vec![
        // The number of the call is the first field of what a filter sees.
        instruction(code(&[BPF_LD, BPF_W, BPF_ABS]), 0, 0, 0),
        instruction(code(&[BPF_JMP, BPF_JGE, BPF_K]), 0, 1, X32_BIT),
        instruction(code(&[BPF_RET, BPF_K]), 0, 0, SECCOMP_RET_ERRNO | enosys),
    ];
    whole.extend(program);
    whole
}

#[cfg(not(target_arch = "x86_64"))]
fn with_prologue(program: BpfProgram) -> BpfProgram {
    program
}

#[cfg(test)]
mod tests {
    use super::{program, refusals, with_prologue};

    #[test]
    fn the_filter_compiles_and_fits() {
        let program = program(refusals().expect("valid rules"), libc::EPERM).expect("compiles");
        assert!(with_prologue(program).len() < usize::from(u16::MAX));
    }
}
