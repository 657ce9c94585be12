//! A local runtime of the tests' own, which the first call of a client starts.

use std::{
    env, fs,
    path::PathBuf,
    process::{self, Command},
};

use sandspan::{Client, ConnectionOptions, ListOptions};
use serde_json::Value;

/// The environment variable that names the program under test.
const PROGRAM: &str = "SANDSPAN_PROGRAM";

/// The directory of a local runtime that is no other's.
pub(crate) struct LocalRuntime(PathBuf);

impl LocalRuntime {
    /// Points the environment there. Must be called before there is a second thread.
    pub(crate) fn new() -> Self {
        assert!(
            env::var_os(PROGRAM).is_some(),
            "{PROGRAM} must name the sandspan program"
        );
        let name = format!("sandspan-vectors-{}", process::id());
        let directory = env::temp_dir().join(name);
        fs::create_dir(&directory).expect("it is new");
        let others = env::vars_os().map(|(name, _)| name).filter(|name| {
            let name = name.to_string_lossy();
            (name.starts_with("SANDSPAN_") || name.starts_with("E2B_")) && name != PROGRAM
        });
        let cleared = others.map(|name| (name, None));
        let set = [
            ("SANDSPAN_PROVIDER", "local".into()),
            ("SANDSPAN_RUNTIME_DIR", directory.join("run")),
            ("SANDSPAN_STATE_DIR", directory.join("state")),
        ];
        let set = set.map(|(name, value)| (name.into(), Some(value)));
        for (name, value) in cleared.chain(set).collect::<Vec<_>>() {
            // SAFETY: there is no other thread that could read the environment.
            #[expect(
                unsafe_code,
                reason = "a client takes its settings from the environment"
            )]
            match value {
                Some(value) => unsafe { env::set_var(name, value) },
                None => unsafe { env::remove_var(name) },
            }
        }
        Self(directory)
    }

    /// Makes a first call, which starts the server, and gives where that is.
    pub(crate) async fn start(&self) -> Value {
        let client = Client::new(ConnectionOptions::default()).expect("local needs no options");
        let listed = client.list(ListOptions::default()).next_items().await;
        listed.expect("the server starts");
        let file = fs::read(self.0.join("run/server.json")).expect("a server wrote it");
        serde_json::from_slice(&file).expect("it is JSON")
    }

    /// Ends the server, and fails when anything is left of these sandboxes.
    pub(crate) fn end(self, server: &Value, sandbox_ids: &[String]) {
        let pid = server["pid"].to_string();
        run("kill", &[&pid]);
        run(
            "tail",
            &[&format!("--pid={pid}"), "-s", "0.01", "-f", "/dev/null"],
        );
        let directories = fs::read_dir(self.0.join("state/sandboxes")).expect("it stays");
        assert_eq!(directories.count(), 0, "directories of sandboxes are left");
        let left = processes_of(sandbox_ids);
        assert!(left.is_empty(), "processes of sandboxes are left: {left:?}");
        fs::remove_dir_all(self.0).expect("it can be removed");
    }
}

fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "{program} fails"
    );
}

/// The processes that see files of one of these sandboxes.
fn processes_of(sandbox_ids: &[String]) -> Vec<PathBuf> {
    let traces: Vec<_> = sandbox_ids
        .iter()
        .map(|id| format!("sandboxes/{id}/"))
        .collect();
    let entries = fs::read_dir("/proc").expect("this is Linux");
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let sees_one = |path: &PathBuf| {
        // Unreadable where it is no process, has ended, or is another user's.
        let mounts = fs::read_to_string(path.join("mountinfo")).unwrap_or_default();
        traces.iter().any(|trace| mounts.contains(trace))
    };
    paths.filter(sees_one).collect()
}
