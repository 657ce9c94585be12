//! Making a template of the local runtime ready, which may take a minute the first time.

use std::{
    io::{IsTerminal as _, Write as _, stderr},
    sync::atomic::{AtomicBool, Ordering},
};

use http::Method;
use sandspan_protocol::{
    defaults,
    runtime::{Preparation, TEMPLATES_PATH},
};

use crate::{
    Error, ErrorKind, Result,
    connection::{Connection, Request},
    diagnosis, notice,
    provider::LOCAL,
    transport::{Failure, within},
};

/// Asks the local runtime to make a template ready, waits, and shows how far it is. Any number of
/// callers can ask at once.
///
/// It asks again for each sandbox, which takes a fraction of a millisecond: a template can be removed
/// at any time. Fails with the kind [`ErrorKind::Template`] where it cannot be made.
pub(crate) async fn prepare(
    connection: &Connection,
    operation: &'static str,
    template: &str,
) -> Result<()> {
    let is_local = connection.settings.profile.name == LOCAL.name;
    if !is_local || template == defaults::TEMPLATE || !is_plain(template) {
        return Ok(());
    }
    let message = match follow(connection, template).await {
        Ok(Preparation::Failed { message }) => message,
        // What the runtime does not know, or refuses, the creation has the words for.
        Ok(_) | Err(Failure::Refused(_)) => return Ok(()),
        Err(failure) => return Err(diagnosis::control(operation, failure)),
    };
    let message = format!("Template {template:?} cannot be made: {message}");
    Err(Error::new(ErrorKind::Template, operation, message))
}

/// Whether a name can stand in a path. All names of the local runtime's templates can.
fn is_plain(template: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    template.bytes().all(is_plain)
}

/// Follows the preparation to its end.
async fn follow(connection: &Connection, template: &str) -> Result<Preparation, Failure> {
    let request = Request::new(Method::POST, format!("{TEMPLATES_PATH}/{template}"));
    let mut response = connection.open(&request).await?;
    let mut shown = Shown::new(template);
    let mut unread = Vec::new();
    loop {
        // As long as there is news the whole may take longer than a request may.
        let url = response.url().clone();
        let chunk = async {
            let chunk = response.chunk().await;
            chunk.map_err(|error| Failure::from_reqwest(error, &url))
        };
        let Some(chunk) = within(connection.limit(), chunk).await? else {
            let message = "The local runtime did not say whether the template is ready";
            return Err(Failure::Garbled(message.to_owned()));
        };
        unread.extend_from_slice(&chunk);
        while let Some(end) = unread.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = unread.drain(..=end).collect();
            let preparation = serde_json::from_slice(&line)
                .map_err(|error| Failure::Garbled(format!("Cannot read how far it is: {error}")))?;
            match preparation {
                Preparation::Building { step, done, total } => shown.show(&step, done, total),
                end => {
                    shown.end(&end);
                    return Ok(end);
                }
            }
        }
    }
}

/// Whether a preparation is shown: those of several callers at once would garble the terminal.
static IS_SHOWN: AtomicBool = AtomicBool::new(false);

/// What is shown of a preparation: one line that is written anew on a terminal, else two lines.
struct Shown<'a> {
    template: &'a str,
    is_terminal: bool,
    /// Whether it is the one that is shown.
    is_first: bool,
    has_begun: bool,
}

impl<'a> Shown<'a> {
    fn new(template: &'a str) -> Self {
        Self {
            template,
            is_terminal: stderr().is_terminal(),
            is_first: !IS_SHOWN.swap(true, Ordering::Relaxed),
            has_begun: false,
        }
    }

    fn show(&mut self, step: &str, done: u32, total: u32) {
        if !self.is_first {
            return;
        }
        let template = self.template;
        if self.is_terminal {
            let percent = u64::from(done) * 100 / u64::from(total.max(1));
            Self::write(&format!("sandspan: making {template}: {percent} % {step}"));
        } else if !self.has_begun {
            notice::say(&format!(
                "making the template {template}, once for this user; this may take a minute"
            ));
        }
        self.has_begun = true;
    }

    fn end(&self, end: &Preparation) {
        if !self.has_begun {
            return;
        }
        if self.is_terminal {
            Self::write("");
        }
        if *end == Preparation::Ready {
            notice::say(&format!("the template {} is ready", self.template));
        }
    }

    /// Writes the line anew. Nobody is told when there is nobody to tell.
    fn write(line: &str) {
        let _ = write!(stderr(), "\r\x1b[K{line}");
    }
}

impl Drop for Shown<'_> {
    /// Leaves the terminal with an empty line also when the caller gives up.
    fn drop(&mut self) {
        if self.is_terminal && self.has_begun {
            Self::write("");
        }
        if self.is_first {
            IS_SHOWN.store(false, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Shown, is_plain};

    #[test]
    fn only_plain_names_go_into_a_path() {
        assert!(is_plain("code-interpreter-v1"));
        for name in ["a/b", "a?b", "a:tag", "..", "a b", "é"] {
            assert!(!is_plain(name), "{name}");
        }
    }

    #[test]
    fn one_of_several_is_shown() {
        let [first, second] = [Shown::new("a"), Shown::new("a")];
        assert_eq!((first.is_first, second.is_first), (true, false));
        drop(second);
        assert!(!Shown::new("a").is_first);
        drop(first);
        assert!(Shown::new("a").is_first);
    }
}
