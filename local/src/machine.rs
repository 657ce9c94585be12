//! What this machine has, which is what every sandbox on it has.

use std::{fs, thread};

use nix::sys::statvfs::statvfs;

use crate::isolation::Limits;

/// What this machine has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Machine {
    pub(crate) cpu_count: u32,
    pub(crate) memory: u64,
    pub(crate) disk_size_mb: u64,
}

impl Machine {
    /// Looks; the disk is that of the working directory.
    pub(crate) fn look() -> Self {
        let cpus = thread::available_parallelism().map_or(1, usize::from);
        let disk = statvfs(".").map_or(0, |disk| disk.blocks() * disk.fragment_size());
        Self {
            cpu_count: u32::try_from(cpus).unwrap_or(u32::MAX),
            memory: memory_kib().unwrap_or_default() * 1024,
            disk_size_mb: disk >> 20,
        }
    }

    /// How much of it one sandbox may use.
    pub(crate) fn limits(&self) -> Limits {
        Limits::of_machine(self.memory)
    }
}

fn memory_kib() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse().ok()
}
