//! The calls that vectors make.

use std::sync::Arc;

use sandspan::{
    Client, CommandHandle, InputStream, KeepAlive, KeepAliveOptions, ListOptions, Paginator,
    Result, RunOptions, Sandbox, Watch,
};
use serde_json::Value;

use crate::{
    arguments::Arguments,
    code, fields, files, git,
    terminals::{self, Terminal},
};

/// What a call can give, and what can be called.
#[derive(Clone)]
pub(crate) enum Thing {
    Sandbox(Sandbox),
    Paginator(Paginator),
    Command(CommandHandle),
    Terminal(Arc<Terminal>),
    Input(InputStream),
    KeepAlive(Arc<KeepAlive>),
    Watch(Watch),
    Value(Value),
}

/// The result of a call that gives none.
pub(crate) const NOTHING: Thing = Thing::Value(Value::Null);

/// Does an operation: a call of an object, or without one of the class `Sandbox`.
pub(crate) async fn perform(
    target: Option<&Thing>,
    call: Option<&str>,
    arguments: &Arguments,
) -> Result<Thing> {
    match (target, call) {
        (None, Some("fetch")) => Ok(files::fetch(arguments)),
        (None, Some(call)) => class(call, arguments).await,
        (Some(target), None) => Ok(target.clone()),
        (Some(Thing::Sandbox(sandbox)), Some(call)) => match call.split_once('.') {
            Some(("commands", call)) => commands(sandbox, call, arguments).await,
            Some(("pty", call)) => terminals::pty(&sandbox.pty(), call, arguments).await,
            Some(("files", call)) => files::files(&sandbox.files(), call, arguments).await,
            Some(("git", call)) => Box::pin(git::git(&sandbox.git(), call, arguments)).await,
            _ if code::is_known(call) => code::code(&sandbox.code(), call, arguments).await,
            _ => self::sandbox(sandbox, call, arguments).await,
        },
        (Some(Thing::Paginator(pages)), Some("next_items")) => {
            let items = pages.next_items().await?;
            Ok(Thing::Value(items.iter().map(fields::of_info).collect()))
        }
        (Some(Thing::Command(command)), Some(call)) => handle(command, call, arguments).await,
        (Some(Thing::Terminal(terminal)), Some(call)) => terminal.call(call, arguments).await,
        (Some(Thing::Input(input)), Some(call)) => terminals::input(input, call, arguments).await,
        (Some(Thing::Watch(watch)), Some(call)) => files::watch(watch, call, arguments).await,
        (Some(Thing::KeepAlive(keep_alive)), Some("stop")) => {
            keep_alive.stop().await;
            Ok(NOTHING)
        }
        (_, call) => panic!("nothing has a method {call:?}"),
    }
}

async fn class(call: &str, arguments: &Arguments) -> Result<Thing> {
    let client = Client::new(arguments.connection()?)?;
    let timeout = arguments.duration("timeout")?;
    let id = arguments.text("sandbox_id").unwrap_or_default();
    Ok(match call {
        "create" => Thing::Sandbox(client.create(arguments.creation()?).await?),
        "connect" => Thing::Sandbox(client.connect(&id, timeout).await?),
        "list" => Thing::Paginator(client.list(list_options(arguments)?)),
        "kill" => value(client.kill(&id).await?),
        "pause" => value(client.pause(&id, arguments.flag("keep_memory")).await?),
        "set_timeout" => {
            let timeout = timeout.expect("set_timeout needs a timeout");
            client.set_timeout(&id, timeout).await?;
            NOTHING
        }
        "get_info" => Thing::Value(fields::of_info(&client.get_info(&id).await?)),
        "get_lifetime" => Thing::Value(fields::of_lifetime(&client.get_lifetime(&id).await?)),
        "get_metrics" => {
            let (start, end) = (arguments.time("start"), arguments.time("end"));
            let metrics = client.get_metrics(&id, start, end).await?;
            Thing::Value(metrics.iter().map(fields::of_metrics).collect())
        }
        "update_network" => {
            let network = arguments.object("network").network_update();
            client.update_network(&id, network).await?;
            NOTHING
        }
        "wait_until_ended" => value(client.wait_until_ended(&id).await?.as_str()),
        _ => panic!("the class has no method {call}"),
    })
}

fn list_options(arguments: &Arguments) -> Result<ListOptions> {
    let query = arguments.object("query");
    let states = query.list("state").into_iter().map(fields::state).collect();
    let order = arguments.text("order").map(|order| order.parse());
    Ok(ListOptions {
        metadata: query.texts("metadata"),
        states,
        template: query.text("template"),
        started_after: query
            .text("started_after")
            .map(|time| time.parse().expect("a time")),
        order: order.transpose()?,
        limit: arguments.number("limit"),
        next_token: arguments.text("next_token"),
    })
}

