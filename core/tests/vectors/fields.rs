//! What vectors can see of the results of calls.

use sandspan::{
    CommandResult, Error, Lifetime, OnTimeout, ProcessInfo, SandboxInfo, SandboxMetrics,
    SandboxState,
};
use serde_json::{Value, json};

use crate::calls::Thing;

/// The fields of what a call gave.
pub(crate) fn of(thing: &Thing) -> Value {
    match thing {
        Thing::Sandbox(sandbox) => json!({
            "sandbox_id": sandbox.sandbox_id(),
            "sandbox_domain": sandbox.sandbox_domain(),
            "traffic_access_token": sandbox.traffic_access_token(),
        }),
        Thing::Paginator(pages) => json!({
            "has_next": pages.has_next(),
            "next_token": pages.next_token(),
        }),
        Thing::Command(command) => json!({
            "pid": command.pid(),
            "stdout": command.stdout(),
            "stderr": command.stderr(),
            "exit_code": command.exit_code(),
            "error": command.error(),
        }),
        Thing::Terminal(terminal) => json!({
            "pid": terminal.handle.pid(),
            "exit_code": terminal.handle.exit_code(),
            "error": terminal.handle.error(),
        }),
        Thing::Input(input) => json!({ "pid": input.pid() }),
        Thing::KeepAlive(keep_alive) => json!({
            "is_running": keep_alive.is_running(),
            "limited_until": keep_alive.limited_until(),
            "failure": keep_alive.failure().as_ref().map(of_error),
        }),
        Thing::Watch(_) => json!({}),
        Thing::Value(value) => value.clone(),
    }
}

/// The fields of an error, and of the result of the command where that is the error.
pub(crate) fn of_error(error: &Error) -> Value {
    let mut fields = error.command_result().map_or_else(|| json!({}), of_result);
    fields["code"] = error.kind().as_str().into();
    fields["status"] = error.status().into();
    fields["message"] = error.message().into();
    fields
}

pub(crate) fn of_result(result: &CommandResult) -> Value {
    let kept = |text: &str| result.retained.then(|| text.to_owned());
    json!({
        "stdout": kept(&result.stdout),
        "stderr": kept(&result.stderr),
        "exit_code": result.exit_code,
        "error": result.error,
    })
}

pub(crate) fn of_info(info: &SandboxInfo) -> Value {
    let lifecycle = info.lifecycle.as_ref().map(|lifecycle| {
        let on_timeout = action(lifecycle.on_timeout);
        json!({ "on_timeout": on_timeout, "auto_resume": lifecycle.auto_resume })
    });
    json!({
        "sandbox_id": info.sandbox_id,
        "sandbox_domain": info.sandbox_domain,
        "template_id": info.template_id,
        "name": info.name,
        "metadata": info.metadata,
        "started_at": info.started_at,
        "end_at": info.end_at,
        "state": info.state.as_str(),
        "cpu_count": info.cpu_count,
        "memory_mb": info.memory_mb,
        "envd_version": info.envd_version,
        "allow_internet_access": info.allow_internet_access,
        "network": info.network.as_ref().map(in_snake_case),
        "lifecycle": lifecycle,
        "volume_mounts": info.volume_mounts.iter().map(|mount| &mount.path).collect::<Vec<_>>(),
    })
}

pub(crate) fn of_lifetime(lifetime: &Lifetime) -> Value {
    let last_activity = lifetime
        .last_activity
        .map(|used| json!({ "at": used.at, "kind": used.kind.as_str(), "port": used.port }));
    json!({
        "as_text": lifetime.to_string(),
        "sandbox_id": lifetime.sandbox_id,
        "state": lifetime.state.as_str(),
        "ends_at": lifetime.ends_at(),
        "deadline": lifetime.deadline,
        "latest_deadline": lifetime.latest_deadline,
        "cap": lifetime.cap.map(|it| it.as_secs()),
        "idle_timeout": lifetime.idle_timeout.map(|it| it.as_secs()),
        "idle_deadline": lifetime.idle_deadline,
        "idle_counts_processes": lifetime.idle_counts_processes,
        "last_activity": last_activity,
        "on_timeout": action(lifetime.on_timeout),
        "auto_resume": lifetime.auto_resume,
        "enforced_by": lifetime.enforced_by.as_str(),
        "rule": lifetime.rule,
    })
}

/// Rules as vectors spell them.
fn in_snake_case(rules: &Value) -> Value {
    let Value::Object(fields) = rules else {
        return rules.clone();
    };
    let renamed = fields.iter().map(|(name, value)| {
        let mut snake = String::new();
        for letter in name.chars() {
            if letter.is_ascii_uppercase() {
                snake.push('_');
            }
            snake.push(letter.to_ascii_lowercase());
        }
        (snake, value.clone())
    });
    Value::Object(renamed.collect())
}

pub(crate) fn of_metrics(metrics: &SandboxMetrics) -> Value {
    json!({
        "cpu_count": metrics.cpu_count,
        "cpu_used_pct": metrics.cpu_used_pct,
        "disk_total": metrics.disk_total,
        "disk_used": metrics.disk_used,
        "mem_total": metrics.mem_total,
        "mem_used": metrics.mem_used,
        "mem_cache": metrics.mem_cache,
        "timestamp": metrics.timestamp,
    })
}

fn action(on_timeout: OnTimeout) -> &'static str {
    match on_timeout {
        OnTimeout::Kill => "kill",
        OnTimeout::Pause => "pause",
    }
}

pub(crate) fn of_process(process: &ProcessInfo) -> Value {
    json!({
        "pid": process.pid,
        "tag": process.tag,
        "cmd": process.cmd,
        "args": process.args,
        "envs": process.envs,
        "cwd": process.cwd,
    })
}

/// A state by its name.
pub(crate) fn state(name: Value) -> SandboxState {
    serde_json::from_value(name).expect("every text is a state")
}
