//! The programs are run here as the kernel runs them.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use proptest::{collection::vec, prelude::*};

use super::{DROP, Filter, Instruction, PASS, RESOLVER};
use crate::network::{PRIVATE, Reach};

const OWN: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 7);

fn net(text: &str) -> Ipv4Net {
    text.parse().expect("a range")
}

fn reach(allowed: &[&str], denied: &[&str]) -> Reach {
    Reach {
        allowed: allowed.iter().map(|it| net(it)).collect(),
        denied: denied.iter().map(|it| net(it)).collect(),
    }
}

/// What a filter says of a packet; nothing when the program is no good.
fn run(program: &[Instruction], packet: &[u8]) -> Option<u32> {
    let load = |at: u32, length: usize| {
        let at = usize::try_from(at).ok()?;
        let bytes = packet.get(at..at + length)?;
        Some(
            bytes
                .iter()
                .fold(0, |value, byte| value << 8 | u32::from(*byte)),
        )
    };
    let (mut a, mut x, mut at) = (0, 0, 0);
    loop {
        let (code, jt, jf, k) = *program.get(at)?;
        at += 1;
        let skip = |holds: bool| usize::from(if holds { jt } else { jf });
        match u32::from(code) {
            // The codes that the filter is made of, by their numbers in the kernel's headers.
            0x20 => a = load(k, 4)?,
            0x28 => a = load(k, 2)?,
            0x30 => a = load(k, 1)?,
            0x48 => a = load(x + k, 2)?,
            0xb1 => x = (load(k, 1)? & 0xf) * 4,
            0x54 => a &= k,
            0x15 => at += skip(a == k),
            0x45 => at += skip(a & k != 0),
            0x06 => return Some(k),
            _ => return None,
        }
    }
}

fn packet(protocol: u8, to: Ipv4Addr, port: u16, fragment: u16) -> Vec<u8> {
    let mut packet = vec![0; 14 + 20 + 8];
    packet[12..14].copy_from_slice(&0x0800_u16.to_be_bytes());
    packet[14] = 0x45;
    packet[20..22].copy_from_slice(&fragment.to_be_bytes());
    packet[23] = protocol;
    packet[30..34].copy_from_slice(&to.octets());
    packet[36..38].copy_from_slice(&port.to_be_bytes());
    packet
}

fn passes(filter: &Filter, packet: &[u8]) -> bool {
    match run(&filter.0, packet) {
        Some(PASS) => true,
        Some(DROP) => false,
        other => panic!("the program gives {other:?}"),
    }
}

fn lets_out(filter: &Filter, to: &str) -> bool {
    passes(filter, &packet(6, to.parse().expect("an address"), 443, 0))
}

#[test]
fn nothing_private_is_reached_whatever_is_allowed() {
    let open = Filter::of(Some(&reach(&["0.0.0.0/0"], &[])), &[OWN]);
    assert!(lets_out(&open, "203.0.113.1"));
    for address in [
        "10.0.2.2",
        "127.0.0.1",
        "172.31.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.53",
        "224.0.0.1",
        "255.255.255.255",
        "0.0.0.0",
        "198.51.100.7",
    ] {
        assert!(!lets_out(&open, address), "{address}");
    }
}

#[test]
fn allowed_wins_over_denied() {
    let closed = Filter::of(Some(&reach(&["203.0.113.0/28"], &["0.0.0.0/0"])), &[]);
    assert!(lets_out(&closed, "203.0.113.1"));
    assert!(!lets_out(&closed, "203.0.113.17"));
    let holed = Filter::of(Some(&reach(&["203.0.113.1/32"], &["203.0.113.0/24"])), &[]);
    assert!(lets_out(&holed, "203.0.113.1"));
    assert!(!lets_out(&holed, "203.0.113.2"));
    assert!(lets_out(&holed, "8.8.8.8"));
    assert!(!lets_out(&Filter::of(None, &[]), "8.8.8.8"));
}

#[test]
fn of_the_resolver_only_its_port_is_reached() {
    let open = Filter::of(Some(&reach(&[], &[])), &[]);
    assert!(passes(&open, &packet(17, RESOLVER, 53, 0)));
    assert!(!passes(&open, &packet(6, RESOLVER, 53, 0)));
    assert!(!passes(&open, &packet(17, RESOLVER, 54, 0)));
    assert!(!passes(&open, &packet(17, RESOLVER, 53, 1)));
    let closed = Filter::of(Some(&reach(&[], &["0.0.0.0/0"])), &[]);
    assert!(!passes(&closed, &packet(17, RESOLVER, 53, 0)));
}

#[test]
fn only_ipv4_and_its_questions_for_neighbours_pass() {
    let open = Filter::of(Some(&reach(&[], &[])), &[]);
    for (kind, pass) in [(0x0806_u16, true), (0x86dd, false), (0x8100, false)] {
        let mut other = packet(6, Ipv4Addr::new(203, 0, 113, 1), 80, 0);
        other[12..14].copy_from_slice(&kind.to_be_bytes());
        assert_eq!(passes(&open, &other), pass, "{kind:x}");
    }
}

fn ranges() -> impl Strategy<Value = Vec<Ipv4Net>> {
    let range = (any::<u32>(), 0..=32_u8);
    let range = range.prop_map(|(address, prefix)| {
        Ipv4Net::new(address.into(), prefix)
            .expect("a valid prefix")
            .trunc()
    });
    vec(range, 0..20)
}

proptest! {
    #[test]
    fn the_program_says_what_the_rules_say(
        allowed in ranges(),
        denied in ranges(),
        address in any::<u32>(),
    ) {
        let (address, has) = (Ipv4Addr::from(address), |ranges: &[Ipv4Net], it| {
            ranges.iter().any(|range| range.contains(&it))
        });
        let expected = !has(&PRIVATE, address)
            && (has(&allowed, address) || !has(&denied, address));
        let filter = Filter::of(Some(&Reach { allowed, denied }), &[]);
        prop_assert_eq!(passes(&filter, &packet(6, address, 80, 0)), expected);
    }
}
