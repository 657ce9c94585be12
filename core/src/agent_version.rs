//! The versions of the agent's protocol, by which a client knows what it may ask for.

/// The version of an agent's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AgentVersion(u64, u64, u64);

impl AgentVersion {
    /// The first that tells what its sandbox uses.
    pub(crate) const METRICS: Self = Self(0, 1, 5);
    /// The first that watches what is below a directory too.
    pub(crate) const RECURSIVE_WATCH: Self = Self(0, 1, 4);
    /// The first with a user of its own choice where none is named.
    pub(crate) const DEFAULT_USER: Self = Self(0, 4, 0);
    /// The first that closes the input of a process.
    pub(crate) const CLOSE_STDIN: Self = Self(0, 5, 2);
    /// The first that takes a file as the body of a request.
    pub(crate) const OCTET_STREAM: Self = Self(0, 5, 7);
    /// The first that stores names and values with a file.
    pub(crate) const FILE_METADATA: Self = Self(0, 6, 2);
    /// The first that describes the entry that an event is about.
    pub(crate) const EVENT_ENTRY: Self = Self(0, 6, 3);
    /// The first that can be told to watch network mounts.
    pub(crate) const NETWORK_MOUNTS: Self = Self(0, 6, 4);

    /// The version that a service tells, such as `0.6.13`; one that cannot be read counts as newer
    /// than all that are known here.
    pub(crate) fn new(text: &str) -> Self {
        // What follows the three numbers says what the version was built of.
        let numbers = text.trim_start_matches('v').split(['-', '+']).next();
        let mut numbers = numbers.unwrap_or_default().split('.').map(str::parse);
        let mut next = || numbers.next().unwrap_or(Ok(0));
        match (next(), next(), next()) {
            (Ok(major), Ok(minor), Ok(patch)) => Self(major, minor, patch),
            _ => Self(u64::MAX, 0, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AgentVersion;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(AgentVersion::new("0.6.13") > AgentVersion::NETWORK_MOUNTS);
        assert!(AgentVersion::new("0.5.7") >= AgentVersion::OCTET_STREAM);
        assert!(AgentVersion::new("0.5.6") < AgentVersion::OCTET_STREAM);
        assert!(AgentVersion::new("v0.10") > AgentVersion::FILE_METADATA);
        assert!(AgentVersion::new("0.1.3-rc.1+2") < AgentVersion::RECURSIVE_WATCH);
        assert!(AgentVersion::new("newest") > AgentVersion::new("99.99.99"));
        assert!(AgentVersion::new("") > AgentVersion::DEFAULT_USER);
    }
}
