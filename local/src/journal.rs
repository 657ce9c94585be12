//! What happened to sandboxes, kept on disk for a while.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead as _, BufReader, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use jiff::Timestamp;
use sandspan_protocol::{
    defaults::EVENT_RETENTION,
    events::{Actor, EventName, SandboxEvent},
};
use tokio::sync::broadcast;

use crate::{lifecycle::Rules, store::Settings};

/// The events, one JSON document a line, in the state directory, which is the working directory.
const CURRENT: &str = "events.jsonl";

/// The events before those; all that are older are gone.
const PREVIOUS: &str = "events.previous.jsonl";

/// How large one of the two files becomes: room for some 25,000 events.
const LARGEST: u64 = 8 << 20;

/// How many events one who waits may be behind before it has to read the files again.
const NEWS: usize = 256;

/// What happened to sandboxes.
#[derive(Debug)]
pub(crate) struct Journal {
    writer: Mutex<Writer>,
    /// Each event as it happens, for those who wait: the files are not read again for every one.
    news: broadcast::Sender<SandboxEvent>,
}

#[derive(Debug)]
struct Writer {
    file: File,
    size: u64,
    /// The number of the last event.
    last: u64,
}

impl Journal {
    /// Goes on with what earlier runs of the runtime wrote.
    pub(crate) fn open() -> io::Result<Self> {
        let is_old = |written: SystemTime| written.elapsed().is_ok_and(|it| it > EVENT_RETENTION);
        if fs::metadata(PREVIOUS)
            .and_then(|it| it.modified())
            .is_ok_and(is_old)
        {
            fs::remove_file(PREVIOUS)?;
        }
        let mut last = 0;
        for_each(|event| last = last.max(event.event_id))?;
        let file = open_current()?;
        let size = file.metadata()?.len();
        Ok(Self {
            writer: Mutex::new(Writer { file, size, last }),
            news: broadcast::Sender::new(NEWS),
        })
    }

    /// Adds an event. One that cannot be written is lost, and nothing else.
    pub(crate) fn note(
        &self,
        settings: &Settings,
        time: Timestamp,
        (event_name, who): (EventName, Actor),
        rules: &Rules,
    ) {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.last += 1;
        let event_id = writer.last;
        let event = SandboxEvent {
            event_id,
            record_at: time.as_second(),
            template_id: settings.template_id.clone(),
            template_name: settings.template_id.clone(),
            sandbox_id: settings.sandbox_id.clone(),
            event_name,
            state: "success".to_owned(),
            error_msg: String::new(),
            status_code: 200,
            time,
            reason: reason(who, rules),
            who,
        };
        if let Err(problem) = writer.write(&event) {
            tracing::warn!(sandbox = %settings.sandbox_id, %problem, "an event is not on disk");
        }
        // In the order of the numbers, and behind the file; an error is that nobody waits.
        let _ = self.news.send(event);
    }

    /// The events from now on.
    pub(crate) fn news(&self) -> broadcast::Receiver<SandboxEvent> {
        self.news.subscribe()
    }

    /// All events that are kept and pass a filter, the oldest first. Blocks for as long as it takes
    /// to read two files.
    pub(crate) fn find(passes: impl Fn(&SandboxEvent) -> bool) -> io::Result<Vec<SandboxEvent>> {
        let retention = jiff::SignedDuration::try_from(EVENT_RETENTION).unwrap_or_default();
        let oldest = Timestamp::now()
            .saturating_sub(retention)
            .unwrap_or(Timestamp::MIN);
        let mut found = Vec::new();
        for_each(|event| {
            if event.time >= oldest && passes(&event) {
                found.push(event);
            }
        })?;
        Ok(found)
    }
}

impl Writer {
    fn write(&mut self, event: &SandboxEvent) -> io::Result<()> {
        if self.size >= LARGEST {
            fs::rename(CURRENT, PREVIOUS)?;
            self.file = open_current()?;
            self.size = 0;
        }
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        self.size += line.len() as u64;
        // In one piece, so that a reader finds no half of it.
        self.file.write_all(&line)
    }
}

/// Why something happened, in words.
fn reason(who: Actor, rules: &Rules) -> String {
    match who {
        Actor::Client => "a client asked for it".to_owned(),
        Actor::Traffic => "a request to one of its ports arrived".to_owned(),
        Actor::Deadline => "its time was over".to_owned(),
        Actor::Idleness => {
            let idle = rules.idle.unwrap_or_default().as_secs();
            format!("nothing was connected to it for {idle} s")
        }
        Actor::System => "its first process ended, and with it all others".to_owned(),
    }
}

fn open_current() -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600).open(CURRENT)
}

/// Reads all events, the oldest first. A line that a crash cut off is no event.
fn for_each(mut each: impl FnMut(SandboxEvent)) -> io::Result<()> {
    for path in [PREVIOUS, CURRENT] {
        let file = match File::open(path) {
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => continue,
            other => other?,
        };
        for line in BufReader::new(file).split(b'\n') {
            if let Ok(event) = serde_json::from_slice(&line?) {
                each(event);
            }
        }
    }
    Ok(())
}
