//! Which packets leave a sandbox, as a program for the kernel's packet filter.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::link::RESOLVER;
use crate::network::{PRIVATE, Reach};

/// Where things lie in a packet with its Ethernet header.
mod offset {
    pub(super) const ETHERNET: u32 = 14;
    pub(super) const PROTOCOL: u32 = 12;
    pub(super) const FRAGMENT: u32 = ETHERNET + 6;
    pub(super) const TRANSPORT: u32 = ETHERNET + 9;
    pub(super) const DESTINATION: u32 = ETHERNET + 16;
    /// Behind the header of the network layer.
    pub(super) const DESTINATION_PORT: u32 = ETHERNET + 2;
}

const IPV4: u32 = 0x0800;
const ARP: u32 = 0x0806;
const UDP: u32 = 17;
const DOMAIN_PORT: u32 = 53;

/// All of a packet is kept.
const PASS: u32 = u32::MAX;

/// Nothing of a packet is kept.
const DROP: u32 = 0;

/// One instruction: what to do, how many to skip if a comparison holds and if not, and a constant.
type Instruction = (u16, u8, u8, u32);

/// Which packets leave a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Filter(Vec<Instruction>);

impl Filter {
    /// Lets out what goes where a sandbox may reach: never to this machine's own addresses or to
    /// private ones, nor anything but IPv4; then what is allowed, then what is not denied.
    pub(super) fn of(reach: Option<&Reach>, own: &[Ipv4Addr]) -> Self {
        let mut filter = Self(Vec::new());
        filter.load_half(offset::PROTOCOL);
        filter.decide(ARP, PASS);
        filter.decide_unless(IPV4, DROP);
        let Some(reach) = reach else {
            filter.give(DROP);
            return filter;
        };
        // Questions about names are a way out too.
        if !reach.is_closed() {
            filter.pass_questions();
        }
        let own = own.iter().copied().map(Ipv4Net::from);
        for range in PRIVATE.into_iter().chain(own) {
            filter.decide_range(range, DROP);
        }
        for range in &reach.allowed {
            filter.decide_range(*range, PASS);
        }
        for range in &reach.denied {
            filter.decide_range(*range, DROP);
        }
        filter.give(PASS);
        filter
    }

    /// The program as the kernel takes it.
    pub(super) fn instructions(&self) -> Vec<libc::sock_filter> {
        let instructions = self.0.iter();
        let instructions =
            instructions.map(|&(code, jt, jf, k)| libc::sock_filter { code, jt, jf, k });
        instructions.collect()
    }

    /// Whole datagrams to the resolver's port pass. Any other packet to it would be passed on to
    /// whoever has its address outside.
    fn pass_questions(&mut self) {
        const SKIP_ALL: u8 = 8;
        self.load_word(offset::DESTINATION);
        self.compare(u32::from(RESOLVER), 0, SKIP_ALL);
        self.load_half(offset::FRAGMENT);
        self.push(
            libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K,
            (SKIP_ALL - 2, 0),
            0x3fff,
        );
        self.push(
            libc::BPF_LD | libc::BPF_B | libc::BPF_ABS,
            (0, 0),
            offset::TRANSPORT,
        );
        self.compare(UDP, 0, SKIP_ALL - 4);
        // How long the header is, into the index.
        self.push(
            libc::BPF_LDX | libc::BPF_B | libc::BPF_MSH,
            (0, 0),
            offset::ETHERNET,
        );
        self.push(
            libc::BPF_LD | libc::BPF_H | libc::BPF_IND,
            (0, 0),
            offset::DESTINATION_PORT,
        );
        self.decide(DOMAIN_PORT, PASS);
    }

    fn decide_range(&mut self, range: Ipv4Net, verdict: u32) {
        self.load_word(offset::DESTINATION);
        let mask = u32::from(range.netmask());
        self.push(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, (0, 0), mask);
        self.decide(u32::from(range.network()), verdict);
    }

    fn decide(&mut self, value: u32, verdict: u32) {
        self.compare(value, 0, 1);
        self.give(verdict);
    }

    fn decide_unless(&mut self, value: u32, verdict: u32) {
        self.compare(value, 1, 0);
        self.give(verdict);
    }

    fn compare(&mut self, value: u32, skip_if_equal: u8, skip_if_not: u8) {
        let skips = (skip_if_equal, skip_if_not);
        self.push(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, skips, value);
    }

    fn load_word(&mut self, offset: u32) {
        self.push(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, (0, 0), offset);
    }

    fn load_half(&mut self, offset: u32) {
        self.push(libc::BPF_LD | libc::BPF_H | libc::BPF_ABS, (0, 0), offset);
    }

    fn give(&mut self, verdict: u32) {
        self.push(libc::BPF_RET | libc::BPF_K, (0, 0), verdict);
    }

    fn push(&mut self, code: u32, (if_true, if_false): (u8, u8), constant: u32) {
        let code = u16::try_from(code).expect("codes have 16 bits");
        self.0.push((code, if_true, if_false, constant));
    }
}

#[cfg(test)]
mod tests;
