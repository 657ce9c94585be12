//! The one line that this crate ever prints.

use std::sync::atomic::{AtomicBool, Ordering};

static PRINTED: AtomicBool = AtomicBool::new(false);

/// Says, once per process, that sandboxes run on this machine because nothing says where else.
#[expect(
    clippy::print_stderr,
    reason = "where code runs must not be a surprise, and nobody listens to a log by default"
)]
pub(crate) fn local_by_default() {
    if !PRINTED.swap(true, Ordering::Relaxed) {
        eprintln!(
            "sandspan: no provider is configured, so sandboxes run on this machine \
             (SANDSPAN_PROVIDER=local says so without this line)"
        );
    }
}
