//! Memory that an agent holds and does not need: there is one agent for each sandbox, and most of
//! them wait most of the time.

use std::{fs, io, sync::Arc, time::Duration};

use tokio::{sync::Notify, time::timeout};

/// How long nothing must have been asked for before memory is given back.
///
/// Shorter than the time between two questions of the runtime for the figures.
const QUIET: Duration = Duration::from_secs(1);

/// Gives memory back whenever the agent has not been used for a while.
#[derive(Debug, Clone)]
pub(crate) struct Memory(Arc<Notify>);

impl Memory {
    /// Begins to watch; the start is a use.
    pub(crate) fn watch() -> Self {
        let used = Arc::new(Notify::new());
        used.notify_one();
        let memory = Self(Arc::clone(&used));
        let smaps = fs::read_to_string("/proc/self/smaps").unwrap_or_default();
        let parts = unchanged_parts(&smaps);
        tokio::spawn(async move {
            loop {
                used.notified().await;
                while timeout(QUIET, used.notified()).await.is_ok() {}
                // Without it the agent is as good, only larger.
                let _ = give_back(&parts);
            }
        });
        memory
    }

    /// The agent is used now.
    pub(crate) fn used(&self) {
        self.0.notify_one();
    }
}

#[expect(unsafe_code, reason = "these calls have no safe form")]
fn give_back(parts: &[(usize, usize)]) -> io::Result<()> {
    #[cfg(target_env = "gnu")]
    // SAFETY: it takes nothing but a number, and may be called at any time.
    unsafe {
        nix::libc::malloc_trim(0);
    }
    for (start, length) in parts {
        let address = std::ptr::with_exposed_provenance_mut(*start);
        // SAFETY: the pages are those of a file, nobody may write to them and nobody has: the next
        // use of one brings the same contents back.
        unsafe { rustix::mm::madvise(address, *length, rustix::mm::Advice::LinuxDontNeed) }?;
    }
    Ok(())
}

/// Where parts of the program lie that nobody may write to and that are as they are in its file, by
/// address and length, as the kernel describes this process's memory.
fn unchanged_parts(smaps: &str) -> Vec<(usize, usize)> {
    let mut parts = Vec::new();
    let mut part = None;
    for line in smaps.lines() {
        let mut words = line.split_whitespace();
        match (words.next(), words.next()) {
            (Some("Anonymous:"), Some("0")) => parts.extend(part.take()),
            (Some(range), Some("r-xp" | "r--p")) => {
                let inode = words.nth(2);
                part = bounds(range).filter(|_| inode != Some("0"));
            }
            (Some(range), Some(_)) if range.contains('-') => part = None,
            _ => {}
        }
    }
    parts
}

fn bounds(range: &str) -> Option<(usize, usize)> {
    let (start, end) = range.split_once('-')?;
    let [start, end] = [start, end].map(|it| usize::from_str_radix(it, 16));
    let (start, end) = (start.ok()?, end.ok()?);
    Some((start, end.checked_sub(start)?))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{give_back, unchanged_parts};

    const SMAPS: &str = "\
1000-3000 r--p 00000000 08:01 42 /agent
Rss:                   8 kB
Anonymous:             0 kB
3000-7000 r-xp 00002000 08:01 42 /agent
Anonymous:             0 kB
7000-8000 r--p 00006000 08:01 42 /agent
Anonymous:             4 kB
8000-9000 rw-p 00007000 08:01 42 /agent
Anonymous:             0 kB
9000-a000 r-xp 00000000 00:00 0 [vdso]
Anonymous:             0 kB
";

    #[test]
    fn only_what_is_as_in_the_file_is_given_back() {
        let parts = unchanged_parts(SMAPS);
        assert_eq!(parts, [(0x1000, 0x2000), (0x3000, 0x4000)]);
    }

    #[test]
    fn the_program_lives_on() {
        let text = "kept".repeat(1000);
        let smaps = fs::read_to_string("/proc/self/smaps").expect("it may look at itself");
        let parts = unchanged_parts(&smaps);
        assert!(!parts.is_empty());
        give_back(&parts).expect("the parts are there");
        assert_eq!(text, "kept".repeat(1000));
    }
}
