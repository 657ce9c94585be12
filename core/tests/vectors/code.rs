//! The calls of vectors that run code.

use sandspan::{
    Code, CodeContext, CodeEvent, ContextOptions, Execution, ExecutionError, ExecutionResult,
    Result, RunCodeOptions,
};
use serde_json::{Value, json};

use crate::{
    arguments::Arguments,
    calls::{NOTHING, Thing},
};

/// The calls that are made of a sandbox here.
pub(crate) fn is_known(call: &str) -> bool {
    call == "run_code" || call.contains("_code_context")
}

pub(crate) async fn code(code: &Code, call: &str, arguments: &Arguments) -> Result<Thing> {
    let request_timeout = arguments.duration("request_timeout")?;
    let context = || context_id(arguments).expect("a context");
    Ok(match call {
        "run_code" => Thing::Value(run(code, arguments).await?),
        "create_code_context" => {
            let options = ContextOptions {
                language: arguments.text("language"),
                cwd: arguments.text("cwd"),
                request_timeout,
            };
            Thing::Value(of_context(&code.create_context(options).await?))
        }
        "list_code_contexts" => {
            let contexts = code.list_contexts(request_timeout).await?;
            Thing::Value(contexts.iter().map(of_context).collect())
        }
        "remove_code_context" => {
            code.remove_context(&context(), request_timeout).await?;
            NOTHING
        }
        "restart_code_context" => {
            code.restart_context(&context(), request_timeout).await?;
            NOTHING
        }
        _ => panic!("code has no method {call}"),
    })
}

/// The id of the context, which is given as a whole or by its id.
fn context_id(arguments: &Arguments) -> Option<String> {
    match arguments.value("context") {
        Value::Null => None,
        Value::String(id) => Some(id),
        context => Some(context["id"].as_str().expect("an id").to_owned()),
    }
}

async fn run(code: &Code, arguments: &Arguments) -> Result<Value> {
    let text = arguments.text("code").expect("run_code needs code");
    let options = RunCodeOptions {
        language: arguments.text("language"),
        context: context_id(arguments),
        envs: arguments.texts("envs").unwrap_or_default(),
        timeout: arguments.duration("timeout")?,
        request_timeout: arguments.duration("request_timeout")?,
    };
    if arguments.flag("stream") != Some(true) {
        return Ok(of_execution(&code.run(&text, options).await?));
    }
    let running = code.start(&text, options).await?;
    let mut execution = Execution::default();
    let mut seen = Vec::new();
    while let Some(events) = running.next_events().await.transpose()? {
        for event in events {
            note(&mut seen, &event);
            execution.push(event);
        }
    }
    let mut fields = of_execution(&execution);
    fields["events"] = seen.into();
    Ok(fields)
}

/// Adds an event, output to that of the same stream before it.
fn note(seen: &mut Vec<Value>, event: &CodeEvent) {
    let (name, value) = match event {
        CodeEvent::Output(output) if output.error => ("stderr", json!(output.line)),
        CodeEvent::Output(output) => ("stdout", json!(output.line)),
        CodeEvent::Result(result) => ("result", of_result(result)),
        CodeEvent::Error(error) => ("error", of_error(error)),
        _ => return,
    };
    let last = seen.last_mut().and_then(|last| last.get_mut(name));
    match (last, value) {
        (Some(Value::String(last)), Value::String(text)) => last.push_str(&text),
        (_, value) => seen.push(json!({ name: value })),
    }
}

fn of_execution(execution: &Execution) -> Value {
    json!({
        "text": execution.text(),
        "results": execution.results.iter().map(of_result).collect::<Vec<_>>(),
        "stdout": execution.logs.stdout.concat(),
        "stderr": execution.logs.stderr.concat(),
        "error": execution.error.as_ref().map(of_error),
        "execution_count": execution.execution_count,
    })
}

/// A result; the formats that not all languages list are left out of the list.
fn of_result(result: &ExecutionResult) -> Value {
    let mut formats = result.formats();
    formats.retain(|format| !matches!(*format, "text" | "chart"));
    let mut fields = Value::Object(result.raw().clone());
    fields["formats"] = formats.into();
    fields["is_main_result"] = result.is_main_result().into();
    fields
}

fn of_error(error: &ExecutionError) -> Value {
    json!({ "name": error.name, "value": error.value, "traceback": error.traceback })
}

fn of_context(context: &CodeContext) -> Value {
    json!({ "id": context.id, "language": context.language, "cwd": context.cwd })
}
