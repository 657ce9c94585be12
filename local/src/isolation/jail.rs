//! The helper: a process of its own, with one thread, that walks into the sandbox and becomes its
//! agent there. Whatever fails is reported to the runtime, and nothing of the sandbox is left.

use std::{
    ffi::CString,
    fs::File,
    io::{self, Seek as _, SeekFrom, Write as _},
    os::{
        fd::{AsFd as _, FromRawFd as _, OwnedFd},
        unix::net::UnixStream,
    },
};

use nix::{
    sched::{CloneFlags, unshare},
    sys::{
        memfd::{MFdFlags, memfd_create},
        stat::{Mode, umask},
    },
    unistd::{setgid, setgroups, sethostname, setsid, setuid},
};
use rustix::thread::set_no_new_privs;
use sandspan_protocol::agent::LISTENER_FD;

use super::{
    Identity, capabilities, cgroups,
    channel::{self, MAPPED, Order, RECORDED, Report},
    mounts, seccomp, syscalls,
};

/// The host name inside every sandbox.
const HOST_NAME: &str = "sandbox";

/// Where the helper keeps its end of the channel, out of the way of what the agent inherits.
const CHANNEL_FD: i32 = 10;

/// By how much sandboxes are preferred when the machine runs out of memory.
const OUT_OF_MEMORY_SCORE: &str = "500";

/// Runs the helper: reads its order from standard input and does not return on success.
pub fn main() -> io::Result<()> {
    let mut channel = take_channel()?;
    let (order, listener) = channel::receive_order(&mut channel)?;
    let Err(problem) = enter(&mut channel, &order, &listener);
    channel::send(&mut channel, &Report::Failed(problem))
}

#[expect(
    unsafe_code,
    reason = "standard input is a socket that nothing else in here uses"
)]
pub(super) fn take_channel() -> io::Result<UnixStream> {
    syscalls::place(io::stdin().as_fd(), CHANNEL_FD)?;
    // SAFETY: the descriptor was made in the line above.
    Ok(unsafe { UnixStream::from_raw_fd(CHANNEL_FD) })
}

fn enter(
    channel: &mut UnixStream,
    order: &Order,
    listener: &OwnedFd,
) -> Result<std::convert::Infallible, String> {
    // Opened while this process may still walk to it.
    let agent = File::open(&order.agent_program).map_err(|it| no_agent(order, &it))?;
    std::fs::write("/proc/self/oom_score_adj", OUT_OF_MEMORY_SCORE)
        .map_err(failed("oom_score_adj"))?;
    cgroups::join(&order.cgroups).map_err(failed("joining the control groups"))?;
    let namespaces = CloneFlags::CLONE_NEWUSER
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS
        | CloneFlags::CLONE_NEWCGROUP;
    unshare(namespaces).map_err(|problem| namespaces_refused(problem, order.identity))?;
    let agent = guard(agent, order).map_err(|problem| no_agent(order, &problem))?;
    become_root(channel, order.identity)?;
    if let Some(child) = syscalls::fork().map_err(failed("starting PID 1"))? {
        channel::send(channel, &Report::Child(child.as_raw())).map_err(failed("reporting"))?;
        std::process::exit(0);
    }
    prepare(order)?;
    channel::expect(channel, RECORDED).map_err(failed("waiting to be on record"))?;
    become_agent(&agent, order, listener)
}

/// PID 1 shows the program that it runs in /proc. Where root inside is the user outside, it would be
/// root of that file of the host too.
fn guard(agent: File, order: &Order) -> io::Result<OwnedFd> {
    match order.identity {
        Identity::Range { .. } => Ok(agent.into()),
        Identity::Subordinate { .. } | Identity::Single { .. } => {
            let path = CString::new(order.agent_program.as_str())?;
            syscalls::open_unchangeable(&path)
        }
    }
}

fn no_agent(order: &Order, problem: &io::Error) -> String {
    format!("the agent {}: {problem}", order.agent_program)
}

fn become_root(channel: &mut UnixStream, identity: Identity) -> Result<(), String> {
    channel::send(channel, &Report::Unshared).map_err(failed("reporting"))?;
    channel::expect(channel, MAPPED).map_err(failed("waiting for ids"))?;
    if let Identity::Range { .. } = identity {
        setgroups(&[]).map_err(failed("setgroups"))?;
    }
    setgid(0.into()).map_err(failed("setgid"))?;
    setuid(0.into()).map_err(failed("setuid"))
}

/// All that needs the powers that root inside will not keep.
fn prepare(order: &Order) -> Result<(), String> {
    setsid().map_err(failed("setsid"))?;
    umask(Mode::from_bits_truncate(0o022));
    mounts::enter_root(order)?;
    sethostname(HOST_NAME).map_err(failed("sethostname"))?;
    syscalls::start_loopback().map_err(failed("the loopback interface"))?;
    order.limits.apply().map_err(failed("resource limits"))?;
    if !order.identity.has_users() {
        // There is nobody to become, so no program needs to.
        set_no_new_privs(true).map_err(failed("no_new_privs"))?;
    }
    capabilities::drop_bounding().map_err(failed("capabilities"))?;
    seccomp::apply()?;
    capabilities::drop_own().map_err(failed("capabilities"))
}

fn become_agent(
    agent: &OwnedFd,
    order: &Order,
    listener: &OwnedFd,
) -> Result<std::convert::Infallible, String> {
    let descriptors = failed("the agent's descriptors");
    let config = config_file(order).map_err(&descriptors)?;
    syscalls::place(config.as_fd(), 0).map_err(&descriptors)?;
    syscalls::place(listener.as_fd(), LISTENER_FD).map_err(&descriptors)?;
    syscalls::close_on_exec_from(LISTENER_FD.unsigned_abs() + 1).map_err(&descriptors)?;
    let name = CString::new("sandspan-agent").expect("there is no NUL in it");
    Err(failed("starting the agent")(syscalls::execute(
        agent.as_fd(),
        &name,
    )))
}

fn config_file(order: &Order) -> io::Result<File> {
    let mut file = File::from(memfd_create("config", MFdFlags::MFD_CLOEXEC)?);
    file.write_all(&serde_json::to_vec(&order.agent)?)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

fn failed<Problem: std::fmt::Display>(what: &str) -> impl Fn(Problem) -> String {
    move |problem| format!("{what}: {problem}")
}

fn namespaces_refused(problem: nix::Error, identity: Identity) -> String {
    let advice = match problem {
        nix::Error::EPERM if matches!(identity, Identity::Range { .. }) => {
            "the container that this runs in forbids user namespaces: start it with \
             --security-opt seccomp=unconfined, or with --privileged"
        }
        nix::Error::EPERM => {
            "user namespaces are switched off for ordinary users: \
             `sysctl kernel.unprivileged_userns_clone=1`, on Ubuntu also \
             `sysctl kernel.apparmor_restrict_unprivileged_userns=0`; inside a container start it \
             with --security-opt seccomp=unconfined"
        }
        nix::Error::ENOSPC => {
            "there are too many user namespaces: raise `sysctl user.max_user_namespaces`"
        }
        nix::Error::EINVAL => "this kernel is built without some of the namespaces",
        _ => "see `man 2 unshare`",
    };
    format!("the kernel refuses new namespaces ({problem}): {advice}")
}
