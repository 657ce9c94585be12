//! System calls about interfaces that no library at hand wraps.
#![expect(
    unsafe_code,
    reason = "raw system calls; each block says why it is sound"
)]

use std::{
    io,
    net::Ipv4Addr,
    os::fd::{AsRawFd as _, BorrowedFd, OwnedFd},
};

use ipnet::Ipv4Net;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};

use super::filter::Filter;

/// IPv4, as addresses have it.
#[expect(clippy::cast_possible_truncation, reason = "the number is 2")]
const FAMILY: libc::sa_family_t = libc::AF_INET as libc::sa_family_t;

/// A socket to make requests about interfaces on.
pub(super) fn open_socket() -> io::Result<OwnedFd> {
    let (family, kind) = (AddressFamily::Inet, SockType::Datagram);
    Ok(socket(family, kind, SockFlag::SOCK_CLOEXEC, None)?)
}

/// A change of an interface.
#[derive(Debug, Clone, Copy)]
pub(super) enum Request {
    Mtu(i32),
    Address(Ipv4Addr),
    Mask(Ipv4Addr),
    Start,
}

impl Request {
    /// Makes the request for an interface of this process's network.
    pub(super) fn make(self, socket: &OwnedFd, interface: &str) -> io::Result<()> {
        // SAFETY: all-zero bytes are a valid value of this plain structure.
        let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
        for (to, from) in request.ifr_name.iter_mut().zip(interface.bytes()) {
            *to = from.cast_signed();
        }
        let number = match self {
            Self::Mtu(bytes) => {
                request.ifr_ifru.ifru_mtu = bytes;
                libc::SIOCSIFMTU
            }
            Self::Address(address) => {
                request.ifr_ifru.ifru_addr = socket_address(address);
                libc::SIOCSIFADDR
            }
            Self::Mask(mask) => {
                request.ifr_ifru.ifru_netmask = socket_address(mask);
                libc::SIOCSIFNETMASK
            }
            Self::Start => {
                let flags = libc::IFF_UP | libc::IFF_RUNNING;
                request.ifr_ifru.ifru_flags = flags.try_into().map_err(io::Error::other)?;
                libc::SIOCSIFFLAGS
            }
        };
        // SAFETY: each of these operations reads such a request.
        check(unsafe { libc::ioctl(socket.as_raw_fd(), number, &raw const request) })
    }
}

/// Where packets to a range of addresses go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Route {
    /// To a gateway.
    Through(Ipv4Addr),
    /// Nowhere, and who sent them is told.
    Unreachable,
}

impl Route {
    /// Adds the route to this process's network.
    pub(super) fn add(self, socket: &OwnedFd, range: Ipv4Net) -> io::Result<()> {
        // SAFETY: all-zero bytes are a valid value of this plain structure.
        let mut route: libc::rtentry = unsafe { std::mem::zeroed() };
        route.rt_dst = socket_address(range.network());
        route.rt_genmask = socket_address(range.netmask());
        route.rt_gateway = socket_address(Ipv4Addr::UNSPECIFIED);
        route.rt_flags = libc::RTF_UP;
        match self {
            Self::Through(gateway) => {
                route.rt_gateway = socket_address(gateway);
                route.rt_flags |= libc::RTF_GATEWAY;
            }
            Self::Unreachable => route.rt_flags |= libc::RTF_REJECT,
        }
        // SAFETY: this operation reads such a request.
        check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCADDRT, &raw const route) })
    }
}

/// Filters what leaves through the interface that a descriptor stands for, in place of any filter
/// that was there.
pub(super) fn attach(filter: &Filter, interface: BorrowedFd<'_>) -> io::Result<()> {
    mod request {
        nix::ioctl_write_ptr!(attach_filter, b'T', 213, libc::sock_fprog);
    }
    let mut instructions = filter.instructions();
    let program = libc::sock_fprog {
        len: instructions.len().try_into().map_err(io::Error::other)?,
        filter: instructions.as_mut_ptr(),
    };
    // SAFETY: the pointer is to as many instructions as it is said to be, which the kernel copies.
    unsafe { request::attach_filter(interface.as_raw_fd(), &raw const program) }?;
    Ok(())
}

fn socket_address(address: Ipv4Addr) -> libc::sockaddr {
    let [a, b, c, d] = address.octets().map(u8::cast_signed);
    // Port 0 and then the address, as the structure for IPv4 has them.
    let mut data = [0; 14];
    data[2..6].copy_from_slice(&[a, b, c, d]);
    libc::sockaddr {
        sa_family: FAMILY,
        sa_data: data,
    }
}

fn check(result: i32) -> io::Result<()> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
