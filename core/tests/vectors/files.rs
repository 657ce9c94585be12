//! The calls of vectors that are about files, their changes and their URLs.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use bytes::Bytes;
use futures::stream;
use reqwest::Url;
use sandspan::{
    EntryInfo, FileContent, FileOptions, FileType, Files, FilesystemEvent, ListFilesOptions,
    ReadOptions, Result, Sandbox, UrlOptions, Watch, WatchOptions, WriteEntry, WriteInfo,
    WriteOptions,
};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    arguments::Arguments,
    calls::{NOTHING, Thing, value},
};

/// How long a change that a vector waits for may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn files(files: &Files, call: &str, arguments: &Arguments) -> Result<Thing> {
    let path = arguments.text("path").unwrap_or_default();
    let options = FileOptions {
        user: arguments.text("user"),
        request_timeout: arguments.duration("request_timeout")?,
    };
    Ok(match call {
        "read" => read(files, &path, arguments).await?,
        "write" => {
            let content = content(&arguments.value("data"));
            let written = files.write(&path, content, writing(arguments)?).await?;
            Thing::Value(of_written(&written))
        }
        "write_files" => {
            let entries = arguments.list("files").iter().map(entry).collect();
            let written = files.write_files(entries, writing(arguments)?).await?;
            Thing::Value(written.iter().map(of_written).collect())
        }
        "list" => {
            let options = ListFilesOptions {
                depth: arguments.integer("depth"),
                user: options.user,
                request_timeout: options.request_timeout,
            };
            let entries = files.list(&path, options).await?;
            Thing::Value(entries.iter().map(of_entry).collect())
        }
        "exists" => value(files.exists(&path, options).await?),
        "get_info" => Thing::Value(of_entry(&files.get_info(&path, options).await?)),
        "remove" => {
            files.remove(&path, options).await?;
            NOTHING
        }
        "rename" => {
            let [old, new] = ["old_path", "new_path"].map(|name| arguments.text(name));
            let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
            Thing::Value(of_entry(&files.rename(&old, &new, options).await?))
        }
        "make_dir" => value(files.make_dir(&path, options).await?),
        "watch_dir" => Thing::Watch(files.watch_dir(&path, watching(arguments)?).await?),
        _ => panic!("files have no method {call}"),
    })
}

async fn read(files: &Files, path: &str, arguments: &Arguments) -> Result<Thing> {
    let options = ReadOptions {
        user: arguments.text("user"),
        gzip: arguments.flag("gzip").unwrap_or_default(),
        request_timeout: arguments.duration("request_timeout")?,
        ..ReadOptions::default()
    };
    let format = arguments.text("format");
    Ok(match format.as_deref().unwrap_or("text") {
        "text" => value(files.read(path, options).await?),
        "bytes" => value(files.read_bytes(path, options).await?.to_vec()),
        "stream" => {
            let reader = files.read_stream(path, options).await?;
            let mut whole = Vec::new();
            while let Some(piece) = reader.next().await {
                whole.extend_from_slice(&piece?);
            }
            value(String::from_utf8(whole).expect("text"))
        }
        other => panic!("there is no format {other}"),
    })
}

fn writing(arguments: &Arguments) -> Result<WriteOptions> {
    Ok(WriteOptions {
        user: arguments.text("user"),
        request_timeout: arguments.duration("request_timeout")?,
        gzip: arguments.flag("gzip").unwrap_or_default(),
        use_octet_stream: arguments.flag("use_octet_stream"),
        metadata: arguments.texts("metadata").unwrap_or_default(),
    })
}

fn watching(arguments: &Arguments) -> Result<WatchOptions> {
    Ok(WatchOptions {
        user: arguments.text("user"),
        request_timeout: arguments.duration("request_timeout")?,
        timeout: arguments.duration("timeout")?,
        recursive: arguments.flag("recursive").unwrap_or_default(),
        include_entry: arguments.flag("include_entry").unwrap_or_default(),
        allow_network_mounts: arguments.flag("allow_network_mounts").unwrap_or_default(),
    })
}

