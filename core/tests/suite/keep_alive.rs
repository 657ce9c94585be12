//! Keeping a sandbox alive.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use sandspan::{CreateOptions, ErrorKind, KeepAliveOptions};
use tokio::time::sleep;

use crate::{
    answers::json,
    loopback::{Loopback, detail, missing, usual},
};

const REFRESH: &str = "POST /sandboxes/iabc/refreshes";

fn options() -> KeepAliveOptions {
    KeepAliveOptions {
        extend_by: Some(Duration::from_secs(15)),
    }
}

#[tokio::test]
async fn it_extends_until_it_is_stopped() {
    let service = Loopback::start(usual);
    let client = service.client();
    let sandbox = client.create(CreateOptions::default()).await;
    let sandbox = sandbox.expect("created");
    let keep_alive = sandbox.keep_alive(options()).await.expect("it runs");
    let refreshed = service.until(REFRESH, 2).await;
    assert_eq!(refreshed[0].body, r#"{"duration":15}"#);
    let between = (refreshed[1].at - refreshed[0].at).as_secs_f64();
    assert!((7.4..7.8).contains(&between), "{between}");
    assert!(keep_alive.is_running());
    assert!(keep_alive.limited_until().is_none() && keep_alive.failure().is_none());
    keep_alive.stop().await;
    keep_alive.stop().await;
    assert!(!keep_alive.is_running());
    sleep(Duration::from_millis(8_500)).await;
    assert_eq!(service.seen(REFRESH).len(), 2);
}

#[tokio::test]
async fn what_ended_cannot_be_kept_alive() {
    let service = Loopback::start(|seen| match seen.call.as_str() {
        REFRESH => missing(),
        _ => usual(seen),
    });
    let client = service.client();
    let sandbox = client.create(CreateOptions::default()).await;
    let sandbox = sandbox.expect("created");
    let error = sandbox.keep_alive(options()).await.expect_err("it ended");
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::SandboxNotFound, "Sandbox iabc not found")
    );
}

#[tokio::test]
async fn it_says_when_it_cannot() {
    let refreshes = AtomicUsize::new(0);
    let service = Loopback::start(move |seen| match seen.call.as_str() {
        REFRESH if refreshes.fetch_add(1, Ordering::Relaxed) > 0 => missing(),
        "GET /sandboxes/iabc" => json("200 OK", &detail(8)),
        _ => usual(seen),
    });
    let client = service.client();
    let sandbox = client.create(CreateOptions::default()).await;
    let sandbox = sandbox.expect("created");
    let keep_alive = sandbox.keep_alive(options()).await.expect("it runs");
    let limited = keep_alive.limited_until().expect("8 s are not 15 s");
    let left = limited.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((6..=8).contains(&left), "{left}");
    service.until(REFRESH, 2).await;
    sleep(Duration::from_millis(200)).await;
    let failure = keep_alive.failure().expect("it ended");
    assert_eq!(failure.kind(), ErrorKind::SandboxNotFound);
    assert!(!keep_alive.is_running());
}

#[tokio::test]
async fn a_lease_is_kept_in_use() {
    let service = Loopback::start(usual);
    let sandbox = service.sandbox().await;
    let keep_alive = KeepAliveOptions {
        extend_by: Some(Duration::from_secs(3000)),
    };
    let keep_alive = sandbox.keep_alive(keep_alive).await.expect("it runs");
    let refreshed = service.until(REFRESH, 1).await;
    assert_eq!(refreshed[0].body, r#"{"duration":30}"#, "the window");
    let lifetime = sandbox.get_lifetime().await.expect("known");
    assert!(lifetime.idle_deadline.is_none(), "it is in use");
    let left = lifetime.deadline.expect("it runs");
    let left = left.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((2995..=3000).contains(&left), "{left}");
    keep_alive.stop().await;
    let lifetime = sandbox.get_lifetime().await.expect("known");
    assert!(lifetime.idle_deadline.is_some());
}
