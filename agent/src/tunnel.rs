//! A way to the sandbox's own ports, for the runtime's proxy, which lives outside its network.

use http::{Request, Response, StatusCode, Uri};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use sandspan_protocol::host::parse_port;
use tokio::{io::copy_bidirectional, net::TcpStream};

/// Answers `CONNECT localhost:<port>`: 200 and then the bytes of the port both ways, 502 when
/// nothing listens there, 400 for anything else.
pub(crate) async fn open<Body: Default>(request: Request<Incoming>) -> Response<Body> {
    let Some(port) = target_port(request.uri()) else {
        return status(StatusCode::BAD_REQUEST);
    };
    let Some(mut upstream) = dial(port).await else {
        return status(StatusCode::BAD_GATEWAY);
    };
    tokio::spawn(async move {
        if let Ok(upgraded) = hyper::upgrade::on(request).await {
            // Either side may hang up at any time; that ends the tunnel.
            let _ = copy_bidirectional(&mut TokioIo::new(upgraded), &mut upstream).await;
        }
    });
    status(StatusCode::OK)
}

/// Servers listen on either family; those on "localhost" on whichever their resolver gave first.
async fn dial(port: u16) -> Option<TcpStream> {
    let stream = match TcpStream::connect(("127.0.0.1", port)).await {
        Ok(stream) => stream,
        Err(_) => TcpStream::connect(("::1", port)).await.ok()?,
    };
    stream.set_nodelay(true).ok()?;
    Some(stream)
}

fn target_port(uri: &Uri) -> Option<u16> {
    let (host, port) = uri.authority()?.as_str().split_once(':')?;
    (host == "localhost").then(|| parse_port(port)).flatten()
}

fn status<Body: Default>(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::default());
    *response.status_mut() = status;
    response
}
