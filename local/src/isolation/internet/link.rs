//! The sandbox's interface to the outside: its address, its route and its resolver.

use std::{io, net::Ipv4Addr};

use ipnet::Ipv4Net;

use super::syscalls::{Request, Route, open_socket};
use crate::network::PRIVATE;

/// The interface's name inside.
pub(super) const NAME: &str = "eth0";

/// The sandbox's own address. It means nothing outside, and is the same in every sandbox.
pub(super) const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 15);

/// How many bits of it name the network.
pub(super) const PREFIX: u8 = 24;

/// Where all packets go.
pub(super) const GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 2);

/// The address that questions about names go to, for this machine's resolver. It is of a range that
/// nobody's addresses are in.
pub(crate) const RESOLVER: Ipv4Addr = Ipv4Addr::new(192, 0, 0, 53);

/// Every address.
const ALL: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::UNSPECIFIED, 0);

/// The largest packet: there is no wire that would ask for small ones.
const MTU: i32 = 65520;

/// Gives the interface of this process's network what it needs, and starts it.
pub(super) fn configure() -> io::Result<()> {
    let socket = open_socket()?;
    let mask = Ipv4Addr::from(u32::MAX << (32 - u32::from(PREFIX)));
    for request in [
        Request::Mtu(MTU),
        Request::Address(ADDRESS),
        Request::Mask(mask),
        Request::Start,
    ] {
        request.make(&socket, NAME)?;
    }
    Route::Through(GATEWAY).add(&socket, ALL)?;
    // What the filter drops in silence is told at once to programs that do nothing unusual.
    let refused = PRIVATE.iter().filter(|range| !range.contains(&RESOLVER));
    for range in refused {
        match Route::Unreachable.add(&socket, *range) {
            // It stays when an interface goes: this is not the first connection.
            Err(problem) if problem.kind() == io::ErrorKind::AlreadyExists => {}
            added => added?,
        }
    }
    Ok(())
}
