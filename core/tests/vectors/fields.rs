//! What vectors can see of the results of calls.

use sandspan::{CommandResult, Error, Lifetime, OnTimeout, ProcessInfo, SandboxInfo, SandboxState};
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
        Thing::KeepAlive(keep_alive) => json!({
            "is_running": keep_alive.is_running(),
            "limited_until": keep_alive.limited_until(),
            "failure": keep_alive.failure().as_ref().map(of_error),
        }),
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
    json!({
        "stdout": result.stdout,
        "stderr": result.stderr,
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
