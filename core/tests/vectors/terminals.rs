//! The calls of vectors that are about terminals and streamed input.

use std::{sync::Mutex, time::Duration};

use sandspan::{CommandHandle, InputStream, Output, Pty, PtyOptions, PtySize, Result};
use tokio::time::timeout;

use crate::{
    arguments::Arguments,
    calls::{NOTHING, Thing, handle, value},
};

/// How long a text that a vector waits for may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A terminal, and what was read of it.
pub(crate) struct Terminal {
    pub(crate) handle: CommandHandle,
    seen: Mutex<Vec<u8>>,
}

impl Terminal {
    fn thing(handle: CommandHandle) -> Thing {
        let seen = Mutex::default();
        Thing::Terminal(Self { handle, seen }.into())
    }

    /// What was read of it, once a text is in it or it ended.
    async fn read_until(&self, text: &str) -> String {
        loop {
            let seen = self.seen.lock().expect("no panic holds it").clone();
            let seen = String::from_utf8_lossy(&seen).into_owned();
            if seen.contains(text) {
                return seen;
            }
            let next = timeout(PATIENCE, self.handle.next_output()).await;
            match next.unwrap_or_else(|_| panic!("{text:?} did not come, but {seen:?}")) {
                Some(Output::Pty(bytes)) => {
                    self.seen.lock().expect("no panic holds it").extend(bytes);
                }
                Some(other) => panic!("a terminal wrote {other:?}"),
                None => return seen,
            }
        }
    }

    pub(crate) async fn call(&self, call: &str, arguments: &Arguments) -> Result<Thing> {
        if call == "read_until" {
            let text = arguments.text("text").expect("a text to wait for");
            return Ok(value(self.read_until(&text).await));
        }
        handle(&self.handle, call, arguments).await
    }
}

pub(crate) async fn pty(pty: &Pty, call: &str, arguments: &Arguments) -> Result<Thing> {
    let request_timeout = arguments.duration("request_timeout")?;
    let pid = arguments.number("pid").unwrap_or_default();
    let data = arguments.text("data").unwrap_or_default();
    Ok(match call {
        "create" => Terminal::thing(pty.create(size(arguments), creation(arguments)?).await?),
        "connect" => Terminal::thing(pty.connect(pid, arguments.follow()?).await?),
        "send_input" => {
            pty.send_input(pid, data.into(), request_timeout).await?;
            NOTHING
        }
        "resize" => {
            pty.resize(pid, size(arguments), request_timeout).await?;
            NOTHING
        }
        "kill" => value(pty.kill(pid, request_timeout).await?),
        "stream_input" => {
            let timeout = arguments.duration("timeout")?;
            Thing::Input(pty.stream_input(pid, timeout, request_timeout))
        }
        _ => panic!("terminals have no method {call}"),
    })
}

fn size(arguments: &Arguments) -> PtySize {
    let size = arguments.object("size");
    let length = |name| size.number(name).expect("a side of the size");
    PtySize {
        rows: length("rows"),
        cols: length("cols"),
    }
}

fn creation(arguments: &Arguments) -> Result<PtyOptions> {
    Ok(PtyOptions {
        user: arguments.text("user"),
        cwd: arguments.text("cwd"),
        envs: arguments.texts("envs").unwrap_or_default(),
        timeout: arguments.duration("timeout")?,
        request_timeout: arguments.duration("request_timeout")?,
    })
}

pub(crate) async fn input(input: &InputStream, call: &str, arguments: &Arguments) -> Result<Thing> {
    match call {
        "send" => {
            let data = arguments.text("data").unwrap_or_default();
            input.send(data.into()).await?;
        }
        "close" => input.close().await?,
        _ => panic!("streamed input has no method {call}"),
    }
    Ok(NOTHING)
}
