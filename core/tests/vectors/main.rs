//! Runs the shared vectors of `tests/vectors`, whose README has their format.

mod arguments;
mod calls;
mod code;
mod expectation;
mod fields;
mod files;
mod git;
mod local_runtime;
mod terminals;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::ExitCode,
    sync::{Arc, Mutex},
};

use libtest_mimic::{Failed, Trial};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::{arguments::Arguments, calls::Thing, local_runtime::LocalRuntime};

/// What a vector may require that Rust has: values of a wrong type, for one, do not compile.
const CAPABILITIES: [&str; 1] = ["retain_output"];

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    description: String,
    #[serde(default)]
    requires: Vec<String>,
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    on: Option<String>,
    call: Option<String>,
    #[serde(default)]
    arguments: Map<String, Value>,
    expect: Option<Value>,
    save_as: Option<String>,
}

/// What all cases share.
struct Run {
    runtime: Runtime,
    server: Value,
    sandbox_ids: Mutex<Vec<String>>,
}

fn main() -> ExitCode {
    let arguments = libtest_mimic::Arguments::from_args();
    let local_runtime = LocalRuntime::new();
    let runtime = Runtime::new().expect("threads can be started");
    let server = runtime.block_on(local_runtime.start());
    let run = Arc::new(Run {
        runtime,
        server,
        sandbox_ids: Mutex::default(),
    });
    let vectors = cases("").into_iter().map(|(name, case)| {
        let is_ignored = case
            .requires
            .iter()
            .any(|it| !CAPABILITIES.contains(&it.as_str()));
        let kind = case.requires.join(", ");
        let run = Arc::clone(&run);
        Trial::test(name, move || run.case(&case).map_err(Failed::from))
            .with_kind(kind)
            .with_ignored_flag(is_ignored)
    });
    let must_fail = cases("meta/must_fail").into_iter().map(|(name, case)| {
        let run = Arc::clone(&run);
        Trial::test(name, move || match run.case(&case) {
            Ok(()) => Err(Failed::from("it passed")),
            Err(_) => Ok(()),
        })
        .with_kind("must fail")
    });
    let conclusion = libtest_mimic::run(&arguments, vectors.chain(must_fail).collect());
    let sandbox_ids = run.sandbox_ids.lock().expect("no panic holds it");
    local_runtime.end(&run.server, &sandbox_ids);
    conclusion.exit_code()
}

fn cases(folder: &str) -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/vectors")
        .join(folder);
    let entries = fs::read_dir(folder).expect("the vectors are there");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("read").path()).collect();
    files.retain(|path| path.extension().is_some_and(|it| it == "json"));
    files.sort();
    let mut cases = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).expect("a file of text");
        let file: File = serde_json::from_str(&text).expect("a file of vectors");
        let stem = path.file_stem().expect("a name").display().to_string();
        let named = |case: Case| (format!("{stem}: {}", case.description), case);
        cases.extend(file.cases.into_iter().map(named));
    }
    cases
}

impl Run {
    /// Does all operations of a case; an error is an expectation that was not met.
    fn case(&self, case: &Case) -> Result<(), String> {
        let mut created = Vec::new();
        let result = self.runtime.block_on(self.operations(case, &mut created));
        for sandbox in &created {
            let killed = self.runtime.block_on(sandbox.kill());
            killed.expect("it can be killed");
        }
        let ids = created
            .iter()
            .map(|sandbox| sandbox.sandbox_id().to_owned());
        self.sandbox_ids
            .lock()
            .expect("no panic holds it")
            .extend(ids);
        result
    }

    async fn operations(
        &self,
        case: &Case,
        created: &mut Vec<sandspan::Sandbox>,
    ) -> Result<(), String> {
        let server = Thing::Value(self.server.clone());
        let mut saved = BTreeMap::from([("server".to_owned(), server)]);
        for operation in &case.operations {
            let call = operation.call.as_deref();
            let target = operation.on.as_ref().map(|name| &saved[name]);
            let values = expectation::resolve(&operation.arguments.clone().into(), &saved);
            let arguments = Arguments::new(values);
            // On the heap: it is as large as all calls together.
            let result = Box::pin(calls::perform(target, call, &arguments)).await;
            if let Ok(Thing::Sandbox(sandbox)) = &result {
                created.push(sandbox.clone());
            }
            let outcome = match &result {
                Ok(thing) => json!({ "result": fields::of(thing) }),
                Err(error) => json!({ "error": fields::of_error(error) }),
            };
            let anything = json!({ "result": {} });
            let expected = operation.expect.as_ref().unwrap_or(&anything);
            let expected = expectation::resolve(expected, &saved);
            expectation::check(&expected, &outcome, call.unwrap_or("it"))?;
            if let (Some(name), Ok(thing)) = (&operation.save_as, result) {
                saved.insert(name.clone(), thing);
            }
        }
        Ok(())
    }
}
