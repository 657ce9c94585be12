//! A local runtime of a test's own.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use sandspan::{Client, ConnectionOptions, CreateOptions, ListOptions, Sandbox};
use tokio::runtime::Runtime;

/// The environment variable that names the program under test.
const PROGRAM: &str = "SANDSPAN_PROGRAM";

pub(crate) const KEY: &str = "e2b_0123456789abcdef";

/// A server with directories of its own.
pub(crate) struct Server {
    process: Child,
    _directory: Directory,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        let program = env::var_os(PROGRAM).expect("SANDSPAN_PROGRAM names the program under test");
        let directory = Directory::new();
        let mut process = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--api-key", KEY])
            .envs(directory.variables())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let stdout = process.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("it says that it is ready");
        Self {
            process,
            url: field(&directory.runtime(), "url"),
            _directory: directory,
        }
    }

    pub(crate) fn options(&self) -> ConnectionOptions {
        ConnectionOptions {
            api_url: Some(self.url.clone()),
            api_key: Some(KEY.to_owned()),
            ..ConnectionOptions::default()
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.options()).expect("the options are valid")
    }

    /// A sandbox that does not outlive an interrupted test for long.
    pub(crate) async fn sandbox(&self) -> Sandbox {
        self.client().create(short()).await.expect("it is created")
    }
}

/// Ends the server and what is left in it, whether or not the test passed.
impl Drop for Server {
    fn drop(&mut self) {
        let client = self.client();
        // A test's own runtime cannot wait for another future while it drops this.
        let emptied = thread::spawn(move || {
            let runtime = Runtime::new().expect("threads can be started");
            runtime.block_on(kill_all(&client));
        });
        let emptied = emptied.join();
        self.process.kill().expect("it runs");
        self.process.wait().expect("it is a child");
        assert!(emptied.is_ok() || thread::panicking(), "sandboxes are left");
    }
}

pub(crate) fn short() -> CreateOptions {
    CreateOptions {
        timeout: Some(Duration::from_secs(30)),
        ..CreateOptions::default()
    }
}

pub(crate) async fn kill_all(client: &Client) {
    let sandboxes = client.list(ListOptions::default()).next_items().await;
    for info in sandboxes.expect("they are listed") {
        client.kill(&info.sandbox_id).await.expect("it is killed");
    }
}

/// A directory for a server's state and one for its address.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("sandspan-core-{}-{number}", std::process::id());
        let path = env::temp_dir().join(name);
        fs::create_dir(&path).expect("it is new");
        Self(path)
    }

    /// The variables that tell a server, and a client that starts one, about it.
    pub(crate) fn variables(&self) -> [(&'static str, PathBuf); 2] {
        [
            ("SANDSPAN_STATE_DIR", self.0.join("state")),
            ("SANDSPAN_RUNTIME_DIR", self.runtime()),
        ]
    }

    /// Where the server's address is.
    pub(crate) fn runtime(&self) -> PathBuf {
        self.0.join("run")
    }
}

/// A field of what a server wrote into its runtime directory.
pub(crate) fn field(runtime: &Path, name: &str) -> String {
    let file = fs::read(runtime.join("server.json")).expect("a server wrote it");
    let file: serde_json::Value = serde_json::from_slice(&file).expect("it is JSON");
    match &file[name] {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What a failed test leaves behind there is not worth a second failure.
        drop(fs::remove_dir_all(&self.0));
    }
}
