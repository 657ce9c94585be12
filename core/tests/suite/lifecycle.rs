//! Sandboxes of a real local runtime, from their creation to their end.

use std::time::{Duration, Instant};

use crate::support::{Server, short};
use sandspan::{
    Client, ConnectionOptions, CreateOptions, ErrorKind, ListOptions, RunOptions, SandboxState,
};

#[tokio::test]
async fn a_whole_life() {
    let server = Server::start();
    let client = server.client();
    let metadata = [("purpose".to_owned(), "a life, a=b&c".to_owned())];
    let options = CreateOptions {
        metadata: Some(metadata.clone().into()),
        envs: Some([("COLOUR".to_owned(), "green".to_owned())].into()),
        ..short()
    };
    let sandbox = client.create(options).await.expect("created");
    let id = sandbox.sandbox_id();
    assert!(sandbox.is_running().await.expect("answers"));
    let result = sandbox
        .commands()
        .run("echo $COLOUR", RunOptions::default())
        .await;
    assert_eq!(result.expect("runs").stdout, "green\n");

    let info = sandbox.get_info().await.expect("known");
    assert_eq!(
        (info.sandbox_id.as_str(), info.template_id.as_str()),
        (id, "base")
    );
    assert_eq!(info.state, SandboxState::Running);
    assert_eq!(info.metadata, metadata.clone().into());
    let life = info.end_at.duration_since(info.started_at).as_secs_f64();
    assert!((life - 30.0).abs() < 0.1, "{life}");

    let filter = ListOptions {
        metadata: Some(metadata.into()),
        ..ListOptions::default()
    };
    let pages = client.list(filter);
    let listed = pages.next_items().await.expect("listed");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].sandbox_id, id);
    assert!(!pages.has_next());
    let error = pages
        .next_items()
        .await
        .expect_err("that was the last page");
    assert_eq!(error.message(), "No more items to fetch");

    sandbox
        .set_timeout(Duration::from_millis(99_001))
        .await
        .expect("longer");
    let longer = sandbox.get_info().await.expect("known").end_at;
    assert!(longer.duration_since(info.end_at).as_secs() >= 69);
    let again = client
        .connect(id, Some(Duration::from_secs(1)))
        .await
        .expect("connected");
    assert_eq!(again.sandbox_id(), id);
    let extended = again.get_info().await.expect("known").end_at;
    assert!(
        extended.duration_since(longer).as_secs_f64().abs() < 0.1,
        "it only ever extends"
    );

    let port = server.url.rsplit(':').next().expect("a port");
    assert_eq!(sandbox.get_host(80), format!("80-{id}.localhost:{port}"));

    assert!(sandbox.kill().await.expect("killed"));
    assert!(!sandbox.kill().await.expect("gone"));
    assert!(!sandbox.is_running().await.expect("answers"));
    let error = sandbox.get_info().await.expect_err("gone");
    assert_eq!(error.kind(), ErrorKind::SandboxNotFound);
    assert_eq!(error.message(), format!("Sandbox {id} not found"));
    let error = client.connect(id, None).await.expect_err("gone");
    assert_eq!(error.message(), format!("Paused sandbox {id} not found"));
    let error = sandbox
        .set_timeout(Duration::from_secs(9))
        .await
        .expect_err("gone");
    assert_eq!(error.kind(), ErrorKind::SandboxNotFound);
    let error = sandbox.commands().run("true", RunOptions::default()).await;
    assert_eq!(error.expect_err("gone").kind(), ErrorKind::NotRunning);
}

