//! The few lines that this crate ever prints.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use sandspan_protocol::defaults::IDLE_MINIMUM;

use crate::Naming;

/// Says, once per process, that sandboxes run on this machine because nothing says where else.
pub(crate) fn local_by_default() {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.swap(true, Ordering::Relaxed) {
        say(
            "no provider is configured, so sandboxes run on this machine \
             (SANDSPAN_PROVIDER=local says so without this line)",
        );
    }
}

/// Says, once per process, that an idle timeout does not count.
pub(crate) fn idle_timeout_too_short(asked: Duration) {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.swap(true, Ordering::Relaxed) {
        let option = Naming::current().duration_option("idle_timeout");
        let (asked, minimum) = (asked.as_secs(), IDLE_MINIMUM.as_secs());
        say(&format!(
            "an {option} of {asked} s is below the minimum of {minimum} s, so it is switched off"
        ));
    }
}

/// Prints a line.
#[expect(
    clippy::print_stderr,
    reason = "where code runs and that it ends early must not be a surprise, and nobody listens to \
              a log by default"
)]
pub(crate) fn say(text: &str) {
    eprintln!("sandspan: {text}");
}
