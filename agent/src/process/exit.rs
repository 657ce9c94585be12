//! How the end of a process is told.

use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus};

use nix::sys::signal::Signal;
use sandspan_protocol::rpc::process::process_event::EndEvent;

/// The end event of a process, in the words that clients know.
pub(crate) fn event(status: ExitStatus) -> EndEvent {
    let (exit_code, exited, status) = match status.code() {
        Some(code) => (code, true, format!("exit status {code}")),
        None => (
            -1,
            false,
            format!("signal: {}", describe(status.signal().unwrap_or_default())),
        ),
    };
    let error = (exit_code != 0).then(|| status.clone());
    EndEvent {
        exit_code,
        exited,
        status,
        error,
        ..Default::default()
    }
}

fn describe(signal: i32) -> String {
    let text = match Signal::try_from(signal) {
        Ok(Signal::SIGHUP) => "hangup",
        Ok(Signal::SIGINT) => "interrupt",
        Ok(Signal::SIGQUIT) => "quit",
        Ok(Signal::SIGILL) => "illegal instruction",
        Ok(Signal::SIGTRAP) => "trace/breakpoint trap",
        Ok(Signal::SIGABRT) => "aborted",
        Ok(Signal::SIGBUS) => "bus error",
        Ok(Signal::SIGFPE) => "floating point exception",
        Ok(Signal::SIGKILL) => "killed",
        Ok(Signal::SIGUSR1) => "user defined signal 1",
        Ok(Signal::SIGSEGV) => "segmentation fault",
        Ok(Signal::SIGUSR2) => "user defined signal 2",
        Ok(Signal::SIGPIPE) => "broken pipe",
        Ok(Signal::SIGALRM) => "alarm clock",
        Ok(Signal::SIGTERM) => "terminated",
        Ok(Signal::SIGXCPU) => "CPU time limit exceeded",
        Ok(Signal::SIGXFSZ) => "file size limit exceeded",
        Ok(Signal::SIGSYS) => "bad system call",
        _ => return format!("signal {signal}"),
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus};

    use super::event;

    #[test]
    fn success_has_no_error() {
        let end = event(ExitStatus::from_raw(0));
        assert_eq!(
            (end.exit_code, end.exited, end.status.as_str()),
            (0, true, "exit status 0")
        );
        assert_eq!(end.error, None);
    }

    #[test]
    fn failure_and_signals_say_so_twice() {
        for (raw, code, exited, text) in [
            (3 << 8, 3, true, "exit status 3"),
            (9, -1, false, "signal: killed"),
            (15, -1, false, "signal: terminated"),
            (0x8b, -1, false, "signal: segmentation fault"),
        ] {
            let end = event(ExitStatus::from_raw(raw));
            assert_eq!(
                (end.exit_code, end.exited, end.status.as_str()),
                (code, exited, text)
            );
            assert_eq!(end.error.as_deref(), Some(text));
        }
    }
}
