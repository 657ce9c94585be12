//! System calls that no library at hand wraps. Every `unsafe` of the isolation is here.
#![expect(
    unsafe_code,
    reason = "raw system calls; each block says why it is sound"
)]

use std::{
    ffi::{CStr, c_long},
    io,
    os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd},
    path::Path,
    ptr,
};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
use seccompiler::BpfProgram;

fn check(result: c_long) -> io::Result<c_long> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// Puts a filter on the calling thread. Unlike the library that made it, this does not take away
/// the power of set-user-id programs first.
pub(super) fn install_filter(program: &BpfProgram) -> io::Result<()> {
    let length = program.len().try_into().map_err(io::Error::other)?;
    let program = libc::sock_fprog {
        len: length,
        filter: program.as_ptr().cast_mut().cast(),
    };
    // SAFETY: the pointer is to a filter of the given length, which the kernel copies.
    check(unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            0,
            ptr::from_ref(&program),
        )
    })
    .map(drop)
}

/// Becomes an open program, which no path needs to lead to.
pub(super) fn execute(program: BorrowedFd<'_>, name: &CStr) -> io::Error {
    let (arguments, environment) = ([name.as_ptr(), ptr::null()], [ptr::null::<i8>()]);
    // SAFETY: both lists end with a null pointer, and their strings outlive the call.
    let result = check(unsafe {
        libc::syscall(
            libc::SYS_execveat,
            program.as_raw_fd(),
            c"".as_ptr(),
            arguments.as_ptr(),
            environment.as_ptr(),
            libc::AT_EMPTY_PATH,
        )
    });
    result.expect_err("a successful exec does not return")
}

/// Marks all descriptors from a number on as not to be inherited.
pub(super) fn close_on_exec_from(first: u32) -> io::Result<()> {
    // SAFETY: only flags are set; no descriptor that something owns is closed.
    check(unsafe {
        libc::syscall(
            libc::SYS_close_range,
            first,
            u32::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        )
    })
    .map(drop)
}

/// Starts the loopback interface of this network namespace.
pub(super) fn start_loopback() -> io::Result<()> {
    let (family, kind) = (AddressFamily::Inet, SockType::Datagram);
    let socket = socket(family, kind, SockFlag::SOCK_CLOEXEC, None)?;
    // SAFETY: all-zero bytes are a valid value of this plain structure.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = from.cast_signed();
    }
    let flags = libc::IFF_UP | libc::IFF_RUNNING;
    request.ifr_ifru.ifru_flags = flags.try_into().map_err(io::Error::other)?;
    // SAFETY: the request is what this operation reads.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) };
    check(result.into()).map(drop)
}

/// Mounts a directory a second time, with its files' owners shown through the ids of a user
/// namespace.
pub(crate) fn mount_with_ids(from: &CStr, to: &Path, ids: BorrowedFd<'_>) -> io::Result<()> {
    let tree = open_tree_copy(from)?;
    let ids = ids.as_raw_fd().try_into().map_err(io::Error::other)?;
    set_attributes(tree.as_fd(), libc::MOUNT_ATTR_IDMAP, ids)?;
    let to = std::ffi::CString::new(to.as_os_str().as_encoded_bytes()).map_err(io::Error::other)?;
    // SAFETY: the paths are strings that outlive the call.
    check(unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_FDCWD,
            to.as_ptr(),
            libc::MOVE_MOUNT_F_EMPTY_PATH,
        )
    })
    .map(drop)
}

/// Opens a file through a mount of its own, by which nobody can change it: not its contents, and not
/// what is known of it.
pub(super) fn open_unchangeable(path: &CStr) -> io::Result<OwnedFd> {
    let tree = open_tree_copy(path)?;
    set_attributes(tree.as_fd(), libc::MOUNT_ATTR_RDONLY, 0)?;
    Ok(tree)
}

fn set_attributes(tree: BorrowedFd<'_>, attributes: u64, namespace: u64) -> io::Result<()> {
    let attributes = libc::mount_attr {
        attr_set: attributes,
        attr_clr: 0,
        propagation: 0,
        userns_fd: namespace,
    };
    // SAFETY: the structure is given with its size, and the kernel only reads it.
    check(unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH,
            &raw const attributes,
            size_of_val(&attributes),
        )
    })
    .map(drop)
}

fn open_tree_copy(path: &CStr) -> io::Result<OwnedFd> {
    let flags = libc::OPEN_TREE_CLONE | libc::OPEN_TREE_CLOEXEC;
    // SAFETY: the path is a string that outlives the call.
    let tree =
        check(unsafe { libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), flags) })?;
    let tree = tree.try_into().map_err(io::Error::other)?;
    // SAFETY: the kernel has just made this descriptor for us.
    Ok(unsafe { OwnedFd::from_raw_fd(tree) })
}

/// Splits this single-threaded process in two; the child gets nothing, the parent the child's id.
pub(super) fn fork() -> nix::Result<Option<nix::unistd::Pid>> {
    // SAFETY: the helper has one thread, so no lock can be held by a thread that the child lacks.
    match unsafe { nix::unistd::fork() }? {
        nix::unistd::ForkResult::Parent { child } => Ok(Some(child)),
        nix::unistd::ForkResult::Child => Ok(None),
    }
}

/// Makes a descriptor known under a number that is not in use, or replaces what is there.
pub(super) fn place(descriptor: BorrowedFd<'_>, number: i32) -> io::Result<()> {
    // Through a copy: a descriptor that has this number already would stay closed on exec.
    let copy = descriptor.try_clone_to_owned()?;
    // SAFETY: whatever the number stood for belongs to nobody in the helper.
    check(unsafe { libc::dup2(copy.as_raw_fd(), number) }.into()).map(drop)
}
