//! The rules one by one.

use super::*;
use proptest::prelude::*;

fn network(allow: &[&str], deny: &[&str]) -> Network {
    let list = |items: &[&str]| {
        (!items.is_empty()).then(|| items.iter().map(|it| (*it).to_owned()).collect())
    };
    Network {
        allow_out: list(allow),
        deny_out: list(deny),
        ..Network::default()
    }
}

fn reach(internet: Option<bool>, allow: &[&str], deny: &[&str]) -> Option<Reach> {
    let egress = Egress::read(internet, Some(&network(allow, deny)));
    egress.expect("valid rules").reach()
}

#[test]
fn the_internet_is_there_for_who_asks_for_it() {
    assert_eq!(reach(None, &[], &[]), None);
    assert_eq!(reach(Some(false), &[], &[]), None);
    assert_eq!(reach(None, &[], &["203.0.113.1"]), None);
    let open = reach(Some(true), &[], &["203.0.113.1"]).expect("connected");
    assert!(!open.is_closed());
    assert!(
        !reach(None, &["203.0.113.0/24"], &[])
            .expect("connected")
            .is_closed()
    );
    let closed = reach(Some(false), &["203.0.113.0/24"], &[]).expect("connected");
    assert!(closed.is_closed());
}

#[test]
fn an_update_replaces_all_rules_and_keeps_the_wish() {
    let asked = Egress::read(Some(true), None).expect("valid");
    let update = NetworkUpdate {
        deny_out: Some(vec!["203.0.113.1".to_owned()]),
        ..NetworkUpdate::default()
    };
    let replaced = asked.replaced_by(update).expect("valid");
    assert_eq!(replaced.allow_internet_access, None);
    assert_eq!(replaced.reach().expect("connected").denied.len(), 1);
    let cleared = replaced.replaced_by(NetworkUpdate::default());
    assert!(
        cleared
            .expect("valid")
            .reach()
            .expect("connected")
            .denied
            .is_empty()
    );
}

#[test]
fn what_cannot_be_followed_is_refused() {
    for (allow, deny, part) in [
        (&["example.com"][..], &[][..], "host name \"example.com\""),
        (&["*.example.com"], &[ALL_TRAFFIC], "host name"),
        (&["2001:db8::/32"], &[], "IPv6"),
        (&["10.1.2.3"], &[], "lies in 10.0.0.0/8"),
        (&["169.254.169.254"], &[], "private"),
        (&[], &["example.com"], "invalid denied CIDR example.com"),
        (&[], &["203.0.113.0/33"], "invalid denied CIDR"),
    ] {
        let problem = Egress::read(Some(true), Some(&network(allow, deny)));
        let problem = problem.expect_err("refused").to_string();
        assert!(problem.contains(part), "{problem}");
    }
    let mut rules = network(&[], &[]);
    rules
        .others
        .insert("dnsServers".to_owned(), serde_json::json!(["192.0.2.1"]));
    let problem = Egress::read(None, Some(&rules)).expect_err("refused");
    assert!(
        problem
            .to_string()
            .starts_with("network.dnsServers is not supported")
    );
}

proptest! {
    #[test]
    fn no_rule_is_a_surprise(text in any::<String>()) {
        let allow = Egress::read(None, Some(&network(&[&text], &[])));
        let deny = Egress::read(None, Some(&network(&[], &[&text])));
        prop_assert!(allow.is_err() || parse(&text).is_some());
        prop_assert!(deny.is_err() || parse(&text).is_some());
    }
}
