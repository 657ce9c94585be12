//! The process that goes into a sandbox's network to connect it: it starts pasta, puts the filter
//! between the two, and then watches, so that pasta ends with the sandbox.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Read as _},
    os::{
        fd::{AsFd as _, AsRawFd as _, OwnedFd},
        unix::net::UnixStream,
    },
    path::Path,
    process::{Child, Command, Stdio},
};

use nix::{
    mount::{MsFlags, mount},
    poll::{PollFd, PollFlags, PollTimeout},
    sched::{CloneFlags, setns},
    unistd::{setgid, setgroups, setsid, setuid},
};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

use super::{Order, PATIENCE, Report, Task, device, filter::Filter, link, patience, syscalls};
use crate::isolation::{
    Identity, ProcessIdentity, channel, jail, process, syscalls::close_on_exec_from,
};

/// The only folder that this process changes in its own view of the file system.
const FOLDER: &str = "/tmp";

/// The sandbox's network as a file, which is how pasta is told of it.
const NETWORK: &str = "/tmp/network";

type Step<Value = ()> = Result<Value, String>;

/// Runs the process: reads its order from standard input, a socket, and answers there.
///
/// # Errors
///
/// The runtime that gave the order has gone.
pub fn main() -> io::Result<()> {
    // A Ctrl-C is for the runtime, not for what connects sandboxes that live on.
    setsid()?;
    let mut channel = jail::take_channel()?;
    // Nothing of this process is for the program that it starts.
    close_on_exec_from(3)?;
    let Some(order) = channel::receive::<Order>(&mut channel)? else {
        return Ok(());
    };
    match &order.task {
        Task::Connect(program) => match connect(&order, program) {
            Ok((sandbox, gateway)) => watch(channel, &sandbox, gateway),
            Err(problem) => channel::send(&mut channel, &Report::Failed(problem)),
        },
        Task::Change(gateway) => {
            let report = match change(&order, *gateway) {
                Ok(()) => Report::Done(gateway.pid),
                Err(problem) => Report::Failed(problem),
            };
            channel::send(&mut channel, &report)
        }
    }
}

/// Connects the sandbox. Gives a handle to its first process, and pasta.
fn connect(order: &Order, program: &Path) -> Step<(OwnedFd, Child)> {
    let (sandbox, network) = enter(order)?;
    show(&network).map_err(failed("the sandbox's network"))?;
    let mut gateway = start(program)?;
    let connected = put_between(&order.filter, gateway.id())
        .and_then(|()| setns(&network, CloneFlags::CLONE_NEWNET).map_err(failed("the network")))
        .and_then(|()| link::configure().map_err(failed("the interface")));
    match connected {
        Ok(()) => Ok((sandbox, gateway)),
        Err(problem) => {
            end(&mut gateway);
            Err(problem)
        }
    }
}

/// Replaces the filter.
fn change(order: &Order, gateway: ProcessIdentity) -> Step {
    enter(order)?;
    if process::start_time(gateway.pid) != Some(gateway.started) {
        return Err("what connected the sandbox has ended".to_owned());
    }
    put_between(&order.filter, gateway.pid.unsigned_abs())
}

/// Becomes root of the sandbox's users, but goes nowhere. Gives a handle to its first process, and
/// its network.
fn enter(order: &Order) -> Step<(OwnedFd, File)> {
    let pid = order.sandbox.pid;
    let open = |name| {
        let file = format!("/proc/{pid}/ns/{name}");
        File::open(&file).map_err(failed(&file))
    };
    let (users, network) = (open("user")?, open("net")?);
    let sandbox = handle(pid.unsigned_abs()).map_err(failed("the sandbox"))?;
    // Only now is it certain that the number did not pass to another process meanwhile.
    if process::start_time(pid) != Some(order.sandbox.started) {
        return Err("the sandbox has ended".to_owned());
    }
    if matches!(order.task, Task::Connect(_)) {
        device::make_available(order.identity)?;
    }
    setns(users, CloneFlags::CLONE_NEWUSER).map_err(failed("the sandbox's users"))?;
    if let Identity::Range { .. } = order.identity {
        setgroups(&[]).map_err(failed("setgroups"))?;
    }
    setgid(0.into()).map_err(failed("setgid"))?;
    setuid(0.into()).map_err(failed("setuid"))?;
    Ok((sandbox, network))
}