async fn sandbox(sandbox: &Sandbox, call: &str, arguments: &Arguments) -> Result<Thing> {
    let timeout = arguments.duration("timeout")?;
    Ok(match call {
        "kill" => value(sandbox.kill().await?),
        "pause" => value(sandbox.pause(arguments.flag("keep_memory")).await?),
        "connect" => {
            sandbox.connect(timeout).await?;
            NOTHING
        }
        "set_timeout" => {
            let timeout = timeout.expect("set_timeout needs a timeout");
            sandbox.set_timeout(timeout).await?;
            NOTHING
        }
        "get_info" => Thing::Value(fields::of_info(&sandbox.get_info().await?)),
        "get_lifetime" => Thing::Value(fields::of_lifetime(&sandbox.get_lifetime().await?)),
        "get_metrics" => {
            let (start, end) = (arguments.time("start"), arguments.time("end"));
            let metrics = sandbox.get_metrics(start, end).await?;
            Thing::Value(metrics.iter().map(fields::of_metrics).collect())
        }
        "update_network" => {
            let network = arguments.object("network").network_update();
            sandbox.update_network(network).await?;
            NOTHING
        }
        "wait_until_ended" => value(sandbox.wait_until_ended().await?.as_str()),
        "keep_alive" => {
            let extend_by = arguments.duration("extend_by")?;
            let keep_alive = sandbox.keep_alive(KeepAliveOptions { extend_by }).await?;
            Thing::KeepAlive(Arc::new(keep_alive))
        }
        "upload_url" | "download_url" => files::url(sandbox, call, arguments)?,
        "is_running" => value(sandbox.is_running().await?),
        "get_host" => {
            let port = arguments.number("port").expect("get_host needs a port");
            let port = u16::try_from(port).expect("a port");
            value(sandbox.get_host(port))
        }
        _ => panic!("a sandbox has no method {call}"),
    })
}

async fn commands(sandbox: &Sandbox, call: &str, arguments: &Arguments) -> Result<Thing> {
    let commands = sandbox.commands();
    let timeout = arguments.duration("timeout")?;
    let request_timeout = arguments.duration("request_timeout")?;
    let pid = arguments.number("pid").unwrap_or_default();
    Ok(match call {
        "run" => {
            let command = arguments.text("cmd").expect("run needs a command");
            let options = RunOptions {
                cwd: arguments.text("cwd"),
                user: arguments.text("user"),
                envs: arguments.texts("envs").unwrap_or_default(),
                stdin: arguments.flag("stdin").unwrap_or_default(),
                timeout,
                request_timeout,
                retain_output: arguments.flag("retain_output"),
            };
            if arguments.flag("background") == Some(true) {
                Thing::Command(commands.start(&command, options).await?)
            } else {
                Thing::Value(fields::of_result(&commands.run(&command, options).await?))
            }
        }
        "connect" => Thing::Command(commands.connect(pid, arguments.follow()?).await?),
        "stream_input" => Thing::Input(commands.stream_input(pid, timeout, request_timeout)),
        "list" => {
            let processes = commands.list(request_timeout).await?;
            Thing::Value(processes.iter().map(fields::of_process).collect())
        }
        "kill" => value(commands.kill(pid, request_timeout).await?),
        "send_stdin" => {
            let data = arguments.text("data").unwrap_or_default().into();
            commands.send_stdin(pid, data, request_timeout).await?;
            NOTHING
        }
        "close_stdin" => {
            commands.close_stdin(pid, request_timeout).await?;
            NOTHING
        }
        _ => panic!("commands have no method {call}"),
    })
}

pub(crate) async fn handle(
    command: &CommandHandle,
    call: &str,
    arguments: &Arguments,
) -> Result<Thing> {
    Ok(match call {
        "wait" => Thing::Value(fields::of_result(&command.wait().await?)),
        "kill" => value(command.kill().await?),
        "disconnect" => {
            command.disconnect();
            NOTHING
        }
        "send_stdin" => {
            let data = arguments.text("data").unwrap_or_default();
            command.send_stdin(data.into()).await?;
            NOTHING
        }
        "close_stdin" => {
            command.close_stdin().await?;
            NOTHING
        }
        _ => panic!("a command has no method {call}"),
    })
}

pub(crate) fn value(value: impl Into<Value>) -> Thing {
    Thing::Value(value.into())
}
