//! How much the sandbox uses, seen from inside.

use std::{
    fs, io,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use nix::{
    sys::{
        resource::{UsageWho, getrusage},
        time::TimeVal,
    },
    unistd::{Pid, SysconfVar, sysconf},
};
use rustix::fs::statvfs;
use sandspan_protocol::{agent::AgentConfig, metrics::AgentMetrics};

use crate::processes;

/// The shortest time over which the use of processors is measured; one who asks again sooner gets
/// the same figure.
const SHORTEST: Duration = Duration::from_millis(100);

/// Measures what the sandbox uses.
#[derive(Debug)]
pub(crate) struct Meter {
    cpu_count: u32,
    memory: u64,
    processors: Mutex<Processors>,
}

/// The use of processors when it was last asked for.
#[derive(Debug)]
struct Processors {
    at: Instant,
    used: Duration,
    percent: f64,
}

impl Meter {
    /// Measures from now on.
    pub(crate) fn start(config: &AgentConfig) -> Self {
        Self {
            cpu_count: config.cpu_count.unwrap_or_else(cpu_count),
            memory: config.memory_bytes.or_else(memory).unwrap_or_default(),
            processors: Mutex::new(Processors {
                at: Instant::now(),
                used: Duration::ZERO,
                percent: 0.0,
            }),
        }
    }

    /// What the sandbox uses now, and of the processors since it was last asked or was started.
    pub(crate) fn measure(&self) -> io::Result<AgentMetrics> {
        let use_of_all = Use::of_all()?;
        let disk = statvfs("/")?;
        Ok(AgentMetrics {
            ts: Timestamp::now().as_second(),
            cpu_count: self.cpu_count,
            cpu_used_pct: self.percent(use_of_all.time),
            mem_total_mib: self.memory >> 20,
            mem_used_mib: use_of_all.memory >> 20,
            mem_total: self.memory,
            mem_used: use_of_all.memory,
            mem_cache: use_of_all.cache,
            disk_used: disk.f_blocks.saturating_sub(disk.f_bavail) * disk.f_frsize,
            disk_total: disk.f_blocks * disk.f_frsize,
        })
    }

    fn percent(&self, used: Duration) -> f64 {
        let mut last = self
            .processors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let passed = last.at.elapsed();
        if passed >= SHORTEST {
            // The time of a process whose parent does not wait for it is lost with it.
            let share = used.saturating_sub(last.used).div_duration_f64(passed);
            *last = Processors {
                at: Instant::now(),
                used,
                percent: (share * 10_000.0).round() / 100.0,
            };
        }
        last.percent
    }
}

/// What processes use and have used.
#[derive(Debug, Default)]
struct Use {
    /// Time of processors.
    time: Duration,
    /// Bytes that belong to no file. What processes share counts for each of them.
    memory: u64,
    /// Bytes of files that they have mapped.
    cache: u64,
}

impl Use {
    /// The use of all processes, also of those that have ended: their time went over to their
    /// parents, in the end to this process. Its own time and that of its children are known more
    /// exactly than in ticks, so that something is told of a sandbox in which little happens.
    fn of_all() -> io::Result<Self> {
        let mut all = Self::default();
        all.add_memory(Pid::this());
        for who in [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN] {
            let usage = getrusage(who)?;
            all.time += duration(usage.user_time()) + duration(usage.system_time());
        }
        let ticks_per_second = sysconf(SysconfVar::CLK_TCK)?.unwrap_or(100);
        let tick = Duration::from_secs(1) / u32::try_from(ticks_per_second).unwrap_or(100);
        for pid in processes::others()? {
            let line = processes::state_line(pid).unwrap_or_default();
            all.time += tick * ticks(&line).unwrap_or_default();
            all.add_memory(pid);
        }
        Ok(all)
    }

    fn add_memory(&mut self, pid: Pid) {
        // One whose status cannot be read has ended.
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        for (name, value) in status.lines().filter_map(|line| line.split_once(':')) {
            match name {
                "RssAnon" | "RssShmem" => self.memory += bytes(value),
                "RssFile" => self.cache += bytes(value),
                _ => {}
            }
        }
    }
}

/// The time that a process and the ended children that it waited for have used.
fn ticks(state_line: &str) -> Option<u32> {
    // The state is field 3 of proc(5); 14 to 17 are the times.
    let times = state_line.split(' ').skip(14 - 3).take(4);
    times.map(|field| field.parse::<u32>().ok()).sum()
}

/// A number of `/proc`, with its unit.
fn bytes(value: &str) -> u64 {
    let number = value.trim().strip_suffix(" kB").unwrap_or_default();
    number.parse::<u64>().unwrap_or_default() * 1024
}

fn duration(time: TimeVal) -> Duration {
    let seconds = u64::try_from(time.tv_sec()).unwrap_or_default();
    Duration::from_secs(seconds)
        + Duration::from_micros(u64::try_from(time.tv_usec()).unwrap_or_default())
}

fn cpu_count() -> u32 {
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    Some(bytes(value))
}

#[cfg(test)]
mod tests {
    use super::{Use, bytes, ticks};

    #[test]
    fn reads_what_the_kernel_writes() {
        let line = "S 1 2 2 0 -1 4194304 10 20 30 40 5 6 7 8 20 0 1 0 100";
        assert_eq!(ticks(line), Some(26));
        assert_eq!(ticks("S 1 2"), Some(0));
        assert_eq!(ticks(""), Some(0));
        assert_eq!(bytes("\t    1234 kB"), 1234 * 1024);
        assert_eq!(bytes(""), 0);
    }

    #[test]
    fn every_process_uses_something() {
        let all = Use::of_all().expect("there is a /proc");
        assert!(all.memory > 0 && all.cache > 0 && !all.time.is_zero());
    }
}