#[tokio::test]
async fn it_ends_by_itself_in_the_middle_of_a_command() {
    let server = Server::start();
    let options = CreateOptions {
        timeout: Some(Duration::from_secs(1)),
        ..CreateOptions::default()
    };
    let sandbox = server.client().create(options).await.expect("created");
    let start = Instant::now();
    let error = sandbox
        .commands()
        .run("sleep 60", RunOptions::default())
        .await;
    let error = error.expect_err("the sandbox ended");
    assert_eq!(error.kind(), ErrorKind::NotRunning, "{error}");
    assert!(
        error.message().contains("reached its end of life"),
        "{error}"
    );
    assert!(
        start.elapsed() < Duration::from_millis(1300),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn pages_of_a_list() {
    let server = Server::start();
    let client = server.client();
    for _ in 0..3 {
        client.create(short()).await.expect("created");
    }
    let options = ListOptions {
        limit: Some(2),
        order: Some("asc".parse().expect("an order")),
        states: vec![SandboxState::Running],
        ..ListOptions::default()
    };
    let pages = client.list(options.clone());
    let first = pages.next_items().await.expect("a page");
    assert_eq!(first.len(), 2);
    assert!(pages.has_next());
    let from_token = ListOptions {
        next_token: pages.next_token(),
        ..options
    };
    let second = pages.next_items().await.expect("a page");
    assert_eq!(second.len(), 1);
    assert!(!pages.has_next() && pages.next_token().is_none());
    assert!(first[0].started_at <= first[1].started_at);
    assert!(first[1].started_at <= second[0].started_at);
    let again = client.list(from_token).next_items().await.expect("a page");
    assert_eq!(again[0].sandbox_id, second[0].sandbox_id);
}

#[tokio::test]
async fn bad_input_is_refused_with_the_reason() {
    let server = Server::start();
    let client = server.client();
    let refused = async |options: CreateOptions| {
        let error = client.create(options).await.expect_err("refused");
        (error.kind(), error.message().to_owned())
    };
    let timeout = |seconds| CreateOptions {
        timeout: Some(Duration::from_secs(seconds)),
        ..CreateOptions::default()
    };
    let (kind, message) = refused(timeout(0)).await;
    assert_eq!(kind, ErrorKind::InvalidArgument);
    assert_eq!(message, "Timeout must be greater than 0");
    let (_, message) = refused(timeout(4000)).await;
    assert_eq!(message, "400: Timeout cannot be greater than 1 hours");
    let template = CreateOptions {
        template: Some("nonsense".to_owned()),
        ..CreateOptions::default()
    };
    let (kind, message) = refused(template).await;
    assert_eq!(kind, ErrorKind::Template);
    assert_eq!(message, "404: template 'nonsense' not found");
    let key = CreateOptions {
        idempotency_key: Some("Not One".to_owned()),
        ..CreateOptions::default()
    };
    assert_eq!(refused(key).await.0, ErrorKind::InvalidArgument);

    let error = client.get_info("no/such id").await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(!client.kill("inobody").await.expect("there is none"));

    let stranger = Client::new(ConnectionOptions {
        api_key: Some("e2b_ffff".to_owned()),
        ..server.options()
    });
    let error = stranger
        .expect("valid")
        .create(short())
        .await
        .expect_err("refused");
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Unauthenticated, Some(401))
    );
}

#[tokio::test]
async fn the_same_idempotency_key_gets_the_same_sandbox() {
    let server = Server::start();
    let options = || CreateOptions {
        idempotency_key: Some("one-and-the-same".to_owned()),
        ..short()
    };
    let first = server.client().create(options()).await.expect("created");
    let second = server.client().create(options()).await.expect("created");
    assert_eq!(first.sandbox_id(), second.sandbox_id());
}

#[tokio::test]
async fn a_server_that_is_not_there() {
    let server = Server::start();
    let (client, sandbox) = (server.client(), server.sandbox().await);
    let url = server.url.clone();
    drop(server);
    let error = client.kill("iabc").await.expect_err("nobody answers");
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert_eq!(
        error.message(),
        format!("Cannot connect to {url}/sandboxes/iabc: Connection refused (os error 111)")
    );
    let error = sandbox.commands().run("true", RunOptions::default()).await;
    let error = error.expect_err("nobody answers");
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert!(error.message().contains("its state is unknown"), "{error}");
}
