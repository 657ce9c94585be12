//! What the agent notes of its sandbox's processes, for those who ask the runtime for its log.
//!
//! Neither environment variables nor input nor output get into it.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use nix::unistd::Pid;
use sandspan_protocol::{
    agent::AgentLog,
    control::StringMap,
    metrics::LogEntry,
    rpc::process::{StartRequest, process_event::EndEvent},
};

/// How many entries are kept.
const ENTRIES: usize = 1000;

/// How many bytes of them are kept.
const BYTES: usize = 256 * 1024;

/// How much an entry takes beside its texts.
const OVERHEAD: usize = 256;

/// How many characters of a value are kept.
const VALUE: usize = 1000;

/// The newest entries of the log.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    entries: VecDeque<LogEntry>,
    bytes: usize,
    /// The number of the newest entry.
    last: u64,
}

impl Log {
    /// Notes that a process was started.
    pub(crate) fn process_started(&self, pid: Pid, request: &StartRequest, user: &str) {
        let config = &*request.process;
        let words = std::iter::once(&config.cmd).chain(&config.args);
        let line = words.map(String::as_str).collect::<Vec<_>>().join(" ");
        let mut fields = vec![
            ("cmd", line),
            ("pid", pid.to_string()),
            ("user", user.to_owned()),
        ];
        let optional = [("cwd", &config.cwd), ("tag", &request.tag)];
        fields.extend(optional.map(|(name, value)| (name, value.clone().unwrap_or_default())));
        fields.retain(|(_, value)| !value.is_empty());
        self.add("process started", fields);
    }

    /// Notes that a process has ended.
    pub(crate) fn process_ended(&self, pid: Pid, end: &EndEvent) {
        let fields = vec![
            ("exit_code", end.exit_code.to_string()),
            ("pid", pid.to_string()),
            ("status", end.status.clone()),
        ];
        self.add("process ended", fields);
    }

    /// Notes that a part of the agent does not work.
    pub(crate) fn failed(&self, message: &str, problem: &str) {
        self.add(message, vec![("problem", problem.to_owned())]);
    }

    fn add(&self, message: &str, fields: Vec<(&str, String)>) {
        let fields: StringMap = fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), shortened(value)))
            .collect();
        let entry = LogEntry {
            fields,
            level: "info".to_owned(),
            message: message.to_owned(),
            timestamp: Timestamp::now(),
        };
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.last += 1;
        inner.bytes += size(&entry);
        inner.entries.push_back(entry);
        while inner.entries.len() > ENTRIES || inner.bytes > BYTES {
            let Some(oldest) = inner.entries.pop_front() else {
                return;
            };
            inner.bytes -= size(&oldest);
        }
    }

    /// What is kept of all that came after the entry of this number.
    pub(crate) fn after(&self, number: u64) -> AgentLog {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = usize::try_from(inner.last.saturating_sub(number)).unwrap_or(usize::MAX);
        let skipped = inner.entries.len().saturating_sub(wanted);
        AgentLog {
            entries: inner.entries.iter().skip(skipped).cloned().collect(),
            last: inner.last,
        }
    }
}

fn shortened(value: String) -> String {
    match value.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value,
    }
}

fn size(entry: &LogEntry) -> usize {
    let fields = entry.fields.iter();
    let texts: usize = fields.map(|(name, value)| name.len() + value.len()).sum();
    OVERHEAD + texts
}

#[cfg(test)]
mod tests {
    use nix::unistd::Pid;
    use sandspan_protocol::rpc::process::{ProcessConfig, StartRequest};

    use super::{BYTES, ENTRIES, Log, VALUE};

    fn start(log: &Log, pid: i32, argument: &str) {
        let request = StartRequest {
            process: ProcessConfig {
                cmd: "sh".to_owned(),
                args: vec![argument.to_owned()],
                envs: std::iter::once(("SECRET".to_owned(), "swordfish".to_owned())).collect(),
                ..Default::default()
            }
            .into(),
            ..Default::default()
        };
        log.process_started(Pid::from_raw(pid), &request, "user");
    }

    #[test]
    fn gives_what_came_after() {
        let log = Log::default();
        assert_eq!(log.after(0).last, 0);
        for pid in 1..=3 {
            start(&log, pid, "-c");
        }
        for (after, count) in [(0, 3), (1, 2), (3, 0), (9, 0)] {
            let answer = log.after(after);
            assert_eq!((answer.entries.len(), answer.last), (count, 3), "{after}");
        }
        assert_eq!(log.after(2).entries[0].fields["pid"], "3");
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let log = Log::default();
        for pid in 0..5000 {
            start(&log, pid, "");
        }
        let answer = log.after(0);
        assert!(answer.entries.len() <= ENTRIES && answer.last == 5000);
        assert_eq!(
            answer.entries.last().expect("some are kept").fields["pid"],
            "4999"
        );
        for pid in 0..1000 {
            start(&log, pid, &"ä".repeat(2 * VALUE));
        }
        let kept = log.after(0).entries;
        let bytes: usize = kept.iter().map(|it| it.fields["cmd"].len()).sum();
        assert!(bytes < BYTES && !kept.is_empty(), "{bytes}");
        assert!(
            kept.iter()
                .all(|it| it.fields["cmd"].chars().count() <= VALUE + 1)
        );
    }

    #[test]
    fn environment_variables_do_not_get_into_it() {
        let log = Log::default();
        start(&log, 1, "-c");
        let text = format!("{:?}", log.after(0));
        assert!(text.contains("sh -c") && !text.contains("swordfish"));
    }
}
