//! A kernel that runs, and what can be asked of it.

use std::{io, process::ExitStatus, sync::Arc, time::Duration};

use bytes::BytesMut;
use sandspan_protocol::agent::{Interrupt, KernelConfig};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    Shared,
    pieces::Pieces,
    place::{self, Place},
    process::{Process, describe},
    wire::{Content, Key, Message, Request},
    zmtp::{Address, Connection, Kind},
};

/// How long a kernel may take to start.
const START: Duration = Duration::from_secs(60);

/// How often it is tried whether a kernel listens: neither its ports nor their order give a sign.
const LOOK: Duration = Duration::from_millis(5);

/// How long the sign that a kernel was heard may be missing before it is asked again.
const NUDGE: Duration = Duration::from_millis(50);

/// The longest content that is kept whole, in bytes, which is more than any of it is told of.
const LIMIT: usize = 32 * 1024 * 1024;

/// A kernel.
pub(super) struct Kernel {
    process: Arc<Process>,
    place: Place,
    interrupt: Interrupt,
    session: String,
    requests: u64,
    shell: Connection,
    iopub: Connection,
    /// A message whose content comes in pieces.
    long: Option<Long>,
    control: Option<Connection>,
}

/// A message whose content is long.
struct Long {
    message: Message,
    content: Taken,
}

/// What was taken of long content.
enum Taken {
    /// Output, which is passed on as it comes.
    Output(Pieces),
    All(BytesMut),
}

/// What comes from a kernel.
pub(super) enum Received {
    /// What it tells everybody.
    Published(Message),
    /// What it answers.
    Reply(Message),
    /// Nothing more, for it has ended.
    Ended(ExitStatus),
}

impl Kernel {
    /// Starts a kernel in a directory and waits until it can be used. `started` gets to know the
    /// process at once. The error is for the user.
    pub(super) async fn start(
        config: &KernelConfig,
        directory: &str,
        shared: &Shared,
        started: impl FnOnce(&Arc<Process>) + Send,
    ) -> Result<Self, String> {
        let place = Place::make(config.transport, &shared.user).map_err(|it| it.to_string())?;
        let process = Arc::new(Process::start(config, &place, directory, shared)?);
        started(&process);
        tokio::select! {
            // What is wrong with its connections then, comes of that.
            biased;
            status = process.ended() => {
                let (end, words) = (describe(status), process.last_words());
                Err(format!("it ended while it started ({end}): {words}"))
            }
            kernel = Self::connect(config, place, Arc::clone(&process)) => kernel,
            () = shared.parts.suspension.sleep(START) => {
                let (seconds, words) = (START.as_secs(), process.last_words());
                process.kill();
                Err(format!("it did not get ready within {seconds} seconds: {words}"))
            }
        }
    }

    async fn connect(
        config: &KernelConfig,
        place: Place,
        process: Arc<Process>,
    ) -> Result<Self, String> {
        let iopub = open(&place.iopub(), Kind::Subscriber).await;
        let shell = open(&place.shell(), Kind::Dealer).await;
        let mut kernel = Self {
            process,
            place,
            interrupt: config.interrupt,
            session: place::random(),
            requests: 0,
            shell,
            iopub,
            long: None,
            control: None,
        };
        kernel.answers().await.map_err(|it| it.to_string())?;
        Ok(kernel)
    }

    /// Waits until requests are answered and all that happens is heard: a kernel forgets what it
    /// publishes before it knows of a listener.
    async fn answers(&mut self) -> io::Result<()> {
        loop {
            let id = self.ask("kernel_info_request", json!({})).await;
            let mut answered = false;
            loop {
                let received = tokio::select! {
                    received = self.next() => received,
                    () = sleep(NUDGE), if answered => break,
                };
                match received {
                    Received::Published(message) if message.parent == id => return Ok(()),
                    Received::Reply(message) if message.parent == id => answered = true,
                    Received::Ended(_) => return Err(io::ErrorKind::BrokenPipe.into()),
                    Received::Published(_) | Received::Reply(_) => {}
                }
            }
        }
    }

    /// The process, which can be interrupted and killed by others.
    pub(super) fn process(&self) -> &Arc<Process> {
        &self.process
    }

