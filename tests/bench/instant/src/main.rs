//! A sandbox service that answers at once, so that a measurement shows the client and nothing else.
//!
//! It prints its address. Every sandbox can be created, described and killed; a command prints as
//! many bytes as its text says (`true` prints none) and ends; a file is as long as its name says.

mod process;
mod rest;

use std::{convert::Infallible, error::Error};

use bytes::Bytes;
use connectrpc::{ConnectRpcService, Router};
use http::{Request, Response};
use http_body_util::{Either, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tower::Service as _;

type Body = Either<Full<Bytes>, connectrpc::ConnectRpcBody>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    announce(&format!("http://{}", listener.local_addr()?));
    let rpc = ConnectRpcService::new(process::Instant.register_arc(Router::new()));
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let rpc = rpc.clone();
        let service = service_fn(move |request| answer(rpc.clone(), request));
        tokio::spawn(async move {
            // A client that goes away is the end of its connection and no more.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

#[expect(clippy::print_stdout, reason = "whoever starts it waits for this line")]
fn announce(address: &str) {
    println!("{address}");
}

async fn answer(
    mut rpc: ConnectRpcService,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    if request.uri().path().starts_with("/process.") {
        let Ok(response) = rpc.call(request).await;
        return Ok(response.map(Either::Right));
    }
    Ok(rest::answer(request).await.map(Either::Left))
}
