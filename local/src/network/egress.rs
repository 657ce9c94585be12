//! What a sandbox may reach by itself.

use ipnet::{IpNet, Ipv4Net};
use sandspan_protocol::network::{ALL_TRAFFIC, Network, NetworkUpdate};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr};

use super::InvalidNetwork;

/// How many addresses and ranges a sandbox's rules may name: the kernel's filter is bounded.
const RULE_LIMIT: usize = 500;

/// What no sandbox reaches, whatever its rules say: this machine, its networks and those behind them.
pub(crate) const PRIVATE: [Ipv4Net; 12] = [
    range([0, 0, 0, 0], 8),
    range([10, 0, 0, 0], 8),
    range([100, 64, 0, 0], 10),
    range([127, 0, 0, 0], 8),
    range([169, 254, 0, 0], 16),
    range([172, 16, 0, 0], 12),
    range([192, 0, 0, 0], 24),
    range([192, 88, 99, 0], 24),
    range([192, 168, 0, 0], 16),
    range([198, 18, 0, 0], 15),
    range([224, 0, 0, 0], 4),
    range([240, 0, 0, 0], 4),
];

const fn range([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

/// Rules for a sandbox's own way out. They may be replaced while it lives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Egress {
    /// As it was given.
    pub(crate) allow_internet_access: Option<bool>,
    /// As it was given.
    allow_out: Option<Vec<String>>,
    /// As it was given.
    deny_out: Option<Vec<String>>,
    /// Whether it may reach the internet where `allow_internet_access` is not given.
    default: bool,
}

/// What a sandbox reaches: what is allowed, and of the rest what is not denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) allowed: Vec<Ipv4Net>,
    pub(crate) denied: Vec<Ipv4Net>,
}

impl Reach {
    /// Whether everything is denied that is not allowed by its address.
    pub(crate) fn is_closed(&self) -> bool {
        self.denied.iter().any(|range| range.prefix_len() == 0)
    }
}

impl Egress {
    /// Reads the rules of a creation.
    ///
    /// Without a word about the internet a sandbox has none: a connection takes its own process with
    /// some 20 MB, which most sandboxes would never use.
    pub(crate) fn read(
        allow_internet_access: Option<bool>,
        network: Option<&Network>,
    ) -> Result<Self, InvalidNetwork> {
        if let Some(network) = network {
            refuse_others(network.others.iter())?;
        }
        let read = Self {
            allow_internet_access,
            allow_out: network.and_then(|network| network.allow_out.clone()),
            deny_out: network.and_then(|network| network.deny_out.clone()),
            default: false,
        };
        let reach = read.rules()?;
        let default = allow_internet_access.unwrap_or(!reach.allowed.is_empty());
        Ok(Self { default, ..read })
    }

    /// Reads rules that replace these.
    pub(crate) fn replaced_by(&self, update: NetworkUpdate) -> Result<Self, InvalidNetwork> {
        refuse_others(update.others.iter())?;
        let replaced = Self {
            allow_internet_access: update.allow_internet_access,
            allow_out: update.allow_out,
            deny_out: update.deny_out,
            default: self.default,
        };
        replaced.rules().map(|_| replaced)
    }

    /// Takes back the wish for the internet, where it was only what its client always says.
    pub(crate) fn without_internet(self) -> Self {
        Self {
            default: false,
            allow_internet_access: None,
            ..self
        }
    }

    /// The rules as they were given.
    pub(crate) fn describe(&self, network: &mut Network) {
        network.allow_out.clone_from(&self.allow_out);
        network.deny_out.clone_from(&self.deny_out);
    }

    /// What it reaches; nothing when it needs no connection at all.
    pub(crate) fn reach(&self) -> Option<Reach> {
        let mut reach = self.rules().ok()?;
        let open = self.allow_internet_access.unwrap_or(self.default);
        if !open {
            reach.denied = vec![range([0, 0, 0, 0], 0)];
        }
        (open || !reach.allowed.is_empty()).then_some(reach)
    }

    fn rules(&self) -> Result<Reach, InvalidNetwork> {
        let allow = self.allow_out.as_deref().unwrap_or_default();
        let deny = self.deny_out.as_deref().unwrap_or_default();
        if allow.len() + deny.len() > RULE_LIMIT {
            return Err(InvalidNetwork(format!(
                "allowOut and denyOut name {} addresses and ranges, and may name {RULE_LIMIT}: put \
                 them together into larger ranges",
                allow.len() + deny.len()
            )));
        }
        Ok(Reach {
            allowed: allow
                .iter()
                .map(|it| allowed(it))
                .collect::<Result<_, _>>()?,
            denied: deny
                .iter()
                .filter_map(|it| denied(it).transpose())
                .collect::<Result<_, _>>()?,
        })
    }
}

fn allowed(text: &str) -> Result<Ipv4Net, InvalidNetwork> {
    let advice = "the local runtime lets sandboxes out by IPv4 address alone: give addresses or \
                  ranges such as 203.0.113.0/24";
    let range = match parse(text) {
        Some(IpNet::V4(range)) => range.trunc(),
        Some(IpNet::V6(_)) => {
            return Err(InvalidNetwork(format!(
                "allowOut cannot hold the IPv6 range {text:?}: {advice}"
            )));
        }
        None => {
            return Err(InvalidNetwork(format!(
                "allowOut cannot hold the host name {text:?}: {advice}, or allow internet access"
            )));
        }
    };
    match PRIVATE.iter().find(|private| private.contains(&range)) {
        Some(private) => Err(InvalidNetwork(format!(
            "allowOut cannot hold {text:?}: it lies in {private}, and no sandbox reaches private \
             addresses"
        ))),
        None => Ok(range),
    }
}

/// Nothing for a range of IPv6, which no sandbox reaches anyway.
fn denied(text: &str) -> Result<Option<Ipv4Net>, InvalidNetwork> {
    match parse(text) {
        Some(IpNet::V4(range)) => Ok(Some(range.trunc())),
        Some(IpNet::V6(_)) => Ok(None),
        None => Err(InvalidNetwork(format!(
            "invalid denied CIDR {text}: denyOut holds addresses and ranges, such as 203.0.113.0/24, \
             or {ALL_TRAFFIC} for everything"
        ))),
    }
}

fn parse(text: &str) -> Option<IpNet> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(address)
}

/// Rules that nobody would enforce must not look as if somebody did.
fn refuse_others<'other>(
    mut others: impl Iterator<Item = (&'other String, &'other serde_json::Value)>,
) -> Result<(), InvalidNetwork> {
    use serde_json::Value;
    let says_something = |value: &Value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    };
    match others.find(|(_, value)| says_something(value)) {
        Some((name, _)) => Err(InvalidNetwork(format!(
            "network.{name} is not supported by the local runtime, which knows allowOut, denyOut, \
             allowPublicTraffic and maskRequestHost: leave it out, or use a hosted provider"
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