    /// Runs code, and gives the id that all that comes of it names. A kernel that cannot be asked has
    /// ended, and what comes next tells how.
    pub(super) async fn execute(&mut self, code: &str, silent: bool) -> String {
        let request = Request::execute(self.id(), code, silent);
        self.send(request).await
    }

    async fn ask(&mut self, kind: &'static str, content: Value) -> String {
        let request = Request::new(self.id(), kind, content);
        self.send(request).await
    }

    fn id(&mut self) -> String {
        self.requests += 1;
        format!("{}_{}", self.session, self.requests)
    }

    async fn send(&mut self, request: Request) -> String {
        let frames = request.frames(&self.session, &self.place.key);
        if self.shell.send(&frames).await.is_err() {
            self.process.kill();
        }
        request.id
    }

    /// Interrupts what runs.
    pub(super) async fn interrupt(&mut self) {
        match self.interrupt {
            Interrupt::Signal => self.process.interrupt(),
            Interrupt::Message => {
                // One that cannot be reached has ended, which is told elsewhere.
                let _ = self.interrupt_by_message().await;
            }
        }
    }

    async fn interrupt_by_message(&mut self) -> io::Result<()> {
        let request = Request::new(self.id(), "interrupt_request", json!({}));
        let frames = request.frames(&self.session, &self.place.key);
        let control = match &mut self.control {
            Some(control) => control,
            none => none.insert(Connection::open(&self.place.control(), Kind::Dealer).await?),
        };
        control.send(&frames).await
    }

    /// What comes next. What was published before the end comes before it. Nothing is lost when it
    /// is not waited for to the end.
    pub(super) async fn next(&mut self) -> Received {
        loop {
            let (received, is_published) = tokio::select! {
                biased;
                received = published(&mut self.iopub, &mut self.long, &self.place.key) => {
                    (received, true)
                }
                frames = self.shell.receive() => (frames.map(Message::read), false),
                status = self.process.ended() => return Received::Ended(status),
            };
            let Ok(message) = received else {
                // Without its connections it is of no use.
                self.process.kill();
                return Received::Ended(self.process.ended().await);
            };
            match message.filter(|message| message.is_genuine(&self.place.key)) {
                Some(message) if is_published => return Received::Published(message.into_text()),
                Some(message) => return Received::Reply(message.into_text()),
                None => {}
            }
        }
    }
}

/// What is published next; none of what cannot be read, and while there is nothing to tell.
async fn published(
    iopub: &mut Connection,
    long: &mut Option<Long>,
    key: &Key,
) -> io::Result<Option<Message>> {
    let Some(begun) = long else {
        let Some(message) = Message::read(iopub.receive().await?) else {
            return Ok(None);
        };
        return Ok(match taken(&message, key) {
            Some(content) => {
                *long = Some(Long { message, content });
                None
            }
            None => Some(message),
        });
    };
    let piece = iopub.piece().await?;
    match (&mut begun.content, &piece) {
        (Taken::Output(pieces), Some(piece)) => {
            let content = pieces.push(piece).map(Content::Whole);
            Ok(content.map(|content| begun.message.with(content)))
        }
        (Taken::All(content), Some(piece)) => {
            content.extend_from_slice(piece);
            Ok(None)
        }
        (content, None) => {
            let content = match content {
                Taken::All(content) => Some(Content::Whole(std::mem::take(content).freeze())),
                Taken::Output(_) => None,
            };
            let message = content.map(|content| begun.message.with(content));
            *long = None;
            Ok(message)
        }
    }
}

/// How the content of a message is taken, if it is long and is to be taken.
fn taken(message: &Message, key: &Key) -> Option<Taken> {
    let Content::Long(length) = message.content else {
        return None;
    };
    // What is signed has to be there as a whole before any of it is believed.
    if message.header.msg_type == "stream" && key.0.is_empty() {
        return Some(Taken::Output(Pieces::default()));
    }
    let length = usize::try_from(length).ok()?;
    (length <= LIMIT).then(|| Taken::All(BytesMut::with_capacity(length)))
}

/// Connects as soon as there is something to connect to.
async fn open(address: &Address, kind: Kind) -> Connection {
    loop {
        match Connection::open(address, kind).await {
            Ok(connection) => return connection,
            Err(_) => sleep(LOOK).await,
        }
    }
}