fn entry(file: &Value) -> WriteEntry {
    WriteEntry {
        path: file["path"].as_str().expect("a path").to_owned(),
        content: content(&file["data"]),
    }
}

/// What is written: a text, a list of bytes, or texts that come one after the other.
fn content(data: &Value) -> FileContent {
    if let Some(chunks) = data["$chunks"].as_array() {
        let bytes = |chunk: &Value| Bytes::from(chunk.as_str().expect("a text").to_owned());
        let chunks: Vec<_> = chunks.iter().map(bytes).map(Ok::<_, String>).collect();
        return FileContent::stream(stream::iter(chunks));
    }
    match data.as_str() {
        Some(text) => text.into(),
        None => serde_json::from_value::<Vec<u8>>(data.clone())
            .expect("bytes")
            .into(),
    }
}

pub(crate) async fn watch(watch: &Watch, call: &str, arguments: &Arguments) -> Result<Thing> {
    match call {
        "wait_for" => {
            let [name, kind] = ["name", "type"].map(|name| arguments.text(name));
            let is_wanted = |event: &FilesystemEvent| {
                Some(event.name.as_str()) == name.as_deref()
                    && Some(event.kind.as_str()) == kind.as_deref()
            };
            let mut seen = Vec::new();
            loop {
                let next = timeout(PATIENCE, watch.next()).await;
                let event = next.unwrap_or_else(|_| panic!("{name:?} did not come, but {seen:?}"));
                let event = event.expect("the watch goes on")?;
                if is_wanted(&event) {
                    let entry = event.entry.as_ref().map(of_entry);
                    let kind = event.kind.as_str();
                    let event = json!({ "name": event.name, "type": kind, "entry": entry });
                    return Ok(Thing::Value(event));
                }
                seen.push(event);
            }
        }
        "stop" => {
            watch.stop();
            Ok(NOTHING)
        }
        _ => panic!("a watch has no method {call}"),
    }
}

pub(crate) fn url(sandbox: &Sandbox, call: &str, arguments: &Arguments) -> Result<Thing> {
    let path = arguments.text("path");
    let options = UrlOptions {
        user: arguments.text("user"),
        expiration: arguments.duration("use_signature_expiration")?,
    };
    if call == "upload_url" {
        return Ok(value(sandbox.upload_url(path.as_deref(), options)?));
    }
    let path = path.expect("download_url needs a path");
    Ok(value(sandbox.download_url(&path, options)?))
}

/// Makes a request as something does that knows a URL and no more.
pub(crate) fn fetch(arguments: &Arguments) -> Thing {
    let url: Url = arguments.text("url").expect("a URL").parse().expect("one");
    let method = arguments.text("method").unwrap_or_else(|| "GET".to_owned());
    let body = arguments.text("body").unwrap_or_default();
    let address = url.socket_addrs(|| None).expect("a host");
    let mut connection = TcpStream::connect(&address[..]).expect("it listens");
    let authority = url.authority();
    let query = url
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let target = format!("{}{query}", url.path());
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\
         Content-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection
        .write_all(request.as_bytes())
        .expect("it is read");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status: Option<u16> = head.get(9..12).and_then(|status| status.parse().ok());
    Thing::Value(json!({ "status": status, "body": body }))
}

fn of_entry(entry: &EntryInfo) -> Value {
    json!({
        "name": entry.name,
        "type": entry.kind.map(FileType::as_str),
        "path": entry.path,
        "size": entry.size,
        "mode": entry.mode,
        "permissions": entry.permissions,
        "owner": entry.owner,
        "group": entry.group,
        "modified_time": entry.modified_time,
        "symlink_target": entry.symlink_target,
        "metadata": Some(&entry.metadata).filter(|metadata| !metadata.is_empty()),
    })
}

fn of_written(written: &WriteInfo) -> Value {
    json!({
        "name": written.name,
        "type": written.kind.map(FileType::as_str),
        "path": written.path,
        "metadata": Some(&written.metadata).filter(|metadata| !metadata.is_empty()),
    })
}