/// Shows the network as a file, in a view of the file system that pasta shares and nobody else: it
/// may not look at the sandbox's processes, and would close a descriptor that it inherits.
fn show(network: &File) -> io::Result<()> {
    const NOTHING: Option<&str> = None;
    device::keep_mounts_to_oneself()?;
    mount(
        Some("tmpfs"),
        FOLDER,
        Some("tmpfs"),
        MsFlags::empty(),
        Some("mode=755,size=4k"),
    )?;
    File::create(NETWORK)?;
    let open = format!("/proc/self/fd/{}", network.as_raw_fd());
    Ok(mount(
        Some(open.as_str()),
        NETWORK,
        NOTHING,
        MsFlags::MS_BIND,
        NOTHING,
    )?)
}

/// Starts pasta and waits until there is an interface, which is not started yet.
fn start(program: &Path) -> Step<Child> {
    let prefix = link::PREFIX.to_string();
    let (address, gateway, resolver) = (
        link::ADDRESS.to_string(),
        link::GATEWAY.to_string(),
        link::RESOLVER.to_string(),
    );
    let mut child = Command::new(program)
        .args(["--foreground", "--quiet", "--ipv4-only"])
        .args(["--netns-only", "--netns", NETWORK, "--no-netns-quit"])
        .args([
            "--ns-ifname",
            link::NAME,
            "--address",
            &address,
            "--netmask",
            &prefix,
        ])
        .args(["--gateway", &gateway, "--dns-forward", &resolver])
        // Nothing of this machine's own, and no way in.
        .args([
            "--no-map-gw",
            "-t",
            "none",
            "-u",
            "none",
            "-T",
            "none",
            "-U",
            "none",
        ])
        // It writes its number when it is ready.
        .args(["--pid", "/dev/stdout"])
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed(&program.display().to_string()))?;
    let is_in_time = child.stdout.as_ref().is_some_and(|output| {
        let mut readable = [PollFd::new(output.as_fd(), PollFlags::POLLIN)];
        process::poll(&mut readable, patience())
    });
    if !is_in_time {
        end(&mut child);
        return Err(format!("pasta does not start within {PATIENCE} s"));
    }
    let mut ready = String::new();
    let told = child
        .stdout
        .take()
        .map(|output| BufReader::new(output).read_line(&mut ready));
    if matches!(told, Some(Ok(1..))) {
        // Nobody would read what it says from now on.
        child.stderr = None;
        return Ok(child);
    }
    end(&mut child);
    let mut reason = String::new();
    if let Some(mut output) = child.stderr.take() {
        // What can be read is better than nothing.
        let _ = output.read_to_string(&mut reason);
    }
    let said = reason.lines().filter(|line| !line.contains("syslog"));
    let said: Vec<_> = said.map(str::trim).collect();
    Err(format!("pasta does not start: {}", said.join("; ")))
}

/// Puts the filter on the interface of which pasta is the other end.
fn put_between(filter: &Filter, gateway: u32) -> Step {
    let attach = || {
        let number = interface(gateway)?;
        let interface = pidfd_getfd(handle(gateway)?, number, PidfdGetfdFlags::empty())?;
        syscalls::attach(filter, interface.as_fd())
    };
    attach().map_err(failed("the packet filter"))
}

/// Which of pasta's descriptors is the interface.
fn interface(gateway: u32) -> io::Result<i32> {
    for entry in fs::read_dir(format!("/proc/{gateway}/fd"))? {
        let entry = entry?;
        let target = fs::read_link(entry.path()).unwrap_or_default();
        let name = entry.file_name();
        if target.ends_with("net/tun")
            && let Some(number) = name.to_str().and_then(|name| name.parse().ok())
        {
            return Ok(number);
        }
    }
    Err(io::Error::other("pasta has no interface"))
}

/// Says that it is done, and waits until either the sandbox or pasta ends.
fn watch(mut channel: UnixStream, sandbox: &OwnedFd, mut gateway: Child) -> io::Result<()> {
    let ended = handle(gateway.id()).and_then(|handle| {
        let number = gateway.id().try_into().map_err(io::Error::other)?;
        channel::send(&mut channel, &Report::Done(number))?;
        drop(channel);
        let mut ended = [sandbox, &handle].map(|it| PollFd::new(it.as_fd(), PollFlags::POLLIN));
        process::poll(&mut ended, PollTimeout::NONE);
        Ok(())
    });
    end(&mut gateway);
    ended
}

fn handle(pid: u32) -> io::Result<OwnedFd> {
    let pid = pid.try_into().ok().and_then(Pid::from_raw);
    let pid = pid.ok_or(io::ErrorKind::NotFound)?;
    Ok(pidfd_open(pid, PidfdFlags::empty())?)
}

fn end(child: &mut Child) {
    // The only failure is that it has ended.
    let _ = child.kill();
    let _ = child.wait();
}

fn failed<Problem: std::fmt::Display>(what: &str) -> impl Fn(Problem) -> String {
    move |problem| format!("{what}: {problem}")
}
